// LabelPlace: a queue of spectra, one after the other, a key for each answer: the lists of a round, or any
// list. A label is on the disk before the next spectrum appears. Owned by the window; UI thread, which alone
// writes labels; what is shown next is prepared on the cursor's thread.
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
class QLabel;

namespace balmer::widgets {
class ProgressLine;
}

namespace balmer::desktop {

class LabelBehind;
class LinesForm;
class QueueChooser;
class RoundRunner;
struct LoadedQueue;

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
    /// They become the queue, and stay among those that can be chosen.
    void labelThese(const LabelList& list);

  public Q_SLOTS:
    void nextRound();
    /// On this computer, whatever was chosen for rounds before.
    void nextRoundHere();
    void startLabelling();
    void labelUnlabelled();
    /// Asks for names of spectra.
    void pasteSpectra();

  private:
    // Which queue, and the place's frame: label_place.cpp.
    void buildPanel();
    void buildHeader();
    void connectRunner();
    void countToday();
    void loadChoices();
    void showChoices(const std::vector<api::RoundInfo>& rounds);
    void load(const QString& key, const QString& start = {});
    void showQueue(const QString& key, LoadedQueue loaded, const QString& start);
    void showEmpty();
    void offer(const QString& sentence, const QString& action, std::function<void()> then);
    void takeNames(LinesForm* form, const QStringList& names);
    void removeList();
    void followClasses();
    void computeNextRound(bool here);
    QAction* buildPreparing();
    /// After so many answers the next round is computed behind the user's back, and offered.
    void prepareRound();
    void showStatus();

    // Which spectrum: label_steps.cpp.
    void go(int index, bool rescale = false);
    void goToList(active::RoundList list);
    void advance();
    void prepareAround(int index);
    void showPrepared(const QString& id);
    void showProblem(const QString& problem);

    // What the observer answers: label_answers.cpp.
    void take(const QString& id, const widgets::LabelGesture& gesture);
    /// Several spectra of the queue, as one act.
    void takeRest(const QStringList& ids, const QString& className);
    void skip();
    void takeComment(const QString& id, const QString& comment);
    /// Written beside the window, in the order of the calls; then told whether it is on the disk.
    void record(active::LabelEvent event, std::function<void(bool kept)> then);
    void flagNoteworthy(const QString& id, bool noteworthy);
    void undo();
    void showTakenBack(const core::Result<std::vector<active::LabelEvent>>& taken);
    /// They were labelled, here or elsewhere; "" stands for any number of others.
    void readLabelsAnew(const QStringList& ids);
    active::LabelEvent eventFor(int index) const;
    void setVerdict(const std::string& id, const std::optional<Verdict>& verdict);

    widgets::LabellingPanel* panel_;
    QueueChooser* chooser_ = nullptr;
    QLabel *listCount_, *precision_, *running_;
    widgets::ProgressLine* progress_;
    std::vector<QAction*> lists_; ///< by active::RoundList
    QAction* removeList_ = nullptr;
    LabelPreparer* preparer_;
    LabelBehind* behind_;
    RoundRunner* runner_;

    QString shown_, loading_;             ///< keys of queues; "": none
    std::optional<api::RoundInfo> round_; ///< whose lists the queue has; absent for any other list
    jobs::JobId newestRound_ = 0;
    /// Computed while a spectrum was on the screen, which stays there: shown when the observer asks for it.
    std::optional<api::RoundInfo> offered_;
    int prepareEvery_ = 10; ///< answers; 0: never
    int answersSinceRound_ = 0;
    std::function<void()> emptyAction_; ///< of the button while there is nothing to label
    LabelQueue queue_;
    LabelPace pace_;
    QElapsedTimer sinceLabel_;
    std::set<std::string> onTheWay_; ///< spectra whose answer is being written: a second key does nothing
    std::size_t labelsToday_ = 0;
    QString wantedKey_, wantedId_; ///< of the session before
    bool hasDatasets_ = false, hasSpectra_ = false;
    bool stale_ = true;
};

} // namespace balmer::desktop
