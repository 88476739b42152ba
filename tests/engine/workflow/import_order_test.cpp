// Two folders with files of the same names, imported in one order and in the other.
#include <filesystem>

#include <gmock/gmock.h>

#include "engine/store/catalogue.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::test {
namespace {

namespace fs = std::filesystem;

struct ImportOrder : ProjectWithJobs {
    ImportOrder() {
        for (const auto* folder : {"A", "B"})
            fs::create_directory(folder_ / folder);
        for (int i = 0; i < 6; ++i) {
            const auto name = "star" + std::to_string(i) + ".txt";
            write("A/" + name, spectrum(i));
            write("B/" + name, spectrum(6 + i));
        }
        write("A/alone.txt", spectrum(12));
        write("B/0.txt", spectrum(13));
    }
    struct Made {
        std::string digest;
        std::vector<std::string> ids;
        bool operator==(const Made&) const = default;
    };
    Made makeIn(const std::vector<std::string>& order, std::size_t threads) {
        const fs::path home = folder_ / ("p" + std::to_string(++made_));
        const auto project = store::Project::open(home).value();
        const auto kinds = workflow::jobKinds({.project = project.get(), .threads = threads});
        jobs::RunnerTable runners;
        for (const auto& kind : kinds)
            runners.emplace(kind.about.kind, kind.run);
        jobs::JobQueue queue(project->jobs(), std::move(runners), {});
        const auto run = [&](const std::string& kind, const nlohmann::json& parameters) {
            jobs::JobSpec spec;
            spec.kind = kind;
            spec.parameters = parameters.dump();
            EXPECT_TRUE(workflow::prepareJob(kinds, *project, spec));
            const auto job = queue.runHere(spec, {}, {}, {});
            EXPECT_TRUE(job && job->phase == jobs::Phase::Completed) << kind;
        };
        for (const auto& folder : order)
            run("import", {{"paths", {(folder_ / folder).string()}}, {"collection", "all"}});
        run("preprocess", {{"name", "d"}});
        return {project->datasets().get("d")->digest, project->datasets().ids("d").value()};
    }

  private:
    int made_ = 0;
};

TEST_F(ImportOrder, GivesTheSameIdsAndTheSameDataset) {
    const auto first = makeIn({"A", "B"}, 1);
    ASSERT_EQ(first.ids.size(), 14u);
    EXPECT_EQ(
        std::ranges::count_if(first.ids, [](const auto& id) { return id.find('~') != std::string::npos; }),
        12);
    EXPECT_EQ(makeIn({"B", "A"}, 1), first);
    EXPECT_EQ(makeIn({"B", "A", "B"}, 4), first);
    EXPECT_EQ(makeIn({"."}, 2), first);
}

TEST_F(ImportOrder, ALabelStaysOnItsStar) {
    succeed("import", {{"paths", {(folder_ / "A").string()}}});
    active::LabelEvent label;
    label.spectrum = "star0";
    label.className = "double";
    ASSERT_TRUE(project_->labels().append(label));
    const auto labelled = project_->catalogue().find("star0")->contentDigest;
    succeed("import", {{"paths", {(folder_ / "B").string()}}});
    int found = 0;
    const auto records = project_->catalogue().list({}).value();
    for (const auto& record : records) {
        EXPECT_EQ(record.label, record.contentDigest == labelled ? "double" : "") << record.id;
        found += record.contentDigest == labelled;
    }
    EXPECT_EQ(found, 1);
    // A table that names what two files share labels neither.
    const auto result =
        succeed("label-import", {{"file", write("l.csv", "id,class\nstar1,double\nalone,single\n")}});
    EXPECT_EQ(result["not_unique"], 1) << result.dump(1);
    EXPECT_EQ(result["labelled"], 1);
}

TEST_F(ImportOrder, AnOlderDatasetIsMadeAgainInTheOrderThatItHad) {
    succeed("import", {{"paths", {(folder_ / "B" / "star0.txt").string()}}});
    succeed("import", {{"paths", {(folder_ / "A" / "alone.txt").string()}}});
    succeed("preprocess", {{"name", "old"}, {"order", "import"}});
    EXPECT_EQ(project_->datasets().ids("old").value(), (std::vector<std::string>{"star0", "alone"}));
    succeed("preprocess", {{"name", "new"}});
    EXPECT_EQ(project_->datasets().ids("new").value(), (std::vector<std::string>{"alone", "star0"}));
    for (const auto* name : {"old", "new"})
        fs::remove(project_->folder() / project_->datasets().get(name)->file);
    EXPECT_EQ(succeed("project-check", {{"repair", true}})["made_again"], 2);
}

} // namespace
} // namespace balmer::test
