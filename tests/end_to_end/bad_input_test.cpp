// Bad input: a sentence that names the thing and the remedy, exit status 1 or 2, and an unchanged project.
#include "tests/support/balmer_session.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace balmer::test {
namespace {

class BadInput : public testing::Test {
  protected:
    void SetUp() override {
        session_.succeed({"dataset", "import",
                          session_.write("good.csv", lineMatrix(30, {"a", "b", "c"})).string(), "--name",
                          "good"});
        before_ = state();
    }
    void TearDown() override { EXPECT_EQ(state(), before_) << "the refused command changed the project"; }

    /// What the project holds, jobs aside: a refused job may leave its record.
    std::string state() const {
        return session_.run({"list"}).standardOutput + session_.run({"dataset", "list"}).standardOutput;
    }
    void expectMessage(const nlohmann::json& error, const std::string& part) const {
        EXPECT_NE(error.dump().find(part), std::string::npos)
            << "\"" << part << "\" is not in " << error.dump();
    }

    BalmerSession session_;
    std::string before_;
};

TEST_F(BadInput, PathThatIsNotThere) {
    const auto result = session_.run({"import", (session_ / "nowhere").string()});
    EXPECT_TRUE(result.exitStatus == 1 || result.exitStatus == 2) << result.describe();
    EXPECT_NE(result.standardOutput.find("nowhere"), std::string::npos) << result.describe();
}

TEST_F(BadInput, MatrixThatIsNotThere) {
    expectMessage(session_.fail({"dataset", "import", (session_ / "nowhere.csv").string(), "--name", "x"}),
                  "nowhere.csv");
}

TEST_F(BadInput, FileOfTheWrongType) {
    const auto file = session_.write("picture.csv", std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16));
    session_.fail({"dataset", "import", file.string(), "--name", "x"});
}

TEST_F(BadInput, CellThatIsNoNumber) {
    const auto file = session_.write("cell.csv", "id,6519,6520\nstar,1.5,bright\n");
    expectMessage(session_.fail({"dataset", "import", file.string(), "--name", "x"}), "line 2");
}

TEST_F(BadInput, OptionOfTheWrongType) {
    const auto result = session_.run({"som", "--dataset", "good", "--grid", "4x4", "--epochs", "many"});
    EXPECT_EQ(result.exitStatus, 2) << result.describe();
    expectMessage(session_.fail({"som", "--dataset", "good", "--grid", "four", "--epochs", "2"}), "four");
}

TEST_F(BadInput, CommandThatDoesNotExist) {
    EXPECT_EQ(session_.run({"conquer"}).exitStatus, 2);
    EXPECT_EQ(session_.run({"som", "--datasets", "good"}).exitStatus, 2);
    expectMessage(session_.fail({"conquer"}), "conquer");
    expectMessage(session_.fail({"label", "conquer"}), "conquer");
    expectMessage(session_.fail({"som", "--datasets", "good"}), "--datasets");
}

TEST_F(BadInput, NumbersOutOfRange) {
    expectMessage(session_.fail({"--threads", "-3", "som", "--dataset", "good", "--grid", "3x3"}),
                  "--threads");
    expectMessage(session_.fail({"som", "--dataset", "good", "--grid", "3x3", "--threads", "2000000000"}),
                  "--threads");
    expectMessage(session_.fail({"som", "--dataset", "good", "--grid", "3x3", "--seed", "-1"}), "--seed");
    expectMessage(session_.fail({"som", "--dataset", "good", "--grid", "3x3", "--radius-end", "nan"}),
                  "--radius-end");
    expectMessage(session_.fail({"list", "--limit", "-1"}), "--limit");
    expectMessage(session_.fail({"som", "--dataset", "good", "--grid", "0x5"}), "0x5");
    expectMessage(session_.fail({"som", "--dataset", "good", "--grid", "3x3", "--epochs", "0"}), "epochs");
}

