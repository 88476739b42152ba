// kill -9 at random moments and at named places, while a program labels, imports, takes back and computes: no
// label that was acknowledged is lost, what was made is what it would have been without, and nothing is left
// lying about. The number of kills: BALMER_KILLS in the environment, else 60, and 1000 in the long form.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <thread>

#include "engine/core/random_stream.h"
#include "engine/dataset/dataset.h"
#include "engine/store/catalogue.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "tests/faults/workplace.h"
#include "tests/support/command_line.h"
#include "tests/support/network.h"

namespace balmer::test {
namespace {

namespace fs = std::filesystem;

int wantedKills() {
    const char* const wanted = std::getenv("BALMER_KILLS");
    return wanted != nullptr ? std::max(1, std::atoi(wanted)) : fewOrMany(60, 1000);
}

/// What stands after what was acknowledged.
class Labels {
  public:
    using Classes = std::map<std::string, std::string>;
    void give(const Classes& act) { acts_.push_back(act); }
    void takeBack() {
        if (!acts_.empty()) acts_.pop_back();
    }
    Classes standing() const {
        Classes all;
        for (const auto& act : acts_)
            for (const auto& [spectrum, className] : act)
                all[spectrum] = className;
        return all;
    }
    std::size_t acts() const { return acts_.size(); }

  private:
    std::vector<Classes> acts_;
};

struct Figures {
    int kills = 0;
    std::size_t acknowledged = 0, lost = 0, differing = 0, missing = 0, damaged = 0, leftovers = 0,
                underWay = 0;
    std::string text() const {
        std::ostringstream out;
        out << kills << " kills, " << underWay << " while something was under way; " << acknowledged
            << " labels acknowledged, " << lost << " lost; " << missing << " spectra, datasets or maps lost; "
            << differing << " digests that differ; " << damaged << " projects damaged; " << leftovers
            << " files left behind";
        return out.str();
    }
};

class Kills : public testing::Test {
  protected:
    TemporaryFolder folder_;
    Figures figures_;
    core::RandomStream random_{20};
    std::map<std::string, std::string> digests_; ///< of each kind of thing that is made

    // Of the present project.
    fs::path project_;
    Labels labels_;
    std::set<std::string> datasets_; ///< that were acknowledged
    std::size_t spectra_ = 0, mostSpectra_ = 0;

    void newProject(int number) {
        const auto work = folder_ / "work";
        std::error_code ignored;
        fs::remove_all(work, ignored);
        fs::create_directories(work / "tmp");
        project_ = work / ("p" + std::to_string(number) + ".balmer");
        labels_ = {};
        datasets_.clear();
        makeMatrix(work / "m.csv", 120, "row-");
        makeMatrix(work / "n.csv", 5, "other-");
        fs::create_directories(work / "first");
        for (int i = 0; i < 3; ++i) {
            std::ofstream out(work / "first" / ("star-" + std::to_string(i) + ".txt"));
            for (int sample = 0; sample < 300; ++sample)
                out << 6480 + sample << " " << 1 + (i * 37 + sample * 11) % 17 << "\n";
        }
        auto place = Workplace::open(project_);
        ASSERT_TRUE(place) << why(place);
        const auto run = [&](const std::string& kind, const nlohmann::json& parameters) {
            const auto result = (*place)->run(kind, parameters);
            ASSERT_TRUE(result) << why(result);
        };
        run("dataset-import", {{"file", (work / "m.csv").string()}, {"name", "m"}});
        run("import", {{"paths", {(work / "first").string()}}});
        spectra_ = mostSpectra_ = 120 + 3 + 5; // and the rows of n.csv, with its first import
        run("dataset-import", {{"file", (work / "n.csv").string()}, {"name", "n"}});
        if (number == 0 && whyNoNetwork().empty()) prepareModel(**place, work);
    }
    /// Only in the first project, since it takes as long as many kills.
    void prepareModel(Workplace& place, const fs::path& work) {
        std::vector<active::LabelEvent> events(20);
        for (std::size_t i = 0; i < events.size(); ++i) {
            events[i].spectrum = "row-" + std::to_string(i);
            events[i].className = i % 2 == 0 ? "a" : "b";
            events[i].who = "somebody";
        }
        ASSERT_TRUE(place.project().labels().appendAll(events));
        auto spec = place.prepare(
            "learn", {{"dataset", "m"}, {"folds", 0}, {"epochs", 1}, {"seed", 1}, {"threads", 1}});
        ASSERT_TRUE(spec) << why(spec);
        spec->label = "judge";
        const auto done = place.queue().runHere(*std::move(spec));
        ASSERT_TRUE(done && done->phase == jobs::Phase::Completed) << why(done);
        std::ofstream(work / "has-model") << "1";
        Labels::Classes given;
        for (const auto& event : events)
            given[event.spectrum] = event.className;
        othersLabels_ = given;
    }
    Labels::Classes othersLabels_;

