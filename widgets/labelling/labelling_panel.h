// LabellingPanel: one spectrum at a time, everything needed to decide about it, and a key for each answer.
// Digits 1 … 9 label by class, the digits after the classes are "not sure", "bad", "artefact" (U, D, A too),
// N flags as noteworthy, S skips, Z undoes, ← (or Backspace) and → go back and on, B hides predictions, R
// shows what the curve was made of, M, K, E and P draw a class's mean, the nearest labelled, other epochs and
// the neuron's prototype behind it, G shows the contact sheet, on which Enter labels the rest,
// C enters the comment (Enter or Escape leaves it), F2 asks for other classes, Ctrl+Enter starts the next
// round. All are QActions (actions()), with object names, so that keys can be remapped.
//
// The panel decides nothing: it reports gestures and is then told what to show. From labelGiven the owner
// writes the event, then calls setCurrent with the next item; that call draws at once, in one pass. UI thread
// only.
#pragma once

#include <memory>

#include <QWidget>

#include "widgets/labelling/label_item.h"

namespace balmer::widgets {

class SpectrumPlot;
class LinePlot;
class LineStrip;
class QueueHeader;

class LabellingPanel : public QWidget {
    Q_OBJECT
  public:
    explicit LabellingPanel(QWidget* parent = nullptr);
    ~LabellingPanel() override;

    void setQueue(std::vector<QueueEntry> entries);
    /// What stands of an entry now, also on its button where it is shown.
    void setAnswer(const QString& id, const std::optional<Answer>& answer);
    /// The word on an entry alone.
    void setQueueLabel(const QString& id, const QString& label);
    /// The thumbnail of an entry, when it comes later.
    void setThumbnail(const QString& id, std::vector<float> thumbnail);

    /// Shows this spectrum, draws at once. The axis range stays what it was unless `rescale`, or nothing was
    /// shown before or the window's wavelengths do not overlap the range.
    void setCurrent(LabelItem item, bool rescale = false);
    /// The whole spectrum of the item shown; ignored where another is shown by now (latest wins).
    void setWholeSpectrum(const QString& id, PlottedSpectrum whole);
    /// Twenty-four of the queue stand where else the plots are.
    bool showsSheet() const;
    /// What Enter there says of those that have no label: what is not looked for.
    void setRestClass(const QString& className);
    /// What the keys choose to be drawn behind the line; the owner says with what.
    void setBehind(Behind what);
    Behind behind() const;
    /// Ignored where another spectrum is shown by now.
    void setBehindCurves(const QString& id, BehindCurves curves);
    /// Nothing to label: an empty state with this sentence and action (object name "labellingEmptyAction").
    void clearCurrent(const QString& sentence, const QString& action = {});
    QString currentId() const;

    /// The owner says there what is being labelled.
    QueueHeader* header() const;
    void setStatus(const QueueStatus& status);
    /// An error of the last gesture (a label that could not be kept): shown until the next gesture.
    void setError(const QString& message);

    bool predictionsHidden() const;
    void setPredictionsHidden(bool hidden);

    LinePlot* linePlot() const;
    SpectrumPlot* windowPlot() const;
    SpectrumPlot* wholePlot() const;
    LineStrip* lineStrip() const;

  Q_SIGNALS:
    /// A label or flag was given to this spectrum.
    void labelGiven(const QString& id, const balmer::widgets::LabelGesture& gesture);
    /// The contact sheet's spectra without a label, all at once.
    void restGiven(const QStringList& ids, const QString& className);
    void sheetShown(bool shown);
    void undoRequested();
    void backRequested();
    void onRequested();
    void skipRequested();
    /// A thumbnail of the queue was clicked.
    void itemRequested(int index);
    void nextRoundRequested();
    /// Which classes there are is to be asked.
    void classesRequested();
    /// The comment field was left with a changed text, without a label.
    void commentEdited(const QString& id, const QString& comment);
    void predictionsHiddenChanged(bool hidden);
    /// A key was pressed for it, which may be shown already.
    void behindRequested(balmer::widgets::Behind what);
    /// The button of the empty state.
    void emptyActionTriggered();

  protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    struct Private;
    std::unique_ptr<Private> d_;
};

} // namespace balmer::widgets