TEST_F(BadInput, AFieldIsCalledAsTheUserTypedIt) {
    const auto table = session_.write("t.csv", "n,word\nx,y\n").string();
    const auto nothing = session_.fail({"table", "import", table});
    expectMessage(nothing, "--column");
    expectMessage(nothing, "--labels");
    expectMessage(session_.fail({"table", "import", table, "--column", "word"}), "--id-column");
    expectMessage(session_.fail({"som", "--dataset", "good", "--topology", "round"}),
                  "--topology must be hexagonal or rectangular");
    expectMessage(session_.fail({"learn", "--dataset", "good", "--folds", "1"}), "--folds");
    const auto spec =
        session_.write("spec.json", R"({"kind": "learn", "parameters": {"dataset": "good", "folds": 1}})");
    expectMessage(session_.fail({"run", spec.string()}), "parameters.folds");
}

TEST_F(BadInput, AJobThatIsRunAgainIsToldWhatWasSet) {
    const auto job = session_.succeed({"jobs"})["jobs"][0]["id"].dump();
    const auto again = [&](const std::string& set) {
        const auto result = session_.run({"job", "rerun", job, "--set", set});
        EXPECT_EQ(result.exitStatus, 2) << result.describe();
        EXPECT_EQ(result.standardOutput.find("parameters."), std::string::npos) << result.describe();
        return result.json()["error"];
    };
    expectMessage(again(R"({"name": 7})"), "name must be a text");
    expectMessage(again(R"({"nam": "x"})"), "nam is not a field of this job; its fields are: file, name");
    expectMessage(again("name"), "--set");
}

TEST_F(BadInput, WhatStaysHereCannotBeSentAndSaysWhy) {
    const auto file = (session_ / "good.csv").string();
    const auto spec = session_.write(
        "spec.json", nlohmann::json({{"kind", "label-import"}, {"parameters", {{"file", file}}}}).dump());
    for (const auto& command : {std::vector<std::string>{"label", "import", file},
                                {"export", "--out", "x.csv"},
                                {"run", spec.string()}})
        for (const auto& place :
             {std::vector<std::string>{"--on", "lab"}, {"--on", "auto"}, {"--on", "lab", "--or-here"}}) {
            auto whole = command;
            whole.insert(whole.end(), place.begin(), place.end());
            const auto result = session_.run(whole);
            EXPECT_EQ(result.exitStatus, 2) << joined(whole) << "\n" << result.describe();
            EXPECT_NE(result.standardOutput.find("of this computer"), std::string::npos) << result.describe();
        }
    EXPECT_EQ(session_.run({"label", "import", "--help"}).standardOutput.find("--on"), std::string::npos);
    EXPECT_NE(session_.run({"som", "--help"}).standardOutput.find("--on"), std::string::npos);
}

TEST_F(BadInput, WrongUseIsToldByItsStatus) {
    const auto spec = session_.write("spec.json", R"({"kind": "som", "parameters": 7})").string();
    const std::vector<std::vector<std::string>> wrong{
        {"label", "give", "row-0"},
        {"label", "give", "row-0", ""},
        {"label", "give", "row-0", " "},
        {"label", "give", "row-0", "a", "--as", "bad"},
        {"label", "give", "row-0", "--as", "undo"},
        {"round", "--dataset", "good", "--classes", "other,Be"},
        {"round", "--dataset", "good", "--classes", "other,Be", "--targets", "A"},
        {"som", "--dataset", "good", "--detach"},
        {"som", "--dataset", "good", "--or-here"},
        {"som", "--dataset", "good", "--on", ""},
        {"export", "--out", "catalogue.png"},
        {"label", "export", "--out", "labels"},
        {"dataset", "export", "good", "--out", "x.fits"},
        {"discover", "--top", "-1"},
        {"job", "schema", "alchemy"},
        {"rerun", "--help"},
        {"job", "show", "first"},
        {"job", "rerun", "1", "--set", "7"},
        {"run", spec},
        {"list", "--where", "snr >"},
        {"vo", "fetch", "gopher://x/"},
        {"vo", "fetch", "http://x/", "--password-file", "p"},
        {"vo", "ssap", "http://x/", "--pos", "here"},
        {"vo", "samp", "send"},
        {"worker", "add", "lab", "lab"},
    };
    for (const auto& command : wrong) {
        const auto result = session_.run(command);
        EXPECT_EQ(result.exitStatus, 2) << joined(command) << "\n" << result.describe();
        EXPECT_EQ(result.json()["error"]["code"], "invalid-argument") << result.describe();
    }
    EXPECT_EQ(runProcess({BALMER_COMMAND, "--project", "", "list"}).exitStatus, 2);
    const auto blamed = session_.fail({"round", "--dataset", "good", "--classes", "other,Be"});
    expectMessage(blamed, "--targets must say which of the classes are looked for; they are other,Be");
}

