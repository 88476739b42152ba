#include <memory>

#include "engine/api/event_hub.h"
#include "engine/api/local_datasets.h"
#include "engine/api/local_jobs.h"
#include "engine/api/local_labelling.h"
#include "engine/api/local_maps.h"
#include "engine/api/local_models.h"
#include "engine/api/local_observatory.h"
#include "engine/api/local_settings.h"
#include "engine/api/local_spectra.h"
#include "engine/api/local_workers.h"
#include "engine/api/newest_scorings.h"
#include "engine/api/samp_neighbours.h"
#include "engine/api/workbench.h"
#include "engine/core/log.h"
#include "engine/core/login_name.h"
#include "engine/store/project.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/open_datasets.h"

namespace balmer::api {

namespace {

class LocalWorkbench final : public Workbench {
  public:
    LocalWorkbench(std::unique_ptr<store::Project> project, const OpenOptions& options)
        : project_(std::move(project)), net_(std::make_shared<workflow::NetAccess>()),
          environment_{project_.get(), options.threads, options.who, {}, net_},
          kinds_(workflow::jobKinds(environment_)), labelling_(*project_, options.who, hub_),
          observatory_(*project_, net_) {
        if (options.followRemote && project_->onlyReads().empty()) workers_.follow();
    }

    std::filesystem::path folder() const override { return project_->folder(); }
    std::string onlyReads() const override { return project_->onlyReads(); }
    std::unique_ptr<Subscription> subscribe(std::function<void(const Event&)> handler) override {
        return hub_->add(std::move(handler));
    }
    Jobs& jobs() override { return jobs_; }
    Spectra& spectra() override { return spectra_; }
    Datasets& datasets() override { return datasets_; }
    Maps& maps() override { return maps_; }
    Models& models() override { return models_; }
    Labelling& labelling() override { return labelling_; }
    Workers& workers() override { return workers_; }
    Settings& settings() override { return settings_; }
    Observatory& observatory() override { return observatory_; }
    std::unique_ptr<Neighbours> neighbours(Neighbours::Options options,
                                           Neighbours::Handlers handlers) override {
        return std::make_unique<SampNeighbours>(*this, std::move(options), std::move(handlers));
    }

  private:
    std::unique_ptr<store::Project> project_;
    std::shared_ptr<EventHub> hub_ = std::make_shared<EventHub>();
    std::shared_ptr<workflow::NetAccess> net_;
    workflow::Environment environment_;
    std::vector<workflow::JobKind> kinds_;
    workflow::OpenDatasets open_{*project_};
    NewestScorings scorings_{*project_, open_};
    LocalSpectra spectra_{*project_, open_, scorings_};
    LocalDatasets datasets_{*project_, open_};
    LocalMaps maps_{*project_, open_};
    LocalModels models_{*project_, open_};
    LocalLabelling labelling_;
    LocalSettings settings_{*project_};
    LocalObservatory observatory_;
    // Last, so that they end first: their threads use everything above.
    LocalWorkers workers_{environment_, kinds_,
                          [this](const jobs::JobEvent& event) { publishJob(*hub_, event); },
                          [this] { hub_->publish(Event::Kind::Workers); }};
    LocalJobs jobs_{*project_, kinds_, environment_.threads, hub_, workers_};
};

} // namespace

core::Result<std::unique_ptr<Workbench>> openWorkbench(const std::filesystem::path& folder,
                                                       OpenOptions options) {
    store::OpenOptions open;
    open.create = options.create;
    BALMER_TRY(auto project, store::Project::open(folder, open));
    if (options.threads > static_cast<std::size_t>(workflow::mostThreads))
        return core::fail(core::ErrorCode::InvalidArgument,
                          "at most " + std::to_string(workflow::mostThreads) + " threads can be used");
    if (options.who.empty()) options.who = core::loginName();
    if (project->onlyReads().empty()) core::log::alsoTo(project->folder() / "balmer.log");
    return std::unique_ptr<Workbench>(std::make_unique<LocalWorkbench>(std::move(project), options));
}

std::filesystem::path defaultProjectFolder() {
    return store::Project::defaultFolder();
}

std::string programVersion() {
    return BALMER_VERSION;
}

} // namespace balmer::api