    static void makeMatrix(const fs::path& file, int rows, const std::string& prefix) {
        std::ofstream out(file);
        out << "id";
        for (int column = 0; column < 140; ++column)
            out << "," << 6519 + column * 1.5;
        for (int row = 0; row < rows; ++row) {
            out << "\n" << prefix << row;
            for (int column = 0; column < 140; ++column)
                out << "," << 0.01 * ((row * 31 + column * 7) % 13) + (column / 70 == row % 2 ? 1 : 0);
        }
        out << "\n";
    }

    /// Runs the labourer, kills it, and looks at what it has left.
    void killOnce() {
        std::map<std::string, std::string> surroundings{{"TMPDIR", (folder_ / "work" / "tmp").string()}};
        static const std::vector<std::string> places{"labels.some-given", "labels.some-taken-back",
                                                     "job.done",          "file.whole",
                                                     "file.published",    "import.some-kept"};
        const bool atPlace = random_.below(4) == 0;
        if (atPlace) surroundings["BALMER_CRASH_AT"] = places[random_.below(places.size())];
        BackgroundProcess labourer({BALMER_LABOURER, project_.string(), (folder_ / "work").string(),
                                    std::to_string(1000 + figures_.kills)},
                                   surroundings);
        ASSERT_TRUE(labourer.started());
        if (!atPlace) {
            // Some in the first moments, while the project is opened and tidied; the others at work.
            const bool early = random_.below(4) == 0;
            if (!early) (void)labourer.says("begin", std::chrono::minutes(5));
            std::this_thread::sleep_for(std::chrono::microseconds(random_.below(early ? 40'000 : 80'000)));
            labourer.kill();
        }
        const auto end = labourer.wait(std::chrono::minutes(5));
        ASSERT_EQ(end.signal, 9) << end.describe();
        ++figures_.kills;
        look(end.standardOutput);
    }

    void look(const std::string& said) {
        std::istringstream lines(said);
        std::string begun;
        for (std::string line; std::getline(lines, line) && !lines.eof();) {
            if (line.starts_with("begin ")) {
                begun = line.substr(6);
                continue;
            }
            settle(begun, line.size() > 5 ? line.substr(5) : "");
            begun.clear();
        }
        figures_.underWay += !begun.empty();
        const auto opened = store::Project::open(project_);
        ASSERT_TRUE(opened) << why(opened) << "\n" << said;
        auto& project = **opened;
        const auto damage = project.damage();
        ASSERT_TRUE(damage) << why(damage);
        figures_.damaged += !damage->empty();
        EXPECT_EQ(*damage, std::vector<std::string>());

        const auto classes = project.labels().classes();
        ASSERT_TRUE(classes) << why(classes);
        const auto standing = withOthers(labels_);
        auto then = labels_;
        apply(then, begun);
        const auto done = withOthers(then);
        if (*classes == standing)
            ; // what was under way has not come through
        else if (*classes == done)
            labels_ = std::move(then);
        else
            for (const auto& [spectrum, className] : standing) {
                const auto found = classes->find(spectrum), other = done.find(spectrum);
                const auto now = found == classes->end() ? "" : found->second;
                if (now == className || (other != done.end() && now == other->second)) continue;
                ++figures_.lost;
                ADD_FAILURE() << spectrum << " is \"" << now << "\" and was acknowledged as " << className
                              << ", while \"" << begun << "\" was under way";
            }
        if (*classes != standing && *classes != done) {
            ADD_FAILURE() << "\"" << begun << "\" was done in part";
            return;
        }

        const auto count = project.catalogue().count({});
        ASSERT_TRUE(count) << why(count);
        if (begun.starts_with("spectra ")) mostSpectra_ += std::stoul(begun.substr(8));
        if (static_cast<std::size_t>(*count) < spectra_) {
            ++figures_.missing;
            ADD_FAILURE() << spectra_ << " spectra were acknowledged, and there are " << *count;
        }
        spectra_ = static_cast<std::size_t>(*count);
        EXPECT_LE(spectra_, mostSpectra_);
        mostSpectra_ = spectra_;
        const auto all = project.datasets().list();
        ASSERT_TRUE(all) << why(all);
        std::map<std::string, store::DatasetRecord> records;
        for (const auto& each : *all)
            records[each.name] = each;
        for (const auto& name : datasets_) {
            const auto found = records.find(name);
            const auto file =
                found == records.end()
                    ? core::Result<dataset::Dataset>(core::fail(core::ErrorCode::NotFound, name))
                    : dataset::Dataset::openProved(project_ / found->second.file, found->second.digest);
            if (file) continue;
            ++figures_.missing;
            ADD_FAILURE() << "the dataset " << name << " was acknowledged: " << why(file);
        }
        datasets_.clear(); // once is enough: nothing takes a dataset away
        const auto records2 = project.jobs().list({});
        ASSERT_TRUE(records2) << why(records2);
        for (const auto& job : *records2)
            EXPECT_TRUE(jobs::isFinal(job.phase)) << "job " << job.id;
    }