TEST_F(BadInput, WhatTheProjectCannotDoLeavesNoJob) {
    const auto before = session_.succeed({"jobs"});
    expectMessage(session_.fail({"som", "--dataset", "good", "--grid", "6x6"}), "30 rows");
    expectMessage(session_.fail({"som", "--dataset", "goof", "--grid", "3x3"}), "good");
    expectMessage(session_.fail({"score", "--dataset", "good", "--model", "learn-9"}), "learn-9");
    EXPECT_EQ(session_.succeed({"jobs"}), before);
}

TEST_F(BadInput, KindThatDoesNotExist) {
    expectMessage(session_.fail({"job", "schema", "alchemy"}), "dataset-import");
}

TEST_F(BadInput, FolderWithoutSpectra) {
    std::filesystem::create_directories(session_ / "letters");
    session_.write("letters/one.txt", "Dear colleague,\nthere is no spectrum here.\n");
    const auto error = session_.fail({"discover", (session_ / "letters").string()});
    expectMessage(error, "letters");
    expectMessage(error, "one.txt");
}

TEST_F(BadInput, DatasetThatIsNotThere) {
    const auto error = session_.fail({"som", "--dataset", "goof", "--grid", "4x4"});
    expectMessage(error, "goof");
    expectMessage(error, "good"); // the remedy: what there is
}

TEST_F(BadInput, UnknownFieldInASpec) {
    const auto spec =
        session_.write("spec.json", R"({"kind": "som", "parameters": {"dataset": "good", "epocs": 3}})");
    expectMessage(session_.fail({"run", spec.string()}), "epocs");
}

TEST_F(BadInput, MistypedFieldInASpec) {
    const auto spec = session_.write(
        "spec.json", R"({"kind": "som", "parameters": {"dataset": "good", "epochs": "three"}})");
    expectMessage(session_.fail({"run", spec.string()}), "epochs");
}

TEST_F(BadInput, SpecThatIsNoJson) {
    session_.fail({"run", session_.write("spec.json", "{\"kind\": \"som\",").string()});
    session_.fail({"run", session_.write("kind.json", R"({"kind": "alchemy", "parameters": {}})").string()});
}

TEST_F(BadInput, EmptyMatrix) {
    session_.fail({"dataset", "import", session_.write("empty.csv", "").string(), "--name", "x"});
    session_.fail(
        {"dataset", "import", session_.write("head.csv", "id,6519,6520,6521\n").string(), "--name", "x"});
}

TEST_F(BadInput, NothingToPreprocess) {
    session_.fail({"preprocess", "--preset", "halpha-140", "--name", "x", "--collection", "nobody"});
    expectMessage(session_.fail({"preprocess", "--preset", "kalpha", "--name", "x"}), "halpha-140");
}

TEST_F(BadInput, MoreNeuronsThanSpectra) {
    expectMessage(session_.fail({"som", "--dataset", "good", "--grid", "20x20"}), "30");
}

TEST_F(BadInput, FilterThatCannotBeRead) {
    expectMessage(session_.fail({"list", "--where", "brightness >> 3"}), "brightness");
}

TEST_F(BadInput, ModelThatIsNotThere) {
    expectMessage(session_.fail({"score", "--model", "nobody", "--dataset", "good"}), "nobody");
}

