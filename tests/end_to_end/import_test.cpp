// Spectra in: simulated, imported, imported again, and the real ones with the damaged among them.
#include "tests/support/balmer_session.h"

#include <algorithm>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

namespace balmer::test {
namespace {

TEST(Import, OfASimulatedSurveyKeepsItsIds) {
    BalmerSession session;
    const auto survey = session / "survey";
    session.succeed(
        {"simulate", "--out", survey.string(), "--spectra", "40", "--targets", "0.2", "--seed", "7"});
    const auto truth = readTruth(survey);
    ASSERT_EQ(truth.classOf.size(), 40u);

    const auto imported = session.succeed({"import", survey.string(), "--recursive"});
    EXPECT_EQ(imported.value("imported", 0), 40) << imported.dump();
    EXPECT_EQ(imported.value("already", -1), 0) << imported.dump();

    const auto rows = session.rows();
    for (const auto& [id, label] : truth.classOf)
        EXPECT_TRUE(rows.count(id)) << id << " is not in the list";
}

TEST(Import, OfWhichNothingCameEndsAsFailed) {
    BalmerSession session;
    const auto bad = session.write("bad.fits", "rubbish\n").string();
    const auto refused = session.run({"import", bad});
    EXPECT_EQ(refused.exitStatus, 1) << refused.describe();
    EXPECT_EQ(refused.json()["refused"].size(), 1u) << refused.describe();
    std::string spectrum;
    for (int i = 0; i < 140; ++i)
        spectrum += std::to_string(6500 + i) + " 1." + std::to_string(i) + "\n";
    const auto good = session.write("good.txt", spectrum).string();
    EXPECT_EQ(session.succeed({"import", bad, good})["imported"], 1);
    EXPECT_EQ(session.succeed({"import", bad, good})["already"], 1);
}

TEST(Import, OfTheSameFilesAgainAddsNothing) {
    BalmerSession session;
    const auto survey = session / "survey";
    session.succeed(
        {"simulate", "--out", survey.string(), "--spectra", "20", "--targets", "0.2", "--seed", "1"});
    session.succeed({"import", survey.string(), "--recursive"});
    const auto before = session.rows();
    const auto again = session.succeed({"import", survey.string(), "--recursive"});
    EXPECT_EQ(again.value("imported", -1), 0) << again.dump();
    EXPECT_EQ(again.value("already", -1), 20) << again.dump();
    EXPECT_EQ(session.rows().size(), before.size());
}

TEST(Import, OfTheSameSeedGivesTheSameFiles) {
    BalmerSession session;
    for (const char* name : {"one", "two"})
        session.succeed({"simulate", "--out", (session / name).string(), "--spectra", "10", "--targets",
                         "0.2", "--seed", "3"});
    session.succeed({"import", (session / "one").string(), "--recursive"});
    const auto again = session.succeed({"import", (session / "two").string(), "--recursive"});
    EXPECT_EQ(again.value("imported", -1), 0) << "the same seed made other bytes: " << again.dump();
}

TEST(Import, GivesAReasonForEachFileThatItLeaves) {
    BalmerSession session;
    std::filesystem::create_directories(session / "folder");
    session.succeed({"simulate", "--out", (session / "folder/good").string(), "--spectra", "3", "--targets",
                     "0.3", "--seed", "1"});
    session.write("folder/broken.fits", "SIMPLE  =                    T" + std::string(100, ' '));
    session.write("folder/empty.fits", "");
    const auto report = session.succeed({"import", (session / "folder").string(), "--recursive"});
    EXPECT_EQ(report.value("imported", 0), 3) << report.dump();
    std::set<std::string> refused;
    for (const auto& entry : report["refused"]) {
        EXPECT_GT(entry.value("reason", "").size(), 10u) << entry.dump();
        refused.insert(std::filesystem::path(entry.value("path", "")).filename().string());
    }
    EXPECT_TRUE(refused.count("broken.fits")) << report.dump();
    EXPECT_TRUE(refused.count("empty.fits")) << report.dump();
}

TEST(Import, OfTheRealSpectraReadsThemAndSurvivesTheDamaged) {
    BALMER_NEEDS_REAL_DATA();
    BalmerSession session;
    const auto report = session.succeed({"import", realData().string(), "--recursive"});
    EXPECT_GT(report.value("imported", 0), 0);
    ASSERT_TRUE(report["refused"].is_array());
    for (const auto& entry : report["refused"]) {
        EXPECT_FALSE(entry.value("path", "").empty()) << entry.dump();
        EXPECT_FALSE(entry.value("reason", "").empty()) << entry.dump();
    }
    // Each kind of file that Balmer reads is there: none of these folders may be refused as a whole.
    std::map<std::string, int> files, refused;
    const std::vector<std::string> kinds{"lamost_lrs_image", "lamost_lrs_dr10_bintable", "sdss_spec",
                                         "ondrejov"};
    for (const auto& kind : kinds) {
        if (!std::filesystem::exists(realData() / kind)) continue;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(realData() / kind))
            files[kind] += entry.is_regular_file();
        for (const auto& entry : report["refused"])
            refused[kind] += entry.value("path", "").find("/" + kind + "/") != std::string::npos;
        EXPECT_LT(refused[kind] * 2, files[kind])
            << kind << ": " << refused[kind] << " of " << files[kind] << " refused";
    }
}

TEST(Import, ListFiltersBySignalToNoise) {
    BalmerSession session;
    session.succeed({"simulate", "--out", (session / "s").string(), "--spectra", "30", "--targets", "0.2",
                     "--seed", "2"});
    session.succeed({"import", (session / "s").string(), "--recursive", "--collection", "night"});
    const auto all = session.rows().size();
    const auto high = session.rows("snr > 40").size();
    const auto low = session.rows("snr <= 40").size();
    EXPECT_EQ(high + low, all);
    EXPECT_GT(high, 0u);
    EXPECT_GT(low, 0u);
}

TEST(Import, WhatIsDoubtfulIsCountedShownAndFound) {
    BalmerSession session;
    std::string clean, doubtful;
    for (int i = 0; i < 40; ++i) {
        const auto row = std::to_string(6500 + 5 * i) + " 1." + std::to_string(i % 7) + " 0.1";
        clean += row + "\n";
        doubtful += row + " 7.5\n"; // a fourth column that is not a mask
    }
    std::filesystem::create_directories(session / "s");
    session.write("s/clean.txt", clean);
    session.write("s/doubtful.txt", doubtful);
    const auto report = session.succeed({"import", (session / "s").string()});
    EXPECT_EQ(report.value("imported", 0), 2) << report.dump();
    EXPECT_EQ(report.value("with_warnings", 0), 1) << report.dump();

    const auto found = session.rows("warning is not null");
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found.begin()->first, "doubtful");
    const auto all = session.succeed({"show", "doubtful"});
    EXPECT_EQ(all.value("file", ""), (session / "s/doubtful.txt").string()) << all.dump();
    EXPECT_EQ(all.value("first_wavelength_angstrom", 0.0), 6500);
    EXPECT_EQ(all.value("last_wavelength_angstrom", 0.0), 6695);
    EXPECT_EQ(all.value("samples", 0), 40);
    EXPECT_EQ(all.value("medium", ""), "unknown");
    EXPECT_TRUE(all.contains("unit")) << all.dump();
    ASSERT_EQ(all["warnings"].size(), 1u) << all.dump();
    EXPECT_NE(all["warnings"][0].get<std::string>().find("not a mask"), std::string::npos);
}

