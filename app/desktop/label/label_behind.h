// LabelBehind: what is drawn behind the spectrum that is being labelled, to compare it with: the mean of a
// class, the nearest labelled spectra, other epochs of the object, the prototype of its neuron. Read beside
// the window. Owned by the Label place; UI thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <QObject>
#include <QStringList>

#include "app/bridge/session.h"
#include "widgets/labelling/labelling_panel.h"

namespace balmer::desktop {

class LabelBehind : public QObject {
    Q_OBJECT
  public:
    LabelBehind(bridge::Session& session, widgets::LabellingPanel& panel, QObject* parent);

    /// That has the windows of the queue; "": none has.
    void setDataset(const std::string& dataset);
    /// Means are read anew when they are next shown.
    void labelsChanged() { meansAreStale_ = true; }
    /// The key was pressed: it appears, means go on to the next class, and what is shown already goes.
    void choose(widgets::Behind what);
    /// This is the spectrum on the screen.
    void show(const widgets::LabelItem& item);

  Q_SIGNALS:
    void said(const QString& words);

  private:
    void refresh();
    void showMean();
    /// Reads on the cursor's thread: curves, or why there are none.
    template <typename Read>
    void showWhatIsRead(Read read);
    /// The classes that have a mean: the one that the spectrum has or is proposed, then the others.
    std::vector<const api::ClassMean*> meansInOrder() const;

    bridge::Session& session_;
    widgets::LabellingPanel& panel_;
    std::string dataset_;
    std::optional<std::vector<api::ClassMean>> means_;
    bool meansAreStale_ = false;
    std::string chosenClass_; ///< whose mean is shown; "": that of the likely one
    // Of the spectrum on the screen.
    QString id_;
    std::string likely_; ///< the class that it has or, where that may be seen, is proposed
    QStringList classNames_;
    double lower_ = 0, upper_ = 0; ///< its window's wavelengths, Å
};

} // namespace balmer::desktop