    Labels::Classes withOthers(const Labels& labels) const {
        auto all = othersLabels_;
        for (const auto& [spectrum, className] : labels.standing())
            all[spectrum] = className;
        return all;
    }

    static void apply(Labels& labels, const std::string& what) {
        std::istringstream words(what);
        std::string kind, first, second;
        words >> kind >> first >> second;
        if (kind == "label") labels.give({{first, second}});
        if (kind == "undo") labels.takeBack();
        if (kind != "labels") return;
        Labels::Classes given;
        for (int row = 0; row < std::stoi(first); ++row)
            given["row-" + std::to_string(row)] = second;
        labels.give(given);
    }
    /// What was begun was done.
    void settle(const std::string& begun, const std::string& digest) {
        apply(labels_, begun);
        std::istringstream words(begun);
        std::string kind, first, second;
        words >> kind >> first >> second;
        if (kind == "label") ++figures_.acknowledged;
        if (kind == "labels") figures_.acknowledged += std::stoul(first);
        if (kind == "spectra") {
            spectra_ += std::stoul(first);
            mostSpectra_ += std::stoul(first);
        }
        if (kind == "dataset") datasets_.insert(second);
        if (digest.empty()) return;
        const auto thing = kind == "dataset" ? kind + " " + first : kind;
        if (const auto [known, isNew] = digests_.emplace(thing, digest); known->second != digest) {
            ++figures_.differing;
            ADD_FAILURE() << thing << " is " << digest << " and was " << known->second;
        }
    }

    /// Files of the project that no record names, and what lies in the folder for temporary files.
    void countLeftovers() {
        std::set<std::string> named;
        {
            const auto opened = store::Project::open(project_);
            ASSERT_TRUE(opened) << why(opened);
            for (const auto& each : (*opened)->datasets().list().value())
                named.insert((project_ / each.file).string());
            for (const auto& job : (*opened)->jobs().list({}).value())
                for (const auto& artefact : job.artefacts)
                    named.insert(artefact.digest);
        }
        for (const auto& each : fs::recursive_directory_iterator(project_)) {
            if (!each.is_regular_file()) continue;
            const auto name = each.path().filename().string();
            if (name.starts_with("project.sqlite") || named.contains(name) ||
                named.contains(each.path().string()))
                continue;
            ++figures_.leftovers;
            EXPECT_EQ(name.find(".part-"), std::string::npos) << each.path();
        }
        for (const auto& each : fs::directory_iterator(folder_ / "work" / "tmp")) {
            ++figures_.leftovers;
            std::cout << "left: " << each.path().filename().string() << "\n";
        }
    }
};

TEST_F(Kills, WhileItLabelsImportsTakesBackAndComputes) {
    constexpr int eachProject = 150;
    const int wanted = wantedKills();
    while (figures_.kills < wanted) {
        if (figures_.kills % eachProject == 0) {
            if (figures_.kills > 0) countLeftovers();
            othersLabels_.clear();
            newProject(figures_.kills / eachProject);
        }
        if (HasFatalFailure()) break;
        killOnce();
        if (HasFailure()) break;
        if (figures_.kills % 500 == 0) std::cout << figures_.text() << std::endl;
    }
    if (!HasFailure()) countLeftovers();
    std::cout << figures_.text() << std::endl;
    RecordProperty("kills", figures_.kills);
    RecordProperty("labels_acknowledged", std::to_string(figures_.acknowledged));
    RecordProperty("labels_lost", std::to_string(figures_.lost));
    RecordProperty("things_lost", std::to_string(figures_.missing));
    RecordProperty("digests_that_differ", std::to_string(figures_.differing));
    RecordProperty("projects_damaged", std::to_string(figures_.damaged));
    RecordProperty("leftovers", std::to_string(figures_.leftovers));
}

} // namespace
} // namespace balmer::test
