#include "engine/workflow/parcel.h"

#include <gmock/gmock.h>

#include "engine/core/files.h"
#include "engine/core/pending_file.h"
#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "tests/engine/workflow/two_computers.h"

namespace balmer::workflow {
namespace {

namespace fs = std::filesystem;
using core::ErrorCode;
using nlohmann::json;
using test::bytesOf;
using testing::HasSubstr;

class Parcel : public test::TwoComputers {
  protected:
    Parcel() : TwoComputers(20) {}
    static json map() { return {{"dataset", "w"}, {"grid", "4x4"}, {"epochs", 2}, {"threads", 0}}; }
    Made makeMap() {
        makeDataset();
        return make("som", map());
    }
};

TEST_F(Parcel, PreprocessingAndMapsAreTheSameElsewhere) {
    compare("preprocess", {{"name", "w"}, {"collection", "sim"}});
    compare("som", map());
    compare("som", {{"dataset", "w"}, {"grid", "auto"}, {"epochs", 1}, {"seed", 7}}, "again");
    const auto job = two_.project().jobs().list({.kind = "som"}).value().front();
    EXPECT_EQ(job.ended, "2026-01-01T00:00:00.000Z");
    EXPECT_EQ(two_.project().columns().versions("w", "map_neuron")->size(), 2u);
}

TEST_F(Parcel, TheChoiceOfSpectraIsMadeAtHome) {
    makeDataset();
    both("som", map());
    for (auto* home : {&one_, &two_}) {
        active::LabelEvent event;
        event.className = "double peak";
        event.who = "tester";
        const auto ids = home->project().catalogue().ids({.limit = 5}).value();
        for (const auto& id : ids) {
            event.spectrum = id;
            ASSERT_TRUE(home->project().labels().append(event));
        }
    }
    compare("preprocess", {{"name", "chosen"}, {"where", "label = 'double peak'"}});
    EXPECT_EQ(two_.project().datasets().get("chosen")->rows, 5);
    compare("preprocess", {{"name", "near"}, {"where", "w.map_distance < 100"}, {"blur_sigma_pixels", 2}});
}

TEST_F(Parcel, SpectraThatGiveNoRowAreRefusedWithTheSameWords) {
    std::string text;
    for (int i = 0; i < 450; ++i)
        text += std::to_string(6400 + i) + " 1\n";
    const auto gone = write("gone.txt", text + "6900 1\n"), changed = write("changed.txt", text + "6901 1\n");
    const auto far = write("far.txt", "3000 1\n3001 2\n3002 1\n3003 2\n");
    both("import", {{"paths", {gone, changed, far}}, {"collection", "bad"}});
    fs::remove(gone);
    write("changed.txt", "this is no spectrum");
    compare("preprocess", {{"name", "w"}});
    const auto job = two_.project().jobs().list({.limit = 1}).value().front();
    EXPECT_EQ(json::parse(job.result)["refused"].size(), 3u);
    EXPECT_THAT(job.result, HasSubstr(gone));
}

TEST_F(Parcel, SpectraThatCameInAMatrixTravelWithIt) {
    std::string table = "id";
    for (int column = 0; column < 300; ++column)
        table += "," + std::to_string(6400 + column * 2);
    for (int row = 0; row < 12; ++row) {
        table += "\nrow-" + std::to_string(row);
        for (int column = 0; column < 300; ++column)
            table += "," + std::to_string((row * 7 + column * 3) % 11);
    }
    both("dataset-import", {{"file", write("m.csv", table)}, {"name", "m"}});
    compare("preprocess", {{"name", "w"}});
    EXPECT_EQ(two_.project().datasets().get("w")->rows, 32);
}

TEST_F(Parcel, ParametersChangeNoFileOfAParcel) {
    makeDataset();
    const auto first = two_.pack(two_.submit("som", map())).value();
    auto other = map();
    other["grid"] = "7x5";
    other["epochs"] = 9;
    other["seed"] = 99;
    const auto second = two_.pack(two_.submit("som", other, "other")).value();
    ASSERT_EQ(first.size(), second.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        EXPECT_EQ(first[i].name, second[i].name);
        EXPECT_EQ(bytesOf(first[i].path), bytesOf(second[i].path)) << first[i].name;
    }
    EXPECT_EQ(first.front().name, "parcel.json");
    const auto record = two_.project().datasets().get("w").value();
    EXPECT_EQ(first.back(), (ParcelFile{"dataset-1", two_.project().folder() / record.file}))
        << "a dataset is named where it lies";

    const auto spectra = two_.pack(two_.submit("preprocess", {{"name", "x"}})).value(),
               again = two_.pack(two_.submit("preprocess", {{"name", "y"}})).value();
    ASSERT_EQ(spectra.size(), again.size());
    for (std::size_t i = 0; i < spectra.size(); ++i)
        EXPECT_EQ(bytesOf(spectra[i].path), bytesOf(again[i].path)) << spectra[i].name;
}

TEST_F(Parcel, LabelsAndRoundsChangeTheirOwnFilesAlone) {
    makeDataset();
    const json parameters{{"dataset", "w"}};
    const auto before = two_.pack(two_.submit("round", parameters)).value();
    active::LabelEvent event;
    event.spectrum = two_.project().datasets().ids("w")->front();
    event.className = "other";
    event.comment = "not for others";
    event.who = "eva";
    ASSERT_TRUE(two_.project().labels().append(event));
    event.spectrum = "elsewhere"; // of no row: it does not travel
    ASSERT_TRUE(two_.project().labels().append(event));
    const auto after = two_.pack(two_.submit("round", parameters)).value();
    ASSERT_EQ(before.size(), after.size());
    for (std::size_t i = 0; i < before.size(); ++i)
        EXPECT_EQ(bytesOf(before[i].path) == bytesOf(after[i].path), before[i].name != "labels.json")
            << before[i].name;
    for (const auto& file : after) {
        if (!file.name.ends_with(".json")) continue;
        for (const auto* word : {"not for others", "eva", "elsewhere"})
            EXPECT_THAT(bytesOf(file.path), testing::Not(HasSubstr(word)));
    }
}

TEST_F(Parcel, KindsThatMustStayHereSaySo) {
    for (const auto& kind : jobKinds(two_.environment())) {
        const bool travels = kind.about.kind == "preprocess" || kind.about.kind == "som" ||
                             kind.about.kind == "learn" || kind.about.kind == "score" ||
                             kind.about.kind == "round" || kind.about.kind == "active-benchmark" ||
                             kind.about.kind == "audit" || kind.about.kind == "similar";
        EXPECT_EQ(canTravel(kind), travels) << kind.about.kind;
        EXPECT_EQ(checkTravel(kind).has_value(), travels) << kind.about.kind;
    }
    EXPECT_EQ(checkTravel(two_.kind("import")).error().message(),
              "import reads files of this computer; run it here");
    EXPECT_EQ(two_.pack(two_.submit("import", {{"paths", {"/x"}}})).error().code(), ErrorCode::Unsupported);
}

TEST_F(Parcel, ASecondAttemptStartsAnewAndMakesTheSame) {
    makeDataset();
    const auto job = two_.submit("som", map());
    const auto there = two_.carry(job, two_.pack(job).value());
    // What an attempt leaves that was killed.
    fs::create_directories(there / "scratch" / "datasets");
    fs::create_directories(there / "outputs");
    ASSERT_TRUE(core::writeFile(there / "scratch" / "project.sqlite", "half"));
    ASSERT_TRUE(core::writeFile(there / "outputs" / "outputs.json", "{"));
    const auto first = two_.run(there);
    ASSERT_TRUE(first) << test::why(first);
    std::vector<std::string> bytes;
    for (const auto& file : first->outputs)
        bytes.push_back(bytesOf(file.path));
    const auto second = two_.run(there);
    ASSERT_TRUE(second) << test::why(second);
    ASSERT_EQ(first->outputs, second->outputs);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        EXPECT_EQ(bytesOf(second->outputs[i].path), bytes[i]) << second->outputs[i].name;
}

TEST_F(Parcel, AJobIsCommittedOnce) {
    const auto made = makeMap();
    EXPECT_TRUE(two_.commit(made.job, made.result).value());
    const auto after = test::describe(two_.project());
    EXPECT_FALSE(two_.commit(made.job, made.result).value());
    EXPECT_EQ(test::describe(two_.project()), after);
}

TEST_F(Parcel, ADatasetThatHasChangedOrGoneIsNamedWithWhatToDo) {
    const auto made = makeMap();
    const auto old = two_.project().datasets().get("w").value();
    ASSERT_TRUE(two_.project().datasets().remove("w"));
    auto kept = two_.commit(made.job, made.result);
    EXPECT_EQ(kept.error().code(), ErrorCode::NotFound);
    EXPECT_THAT(kept.error().message(), HasSubstr("\"w\""));
    EXPECT_THAT(kept.error().message(), HasSubstr("run the job again"));
    EXPECT_EQ(two_.pack(made.job).error().code(), ErrorCode::NotFound);

    two_.here("preprocess", {{"name", "w"}, {"blur_sigma_pixels", 3}});
    kept = two_.commit(made.job, made.result);
    EXPECT_EQ(kept.error().code(), ErrorCode::InvalidArgument);
    EXPECT_THAT(kept.error().message(), HasSubstr("run the job again"));
    const auto packed = two_.pack(made.job);
    EXPECT_EQ(packed.error().code(), ErrorCode::InvalidArgument);
    EXPECT_THAT(packed.error().message(), HasSubstr("submit the job again"));
    EXPECT_EQ(two_.project().jobs().get(made.job.id)->phase, jobs::Phase::Pending);
    EXPECT_TRUE(two_.project().columns().list("w")->empty());

    const auto second = make("preprocess", {{"name", "n"}});
    two_.here("preprocess", {{"name", "n"}, {"blur_sigma_pixels", 3}});
    const auto before = files();
    kept = two_.commit(second.job, second.result);
    EXPECT_EQ(kept.error().code(), ErrorCode::InvalidArgument);
    EXPECT_THAT(kept.error().message(), HasSubstr("another name"));
    EXPECT_EQ(files(), before);
}

TEST_F(Parcel, AnAnswerThatLacksWhatTheKindTellsIsRefused) {
    const auto made = makeMap();
    const auto refusal = [&](const std::function<void(json&)>& spoil) {
        auto answer = made.result;
        auto told = json::parse(answer.resultJson);
        spoil(told);
        answer.resultJson = told.dump();
        const auto kept = two_.commit(made.job, answer);
        EXPECT_FALSE(kept);
        if (kept) return std::string("taken");
        EXPECT_EQ(kept.error().code(), ErrorCode::Format);
        return kept.error().message();
    };
    EXPECT_THAT(refusal([](json& told) { told.erase("grid"); }), HasSubstr("the worker's answer lacks grid"));
    EXPECT_THAT(refusal([](json& told) { told["grid"] = 7; }), HasSubstr("grid must be a text, not 7"));
    EXPECT_THAT(refusal([](json& told) { told["seconds"] = "long"; }), HasSubstr("seconds must be a number"));
    EXPECT_EQ(two_.project().jobs().get(made.job.id)->phase, jobs::Phase::Pending);
    EXPECT_TRUE(two_.commit(made.job, made.result).value());
}

TEST_F(Parcel, HostileOutputsLeaveTheProjectAsItWas) {
    const auto made = makeMap();
    two_.here("preprocess", {{"name", "v"}, {"blur_sigma_pixels", 3}});
    const auto v = two_.project().datasets().get("v")->digest;
    expectRefused(made, "version 3", [](json& index) { index["outputs"] = 3; });
    expectRefused(made, "\"columns\"", [](json& index) { index.erase("columns"); });
    expectRefused(made, "a digest", [](json& index) { index["artefacts"][0]["digest"] = "../x"; });
    expectRefused(made, "digest and size", [](json& index) { index["artefacts"][0]["bytes"] = 7; });
    expectRefused(made, "digest and size",
                  [](json& index) { index["artefacts"][0]["digest"] = std::string(64, 'a'); });
    expectRefused(made, "without folders",
                  [](json& index) { index["artefacts"][0]["file"] = "../../etc/passwd"; });
    expectRefused(made, "is missing", [](json& index) { index["artefacts"][0]["file"] = "other"; });
    expectRefused(made, "not known here",
                  [](json& index) { index["columns"][0]["model"] = std::string(64, 'a'); });
    expectRefused(made, "one value for each", [](json& index) { index["columns"][0]["values"] = 19; });
    expectRefused(made, "comes twice", [](json& index) { index["columns"].push_back(index["columns"][0]); });
    expectRefused(made, "which the job does not read", [&](json& index) {
        index["columns"][0]["dataset"] = "v";
        index["columns"][0]["dataset_digest"] = v;
    });
    expectRefused(made, "a dataset that the job does not make", [&](json& index) {
        index["datasets"].push_back(
            {{"name", "w2"}, {"digest", v}, {"collection", ""}, {"pipeline", "{}"}, {"file", "columns-1"}});
    });
    expectRefused(made, "a round that the job does not make", [](json& index) {
        index["rounds"].push_back({{"dataset", "w"},
                                   {"number", 1},
                                   {"classes", {"a"}},
                                   {"targets", json::array()},
                                   {"model", ""},
                                   {"precision", nullptr},
                                   {"items", json::array()}});
    });
    expectRefused(made, "labels that the job does not give", [](json& index) {
        index["events"].push_back({{"spectrum", "x"}, {"class", "y"}, {"list", "oracle"}});
    });
    expectRefused(made, "precision of a round", [](json& index) {
        index["judged"].push_back(
            {{"dataset", "w"}, {"classes", {"a"}}, {"number", 1}, {"agreed", 1}, {"judged", 1}});
    });
    expectRefused(made, "nested too deeply", [](json& index) {
        json deep = json::array();
        for (int i = 0; i < 100; ++i)
            deep = json::array({deep});
        index["more"] = deep;
    });

    auto cut = made;
    fs::resize_file(pathOf(made.result, "columns-1"), 8);
    expectRefused(cut, "one value for each");
    cut = made;
    cut.result.resultJson = "[1]";
    expectRefused(cut, "not a JSON object");
    cut = made;
    cut.result.outputs.push_back({"a/b", "/dev/null"});
    expectRefused(cut, "a/b");
}

TEST_F(Parcel, ADatasetIsTakenOnlyWhenItIsWhatItSays) {
    const auto made = make("preprocess", {{"name", "w"}});
    expectRefused(made, "in place of", [](json& index) { index["datasets"][0]["name"] = "v"; });
    expectRefused(made, "in place of", [](json& index) { index["datasets"][0]["name"] = "../w"; });
    expectRefused(made, "not the dataset", [](json& index) { index["datasets"] = json::array(); });
    expectRefused(made, "has not the digest",
                  [](json& index) { index["datasets"][0]["digest"] = std::string(64, 'a'); });
    expectRefused(made, "a JSON object", [](json& index) { index["datasets"][0]["pipeline"] = "["; });
    const auto file = pathOf(made.result, "dataset-1");
    const auto right = bytesOf(file);
    for (const std::size_t keep : {right.size() / 2, std::size_t{0}}) {
        ASSERT_TRUE(core::writeFile(file, right.substr(0, keep)));
        expectRefused(made, "dataset");
    }
    auto flipped = right;
    flipped[right.size() / 2] = static_cast<char>(flipped[right.size() / 2] ^ 1);
    ASSERT_TRUE(core::writeFile(file, flipped));
    expectRefused(made, "has not the digest");
    ASSERT_TRUE(core::writeFile(file, right));
    EXPECT_TRUE(two_.commit(made.job, made.result).value());
    EXPECT_EQ(files().size(), 1u);
}

TEST_F(Parcel, AProgramThatIsTakingTheSameDatasetInIsLeftAlone) {
    const auto made = make("preprocess", {{"name", "w"}});
    auto other = core::PendingFile::beside(two_.project().datasetFolder() / "w.h5");
    ASSERT_TRUE(other && other->write(std::string_view("half of it")));
    EXPECT_TRUE(two_.commit(made.job, made.result).value());
    EXPECT_TRUE(fs::exists(other->path()));
}

TEST_F(Parcel, AHostileParcelIsRefusedWithASentence) {
    makeDataset();
    const auto job = two_.submit("som", map());
    const auto there = two_.carry(job, two_.pack(job).value());
    const auto refused = [&](const std::string& name, const std::string& content, const std::string& what) {
        const auto right = bytesOf(there / name);
        ASSERT_TRUE(core::replaceFile(there / name, content)); // takes the place of the link
        const auto made = two_.run(there);
        ASSERT_FALSE(made) << what;
        EXPECT_EQ(made.error().code(), ErrorCode::Format) << made.error().describe();
        EXPECT_THAT(made.error().describe(), HasSubstr(what));
        ASSERT_TRUE(core::replaceFile(there / name, right));
    };
    const auto index = json::parse(bytesOf(there / "inputs" / "parcel.json"));
    const auto changed = [&](const std::string& what, const std::function<void(json&)>& change) {
        auto wrong = index;
        change(wrong);
        refused("inputs/parcel.json", wrong.dump(), what);
    };
    refused("inputs/parcel.json", "", "is not JSON");
    refused("inputs/parcel.json", "[]", "an object");
    refused("inputs/parcel.json", std::string(100'000, '['), "nested too deeply");
    changed("version 3", [](json& wrong) { wrong["parcel"] = 3; });
    changed("a whole number", [](json& wrong) { wrong["parcel"] = "1"; });
    changed("\"datasets\"", [](json& wrong) { wrong.erase("datasets"); });
    changed("a list", [](json& wrong) { wrong["datasets"] = 3; });
    changed("without folders", [](json& wrong) { wrong["datasets"][0]["file"] = "../../secret"; });
    changed("without folders", [](json& wrong) { wrong["datasets"][0]["file"] = std::string(101, 'a'); });
    changed("did not bring it", [](json& wrong) { wrong["datasets"][0]["file"] = "dataset-9"; });
    changed("has the digest", [](json& wrong) { wrong["datasets"][0]["digest"] = std::string(64, '0'); });
    changed("what the parameters", [](json& wrong) { wrong["files"] = {"dataset-1"}; });
    changed("true or false", [](json& wrong) { wrong["labels"] = 1; });
    changed("did not bring it", [](json& wrong) { wrong["labels"] = true; });
    changed("a whole number", [](json& wrong) { wrong["packs"] = 1e300; });
    changed("a whole number", [](json& wrong) { wrong["packs"] = std::uint64_t(-1); });
    const auto bytes = bytesOf(there / "inputs" / "dataset-1");
    refused("inputs/dataset-1", bytes.substr(0, bytes.size() / 2), "dataset");
    auto flipped = bytes;
    flipped[bytes.size() / 2] = static_cast<char>(flipped[bytes.size() / 2] ^ 1);
    refused("inputs/dataset-1", flipped, "");
    auto spec = json::parse(bytesOf(there / "spec.json"));
    spec["spec"] = 3;
    refused("spec.json", spec.dump(), "version 3");
    spec["spec"] = 2;
    spec["id"] = -1;
    refused("spec.json", spec.dump(), "a whole number");
    spec["id"] = 1.5;
    refused("spec.json", spec.dump(), "a whole number");

    const auto with = [&](const char* name, const json& value) {
        auto other = json::parse(bytesOf(there / "spec.json"));
        other[name] = value;
        EXPECT_TRUE(core::writeFile(there / "spec.json", other.dump()));
        return two_.run(there);
    };
    EXPECT_EQ(with("kind", "import").error().code(), ErrorCode::Unsupported);
    EXPECT_THAT(with("kind", "dance").error().message(), HasSubstr("the same version"));
    EXPECT_EQ(with("kind", "som").has_value(), true);
    EXPECT_EQ(with("parameters", R"({"dataset":"w","zebra":1})").error().code(), ErrorCode::InvalidArgument);
}

TEST_F(Parcel, PlacesOutsideThePacksAreRefused) {
    const auto job = two_.submit("preprocess", {{"name", "w"}});
    const auto there = two_.carry(job, two_.pack(job).value());
    const auto file = there / "inputs" / "spectra.json";
    const auto index = json::parse(bytesOf(file));
    const auto changed = [&](const std::string& what, const std::function<void(json&)>& change) {
        auto wrong = index;
        change(wrong);
        ASSERT_TRUE(core::writeFile(file, wrong.dump()));
        const auto made = two_.run(there);
        ASSERT_FALSE(made) << what;
        EXPECT_EQ(made.error().code(), ErrorCode::Format) << made.error().describe();
        EXPECT_THAT(made.error().message(), HasSubstr(what));
    };
    changed("where no pack is", [](json& wrong) { wrong["files"][0]["pack"] = 2; });
    changed("where no pack is", [](json& wrong) { wrong["files"][0]["offset"] = std::int64_t{1} << 62; });
    changed("where no pack is", [](json& wrong) { wrong["files"][0]["bytes"] = std::int64_t{1} << 28; });
    changed("twice", [](json& wrong) { wrong["files"][1]["path"] = wrong["files"][0]["path"]; });
    changed("twice", [](json& wrong) { wrong["list"][1]["id"] = wrong["list"][0]["id"]; });
    changed("one of the files", [](json& wrong) { wrong["list"][0]["file"] = 20; });
}

} // namespace
} // namespace balmer::workflow