TEST(Labels, OfOneImportAreTakenBackByOneUndo) {
    BalmerSession session;
    std::filesystem::create_directories(session / "s");
    for (const std::string name : {"a", "b"}) {
        std::string text;
        for (int i = 0; i < 40; ++i)
            text += std::to_string(6500 + 5 * i) + (name == "a" ? " 1.1\n" : " 1.2\n");
        session.write("s/" + name + ".txt", text);
    }
    session.succeed({"import", (session / "s").string()});
    session.succeed({"label", "give", "a", "old"});
    const auto table = session.write("l.csv", "id,label\na,new\nb,new\nnobody,new\n");
    const auto given = session.succeed({"label", "import", table.string()});
    EXPECT_EQ(given["labels"], 2) << given.dump();
    EXPECT_EQ(given["unknown"], nlohmann::json::array({"nobody"}));
    EXPECT_EQ(given["columns"], nlohmann::json({"id", "label"}));
    session.succeed({"label", "undo"});
    const auto rows = session.rows();
    EXPECT_EQ(rows.at("a").value("label", ""), "old");
    EXPECT_EQ(rows.at("b").value("label", "x"), "");
}

TEST(Labels, OfSeveralSpectraGivenAtOnceAreTakenBackByOneUndo) {
    BalmerSession session;
    session.write("m.csv", "id,6500,6510\na,1,2\nb,2,1\nc,1,1\n");
    session.succeed({"dataset", "import", (session / "m.csv").string(), "--name", "m"});
    session.succeed({"label", "give", "a", "old"});
    EXPECT_EQ(session.succeed({"label", "give", "a", "new", "--also", "b", "c"})["labelled"], 3);
    EXPECT_EQ(session.rows().at("c").value("label", ""), "new");
    EXPECT_EQ(session.succeed({"label", "undo"})["taken_back"], 3);
    EXPECT_EQ(session.rows().at("a").value("label", ""), "old");
    EXPECT_EQ(session.rows().at("b").value("label", "x"), "");
}

TEST(Datasets, PreprocessedSpectraHaveTheRecipesColumns) {
    BalmerSession session;
    session.succeed({"simulate", "--out", (session / "s").string(), "--spectra", "12", "--targets", "0.2",
                     "--seed", "2"});
    session.succeed({"import", (session / "s").string(), "--recursive"});
    const auto made = session.succeed({"preprocess", "--preset", "halpha-140", "--name", "window"});
    EXPECT_EQ(made.value("dataset", ""), "window");
    EXPECT_EQ(made.value("rows", 0), 12);
    EXPECT_EQ(made.value("columns", 0), 140);
    EXPECT_EQ(made.value("digest", "").size(), 64u) << made.dump();

    const auto file = session / "window.csv";
    session.succeed({"dataset", "export", "window", "--out", file.string()});
    std::ifstream in(file);
    std::string head;
    std::getline(in, head);
    EXPECT_EQ(head.rfind("id,", 0), 0u) << head.substr(0, 40);
    EXPECT_GE(std::count(head.begin(), head.end(), ','), 140);
    int lines = 0;
    for (std::string line; std::getline(in, line);)
        ++lines;
    EXPECT_EQ(lines, 12);
}

TEST(Datasets, MatrixSurvivesImportAndExport) {
    BalmerSession session;
    const auto made = session.succeed(
        {"dataset", "import", session.write("m.csv", lineMatrix(15, {"a", "b"})).string(), "--name", "m"});
    EXPECT_EQ(made.value("rows", 0), 15);
    EXPECT_EQ(made.value("columns", 0), 140);
    session.succeed({"dataset", "export", "m", "--out", (session / "out.csv").string()});
    const auto second = BalmerSession();
    const auto again = second.succeed({"dataset", "import", (session / "out.csv").string(), "--name", "m"});
    EXPECT_EQ(again.value("digest", "two"), made.value("digest", "one")) << "the numbers changed on the way";
}

} // namespace
} // namespace balmer::test
