#include "tests/faults/workplace.h"
#include "tests/support/network.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <utility>

#include "engine/core/digest.h"
#include "engine/core/text_number.h"
#include "engine/dataset/dataset.h"
#include "engine/store/artefact_folder.h"
#include "engine/store/catalogue.h"
#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "engine/store/settings.h"

namespace balmer::test {

namespace fs = std::filesystem;
using core::Result;
using core::Status;
using nlohmann::json;

namespace {

std::string spectrumText(int seed) {
    std::string text;
    for (int i = 0; i < 300; ++i)
        text += core::formatDouble(6480.0 + i) + " " +
                core::formatFixed(1 + 0.01 * ((seed * 37 + i * 11) % 17) +
                                      0.1 * seed * std::exp(-std::pow((i - 83) / 6.0, 2)),
                                  5) +
                "\n";
    return text;
}

std::string matrixText(int rows, bool labelled, const std::string& prefix) {
    std::string text = labelled ? "id,label" : "id";
    for (int column = 0; column < 140; ++column)
        text += "," + core::formatDouble(6519.0 + column * 213.0 / 139.0);
    for (int row = 0; row < rows; ++row) {
        text += "\n" + prefix + std::to_string(row) + (labelled ? row % 2 == 0 ? ",a" : ",b" : "");
        for (int column = 0; column < 140; ++column)
            text += "," + core::formatFixed(std::exp(-std::pow((column - 40.0 - 50 * (row % 2)) / 4, 2)) +
                                                0.01 * ((row * 31 + column * 7) % 13),
                                            5);
    }
    return text + "\n";
}

std::string contentDigest(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    return in ? core::digestOf(bytes) : "absent";
}

template <typename T>
T must(core::Result<T> result) {
    EXPECT_TRUE(result) << why(result);
    return result ? *std::move(result) : T();
}

/// Files that a job left out are no success.
Status whole(const Result<json>& result) {
    if (!result) return core::fail(result.error());
    if (result->contains("refused") && !(*result)["refused"].empty())
        return core::fail(core::ErrorCode::Io, (*result)["refused"].dump());
    return {};
}

Act job(std::string name, std::string kind, json parameters, fs::path written = {}) {
    return {std::move(name),
            [kind = std::move(kind), parameters = std::move(parameters)](Workplace& place) {
                return whole(place.run(kind, parameters));
            },
            std::move(written)};
}

} // namespace

Workplace::Workplace(std::unique_ptr<store::Project> project, std::size_t threads)
    : project_(std::move(project)), kinds_(workflow::jobKinds({project_.get(), threads, "tester"})) {
    jobs::RunnerTable runners;
    for (const auto& kind : kinds_)
        runners.emplace(kind.about.kind, kind.run);
    queue_ = std::make_unique<jobs::JobQueue>(project_->jobs(), std::move(runners));
}

Result<std::unique_ptr<Workplace>> Workplace::open(const fs::path& folder, std::size_t threads) {
    BALMER_TRY(auto project, store::Project::open(folder));
    return std::unique_ptr<Workplace>(new Workplace(std::move(project), threads));
}

Result<jobs::JobSpec> Workplace::prepare(const std::string& kind, const json& parameters) {
    jobs::JobSpec spec;
    spec.kind = kind;
    spec.parameters = parameters.dump();
    BALMER_CHECK(workflow::prepareJob(kinds_, *project_, spec));
    return spec;
}

Result<json> Workplace::run(const std::string& kind, const json& parameters) {
    BALMER_TRY(auto spec, prepare(kind, parameters));
    BALMER_TRY(const auto done, queue_->runHere(std::move(spec)));
    if (done.phase != jobs::Phase::Completed)
        return core::fail(done.error.value_or(core::Error(core::ErrorCode::Internal, "")));
    return json::parse(done.result);
}

fs::path WithWorkplaces::write(const std::string& name, const std::string& text) const {
    auto file = folder_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
}

void WithWorkplaces::SetUp() {
    base_ = folder_ / "base.balmer";
    for (int i = 1; i <= 3; ++i)
        write("first/star-" + std::to_string(i) + ".txt", spectrumText(i));
    for (int i = 4; i <= 6; ++i)
        write("second/star-" + std::to_string(i) + ".txt", spectrumText(i));
    write("m.csv", matrixText(12, true, "row-"));
    write("n.csv", matrixText(6, false, "other-"));
    write("labels.csv", "id,label\nstar-1,b\nstar-2,b\nrow-0,c\n");
    {
        const auto place = must(Workplace::open(base_));
        ASSERT_TRUE(place);
        const auto done = [&](const std::string& kind, const json& parameters) {
            const auto ran = place->run(kind, parameters);
            ASSERT_TRUE(ran) << why(ran);
        };
        done("import", {{"paths", {(folder_ / "first").string()}}});
        done("dataset-import", {{"file", (folder_ / "m.csv").string()}, {"name", "m"}});
        done("preprocess", {{"name", "p"}, {"collection", "first"}});
        done("som", {{"dataset", "m"}, {"grid", "2x1"}, {"epochs", 1}, {"seed", 1}});
        if (whyNoNetwork().empty())
            done("learn",
                 {{"dataset", "m"}, {"classes", {"a", "b"}}, {"folds", 2}, {"epochs", 1}, {"seed", 1}});
        active::LabelEvent event;
        event.spectrum = "star-1";
        event.className = "a";
        event.who = "tester";
        ASSERT_TRUE(place->project().labels().append(event));
        ASSERT_TRUE(place->project().settings().set("test.kept", "before"));
    }
    addActs();
    content_ = contentOf(base_, acts_.front());
}

void WithWorkplaces::addActs() {
    const auto out = [&](const std::string& name) { return (folder_ / name).string(); };
    acts_.push_back(job("import", "import", {{"paths", {(folder_ / "second").string()}}}));
    acts_.push_back({"label", [](Workplace& place) -> Status {
                         active::LabelEvent event;
                         event.spectrum = "star-2";
                         event.className = "b";
                         event.who = "tester";
                         BALMER_TRY([[maybe_unused]] const auto id, place.project().labels().append(event));
                         return {};
                     }});
    acts_.push_back(job("label import", "label-import", {{"file", out("labels.csv")}, {"replace", true}}));
    acts_.push_back(
        job("preprocess", "preprocess", {{"name", "q"}, {"collection", "first"}, {"bridge_masked", true}}));
    acts_.push_back(job("dataset import", "dataset-import", {{"file", out("n.csv")}, {"name", "n"}}));
    acts_.push_back(job("som", "som", {{"dataset", "m"}, {"grid", "2x2"}, {"epochs", 2}, {"seed", 1}}));
    if (whyNoNetwork().empty())
        acts_.push_back(job("score", "score", {{"model", "learn-5"}, {"dataset", "m"}}));
    acts_.push_back(job("export", "export", {{"file", out("out.csv")}}, out("out.csv")));
    acts_.push_back(
        job("label export", "label-export", {{"file", out("out-labels.csv")}}, out("out-labels.csv")));
    acts_.push_back(job("dataset export", "dataset-export", {{"dataset", "m"}, {"file", out("m-out.csv")}},
                        out("m-out.csv")));
    acts_.push_back({"setting", [](Workplace& place) -> Status {
                         return place.project().settings().set("test.new", "after");
                     }});
    acts_.push_back(job("check", "project-check", {{"repair", true}}));
}

fs::path WithWorkplaces::copyOfBase() {
    auto copy = folder_ / ("copy-" + std::to_string(++copies_) + ".balmer");
    fs::copy(base_, copy, fs::copy_options::recursive);
    for (const auto& act : acts_)
        if (!act.written.empty()) fs::remove(act.written);
    return copy;
}

Content WithWorkplaces::contentOf(const fs::path& folder, const Act& act) {
    Content content;
    const auto opened = store::Project::open(folder);
    EXPECT_TRUE(opened) << act.name << ": " << why(opened);
    if (!opened) return content;
    auto& project = **opened;
    EXPECT_EQ(project.onlyReads(), "") << act.name;
    for (const auto& each : must(project.damage()))
        ADD_FAILURE() << act.name << ": " << each;
    for (const auto& each : must(project.catalogue().list({})))
        content["spectrum " + each.id] = each.contentDigest + " " + std::to_string(each.part);
    for (const auto& [id, className] : must(project.labels().classes()))
        content["label " + id] = className;
    for (const auto& [key, value] : must(project.settings().list()))
        content["setting " + key] = value;
    for (const auto& each : must(project.datasets().list())) {
        const auto file = dataset::Dataset::openProved(folder / each.file, each.digest);
        EXPECT_TRUE(file) << act.name << ": " << each.name << ": " << why(file);
        content["dataset " + each.name] = each.digest;
        for (const auto& column : must(project.columns().list(each.name))) {
            const auto values = must(project.columns().values(each.name, column.name));
            content["column " + each.name + "/" + column.name] = core::digestOf(std::string_view(
                reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)));
        }
    }
    for (const auto& each : must(project.jobs().list({}))) {
        if (each.phase != jobs::Phase::Completed) continue;
        for (const auto& artefact : each.artefacts) {
            const auto bytes = project.artefacts().read(artefact.digest);
            EXPECT_TRUE(bytes) << act.name << ": " << why(bytes);
            content["artefact " + artefact.digest] = artefact.name;
        }
    }
    if (!act.written.empty()) content["written"] = contentDigest(act.written);
    return content;
}

