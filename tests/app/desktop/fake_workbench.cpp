#include "tests/app/desktop/fake_workbench.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <set>

#include <fcntl.h>
#include <unistd.h>

#include "engine/active/current_label.h"
#include "engine/core/clock.h"

namespace balmer::test {

using core::ErrorCode;

namespace {

constexpr double firstWindow = 6519, lastWindow = 6732;
constexpr std::size_t windowColumns = 140;
const std::vector<std::string> classes = {"other", "single peak", "double peak"};
const char* const datasetName = "lamost halpha";

/// A repeatable number in [0, 1) of a spectrum and a purpose.
double noise(std::uint64_t number, std::uint64_t purpose) {
    std::uint64_t x =
        number * 0x9E3779B97F4A7C15ULL + purpose * 0xBF58476D1CE4E5B9ULL + 0x94D049BB133111EBULL;
    x ^= x >> 31;
    x *= 0xBF58476D1CE4E5B9ULL;
    x ^= x >> 29;
    return double(x >> 11) / 9007199254740992.0;
}
double normal(std::uint64_t number, std::uint64_t purpose) {
    const double u = std::max(1e-12, noise(number, 2 * purpose)), v = noise(number, 2 * purpose + 1);
    return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}
double gauss(double x, double centre, double sigma) {
    return std::exp(-0.5 * (x - centre) * (x - centre) / (sigma * sigma));
}

/// 0 absorption, 1 one peak, 2 two peaks.
int shapeOf(std::size_t number) {
    const double u = noise(number, 1);
    return u < 0.86 ? 0 : u < 0.94 ? 1 : 2;
}

double fluxAt(std::size_t number, double wavelength, double signalToNoise) {
    const double hot = 0.4 + noise(number, 2);
    double flux = std::pow(6000 / wavelength, 1.5 * hot);
    const double lines[] = {6564.61, 4862.68, 4341.68, 4102.89, 3971.20};
    const double depths[] = {0.35, 0.45, 0.5, 0.52, 0.5};
    for (int i = 0; i < 5; ++i)
        flux *= 1 - depths[i] * hot * gauss(wavelength, lines[i], 7 + 6 * hot);
    const double strength = 0.5 + noise(number, 3);
    if (shapeOf(number) == 1) flux += strength * gauss(wavelength, 6564.61, 2.2 + 1.5 * noise(number, 4));
    if (shapeOf(number) == 2) {
        const double half = 2.6 + 1.6 * noise(number, 4);
        flux += strength * (gauss(wavelength, 6564.61 - half, 1.6) +
                            (0.7 + 0.5 * noise(number, 5)) * gauss(wavelength, 6564.61 + half, 1.6));
    }
    return flux * (1 + normal(number, 100 + std::uint64_t(wavelength * 8)) / signalToNoise);
}

double signalToNoiseOf(std::size_t number) {
    return 12 + 110 * noise(number, 6) * noise(number, 7);
}

std::vector<double> windowAxis() {
    std::vector<double> axis(windowColumns);
    for (std::size_t i = 0; i < windowColumns; ++i)
        axis[i] = firstWindow + (lastWindow - firstWindow) * double(i) / double(windowColumns - 1);
    return axis;
}

std::vector<float> windowFlux(std::size_t number) {
    const double quality = signalToNoiseOf(number);
    std::vector<float> flux;
    for (const double wavelength : windowAxis())
        flux.push_back(float(fluxAt(number, wavelength, quality)));
    const auto [low, high] = std::minmax_element(flux.begin(), flux.end());
    const float from = *low, range = *high - *low;
    for (float& value : flux)
        value = 2 * (value - from) / range - 1;
    return flux;
}

std::vector<double> probabilitiesOf(std::size_t number) {
    std::vector<double> p(3);
    double sum = 0;
    for (int c = 0; c < 3; ++c)
        sum += p[std::size_t(c)] =
            0.06 + 0.3 * noise(number, std::uint64_t(20 + c)) + (shapeOf(number) == c ? 0.9 : 0);
    for (double& one : p)
        one /= sum;
    return p;
}

double entropyOf(const std::vector<double>& p) {
    double sum = 0;
    for (const double one : p)
        sum -= one * std::log(one);
    return sum / std::log(double(p.size()));
}

std::string number6(std::size_t number) {
    char text[16];
    std::snprintf(text, sizeof text, "%06zu", number);
    return text;
}

std::string at(int day, int hour, int minute) {
    char text[40];
    std::snprintf(text, sizeof text, "2026-11-%02dT%02d:%02d:00.000Z", day, hour, minute);
    return text;
}

jobs::Job recorded(jobs::JobId id, std::string kind, std::string label, std::string parameters,
                   jobs::Phase phase, int minute, int lasts) {
    jobs::Job made;
    made.id = id;
    made.spec.kind = std::move(kind);
    made.spec.label = std::move(label);
    made.spec.parameters = std::move(parameters);
    made.spec.seed = 1;
    made.phase = phase;
    made.created = made.started = at(21, 9 + minute / 60, minute % 60);
    if (jobs::isFinal(phase)) made.ended = at(21, 9 + (minute + lasts) / 60, (minute + lasts) % 60);
    made.progress = phase == jobs::Phase::Completed ? 1 : 0.4;
    made.programVersion = "0.1.0";
    made.device = "cpu";
    return made;
}

} // namespace

struct FakeWorkbench::Handlers {
    std::mutex mutex;
    std::map<int, std::function<void(const api::Event&)>> all;
    int next = 0;
};

class FakeWorkbench::Ends : public api::Subscription {
  public:
    Ends(std::shared_ptr<Handlers> handlers, int key) : handlers_(std::move(handlers)), key_(key) {}
    ~Ends() override {
        const std::lock_guard lock(handlers_->mutex);
        handlers_->all.erase(key_);
    }

