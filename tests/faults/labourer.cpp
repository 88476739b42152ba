// A program that works in a project until it is killed: faults_labourer PROJECT FOLDER SEED. It labels,
// imports labels and spectra, takes labels back, makes datasets and maps, and scores where there is a model,
// in an order that the seed gives. Before each it writes a line "begin WHAT …", after it "done …", each at
// once; only what is done counts as acknowledged.
#include <csignal>
#include <fstream>
#include <iostream>
#include <string>

#include <sys/prctl.h>
#include <unistd.h>

#include "engine/core/random_stream.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "tests/faults/workplace.h"

namespace balmer::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

void say(std::string line) {
    line += "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(0);
}

class Labourer {
  public:
    Labourer(Workplace& place, fs::path folder, std::string seed)
        : place_(place), folder_(std::move(folder)), seed_(std::move(seed)), random_(std::stoull(seed_)) {}

    /// Errors: those of what it does, which it should not meet.
    core::Status work() {
        for (int number = 0;; ++number) {
            const auto name = seed_ + "-" + std::to_string(number);
            const auto which = random_.below(60);
            if (which < 30)
                BALMER_CHECK(label(name));
            else if (which < 38)
                BALMER_CHECK(undo());
            else if (which < 44)
                BALMER_CHECK(importLabels(name));
            else if (which < 48)
                BALMER_CHECK(importSpectra(name));
            else if (which < 55)
                BALMER_CHECK(makeDataset(name, which % 2 == 0));
            else if (which < 59)
                BALMER_CHECK(makeMap());
            else
                BALMER_CHECK(score());
        }
    }

  private:
    core::Status label(const std::string& name) {
        active::LabelEvent event;
        event.spectrum = "row-" + std::to_string(random_.below(120));
        event.className = name;
        event.who = "tester";
        say("begin label " + event.spectrum + " " + name);
        BALMER_TRY([[maybe_unused]] const auto id, place_.project().labels().append(event));
        say("done");
        return {};
    }
    core::Status undo() {
        say("begin undo");
        const auto taken = place_.project().labels().takeBack("tester");
        if (!taken && taken.error().code() != core::ErrorCode::NotFound) return core::fail(taken.error());
        say("done");
        return {};
    }
    core::Status importLabels(const std::string& name) {
        const auto file = folder_ / "labels.csv";
        {
            std::ofstream out(file);
            out << "id,label\n";
            for (int row = 0; row < 120; ++row)
                out << "row-" << row << "," << name << "\n";
        }
        say("begin labels 120 " + name);
        BALMER_TRY([[maybe_unused]] const auto result,
                   place_.run("label-import", {{"file", file.string()}, {"replace", true}}));
        say("done");
        return {};
    }
    core::Status importSpectra(const std::string& name) {
        constexpr int count = 55; // more than one write takes
        const auto night = folder_ / ("night-" + name);
        fs::create_directories(night);
        for (int i = 0; i < count; ++i) {
            std::ofstream out(night / (name + "-" + std::to_string(i) + ".txt"));
            for (int sample = 0; sample < 12; ++sample)
                out << 6500 + sample << " " << 1 + random_.below(1000) << "\n";
        }
        say("begin spectra " + std::to_string(count) + " " + name);
        BALMER_TRY(const auto result, place_.run("import", {{"paths", {night.string()}}}));
        if (result["imported"] != count) return core::fail(core::ErrorCode::Internal, result.dump());
        say("done");
        fs::remove_all(night);
        return {};
    }
    core::Status makeDataset(const std::string& name, bool fromSpectra) {
        say(std::string("begin dataset ") + (fromSpectra ? "made " : "imported ") + name);
        BALMER_TRY(const auto result,
                   fromSpectra ? place_.run("preprocess", {{"name", name}, {"collection", "first"}})
                               : place_.run("dataset-import",
                                            {{"file", (folder_ / "n.csv").string()}, {"name", name}}));
        say("done " + result["digest"].get<std::string>());
        return {};
    }
    core::Status makeMap() {
        say("begin map");
        BALMER_TRY(const auto result,
                   place_.run("som", {{"dataset", "m"}, {"grid", "2x2"}, {"epochs", 2}, {"seed", 1}}));
        say("done " + result["codebook_digest"].get<std::string>());
        return {};
    }
    core::Status score() {
        if (!fs::exists(folder_ / "has-model")) return {};
        say("begin score");
        BALMER_TRY(const auto result, place_.run("score", {{"model", "judge"}, {"dataset", "m"}}));
        say("done " + result["counts"].dump());
        return {};
    }

    Workplace& place_;
    fs::path folder_;
    std::string seed_;
    core::RandomStream random_;
};

} // namespace
} // namespace balmer::test

int main(int count, char** words) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (count != 4) return 2;
    auto place = balmer::test::Workplace::open(words[1], 1);
    if (!place) {
        std::cerr << place.error().describe() << std::endl;
        return 1;
    }
    const auto ended = balmer::test::Labourer(**place, words[2], words[3]).work();
    std::cerr << ended.error().describe() << std::endl;
    return 1;
}
