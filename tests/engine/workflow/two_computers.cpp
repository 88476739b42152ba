#include "tests/engine/workflow/two_computers.h"

#include <algorithm>
#include <cmath>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/core/text_number.h"
#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "engine/store/round_archive.h"

namespace balmer::test {

namespace fs = std::filesystem;
using nlohmann::json;

std::string bytesOf(const fs::path& file) {
    return core::readFile(file).value();
}

Home::Home(const fs::path& folder) : folder_(folder) {
    project_ = store::Project::open(folder / "home.balmer").value();
    environment_ =
        std::make_unique<workflow::Environment>(workflow::Environment{project_.get(), 2, "tester", {}});
    kinds_ = workflow::jobKinds(*environment_);
    jobs::RunnerTable runners;
    for (const auto& kind : kinds_)
        runners.emplace(kind.about.kind, kind.run);
    queue_ = std::make_unique<jobs::JobQueue>(project_->jobs(), std::move(runners));
}

Home::~Home() = default;

const workflow::JobKind& Home::kind(const std::string& name) const {
    return **workflow::findKind(kinds_, name);
}

jobs::JobSpec Home::spec(const std::string& kind, const json& parameters, const std::string& label) {
    jobs::JobSpec spec;
    spec.kind = kind;
    spec.label = label;
    spec.parameters = parameters.dump();
    if (parameters.contains("dataset"))
        if (const auto record = project_->datasets().get(parameters["dataset"].get<std::string>()))
            spec.inputs = {record->digest};
    return spec;
}

jobs::Job Home::here(const std::string& kind, const json& parameters, const std::string& label) {
    const auto run = queue_->runHere(spec(kind, parameters, label));
    EXPECT_TRUE(run) << why(run);
    EXPECT_EQ(run->phase, jobs::Phase::Completed)
        << kind << ": " << (run->error ? run->error->describe() : "");
    return *run;
}

jobs::Job Home::submit(const std::string& kind, const json& parameters, const std::string& label) {
    jobs::Job job;
    job.spec = spec(kind, parameters, label);
    job.phase = jobs::Phase::Pending;
    auto key = std::to_string(++keys_);
    key.insert(0, 32 - key.size(), '0');
    job.remote = jobs::RemoteTicket{"far", key};
    const auto id = project_->jobs().create(job);
    EXPECT_TRUE(id) << why(id);
    return project_->jobs().get(*id).value();
}

core::Result<std::vector<workflow::ParcelFile>> Home::pack(const jobs::Job& job) {
    core::TaskContext task;
    return workflow::packInputs(*project_, kind(job.spec.kind), job,
                                folder_ / ("packed-" + std::to_string(++carried_)), task);
}

fs::path Home::carry(const jobs::Job& job, const std::vector<workflow::ParcelFile>& inputs) {
    const auto there = folder_ / ("far-" + std::to_string(++carried_));
    fs::create_directories(there / "inputs");
    fs::create_directories(there / "objects");
    for (const auto& file : inputs) {
        EXPECT_TRUE(workflow::isParcelName(file.name)) << file.name;
        fs::copy_file(file.path, there / "objects" / file.name);
        fs::create_symlink(there / "objects" / file.name, there / "inputs" / file.name);
    }
    EXPECT_TRUE(core::writeFile(there / "spec.json", workflow::writeSpec(job, "tester")));
    return there;
}

core::Result<workflow::ParcelResult> Home::run(const fs::path& jobFolder) {
    struct Notes : jobs::JobNotes {
        std::vector<std::string>& lines;
        explicit Notes(std::vector<std::string>& into) : lines(into) {}
        void log(std::string_view line) override { lines.emplace_back(line); }
        void artefact(const jobs::Artefact&) override {}
    } notes(log);
    core::TaskContext task;
    auto made = workflow::runParcel(jobFolder, {2}, task, notes);
    EXPECT_FALSE(fs::exists(jobFolder / "scratch"));
    return made;
}

core::Result<bool> Home::commit(const jobs::Job& job, const workflow::ParcelResult& made) {
    return workflow::commitOutputs(*environment_, kind(job.spec.kind), job.id, made.resultJson, made.outputs,
                                   "2026-01-01T00:00:00.000Z");
}

jobs::Job Home::away(const std::string& kind, const json& parameters, const std::string& label) {
    const auto job = submit(kind, parameters, label);
    const auto inputs = pack(job);
    if (!inputs) {
        ADD_FAILURE() << why(inputs);
        return job;
    }
    const auto made = run(carry(job, *inputs));
    if (!made) {
        ADD_FAILURE() << why(made);
        return job;
    }
    const auto kept = commit(job, *made);
    EXPECT_TRUE(kept && *kept) << why(kept);
    return project_->jobs().get(job.id).value();
}

std::vector<std::string> describe(store::Project& project) {
    std::vector<std::string> lines;
    auto all = project.jobs().list({}).value();
    std::ranges::reverse(all);
    for (const auto& job : all) {
        auto result = json::parse(job.result.empty() ? "{}" : job.result);
        result.erase("seconds");
        json artefacts = json::array();
        for (const auto& artefact : job.artefacts)
            artefacts.push_back({artefact.name, artefact.mediaType, artefact.digest, artefact.bytes});
        lines.push_back("job " + std::to_string(job.id) + " " + job.spec.kind + " " + job.spec.label + " " +
                        std::string(jobs::toString(job.phase)) + " " + core::formatDouble(job.progress) +
                        " " + result.dump() + " " + artefacts.dump());
    }
    const auto datasets = project.datasets().list().value();
    for (const auto& dataset : datasets) {
        lines.push_back("dataset " + dataset.name + " " + dataset.digest + " " + dataset.file + " " +
                        std::to_string(dataset.rows) + "x" + std::to_string(dataset.columns) + " " +
                        core::formatDouble(dataset.firstWavelength) + " " +
                        core::formatDouble(dataset.lastWavelength) + " " + dataset.pipeline + " " +
                        dataset.collection + " " + std::to_string(dataset.job.value_or(0)) + " " +
                        json(project.datasets().ids(dataset.name).value()).dump());
        const auto columns = project.columns().list(dataset.name).value();
        for (const auto& latest : columns) {
            const auto versions = project.columns().versions(dataset.name, latest.name).value();
            for (const auto& column : versions) {
                const auto values =
                    project.columns().values(dataset.name, column.name, column.version).value();
                lines.push_back("column " + dataset.name + "." + column.name + " " +
                                std::to_string(column.version) + " " + json(column.categories).dump() + " " +
                                std::to_string(column.job.value_or(0)) + " " + column.model + " " +
                                core::digestOf(std::as_bytes(std::span(values))));
            }
        }
    }
    const auto rounds = project.rounds().list().value();
    for (const auto& listed : rounds) {
        const auto round = project.rounds().get(listed.id).value();
        json items = json::array();
        for (const auto& item : round.items)
            items.push_back({active::toString(item.list), item.rank, item.spectrum, item.predicted,
                             item.probability, item.entropy, item.reason});
        lines.push_back("round " + std::to_string(round.number) + " " + round.dataset + " " +
                        json(round.classes).dump() + json(round.targets).dump() + " " + round.model + " " +
                        std::to_string(round.job.value_or(0)) + " " + round.parameters + " " +
                        (round.precision ? core::formatDouble(round.precision->precision) + " > " +
                                               core::formatDouble(round.precision->lowerBound) + " of " +
                                               std::to_string(round.precision->judged)
                                         : "unjudged") +
                        " " + items.dump());
    }
    const auto events = project.labels().list({}).value();
    for (const auto& event : events)
        lines.push_back("label " + event.spectrum + " " + std::string(active::toString(event.kind)) + " " +
                        event.className + " by " + event.who + " in " + event.view + " " + event.model + " " +
                        std::to_string(event.round.value_or(0)) + " " +
                        (event.list ? std::string(active::toString(*event.list)) : "") + " " +
                        std::to_string(event.supersedes.value_or(0)) + " " + event.comment);
    return lines;
}

TwoComputers::TwoComputers(int spectra) : spectra_(spectra) {}

void TwoComputers::SetUp() {
    both("simulate", {{"out", (folder_ / "survey").string()},
                      {"spectra", spectra_},
                      {"targets", 0.3},
                      {"form", "window"},
                      {"gzip", true}});
    both("import", {{"paths", {(folder_ / "survey").string()}}, {"collection", "sim"}});
}

void TwoComputers::both(const std::string& kind, const json& parameters) {
    one_.here(kind, parameters);
    two_.here(kind, parameters);
}

void TwoComputers::compare(const std::string& kind, const json& parameters, const std::string& label) {
    one_.here(kind, parameters, label);
    two_.away(kind, parameters, label);
    EXPECT_EQ(describe(one_.project()), describe(two_.project())) << kind;
}

std::string TwoComputers::write(const std::string& name, const std::string& text) const {
    EXPECT_TRUE(core::writeFile(folder_ / name, text));
    return (folder_ / name).string();
}

TwoComputers::Made TwoComputers::make(const std::string& kind, const json& parameters) {
    Made made;
    made.job = two_.submit(kind, parameters);
    const auto inputs = two_.pack(made.job);
    EXPECT_TRUE(inputs) << why(inputs);
    if (!inputs) return made;
    const auto ran = two_.run(two_.carry(made.job, *inputs));
    EXPECT_TRUE(ran) << why(ran);
    if (ran) made.result = *ran;
    return made;
}

fs::path TwoComputers::pathOf(const workflow::ParcelResult& result, const std::string& name) {
    for (const auto& file : result.outputs)
        if (file.name == name) return file.path;
    ADD_FAILURE() << "no file " << name;
    return {};
}

void TwoComputers::expectRefused(const Made& made, const std::string& what) {
    const auto before = describe(two_.project());
    const auto filesBefore = files();
    const auto kept = two_.commit(made.job, made.result);
    ASSERT_FALSE(kept) << what;
    EXPECT_EQ(kept.error().code(), core::ErrorCode::Format) << what << ": " << kept.error().describe();
    EXPECT_NE(kept.error().message().find(what), std::string::npos)
        << what << ": " << kept.error().describe();
    EXPECT_EQ(describe(two_.project()), before) << what;
    EXPECT_EQ(files(), filesBefore) << what;
}

void TwoComputers::expectRefused(const Made& made, const std::string& what,
                                 const std::function<void(json&)>& change) {
    const auto index = pathOf(made.result, "outputs.json");
    const auto right = bytesOf(index);
    auto wrong = json::parse(right);
    change(wrong);
    ASSERT_TRUE(core::writeFile(index, wrong.dump()));
    expectRefused(made, what);
    ASSERT_TRUE(core::writeFile(index, right));
}

std::vector<std::string> TwoComputers::files() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(two_.project().datasetFolder()))
        names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
}

} // namespace balmer::test