  private:
    std::shared_ptr<Handlers> handlers_;
    int key_;
};

FakeWorkbench::FakeWorkbench(FakeOptions options)
    : options_(std::move(options)), handlers_(std::make_shared<Handlers>()) {
    addWorkers();
    if (!options_.labelFile.empty())
        labelFile_ = ::open(options_.labelFile.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    if (!options_.jobs) return;
    using jobs::Phase;
    auto import = recorded(1, "import", "first night",
                           R"({"paths":["/survey/dr10"],"recursive":true,"collection":"LAMOST DR10"})",
                           Phase::Completed, 2, 3);
    import.result =
        R"({"imported":598,"already":2,"refused":[{"path":"/survey/dr10/broken.fits","reason":"the file ends within its header"}]})";
    auto prepare =
        recorded(2, "preprocess", "", R"({"preset":"halpha-140","name":"lamost halpha","collection":""})",
                 Phase::Completed, 8, 1);
    prepare.result = R"({"dataset":"lamost halpha","rows":600,"columns":140})";
    auto trained =
        recorded(3, "som", "first map",
                 R"({"dataset":"lamost halpha","grid":"16x12","topology":"hexagonal","epochs":20,"seed":1})",
                 Phase::Completed, 12, 2);
    trained.result = R"({"quantisation_error":1.0432,"topographic_error":0.061,"epochs":20,"seconds":84.2})";
    trained.artefacts = {{"codebook", "application/x-hdf5", std::string(64, 'a'), 107520},
                         {"quality", "application/json", std::string(64, 'b'), 1210}};
    auto failed = recorded(4, "score", "old model", R"({"model":"rf-2","dataset":"lamost halpha"})",
                           Phase::Error, 20, 1);
    failed.error = core::Error(ErrorCode::NotFound, "no model is called \"rf-2\"; `balmer learn` trains one");
    failed.error->during("scoring the dataset \"lamost halpha\"");
    auto round = recorded(
        5, "round", "round 1",
        R"({"dataset":"lamost halpha","classes":["other","single peak","double peak"],"targets":["single peak","double peak"],"batch":50,"seed":1})",
        Phase::Completed, 25, 11);
    auto aborted = recorded(
        6, "som", "far too large",
        R"({"dataset":"lamost halpha","grid":"400x400","topology":"hexagonal","epochs":10,"seed":1})",
        Phase::Aborted, 40, 4);
    auto running =
        recorded(7, "som", "finer map",
                 R"({"dataset":"lamost halpha","grid":"30x30","topology":"hexagonal","epochs":50,"seed":1})",
                 Phase::Executing, 50, 0);
    running.started = core::formatTime(core::systemClock().now() - std::chrono::seconds(97));
    running.progress = 0.61;
    running.stage = "epoch 31 of 50";
    auto waiting = recorded(8, "learn", "five folds", R"({"dataset":"lamost halpha","folds":5,"seed":1})",
                            Phase::Queued, 51, 0);
    waiting.started.clear();
    waiting.progress = 0;
    jobs_ = {import, prepare, trained, failed, round, aborted, running, waiting};
    if (options_.workers < 3) return;
    const auto remote = [&](jobs::JobId id, const char* kind, const char* label, Phase phase,
                            const char* worker) {
        auto made =
            recorded(id, kind, label, R"({"dataset":"lamost halpha","seed":1})", phase, 44 + int(id), 0);
        made.place = worker;
        made.remote = jobs::RemoteTicket{worker, std::string(31, '0') + char('a' + id - 9), 3, false};
        return made;
    };
    auto far = remote(9, "som", "60 × 60, all", Phase::Executing, "kepler");
    far.started = core::formatTime(core::systemClock().now() - std::chrono::seconds(845));
    far.stage = "epoch 41 of 100";
    auto sent = remote(10, "learn", "five folds, far", Phase::Pending, "kepler");
    sent.started.clear();
    sent.progress = 0;
    sent.stage = "sending 12.0 of 43.1 MB";
    auto cut = remote(11, "score", "candidates", Phase::Executing, "tycho");
    cut.stage = "block 12 of 30";
    auto stopping = remote(12, "round", "round 2", Phase::Executing, "tycho");
    stopping.remote->abortWanted = true;
    jobs_.insert(jobs_.end(), {far, sent, cut, stopping});
}

void FakeWorkbench::addWorkers() {
    using Link = api::WorkerInfo::Link;
    const auto ago = [](int minutes) {
        return core::formatTime(core::systemClock().now() - std::chrono::minutes(minutes));
    };
    api::WorkerInfo kepler, hale, tycho, brahe;
    kepler.name = "kepler";
    kepler.url = "ssh://observer@kepler.example.org";
    kepler.link = Link::Connected;
    kepler.since = ago(42);
    kepler.jobs = 2;
    kepler.sentBytes = 12000000;
    kepler.receivedBytes = 400000;
    hale.name = "hale";
    hale.url = "unix:/run/user/1000/balmer/worker.sock";
    tycho.name = "tycho";
    tycho.url = "tls://tycho.example.org:7077";
    tycho.paired = true;
    tycho.link = Link::Lost;
    tycho.trouble = "tycho.example.org:7077 does not answer: the connection was refused; "
                    "start `balmer-worker` there, or check the address";
    tycho.since = ago(7);
    tycho.jobs = 2;
    brahe.name = "brahe";
    brahe.url = "tls://brahe.example.org:7077";
    workers_ = {kepler, hale, tycho, brahe};
    workers_.resize(std::min<std::size_t>(options_.workers, 4));
}

std::vector<std::string> FakeWorkbench::submittedTo() const {
    const std::lock_guard lock(mutex_);
    return submittedTo_;
}

std::vector<std::string> FakeWorkbench::retried() const {
    const std::lock_guard lock(mutex_);
    return retried_;
}

void FakeWorkbench::setLink(const std::string& worker, api::WorkerInfo::Link link,
                            const std::string& trouble) {
    {
        const std::lock_guard lock(mutex_);
        for (auto& one : workers_)
            if (one.name == worker) {
                one.link = link;
                one.trouble = trouble;
                one.since = core::formatTime(core::systemClock().now());
            }
    }
    tell({api::Event::Kind::Workers, {}, {}});
}

void FakeWorkbench::holdNetwork(bool hold) {
    const std::lock_guard lock(mutex_);
    held_ = hold;
    released_.notify_all();
}

void FakeWorkbench::waitWhileHeld() {
    std::unique_lock lock(mutex_);
    released_.wait(lock, [this] { return !held_; });
}

FakeWorkbench::~FakeWorkbench() {
    if (labelFile_ >= 0) ::close(labelFile_);
}

std::string FakeWorkbench::idOf(std::size_t number) {
    return "spec-55859-F59_" + number6(number);
}
std::size_t FakeWorkbench::numberOf(const std::string& id) {
    return std::size_t(std::stoul(id.substr(id.rfind('_') + 1)));
}

bool FakeWorkbench::known(const std::string& id) const {
    if (id.rfind("spec-55859-F59_", 0) != 0 || id.size() != 21) return false;
    return std::all_of(id.end() - 6, id.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
           numberOf(id) < options_.spectra;
}

core::Result<std::size_t> FakeWorkbench::number(const std::string& id) const {
    if (!known(id)) return core::fail(ErrorCode::NotFound, "no spectrum is called \"" + id + "\"");
    return numberOf(id);
}

std::vector<active::LabelEvent> FakeWorkbench::events() const {
    const std::lock_guard lock(mutex_);
    return events_;
}

std::vector<jobs::JobSpec> FakeWorkbench::submitted() const {
    const std::lock_guard lock(mutex_);
    return submitted_;
}

std::unique_ptr<api::Subscription> FakeWorkbench::subscribe(std::function<void(const api::Event&)> handler) {
    const std::lock_guard lock(handlers_->mutex);
    const int key = handlers_->next++;
    handlers_->all[key] = std::move(handler);
    return std::make_unique<Ends>(handlers_, key);
}

void FakeWorkbench::tell(const api::Event& event) {
    const std::lock_guard lock(handlers_->mutex);
    for (const auto& [key, handler] : handlers_->all)
        handler(event);
}

std::vector<api::JobKind> FakeWorkbench::jobKinds() const {
    return {{"som", "Train a map",
             R"({"dataset":"","grid":"20x20","topology":"hexagonal","epochs":10,"seed":1})",
             "grid: neurons across and down", ""},
            {"learn", "Train a network", R"({"dataset":"","folds":5,"seed":1})",
             "folds: parts of the cross-validation", ""},
            {"preprocess", "Preprocess", R"({"preset":"halpha-140","name":"","collection":""})",
             "preset: the steps", ""},
            {"round", "Labelling round", R"({"dataset":"","classes":[],"targets":[],"batch":50,"seed":1})",
             "batch: spectra on each list", ""},
            {"import", "Import", R"({"paths":[],"recursive":true,"collection":""})",
             "paths: files and folders", "it reads files of this computer"}};
}

core::Result<jobs::JobId> FakeWorkbench::submit(jobs::JobSpec spec) {
    return keep(std::move(spec), "");
}

core::Result<jobs::JobId> FakeWorkbench::submit(jobs::JobSpec spec, const std::string& where) {
    if (where.empty() || where == "here") return keep(std::move(spec), "");
    if (where == "auto") {
        waitWhileHeld();
        if (refuseAuto)
            return core::fail(ErrorCode::NotFound,
                              "no worker answers; look at them with `balmer worker list`");
        return keep(std::move(spec), "kepler");
    }
    {
        const std::lock_guard lock(mutex_);
        if (std::none_of(workers_.begin(), workers_.end(),
                         [&](const auto& one) { return one.name == where; }))
            return core::fail(ErrorCode::NotFound, "no worker is called \"" + where + "\"");
    }
    return keep(std::move(spec), where);
}

core::Result<jobs::Job> FakeWorkbench::follow(jobs::JobId id, core::TaskContext&) {
    return job(id);
}

core::Result<jobs::JobId> FakeWorkbench::keep(jobs::JobSpec spec, const std::string& where) {
    jobs::Job made;
    {
        const std::lock_guard lock(mutex_);
        if (spec.kind == "som" && spec.parameters.find("\"0x0\"") != std::string::npos)
            return core::fail(ErrorCode::InvalidArgument, "grid: \"0x0\" has no neuron; write it as 20x20");
        made.id = jobs_.empty() ? 1 : jobs_.back().id + 1;
        made.spec = spec;
        made.phase = where.empty() ? jobs::Phase::Queued : jobs::Phase::Pending;
        if (!where.empty()) {
            made.place = where;
            made.remote = jobs::RemoteTicket{where, std::string(31, '0') + "f", 0, false};
        }
        made.created = core::formatTime(core::systemClock().now());
        jobs_.push_back(made);
        submitted_.push_back(std::move(spec));
        submittedTo_.push_back(where);
    }
    tell({api::Event::Kind::Job, made, {}});
    return made.id;
}

void FakeWorkbench::advance(jobs::JobId id, jobs::Phase phase, double progress) {
    jobs::Job copy;
    {
        const std::lock_guard lock(mutex_);
        for (auto& one : jobs_)
            if (one.id == id) {
                one.phase = phase;
                one.progress = progress;
                const auto now = core::formatTime(core::systemClock().now());
                if (one.started.empty()) one.started = now;
                if (jobs::isFinal(phase)) one.ended = now;
                copy = one;
            }
    }
    tell({api::Event::Kind::Job, copy, {}});
}

core::Result<jobs::Job> FakeWorkbench::runHere(jobs::JobSpec, core::TaskContext&) {
    return core::fail(ErrorCode::Unsupported, "jobs do not run here");
}

core::Status FakeWorkbench::abort(jobs::JobId id) {
    jobs::Job wanted;
    {
        const std::lock_guard lock(mutex_);
        for (auto& one : jobs_)
            if (one.id == id && one.remote) {
                one.remote->abortWanted = true;
                wanted = one;
            }
    }
    if (wanted.id != 0) {
        tell({api::Event::Kind::Job, wanted, {}});
        return {};
    }
    advance(id, jobs::Phase::Aborted, 0.4);
    return {};
}

core::Status FakeWorkbench::removeJob(jobs::JobId id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(jobs_, [id](const auto& one) { return one.id == id; });
    return {};
}

core::Result<std::vector<jobs::Job>> FakeWorkbench::jobs() {
    const std::lock_guard lock(mutex_);
    return std::vector<jobs::Job>(jobs_.rbegin(), jobs_.rend());
}

core::Result<jobs::Job> FakeWorkbench::job(jobs::JobId id) {
    const std::lock_guard lock(mutex_);
    for (const auto& one : jobs_)
        if (one.id == id) return one;
    return core::fail(ErrorCode::NotFound, "there is no job " + std::to_string(id));
}

core::Result<std::vector<std::pair<double, double>>> FakeWorkbench::series(jobs::JobId,
                                                                           const std::string& name) {
    std::vector<std::pair<double, double>> points;
    const bool quantisation = name == "quantisation error";
    for (int epoch = 1; epoch <= 31; ++epoch)
        points.emplace_back(epoch, quantisation ? 1.0 + 2.2 * std::exp(-epoch / 6.0)
                                                : 0.05 + 0.3 * std::exp(-epoch / 4.0) +
                                                      0.02 * noise(std::uint64_t(epoch), 9));
    return points;
}

std::vector<jobs::Job> FakeWorkbench::interruptedJobs() const {
    if (!options_.interrupted) return {};
    const std::lock_guard lock(mutex_);
    return {jobs_.at(5)};
}

core::Result<std::vector<api::Collection>> FakeWorkbench::collections() {
    if (options_.spectra == 0) return std::vector<api::Collection>{};
    const std::size_t half = (options_.spectra + 1) / 2;
    return std::vector<api::Collection>{{"LAMOST DR10", half}, {"Ondřejov 2015", options_.spectra - half}};
}

api::SpectrumRow FakeWorkbench::rowOf(std::size_t number) const {
    api::SpectrumRow row;
    row.id = idOf(number);
    row.collection = number % 2 == 0 ? "LAMOST DR10" : "Ondřejov 2015";
    row.object = number % 3 == 0 ? "HD " + std::to_string(190603 + number) : "";
    row.position = spectrum::SkyPosition{360 * noise(number, 11), 90 * noise(number, 12)};
    row.observed = "2011-10-24T1" + std::to_string(number % 10) + ":42:07";
    row.signalToNoise = signalToNoiseOf(number);
    row.magnitude = 9 + 6 * noise(number, 13);
    row.redshift = 1e-4 * normal(number, 14);
    row.survey = number % 2 == 0 ? "LAMOST DR10" : "Ondřejov";
    row.surveyId = std::to_string(101000000 + number);
    row.spectralClass = number % 5 == 0 ? "" : "STAR A" + std::to_string(number % 10) + "V";
    const auto p = probabilitiesOf(number);
    const auto best = std::size_t(std::max_element(p.begin(), p.end()) - p.begin());
    if (options_.round) {
        row.predicted = classes[best];
        row.probability = p[best];
        row.entropy = entropyOf(p);
    }
    if (const auto found = eventsOf_.find(row.id); found != eventsOf_.end()) {
        std::vector<active::LabelEvent> own;
        for (const std::size_t i : found->second)
            own.push_back(events_[i]);
        const auto now = active::currentLabel(own);
        row.label = now.className;
        row.comment = now.comment;
        std::string flags;
        const auto flag = [&](bool is, const char* word) {
            if (is) flags += (flags.empty() ? "" : ", ") + std::string(word);
        };
        flag(now.notSure, "not sure");
        flag(now.bad, "bad");
        flag(now.artefact, "artefact");
        flag(now.noteworthy, "noteworthy");
        row.flags = flags;
    }
    return row;
}

core::Result<std::vector<api::SpectrumRow>> FakeWorkbench::spectra(const std::string& where,
                                                                   std::size_t limit) {
    const std::lock_guard lock(mutex_);
    std::function<bool(const api::SpectrumRow&)> meets;
    if (where.empty())
        meets = [](const auto&) { return true; };
    else if (where == "label is null")
        meets = [](const auto& row) { return row.label.empty(); };
    else if (where == "label is not null")
        meets = [](const auto& row) { return !row.label.empty(); };
    else if (where.rfind("snr > ", 0) == 0)
        meets = [least = std::atof(where.c_str() + 6)](const auto& row) {
            return *row.signalToNoise > least;
        };
    else if (where.rfind("collection = '", 0) == 0)
        meets = [name = where.substr(14, where.size() - 15)](const auto& row) {
            return row.collection == name;
        };
    else
        return core::fail(ErrorCode::InvalidArgument, "the filter cannot be read at position 1, at \"" +
                                                          where + "\"; write a field, as in snr > 10");
    std::vector<api::SpectrumRow> rows;
    for (std::size_t i = 0; i < options_.spectra; ++i) {
        auto row = rowOf(i);
        if (meets(row)) rows.push_back(std::move(row));
        if (limit != 0 && rows.size() >= limit) break;
    }
    return rows;
}

core::Result<api::SpectrumRow> FakeWorkbench::spectrumRow(const std::string& id) {
    BALMER_TRY(const auto which, number(id));
    const std::lock_guard lock(mutex_);
    return rowOf(which);
}

core::Result<spectrum::Spectrum> FakeWorkbench::loadSpectrum(const std::string& id) {
    BALMER_TRY(const auto which, number(id));
    std::vector<double> wavelength;
    for (double log = 3.5682; log < 3.9589; log += 1e-4)
        wavelength.push_back(std::pow(10, log));
    spectrum::Spectrum made;
    const double quality = signalToNoiseOf(which);
    for (const double one : wavelength) {
        const double flux = fluxAt(which, one, quality);
        made.flux.push_back(float(120 * flux));
        made.inverseVariance.push_back(float(quality * quality / (120 * 120 * flux * flux)));
        made.mask.push_back(one > 7590 && one < 7680 ? 1 : 0);
    }
    BALMER_TRY(made.axis, spectrum::SpectralAxis::make(std::move(wavelength), spectrum::Medium::Vacuum));
    made.metadata.id = id;
    made.metadata.fluxUnit = which % 2 == 0 ? "" : "10^-17 erg s^-1 cm^-2 Angstrom^-1";
    return made;
}

core::Result<std::vector<spectrum::HeaderCard>> FakeWorkbench::header(const std::string& id) {
    BALMER_TRY(const auto which, number(id));
    std::vector<spectrum::HeaderCard> cards = {
        {"SIMPLE", "T", "Primary header created by MWRFITS"},
        {"BITPIX", "-32", ""},
        {"OBSID", std::to_string(101000000 + which), "Unique number ID of this spectrum"},
        {"DATE-OBS", "2011-10-24T12:42:07", "The observation median UTC"},
        {"TELESCOP", "LAMOST", "GuoShouJing Telescope"},
        {"SNRG", "34.21", "SNR of g filter"},
        {"CLASS", "STAR", "Class of object"},
        {"SUBCLASS", "A1V", "Subclass of object"},
        {"Z", "0.00012", "Redshift of object"}};
    for (int i = 0; i < 60; ++i)
        cards.push_back({"HISTORY", "step " + std::to_string(i), "of the reduction"});
    return cards;
}

core::Result<std::vector<api::DatasetInfo>> FakeWorkbench::datasets() {
    if (!options_.dataset) return std::vector<api::DatasetInfo>{};
    return std::vector<api::DatasetInfo>{{datasetName, std::string(64, 'c'), options_.spectra, windowColumns,
                                          firstWindow, lastWindow, "{}", at(21, 9, 9)}};
}

core::Result<api::WindowRow> FakeWorkbench::datasetRow(const std::string&, const std::string& id) {
    BALMER_TRY(const auto which, number(id));
    return api::WindowRow{id, windowAxis(), windowFlux(which), {}, {}};
}

api::MapInfo FakeWorkbench::mapInfo() const {
    return {3, "first map", datasetName, {16, 12, som::Topology::Hexagonal}, 1.0432, 0.061, at(21, 9, 14)};
}

core::Result<std::vector<api::MapInfo>> FakeWorkbench::maps() {
    if (!options_.map) return std::vector<api::MapInfo>{};
    return std::vector<api::MapInfo>{mapInfo()};
}

core::Result<api::MapContent> FakeWorkbench::map(jobs::JobId job) {
    if (!options_.map || job != 3)
        return core::fail(ErrorCode::NotFound, "there is no map of job " + std::to_string(job));
    api::MapContent content;
    content.info = mapInfo();
    content.wavelengthAngstrom = windowAxis();
    const auto& grid = content.info.grid;
    content.members.resize(grid.neurons());
    content.codebook = core::FloatMatrix(grid.neurons(), windowColumns);
    // Shapes gather in corners; the strength of the line runs across.
    for (std::size_t i = 0; i < std::min<std::size_t>(options_.spectra, 20000); ++i) {
        const int shape = shapeOf(i);
        const double x = shape == 0   ? noise(i, 2)
                         : shape == 1 ? 0.85 + 0.15 * noise(i, 3)
                                      : 0.7 * noise(i, 3) * 0.3 + 0.78;
        const double y = shape == 0   ? 0.3 + 0.7 * noise(i, 6)
                         : shape == 1 ? 0.18 * noise(i, 4)
                                      : 0.2 + 0.12 * noise(i, 4);
        const auto column = std::min<std::size_t>(grid.width - 1, std::size_t(x * double(grid.width)));
        const auto row = std::min<std::size_t>(grid.height - 1, std::size_t(y * double(grid.height)));
        content.members[grid.neuronAt(column, row)].push_back({idOf(i), 0.4 + noise(i, 30)});
    }
    for (std::size_t n = 0; n < grid.neurons(); ++n) {
        auto& members = content.members[n];
        std::sort(members.begin(), members.end(),
                  [](const auto& a, const auto& b) { return a.distance < b.distance; });
        for (std::size_t m = 0; m < std::min<std::size_t>(members.size(), 12); ++m) {
            const auto flux = windowFlux(numberOf(members[m].id));
            for (std::size_t c = 0; c < windowColumns; ++c)
                content.codebook(n, c) += flux[c] / float(std::min<std::size_t>(members.size(), 12));
        }
        const double wall = std::abs(double(grid.row(n)) / double(grid.height) - 0.28);
        content.uMatrix.push_back(float(0.3 + 0.8 * std::exp(-wall * wall / 0.006) + 0.15 * noise(n, 40)));
    }
    for (int epoch = 1; epoch <= 20; ++epoch) {
        content.quantisationErrors.push_back(1.04 + 2.0 * std::exp(-epoch / 4.0));
        content.topographicErrors.push_back(0.06 + 0.25 * std::exp(-epoch / 3.0));
    }
    return content;
}

core::Result<std::vector<api::ModelInfo>> FakeWorkbench::models() {
    return std::vector<api::ModelInfo>{};
}

core::Result<active::LabelEvent> FakeWorkbench::label(active::LabelEvent event) {
    if (refuseLabels)
        return core::fail(ErrorCode::Store,
                          "the disk of the project is full; make room and give the label again");
    {
        const std::lock_guard lock(mutex_);
        event.id = std::int64_t(events_.size()) + 1;
        if (event.who.empty()) event.who = who();
        if (event.when.empty()) event.when = core::formatTime(core::systemClock().now());
        if (labelFile_ >= 0) {
            const std::string line = event.spectrum + "\t" + event.className + "\n";
            if (::write(labelFile_, line.data(), line.size()) != ssize_t(line.size()) ||
                ::fsync(labelFile_) != 0)
                return core::fail(ErrorCode::Io, "the label file cannot be written");
        }
        eventsOf_[event.spectrum].push_back(events_.size());
        events_.push_back(event);
    }
    tell({api::Event::Kind::Labels, {}, event.spectrum});
    return event;
}

core::Result<active::LabelEvent> FakeWorkbench::undoLabel() {
    active::LabelEvent target;
    {
        const std::lock_guard lock(mutex_);
        std::set<std::int64_t> taken;
        for (const auto& event : events_)
            if (event.kind == active::LabelKind::Undo && event.supersedes) taken.insert(*event.supersedes);
        const auto found = std::find_if(events_.rbegin(), events_.rend(), [&](const auto& event) {
            return event.kind != active::LabelKind::Undo && !taken.contains(event.id);
        });
        if (found == events_.rend())
            return core::fail(ErrorCode::NotFound, "there is no label of yours to take back");
        target = *found;
    }
    active::LabelEvent undo;
    undo.kind = active::LabelKind::Undo;
    undo.spectrum = target.spectrum;
    undo.supersedes = target.id;
    BALMER_TRY(const auto kept, label(std::move(undo)));
    (void)kept;
    return target;
}

core::Result<std::vector<active::LabelEvent>> FakeWorkbench::labelHistory(const std::string& spectrumId) {
    const std::lock_guard lock(mutex_);
    std::vector<active::LabelEvent> own;
    if (const auto found = eventsOf_.find(spectrumId); found != eventsOf_.end())
        for (const std::size_t i : found->second)
            own.push_back(events_[i]);
    return own;
}

core::Result<api::LabelCounts> FakeWorkbench::labelCounts() {
    const std::lock_guard lock(mutex_);
    return api::LabelCounts{events_.size(), events_.size(), {}};
}

api::RoundInfo FakeWorkbench::roundInfo() const {
    return {1,    datasetName, classes,      {"single peak", "double peak"}, "round-1", 5, 0.86,
            0.74, 50,          at(21, 9, 36)};
}

core::Result<std::vector<api::RoundInfo>> FakeWorkbench::rounds() {
    if (!options_.round) return std::vector<api::RoundInfo>{};
    return std::vector<api::RoundInfo>{roundInfo()};
}

core::Result<api::RoundContent> FakeWorkbench::round(jobs::JobId job) {
    if (!options_.round || job != 5)
        return core::fail(ErrorCode::NotFound, "there is no round of job " + std::to_string(job));
    api::RoundContent content;
    content.info = roundInfo();
    const char* const lists[] = {"oracle", "performance_estimate", "candidates"};
    std::size_t next = 0;
    for (int list = 0; list < 3; ++list)
        for (std::size_t k = 0; k < options_.entriesEach && next < options_.spectra; ++next) {
            const auto p = probabilitiesOf(next);
            const auto best = std::size_t(std::max_element(p.begin(), p.end()) - p.begin());
            // The lists of a small project differ; those of a large one take what comes.
            if (options_.entriesEach <= 100 && options_.spectra >= 600 && list > 0 && best == 0) continue;
            const std::string reason = list == 0 ? "\"" + classes[best] +
                                                       "\" and others are nearly as likely (entropy " +
                                                       std::to_string(entropyOf(p)).substr(0, 4) + ")"
                                       : list == 1 ? "drawn at random from the predicted targets"
                                                   : "among the surest of the predicted targets";
            content.entries.push_back(
                {lists[list], idOf(next), classes[best], p[best], entropyOf(p), reason});
            ++k;
        }
    return content;
}

core::Result<api::Prediction> FakeWorkbench::prediction(const std::string&, const std::string& id) {
    BALMER_TRY(const auto which, number(id));
    const auto p = probabilitiesOf(which);
    return api::Prediction{classes, p, entropyOf(p)};
}

core::Result<std::vector<api::WorkerInfo>> FakeWorkbench::workers() {
    const std::lock_guard lock(mutex_);
    return workers_;
}

core::Status FakeWorkbench::putWorker(const api::WorkerInfo& worker) {
    if (worker.name.empty() || worker.name.find(' ') != std::string::npos)
        return core::fail(ErrorCode::InvalidArgument,
                          "\"" + worker.name +
                              "\" cannot be the name of a worker; take letters, digits, "
                              "'.', '_', '-'");
    const char* const schemes[] = {"ssh://", "unix:/", "tls://", "tcp://"};
    if (std::none_of(std::begin(schemes), std::end(schemes),
                     [&](const char* scheme) { return worker.url.rfind(scheme, 0) == 0; }))
        return core::fail(ErrorCode::InvalidArgument,
                          "\"" + worker.url +
                              "\" is no address of a worker: it has no scheme; write "
                              "ssh://[user@]host[:port], unix:/path/of/socket, "
                              "tls://host:port or tcp://127.0.0.1:port");
    {
        const std::lock_guard lock(mutex_);
        const auto found = std::find_if(workers_.begin(), workers_.end(),
                                        [&](const auto& one) { return one.name == worker.name; });
        if (found == workers_.end()) {
            workers_.push_back(worker);
        } else {
            found->url = worker.url;
            found->token = worker.token;
            found->jobsAtOnce = worker.jobsAtOnce;
        }
    }
    tell({api::Event::Kind::Workers, {}, {}});
    return {};
}

core::Status FakeWorkbench::removeWorker(const std::string& name) {
    {
        const std::lock_guard lock(mutex_);
        const auto found =
            std::find_if(workers_.begin(), workers_.end(), [&](const auto& one) { return one.name == name; });
        if (found == workers_.end())
            return core::fail(ErrorCode::NotFound, "no worker is called \"" + name + "\"");
        if (found->jobs > 0)
            return core::fail(ErrorCode::InvalidArgument, std::to_string(found->jobs) +
                                                              " jobs of this project run on " + name +
                                                              "; abort them or let them end first");
        workers_.erase(found);
    }
    tell({api::Event::Kind::Workers, {}, {}});
    return {};
}

core::Result<api::WorkerReport> FakeWorkbench::askWorker(const api::WorkerInfo& worker) {
    ++asked;
    waitWhileHeld();
    if (refuseAsk || worker.name == "tycho" || worker.url.find("nowhere") != std::string::npos)
        return core::fail(ErrorCode::Remote, worker.url +
                                                 " does not answer: the connection was refused; "
                                                 "start `balmer-worker` there, or check the address");
    if (worker.url.rfind("tls://", 0) == 0 && !worker.paired)
        return core::fail(ErrorCode::Remote, worker.name +
                                                 " does not know this computer; run `balmer-worker pair` "
                                                 "there and pair with the code that it shows");
    api::WorkerReport report;
    report.software = "balmer-worker 0.2.0";
    report.host = worker.name + ".example.org";
    report.processor = "AMD EPYC 7543 32-Core Processor, 64 threads";
    report.owner = "observer";
    report.kinds = {"preprocess", "som", "learn", "score", "round"};
    report.slots = 4;
    report.freeSlots = worker.jobs > 0 ? 2 : 4;
    report.storedBytes = worker.jobs > 0 ? 12400000000 : 310000000;
    report.quotaBytes = 50000000000;
    report.objects = worker.jobs > 0 ? 312 : 12;
    report.answeredMilliseconds = 34.2;
    if (worker.jobs > 0) {
        report.running = 2;
        report.waiting = 1;
        report.jobs = {{std::string(31, '0') + "a", "observer", "som", "60 × 60, all", "EXECUTING",
                        "epoch 41 of 100", at(22, 9, 53), 0.41},
                       {std::string(31, '0') + "7", "observer", "learn", "another project", "EXECUTING",
                        "fold 2 of 5", at(22, 9, 40), 0.3},
                       {std::string(31, '0') + "8", "observer", "score", "another project", "QUEUED", "",
                        at(22, 9, 41), 0}};
    }
    return report;
}

core::Status FakeWorkbench::pairWorker(const std::string& name, const std::string& code) {
    waitWhileHeld();
    if (code != "ABCD-EFGH-JKLM-NPQR")
        return core::fail(ErrorCode::InvalidArgument,
                          "\"" + code +
                              "\" is no pairing code; `balmer-worker pair` shows one, four groups of "
                              "four letters and digits");
    {
        const std::lock_guard lock(mutex_);
        for (auto& one : workers_)
            if (one.name == name) one.paired = true;
    }
    tell({api::Event::Kind::Workers, {}, {}});
    return {};
}

core::Result<api::RegisteredData> FakeWorkbench::registerOnWorker(const std::string&, const std::string&) {
    return core::fail(ErrorCode::Unsupported, "this worker takes no data by their path");
}

void FakeWorkbench::retryWorker(const std::string& name) {
    {
        const std::lock_guard lock(mutex_);
        retried_.push_back(name);
    }
    setLink(name, api::WorkerInfo::Link::Connecting);
}

core::Result<std::string> FakeWorkbench::setting(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = options_.settings->find(key);
    return found == options_.settings->end() ? std::string() : found->second;
}

core::Status FakeWorkbench::setSetting(const std::string& key, const std::string& value) {
    const std::lock_guard lock(mutex_);
    (*options_.settings)[key] = value;
    return {};
}

} // namespace balmer::test
