// WorkersPlace: where jobs run: a card for this computer and one for each worker. Owned by the window; UI
// thread; workers are asked on threads of their own, when the place comes in sight, when something about them
// changes, and now and then while it is in sight.
#pragma once

#include <map>
#include <vector>

#include "app/desktop/place/place.h"

class QBoxLayout;
class QScrollArea;
class QTimer;
class QVBoxLayout;

namespace balmer::widgets {
class EmptyState;
}

namespace balmer::desktop {

class ComputerCard;
class PairForm;
class WorkerCard;
class WorkerForm;

class WorkersPlace : public Place {
    Q_OBJECT
  public:
    explicit WorkersPlace(bridge::Session& session, QWidget* parent = nullptr);

    void enter() override;
    bool settled() const override;
    /// In the order of their adding.
    const std::vector<WorkerCard*>& cards() const { return cards_; }

  public Q_SLOTS:
    WorkerForm* addWorker();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void build();
    void arrange();
    void loadJobs();
    void loadWorkers();
    void showWorkers(const std::vector<api::WorkerInfo>& workers);
    WorkerCard* makeCard(const api::WorkerInfo& worker);
    void ask(WorkerCard* card);
    void askAgain();
    void edit(const api::WorkerInfo& worker);
    void pair(const std::string& name);
    void remove(const api::WorkerInfo& worker);
    bool isAsking(const WorkerCard* card) const;

    ComputerCard* computer_;
    std::vector<WorkerCard*> cards_;
    std::vector<jobs::Job> jobs_;
    QScrollArea* scroll_;
    QBoxLayout* sides_;   ///< this computer beside the workers, or above them
    QVBoxLayout* column_; ///< of the workers' cards
    widgets::EmptyState* empty_;
    QTimer* clock_;
    unsigned ticks_ = 0;
    bool loaded_ = false;
};

} // namespace balmer::desktop
