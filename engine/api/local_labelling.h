// LocalLabelling: the labels and rounds of a project that is open here. Private to api.
#pragma once

#include <memory>

#include "engine/api/event_hub.h"
#include "engine/api/labelling.h"
#include "engine/store/label_log.h"
#include "engine/store/project.h"

namespace balmer::api {

class LocalLabelling final : public Labelling {
  public:
    /// The project must live longer.
    LocalLabelling(store::Project& project, std::string who, std::shared_ptr<EventHub> hub)
        : project_(project), who_(std::move(who)), hub_(std::move(hub)) {}

    std::string who() const override { return who_; }
    core::Result<active::LabelEvent> label(active::LabelEvent event) override;
    core::Status labelAll(std::vector<active::LabelEvent> events) override;
    core::Result<std::vector<active::LabelEvent>> undo() override;
    core::Result<std::vector<active::LabelEvent>> history(const std::string& id) override {
        return project_.labels().of(id);
    }
    core::Result<LabelCounts> counts() override;
    core::Result<std::vector<RoundInfo>> rounds() override;
    core::Result<RoundContent> round(jobs::JobId job) override;

  private:
    /// Who, when, and the class as the log keeps it.
    core::Status complete(active::LabelEvent& event) const;
    void publish(const std::string& spectrum);

    store::Project& project_;
    const std::string who_;
    std::shared_ptr<EventHub> hub_;
};

} // namespace balmer::api