TEST(BadMatrix, NaNEverywhere) {
    BalmerSession session;
    std::string text = "id";
    for (int column = 0; column < 20; ++column)
        text += "," + std::to_string(6519 + column);
    for (int row = 0; row < 20; ++row)
        text += "\nrow-" + std::to_string(row) + std::string(20, ',');
    const auto imported =
        session.run({"dataset", "import", session.write("nan.csv", text + "\n").string(), "--name", "nan"});
    if (imported.exitStatus == 0)
        session.fail({"som", "--dataset", "nan", "--grid", "3x3"});
    else
        EXPECT_TRUE(imported.json().contains("error")) << imported.describe();
}

TEST(BadMatrix, OneClassOnly) {
    BalmerSession session;
    session.succeed(
        {"dataset", "import", session.write("one.csv", lineMatrix(30, {"a"})).string(), "--name", "one"});
    const auto error = session.fail({"learn", "--dataset", "one"});
    EXPECT_NE(error.value("message", "").find("class"), std::string::npos) << error.dump();
}

TEST(Network, ThatIsNotThereIsNamedWithTheRemedy) {
    BalmerSession session;
    session.succeed({"dataset", "import", session.write("two.csv", lineMatrix(30, {"a", "b"})).string(),
                     "--name", "two"});
    ::setenv("BALMER_TORCH_MODULE", "/nowhere/libbalmer_torch.so", 1);
    const auto error = session.fail({"learn", "--dataset", "two"});
    session.succeed({"list"});
    ::unsetenv("BALMER_TORCH_MODULE");
    EXPECT_EQ(error.value("code", ""), "unsupported") << error.dump();
    for (const char* part : {"/nowhere/libbalmer_torch.so", "BALMER_TORCH_MODULE"})
        EXPECT_NE(error.value("message", "").find(part), std::string::npos) << error.dump();
}

TEST(Network, IsNoPartOfWhatStarts) {
    const auto needed = runProcess({"/usr/bin/ldd", BALMER_COMMAND});
    ASSERT_EQ(needed.exitStatus, 0) << needed.describe();
    EXPECT_EQ(needed.standardOutput.find("torch"), std::string::npos) << needed.standardOutput;
}

TEST(BadProject, FolderThatIsNoProject) {
    BalmerSession session;
    const auto file = session.write("file.balmer", "not a folder");
    const auto result = runProcess({BALMER_COMMAND, "--project", file.string(), "--json", "list"});
    EXPECT_EQ(result.exitStatus, 1) << result.describe();
    EXPECT_TRUE(result.json().contains("error")) << result.describe();
}

TEST(BadProject, SqliteFileOfSomethingElse) {
    BalmerSession session;
    std::filesystem::create_directories(session.project());
    session.write("test.balmer/project.sqlite",
                  "these bytes are not a database, and there are more than sixteen");
    session.fail({"list"});
}

TEST(Options, ACodeIsNamedOnceAndAListGivenTwiceIsTakenAsItStands) {
    BalmerSession session;
    session.succeed({"dataset", "import", session.write("m.csv", lineMatrix(4, {})).string(), "--name", "m"});
    const auto id = session.rows().begin()->first;
    const auto table = session.write("labels.csv", "id,label\n" + id + ",0\n").string();
    const auto twice = session.fail({"label", "import", table, "--map", "0=x,0=y"});
    EXPECT_NE(twice["message"].get<std::string>().find("--map"), std::string::npos) << twice;
    EXPECT_EQ(session.succeed({"label", "give", id, " Be, shell "})["class"], "Be, shell");
    const auto round = session.succeed({"round", "--dataset", "m", "--classes", "other", "--classes",
                                        "Be, shell", "--targets", "\"Be, shell\"", "--batch", "2"});
    EXPECT_EQ(round["without_examples"], nlohmann::json::array({"other"}));
}

TEST(Words, HelpNamesTheCommands) {
    const auto help = runProcess({BALMER_COMMAND, "--help"});
    EXPECT_EQ(help.exitStatus, 0);
    for (const char* word : {"import", "list", "preprocess", "dataset", "som", "learn", "score", "round",
                             "label", "simulate", "run", "jobs", "discover"})
        EXPECT_NE(help.standardOutput.find(word), std::string::npos) << word;
}

} // namespace
} // namespace balmer::test
