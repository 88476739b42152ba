// LabelPlace: the lists of a round, one spectrum after the other, a key for each answer. A label is on the
// disk before the next spectrum appears. Owned by the window; UI thread, which alone writes labels; what is
// shown next is prepared on the cursor's thread.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <QElapsedTimer>

#include "app/desktop/label/label_preparer.h"
#include "app/desktop/label/label_queue.h"
#include "app/desktop/place/place.h"
#include "engine/active/label_event.h"
#include "widgets/labelling/labelling_panel.h"

class QAction;
class QComboBox;
class QLabel;

namespace balmer::widgets {
class ProgressLine;
}

namespace balmer::desktop {

class RoundRunner;

class LabelPlace : public Place {
    Q_OBJECT
  public:
    explicit LabelPlace(bridge::Session& session, QWidget* parent = nullptr);

    void enter() override;
    void keep() override;
    bool settled() const override;
    Sendable sendable() const override;

    widgets::LabellingPanel* panel() const { return panel_; }
    /// "" while there is nothing to label.
    QString currentId() const { return panel_->currentId(); }
    const LabelQueue& queue() const { return queue_; }
    /// Items that are ready to be shown at once.
    std::size_t prepared() const;

  public Q_SLOTS:
    void nextRound();
    /// On this computer, whatever was chosen for rounds before.
    void nextRoundHere();
    void startLabelling();

  private:
    // What is shown: label_place.cpp.
    void buildPanel();
    void buildBar();
    void connectRunner();
    void loadRounds();
    void showRounds(const std::vector<api::RoundInfo>& rounds, bool datasets);
    void loadRound(qint64 job);
    void showRound(api::RoundContent content, Verdicts verdicts, Predictions predictions);
    void go(int index, bool rescale = false);
    void goToList(active::RoundList list);
    void advance();
    void prepareAround(int index);
    void showPrepared(const QString& id);
    void showProblem(const QString& problem);
    void showStatus();
    void computeNextRound(bool here);

    // What the observer answers: label_answers.cpp.
    void take(const QString& id, const widgets::LabelGesture& gesture);
    void skip();
    void takeComment(const QString& id, const QString& comment);
    /// Written beside the window, in the order of the calls; then told whether it is on the disk.
    void record(active::LabelEvent event, std::function<void(bool kept)> then);
    void setNoteworthy(const QString& id, bool noteworthy);
    void undo();
    void showTakenBack(const core::Result<active::LabelEvent>& taken);
    void readLabelAnew(const QString& id);
    active::LabelEvent eventFor(int index) const;
    void setVerdict(const std::string& id, const std::optional<Verdict>& verdict);

    widgets::LabellingPanel* panel_;
    QComboBox* rounds_;
    QLabel* precision_;
    QLabel* running_;
    widgets::ProgressLine* progress_;
    std::vector<QAction*> lists_; ///< by active::RoundList
    LabelPreparer* preparer_;
    RoundRunner* runner_;

    std::optional<api::RoundInfo> round_;
    /// Computed while a spectrum was on the screen, which stays there: shown when the observer asks for it.
    std::optional<api::RoundInfo> offered_;
    LabelQueue queue_;
    LabelPace pace_;
    QElapsedTimer sinceLabel_;
    std::set<std::string> onTheWay_; ///< spectra whose answer is being written: a second key does nothing
    std::size_t labelsToday_ = 0;
    qint64 wantedRound_ = 0;
    QString wantedId_;
    bool hasDatasets_ = false;
    bool stale_ = true;
};

} // namespace balmer::desktop
