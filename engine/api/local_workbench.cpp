#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "engine/api/event_hub.h"
#include "engine/api/local_observatory.h"
#include "engine/api/samp_neighbours.h"
#include "engine/api/workbench.h"
#include "engine/api/worker_desk.h"
#include "engine/core/clock.h"
#include "engine/core/log.h"
#include "engine/core/login_name.h"
#include "engine/jobs/queue.h"
#include "engine/som/map_file.h"
#include "engine/som/u_matrix.h"
#include "engine/store/artefact_folder.h"
#include "engine/store/catalogue.h"
#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "engine/store/project.h"
#include "engine/store/round_archive.h"
#include "engine/store/settings.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/network.h"
#include "engine/workflow/rounds.h"
#include "engine/workflow/scores.h"
#include "engine/workflow/spectrum_source.h"

namespace balmer::api {

namespace {

using core::ErrorCode;
using nlohmann::json;

double numberIn(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::string textIn(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

json resultOf(const jobs::Job& job) {
    auto parsed = json::parse(job.result.empty() ? "{}" : job.result, nullptr, false);
    return parsed.is_object() ? parsed : json::object();
}

const jobs::Artefact* artefactNamed(const jobs::Job& job, std::string_view name) {
    for (const auto& artefact : job.artefacts)
        if (artefact.name == name) return &artefact;
    return nullptr;
}

std::string joined(const std::string& flags) {
    // The store gives "not-sure noteworthy"; people read "not sure, noteworthy".
    std::string words;
    for (const char c : flags) {
        if (c == ' ')
            words += ", ";
        else
            words += c == '-' ? ' ' : c;
    }
    return words;
}

SpectrumRow rowFrom(const store::SpectrumRecord& record) {
    SpectrumRow row;
    row.id = record.id;
    row.collection = record.collection;
    row.object = record.object;
    row.position = record.position;
    row.observed = record.observed;
    row.signalToNoise = record.signalToNoise;
    row.magnitude = record.magnitude;
    row.redshift = record.redshift;
    row.survey = record.survey;
    row.surveyId = record.surveyId;
    row.spectralClass = record.spectralClass;
    row.label = record.label;
    row.flags = joined(record.flags);
    row.comment = record.comment;
    return row;
}

class LocalWorkbench final : public Workbench {
  public:
    LocalWorkbench(std::unique_ptr<store::Project> project, Options options)
        : project_(std::move(project)), options_(std::move(options)), hub_(std::make_shared<EventHub>()),
          net_(std::make_shared<workflow::NetAccess>()),
          kinds_(workflow::jobKinds({project_.get(), options_.threads, options_.who, {}, net_})),
          observatory_(*project_, net_) {
        jobs::RunnerTable runners;
        for (const auto& kind : kinds_)
            runners.emplace(kind.kind, kind.run);
        jobs::QueueOptions queue;
        queue.programVersion = BALMER_VERSION;
        queue_ = std::make_unique<jobs::JobQueue>(project_->jobs(), std::move(runners), queue);
        watching_ = queue_->subscribe([this](const jobs::JobEvent& event) { onJob(event); });
        desk_ = std::make_unique<WorkerDesk>(
            workflow::Environment{project_.get(), options_.threads, options_.who, {}, net_}, kinds_,
            [this](const jobs::JobEvent& event) { onJob(event); },
            [this] { hub_->tell(Event::Kind::Workers); });
        if (options_.followRemote) desk_->follow();
    }

    std::filesystem::path folder() const override { return project_->folder(); }
    std::string who() const override { return options_.who; }
    std::unique_ptr<Subscription> subscribe(std::function<void(const Event&)> handler) override {
        return hub_->add(std::move(handler));
    }

    // ---- Jobs
    std::vector<JobKind> jobKinds() const override {
        std::vector<JobKind> kinds;
        for (const auto& kind : kinds_)
            kinds.push_back({kind.kind, kind.title, kind.defaults, kind.help, kind.stays});
        return kinds;
    }
    core::Result<jobs::JobId> submit(jobs::JobSpec spec) override {
        BALMER_CHECK(prepare(spec));
        return queue_->submit(std::move(spec));
    }
    core::Result<jobs::Job> runHere(jobs::JobSpec spec, core::TaskContext& task) override {
        BALMER_CHECK(prepare(spec));
        return queue_->runHere(
            std::move(spec), task.stopToken(),
            [&task](double fraction, std::string_view stage) { (void)task.checkpoint(fraction, stage); },
            [&task](std::string_view name, double step, double value) { task.report(name, step, value); });
    }
    core::Result<jobs::JobId> submit(jobs::JobSpec spec, const std::string& where) override {
        if (where.empty() || where == "here") return submit(std::move(spec));
        BALMER_CHECK(prepare(spec));
        return desk_->submit(std::move(spec), where);
    }
    core::Result<jobs::Job> follow(jobs::JobId id, core::TaskContext& task) override;
    core::Status abort(jobs::JobId id) override {
        BALMER_TRY(const auto known, project_->jobs().get(id));
        return known.remote ? desk_->abort(id) : queue_->abort(id);
    }
    core::Status removeJob(jobs::JobId id) override { return queue_->remove(id); }
    core::Result<std::vector<jobs::Job>> jobs() override { return project_->jobs().list({}); }
    core::Result<jobs::Job> job(jobs::JobId id) override { return project_->jobs().get(id); }
    core::Result<std::vector<std::pair<double, double>>> series(jobs::JobId id,
                                                                const std::string& name) override {
        BALMER_TRY(const auto points, project_->jobs().series(id));
        std::vector<std::pair<double, double>> values;
        for (const auto& point : points)
            if (point.name == name) values.emplace_back(point.step, point.value);
        return values;
    }
    std::vector<jobs::Job> interruptedJobs() const override { return project_->interruptedJobs(); }

    // ---- Spectra
    core::Result<std::vector<Collection>> collections() override {
        BALMER_TRY(const auto infos, project_->catalogue().collections());
        std::vector<Collection> collections;
        for (const auto& info : infos)
            collections.push_back({info.name, static_cast<std::size_t>(info.spectra)});
        return collections;
    }
    core::Result<std::vector<SpectrumRow>> spectra(const std::string& where, std::size_t limit) override {
        store::CatalogueQuery query;
        query.where = where;
        query.limit = limit;
        BALMER_TRY(const auto records, project_->catalogue().list(query));
        std::vector<SpectrumRow> rows;
        rows.reserve(records.size());
        for (const auto& record : records)
            rows.push_back(rowFrom(record));
        BALMER_CHECK(addPredictions(rows));
        return rows;
    }
    core::Result<SpectrumRow> spectrumRow(const std::string& id) override {
        BALMER_TRY(const auto record, project_->catalogue().find(id));
        std::vector<SpectrumRow> rows{rowFrom(record)};
        BALMER_CHECK(addPredictions(rows));
        return std::move(rows[0]);
    }
    core::Result<spectrum::Spectrum> loadSpectrum(const std::string& id) override {
        BALMER_TRY(const auto record, project_->catalogue().find(id));
        return workflow::loadSpectrum(*project_, record);
    }
    core::Result<std::vector<spectrum::HeaderCard>> header(const std::string& id) override {
        return project_->catalogue().header(id);
    }

    // ---- Datasets, maps, models
    core::Result<std::vector<DatasetInfo>> datasets() override {
        BALMER_TRY(const auto records, project_->datasets().list());
        std::vector<DatasetInfo> infos;
        for (const auto& record : records)
            infos.push_back({record.name, record.digest, static_cast<std::size_t>(record.rows),
                             static_cast<std::size_t>(record.columns), record.firstWavelength,
                             record.lastWavelength, record.pipeline, record.created});
        return infos;
    }
    core::Result<WindowRow> datasetRow(const std::string& name, const std::string& id) override {
        BALMER_TRY(const auto dataset, openDataset(name));
        const auto index = dataset.rowOf(id);
        if (!index) return core::fail(ErrorCode::NotFound, "the dataset " + name + " has no row for " + id);
        WindowRow row;
        row.id = id;
        const auto wavelengths = dataset.wavelengthAngstrom();
        row.wavelengthAngstrom.assign(wavelengths.begin(), wavelengths.end());
        const auto copy = [&](auto view, auto& into) {
            if (view.empty()) return;
            const auto values = view.row(*index);
            into.assign(values.begin(), values.end());
        };
        copy(dataset.flux(), row.flux);
        copy(dataset.inverseVariance(), row.inverseVariance);
        copy(dataset.mask(), row.mask);
        return row;
    }
    core::Result<std::vector<MapInfo>> maps() override {
        BALMER_TRY(const auto all, project_->jobs().list({jobs::Phase::Completed, "som", 0}));
        std::vector<MapInfo> maps;
        for (const auto& job : all)
            if (auto info = mapInfo(job)) maps.push_back(std::move(*info));
        return maps;
    }
    core::Result<MapContent> map(jobs::JobId id) override;
    core::Result<std::vector<ModelInfo>> models() override {
        BALMER_TRY(const auto all, project_->jobs().list({jobs::Phase::Completed, "", 0}));
        std::vector<ModelInfo> models;
        for (const auto& job : all) {
            if (artefactNamed(job, "model") == nullptr) continue;
            const auto result = resultOf(job);
            ModelInfo info;
            info.name = workflow::modelName(job);
            info.job = job.id;
            info.dataset = textIn(result, "dataset");
            if (const auto classes = result.find("classes"); classes != result.end() && classes->is_array())
                for (const auto& each : *classes)
                    info.classes.push_back(each.is_string() ? each.get<std::string>() : "");
            if (result.contains("macro_f1") && result["macro_f1"].is_number())
                info.macroF1 = numberIn(result, "macro_f1");
            info.created = job.created;
            models.push_back(std::move(info));
        }
        return models;
    }

    // ---- Labels and rounds
    core::Result<active::LabelEvent> label(active::LabelEvent event) override {
        if (event.who.empty()) event.who = options_.who;
        if (event.when.empty()) event.when = core::formatTime(core::systemClock().now());
        BALMER_TRY(event.id, project_->labels().append(event));
        tellLabel(event.spectrum);
        return event;
    }
    core::Result<active::LabelEvent> undoLabel() override;
    core::Result<std::vector<active::LabelEvent>> labelHistory(const std::string& id) override {
        return project_->labels().of(id);
    }
    core::Result<LabelCounts> labelCounts() override;
    core::Result<std::vector<RoundInfo>> rounds() override {
        BALMER_TRY(const auto records, project_->rounds().list());
        std::vector<RoundInfo> infos;
        for (auto record = records.rbegin(); record != records.rend(); ++record)
            infos.push_back(roundInfo(*record));
        return infos;
    }
    core::Result<RoundContent> round(jobs::JobId id) override;
    core::Result<Prediction> prediction(const std::string& name, const std::string& id) override;

    // ---- Workers
    core::Result<std::vector<WorkerInfo>> workers() override { return desk_->workers(); }
    core::Status putWorker(const WorkerInfo& worker) override { return desk_->put(worker); }
    core::Status removeWorker(const std::string& name) override { return desk_->remove(name); }
    core::Result<WorkerReport> askWorker(const WorkerInfo& worker) override { return desk_->ask(worker); }
    core::Status pairWorker(const std::string& name, const std::string& code) override {
        return desk_->pair(name, code);
    }
    core::Result<RegisteredData> registerOnWorker(const std::string& name, const std::string& path) override {
        return desk_->registerPath(name, path);
    }
    void retryWorker(const std::string& name) override { desk_->retry(name); }

    // ---- The net
    Observatory& observatory() override { return observatory_; }
    std::unique_ptr<Neighbours> neighbours(Neighbours::Options options,
                                           Neighbours::Handlers handlers) override {
        return std::make_unique<SampNeighbours>(*this, std::move(options), std::move(handlers));
    }

    // ---- Settings
    core::Result<std::string> setting(const std::string& key) override {
        BALMER_TRY(const auto value, project_->settings().get(key));
        return value.value_or("");
    }
    core::Status setSetting(const std::string& key, const std::string& value) override {
        return project_->settings().set(key, value);
    }

  private:
    core::Status prepare(jobs::JobSpec& spec) const {
        const auto found = std::find_if(kinds_.begin(), kinds_.end(),
                                        [&](const auto& kind) { return kind.kind == spec.kind; });
        if (found == kinds_.end()) {
            std::string known;
            for (const auto& kind : kinds_)
                known += (known.empty() ? "" : ", ") + kind.kind;
            return core::fail(ErrorCode::InvalidArgument,
                              "there is no kind of job called \"" + spec.kind + "\"; there are: " + known);
        }
        BALMER_CHECK(found->check(spec.parameters));
        const auto parameters = json::parse(spec.parameters, nullptr, false);
        if (const auto seed = parameters.find("seed"); seed != parameters.end() && seed->is_number_unsigned())
            spec.seed = seed->get<std::uint64_t>();
        // Inputs are named by digest, so that a run can be told from another with the same words.
        if (const auto name = parameters.find("dataset");
            spec.inputs.empty() && name != parameters.end() && name->is_string())
            if (const auto record = project_->datasets().get(name->get<std::string>()))
                spec.inputs.push_back(record->digest);
        return {};
    }

    void onJob(const jobs::JobEvent& event) {
        Event told;
        told.kind = Event::Kind::Job;
        told.job = event.job;
        hub_->tell(told);
        if (event.kind != jobs::JobEvent::Kind::Phase || event.job.phase != jobs::Phase::Completed) return;
        const auto& kind = event.job.spec.kind;
        const auto is = [&](std::initializer_list<std::string_view> kinds) {
            return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
        };
        if (is({"import", "dataset-import", "fetch", "retrieve"})) hub_->tell(Event::Kind::Catalogue);
        if (is({"preprocess", "dataset-import"})) hub_->tell(Event::Kind::Datasets);
        if (is({"som"})) hub_->tell(Event::Kind::Maps);
        if (is({"score", "round", "som", "table-import"})) hub_->tell(Event::Kind::Columns);
        if (is({"label-import", "table-import", "dataset-import", "round"})) hub_->tell(Event::Kind::Labels);
        if (is({"round"})) hub_->tell(Event::Kind::Rounds);
    }

    void tellLabel(const std::string& spectrum) {
        Event event;
        event.kind = Event::Kind::Labels;
        event.spectrum = spectrum;
        hub_->tell(event);
    }

    /// Open datasets are kept: their memory map is what makes a row quick.
    core::Result<dataset::Dataset> openDataset(const std::string& name) {
        std::lock_guard lock(cacheMutex_);
        if (const auto found = openDatasets_.find(name); found != openDatasets_.end()) return found->second;
        BALMER_TRY(auto opened, workflow::openDataset(*project_, name));
        openDatasets_.emplace(name, opened);
        return opened;
    }

    core::Status addPredictions(std::vector<SpectrumRow>& rows) {
        std::vector<std::string_view> ids;
        ids.reserve(rows.size());
        for (const auto& row : rows)
            ids.push_back(row.id);
        BALMER_TRY(auto predictions,
                   workflow::newestPredictions(
                       *project_, ids, [this](const std::string& name) { return openDataset(name); }));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (!predictions[i]) continue;
            rows[i].predicted = std::move(predictions[i]->className);
            rows[i].probability = predictions[i]->probability;
            rows[i].entropy = predictions[i]->entropy;
        }
        return {};
    }

    std::optional<MapInfo> mapInfo(const jobs::Job& job) const {
        if (artefactNamed(job, "map") == nullptr) return std::nullopt;
        const auto result = resultOf(job);
        const auto topology = som::topologyFrom(textIn(result, "topology"));
        const auto grid =
            som::Grid::parse(textIn(result, "grid"), topology.value_or(som::Topology::Hexagonal));
        if (!grid) return std::nullopt;
        MapInfo info;
        info.job = job.id;
        info.label = job.spec.label;
        info.dataset = textIn(result, "dataset");
        info.grid = *grid;
        info.quantisationError = numberIn(result, "quantisation_error");
        info.topographicError = numberIn(result, "topographic_error");
        info.created = job.created;
        return info;
    }

    RoundInfo roundInfo(const store::RoundRecord& record) const {
        RoundInfo info;
        info.number = record.number;
        info.dataset = record.dataset;
        info.classes = record.classes;
        info.targets = record.targets;
        info.model = record.model;
        info.job = record.job.value_or(0);
        info.created = record.created;
        if (record.precision) {
            info.precision = record.precision->precision;
            info.precisionLower95 = record.precision->lowerBound;
            info.judged = record.precision->judged;
        }
        return info;
    }

    std::unique_ptr<store::Project> project_;
    Options options_;
    std::shared_ptr<EventHub> hub_;
    std::shared_ptr<workflow::NetAccess> net_;
    std::vector<workflow::JobKind> kinds_;
    LocalObservatory observatory_;
    std::mutex cacheMutex_; ///< guards the two below
    std::map<std::string, dataset::Dataset> openDatasets_;
    struct CachedScores {
        std::string key;
        std::vector<std::string> classes;
        std::vector<std::vector<double>> probabilities;
        std::vector<double> entropy;
    };
    std::map<std::string, std::shared_ptr<const CachedScores>> scores_;
    core::Result<std::shared_ptr<const CachedScores>> scoresOf(const std::string& dataset);
    // Last, so that it ends first: its threads use everything above.
    std::unique_ptr<jobs::JobQueue> queue_;
    jobs::Subscription watching_;
    std::unique_ptr<WorkerDesk> desk_;
};

core::Result<MapContent> LocalWorkbench::map(jobs::JobId id) {
    BALMER_TRY(const auto job, project_->jobs().get(id));
    const auto info = mapInfo(job);
    if (!info)
        return core::fail(ErrorCode::NotFound, "job " + std::to_string(id) +
                                                   " made no map; `balmer jobs` lists those of kind som");
    BALMER_TRY(const auto bytes, project_->artefacts().read(artefactNamed(job, "map")->digest));
    BALMER_TRY(auto map, som::deserialise(bytes));
    BALMER_TRY(const auto dataset, openDataset(info->dataset));

    MapContent content;
    content.info = *info;
    const auto wavelengths = dataset.wavelengthAngstrom();
    content.wavelengthAngstrom.assign(wavelengths.begin(), wavelengths.end());
    const auto distances = som::uMatrix(map);
    content.uMatrix.assign(distances.begin(), distances.end());
    content.members.resize(map.grid.neurons());
    BALMER_TRY(const auto versions, project_->columns().versions(info->dataset, "map_neuron"));
    for (const auto& version : versions) {
        if (version.job != id) continue;
        BALMER_TRY(const auto neurons,
                   project_->columns().values(info->dataset, "map_neuron", version.version));
        BALMER_TRY(const auto lengths,
                   project_->columns().values(info->dataset, "map_distance", version.version));
        const auto& ids = dataset.ids();
        for (std::size_t row = 0; row < ids.size() && row < neurons.size(); ++row) {
            const auto neuron = static_cast<std::size_t>(neurons[row]);
            if (neurons[row] >= 0 && neuron < content.members.size())
                content.members[neuron].push_back({ids[row], lengths[row]});
        }
    }
    for (auto& members : content.members)
        std::stable_sort(members.begin(), members.end(),
                         [](const auto& a, const auto& b) { return a.distance < b.distance; });
    for (const auto& epoch : map.epochs) {
        content.quantisationErrors.push_back(epoch.quantisationError);
        content.topographicErrors.push_back(epoch.topographicError);
    }
    content.quantisationErrors.push_back(info->quantisationError);
    content.topographicErrors.push_back(info->topographicError);
    content.codebook = std::move(map.codebook);
    return content;
}

core::Result<jobs::Job> LocalWorkbench::follow(jobs::JobId id, core::TaskContext& task) {
    struct Latest {
        std::mutex mutex;
        std::condition_variable came;
        std::optional<jobs::Job> job;
    };
    const auto latest = std::make_shared<Latest>();
    const auto listening = hub_->add([latest, id](const Event& event) {
        if (event.kind != Event::Kind::Job || event.job.id != id) return;
        const std::lock_guard lock(latest->mutex);
        latest->job = event.job;
        latest->came.notify_all();
    });
    BALMER_TRY(auto known, project_->jobs().get(id));
    if (known.remote && !jobs::isFinal(known.phase)) BALMER_CHECK(desk_->attach(id));
    while (!jobs::isFinal(known.phase)) {
        BALMER_CHECK(task.checkpoint(known.progress, known.stage.empty() ? jobs::toString(known.phase)
                                                                         : std::string_view(known.stage)));
        std::unique_lock lock(latest->mutex);
        // Looked at again in any case: another process may end the job.
        latest->came.wait_for(lock, std::chrono::milliseconds(200), [&] { return latest->job.has_value(); });
        auto told = std::exchange(latest->job, std::nullopt);
        lock.unlock();
        if (told && !jobs::isFinal(told->phase)) {
            known = std::move(*told);
        } else {
            BALMER_TRY(known, project_->jobs().get(id));
        }
    }
    return known;
}

core::Result<active::LabelEvent> LocalWorkbench::undoLabel() {
    BALMER_TRY(auto taken, project_->labels().takeBack(options_.who));
    if (taken.size() == 1)
        tellLabel(taken.front().spectrum);
    else
        hub_->tell(Event::Kind::Labels);
    return std::move(taken.front());
}

core::Result<LabelCounts> LocalWorkbench::labelCounts() {
    LabelCounts counts;
    BALMER_TRY(const auto byClass, project_->labels().counts());
    for (const auto& [name, number] : byClass) {
        counts.byClass.emplace_back(name, static_cast<std::size_t>(number));
        counts.total += static_cast<std::size_t>(number);
    }
    const auto today = core::formatTime(core::systemClock().now()).substr(0, 10);
    BALMER_TRY(const auto number, project_->labels().classifiedSince(today));
    counts.today = static_cast<std::size_t>(number);
    return counts;
}

core::Result<RoundContent> LocalWorkbench::round(jobs::JobId id) {
    BALMER_TRY(const auto records, project_->rounds().list());
    for (const auto& listed : records) {
        if (listed.job != id) continue;
        BALMER_TRY(const auto record, project_->rounds().get(listed.id));
        RoundContent content;
        content.info = roundInfo(record);
        // What stands now counts, also where labels came after the round was last judged.
        BALMER_TRY(const auto estimate, workflow::precisionOf(*project_, record));
        if (estimate) {
            content.info.precision = estimate->precision;
            content.info.precisionLower95 = estimate->lowerBound;
            content.info.judged = estimate->judged;
        }
        for (const auto& item : record.items) {
            auto list = std::string(active::toString(item.list));
            std::replace(list.begin(), list.end(), '-', '_');
            content.entries.push_back({std::move(list), item.spectrum, item.predicted, item.probability,
                                       item.entropy, item.reason});
        }
        // The store sorts lists by name.
        const auto place = [](const RoundEntry& entry) {
            return entry.list == "oracle" ? 0 : entry.list == "performance_estimate" ? 1 : 2;
        };
        std::stable_sort(content.entries.begin(), content.entries.end(),
                         [&](const auto& a, const auto& b) { return place(a) < place(b); });
        return content;
    }
    return core::fail(ErrorCode::NotFound,
                      "job " + std::to_string(id) + " is no round; `balmer jobs` lists the rounds");
}

core::Result<std::shared_ptr<const LocalWorkbench::CachedScores>>
LocalWorkbench::scoresOf(const std::string& name) {
    auto info = project_->columns().info(name, "predicted");
    if (!info) return std::make_shared<const CachedScores>();
    const auto key = std::to_string(info->version);
    {
        std::lock_guard lock(cacheMutex_);
        if (const auto found = scores_.find(name); found != scores_.end() && found->second->key == key)
            return found->second;
    }
    auto made = std::make_shared<CachedScores>();
    made->key = key;
    made->classes = info->categories;
    for (const auto& each : made->classes) {
        BALMER_TRY(auto values, project_->columns().values(name, workflow::probabilityColumn(each)));
        made->probabilities.push_back(std::move(values));
    }
    BALMER_TRY(made->entropy, project_->columns().values(name, "entropy"));
    std::lock_guard lock(cacheMutex_);
    scores_[name] = made;
    return std::shared_ptr<const CachedScores>(made);
}

core::Result<Prediction> LocalWorkbench::prediction(const std::string& name, const std::string& id) {
    BALMER_TRY(const auto dataset, openDataset(name));
    BALMER_TRY(const auto scores, scoresOf(name));
    Prediction prediction;
    const auto row = dataset.rowOf(id);
    if (!row || *row >= scores->entropy.size()) return prediction;
    prediction.classes = scores->classes;
    for (const auto& values : scores->probabilities)
        prediction.probabilities.push_back(values[*row]);
    prediction.entropy = scores->entropy[*row];
    return prediction;
}

} // namespace

core::Result<std::unique_ptr<Workbench>> Workbench::open(const std::filesystem::path& folder,
                                                         Options options) {
    store::OpenOptions open;
    open.create = options.create;
    BALMER_TRY(auto project, store::Project::open(folder, open));
    if (options.threads > static_cast<std::size_t>(workflow::mostThreads))
        return core::fail(ErrorCode::InvalidArgument,
                          "at most " + std::to_string(workflow::mostThreads) + " threads can be used");
    if (options.who.empty()) options.who = core::loginName();
    core::log::alsoTo(project->folder() / "balmer.log");
    return std::unique_ptr<Workbench>(
        std::make_unique<LocalWorkbench>(std::move(project), std::move(options)));
}

core::Result<std::unique_ptr<Workbench>> Workbench::open(const std::filesystem::path& folder) {
    return open(folder, Options{});
}

std::filesystem::path defaultProjectFolder() {
    return store::Project::defaultFolder();
}

std::string programVersion() {
    return BALMER_VERSION;
}

} // namespace balmer::api
