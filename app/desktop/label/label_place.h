// LabelPlace: the lists of a round, one spectrum after the other, a key for each answer. A label is on the
// disk before the next spectrum appears. Owned by the window; UI thread, which alone writes labels; what is
// shown next is prepared on the cursor's thread.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include <QElapsedTimer>

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
    const std::optional<api::RoundContent>& round() const { return round_; }
    /// Items that are ready to be shown at once.
    std::size_t prepared() const { return prepared_.size(); }

  public Q_SLOTS:
    void nextRound();
    /// On this computer, whatever was chosen for rounds before.
    void nextRoundHere();
    void startLabelling();

  private:
    void build();
    void loadRounds();
    void fillRounds(const std::vector<api::RoundInfo>& rounds, bool datasets);
    void loadRound(qint64 job);
    void showRound(api::RoundContent content, std::unordered_map<std::string, QString> labels);
    void go(int index, bool rescale = false);
    void goToList(const QString& list);
    void advance();
    void tellProblem(const QString& problem);
    void prepareAround(int index);
    widgets::LabelItem itemOf(int index, const api::WindowRow& row) const;

    void take(const QString& id, const widgets::LabelGesture& gesture);
    bool record(active::LabelEvent event);
    void setNoteworthy(const QString& id, bool noteworthy);
    void undo();
    void readLabelAnew(const QString& id);
    active::LabelEvent eventFor(int index) const;
    int nextUnlabelled(int from) const;
    bool isDone(int index) const;
    /// "" takes the label away; keeps the counts of the lists.
    void setVerdict(const std::string& id, const QString& verdict);
    void tellStatus();
    void computeNextRound(bool here);
    void takeUpJobs(const std::vector<jobs::Job>& jobs);

    widgets::LabellingPanel* panel_;
    QComboBox* rounds_;
    QLabel* precision_;
    QLabel* running_;
    widgets::ProgressLine* progress_;
    std::vector<QAction*> lists_; ///< by QueueList
    QStringList listTitles_;

    std::optional<api::RoundContent> round_;
    int current_ = -1;
    std::unordered_map<std::string, QString> labels_; ///< what stands, in words; absent: nothing
    std::unordered_map<std::string, api::Prediction>
        predictions_; ///< of the round's spectra, as it was loaded
    struct ListCount {
        int total = 0, done = 0;
    };
    std::array<ListCount, 3> counts_;                              ///< by QueueList
    std::unordered_map<std::string, std::array<int, 3>> standsOn_; ///< how often an id stands on each list
    struct Prepared {
        widgets::LabelItem item;
        bool whole = false; ///< the whole spectrum has been asked for
        QString problem;    ///< why it could not be read
    };
    std::unordered_map<std::string, Prepared> prepared_;
    std::deque<double> secondsEach_;
    QElapsedTimer sinceLabel_;
    std::size_t labelsToday_ = 0;
    qint64 wantedRound_ = 0;
    QString wantedId_;
    qint64 roundJob_ = 0; ///< the round that is being computed
    bool hasDatasets_ = false;
    bool stale_ = true;
    bool silent_ = false;
};

} // namespace balmer::desktop