void WithWorkplaces::expectBase(const Content& content) {
    for (const auto& [what, value] : content_) {
        if (what == "written") continue;
        const auto found = content.find(what);
        if (found == content.end()) {
            ADD_FAILURE() << what << " is lost";
        } else if (!what.starts_with("label ") && !what.starts_with("column ")) { // these may be others since
            EXPECT_EQ(found->second, value) << what;
        }
    }
}

Content WithWorkplaces::expected(const Act& act) {
    const auto copy = copyOfBase();
    {
        const auto place = must(Workplace::open(copy));
        const auto ended = act.carryOut(*place);
        EXPECT_TRUE(ended) << act.name << ": " << why(ended);
    }
    auto content = contentOf(copy, act);
    fs::remove_all(copy);
    return content;
}

void WithWorkplaces::expectWhole(const fs::path& project, const Act& act, const Status& ended,
                                 const Content& expected) {
    if (!ended) {
        EXPECT_FALSE(ended.error().message().empty()) << act.name;
    }
    const auto after = contentOf(project, act);
    expectBase(after);
    if (ended) {
        EXPECT_EQ(after, expected) << act.name << " was acknowledged";
    } else {
        // A label stands as before or as after, and no third way.
        for (const auto& [what, value] : after)
            if (what.starts_with("label ")) {
                const auto before = std::as_const(content_).find(what), done = expected.find(what);
                EXPECT_TRUE((before != content_.end() && before->second == value) ||
                            (done != expected.end() && done->second == value))
                    << what << " is " << value;
            }
        Status again;
        {
            const auto place = must(Workplace::open(project));
            ASSERT_TRUE(place);
            again = act.carryOut(*place);
        }
        EXPECT_TRUE(again) << act.name << " again, after \"" << ended.error().describe()
                           << "\": " << why(again);
        EXPECT_EQ(contentOf(project, act), expected)
            << act.name << " again, after " << ended.error().describe();
    }
    fs::remove_all(project);
}

std::vector<std::size_t> placesOf(std::size_t all, std::size_t few, std::size_t many) {
    const auto count = std::min(all, fewOrMany(few, many));
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < count; ++i)
        places.push_back(count == 1 ? 0 : i * (all - 1) / (count - 1));
    return places;
}

} // namespace balmer::test
