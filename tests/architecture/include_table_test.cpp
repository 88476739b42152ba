// Every #include of engine/, widgets/ and app/ against the table of engine/README.md, and the rules beside
// it.
#include "tests/architecture/include_table.h"

#include <sstream>

#include <gtest/gtest.h>

#include "tests/architecture/source_files.h"
#include "tests/support/test_support.h"

namespace balmer::test {
namespace {

const IncludeTable& table() {
    static const IncludeTable read = readIncludeTable(sourceRoot() / "engine" / "README.md");
    return read;
}

const std::vector<SourceFile>& sources() {
    static const std::vector<SourceFile> files = sourceFiles({"engine", "widgets", "app"});
    return files;
}

TEST(IncludeTable, CanBeReadFromTheDocument) {
    for (const auto& fault : table().faults)
        ADD_FAILURE() << "engine/README.md: " << fault;
    EXPECT_TRUE(table().modules.count("core")) << "engine/README.md has no table with a row for core";
    EXPECT_TRUE(table().thirdParties.count("Qt"));
}

TEST(IncludeTable, EveryIncludeIsAllowed) {
    ASSERT_FALSE(sources().empty());
    for (const auto& source : sources())
        for (const auto& include : includesOf(source.path, source.text))
            if (const auto objection = objectionTo(include, table()))
                ADD_FAILURE() << include.file << ":" << include.line << ": includes " << include.header
                              << ": " << *objection;
}

TEST(IncludeTable, NamesNoThirdPartyThatIsNotUsed) {
    std::map<std::string, std::set<std::string>> used;
    for (const auto& source : sources())
        for (const auto& include : includesOf(source.path, source.text)) {
            const auto module = moduleOf(source.path, table());
            if (const auto party = thirdPartyOf(include, table()); module && party)
                used[*module].insert(*party);
        }
    for (const auto& [name, rule] : table().modules)
        for (const auto& party : rule.thirdParties)
            EXPECT_TRUE(used[name].contains(party))
                << "the row of " << name << " names " << party << ", which none of its files includes";
}

TEST(IncludeTable, PrivateHeadersAreIncludedByTheirOwnModuleAlone) {
    std::set<std::string> hidden;
    for (const auto& source : sources())
        if (isPrivateHeader(source.path, source.text)) hidden.insert(source.path);
    EXPECT_FALSE(hidden.empty());
    for (const auto& source : sources())
        for (const auto& include : includesOf(source.path, source.text))
            if (hidden.count(include.header) != 0) {
                EXPECT_EQ(moduleOf(source.path, table()), moduleOf(include.header, table()))
                    << include.file << ":" << include.line << ": includes " << include.header
                    << ", which is private";
            }
}

TEST(IncludeTable, EveryModuleFolderHasARow) {
    for (const auto& entry : std::filesystem::directory_iterator(sourceRoot() / "engine"))
        if (entry.is_directory()) {
            EXPECT_TRUE(table().modules.count(entry.path().filename().string()))
                << "engine/" << entry.path().filename().string() << " has no row in engine/README.md";
        }
}

TEST(IncludeTable, HasNoCircle) {
    // Modules that depend on nothing left are taken away until none is left; what stays lies on a circle.
    std::map<std::string, std::set<std::string>> left;
    for (const auto& [name, rule] : table().modules) {
        left[name] = rule.inHeaders;
        left[name].insert(rule.inSources.begin(), rule.inSources.end());
        left[name].erase(name);
        std::erase_if(left[name], [](const std::string& other) {
            return other == "values" || other == "all" || other.find(" (values)") != std::string::npos;
        });
    }
    for (bool moved = true; moved;) {
        moved = false;
        for (auto module = left.begin(); module != left.end();) {
            if (!module->second.empty()) {
                ++module;
                continue;
            }
            for (auto& [name, needs] : left)
                needs.erase(module->first);
            module = left.erase(module);
            moved = true;
        }
    }
    for (const auto& [name, needs] : left)
        ADD_FAILURE() << name << " depends on itself by way of " << *needs.begin();
}

TEST(Sources, RunNoNestedEventLoop) {
    for (const auto& source : sources()) {
        std::stringstream stream(source.text);
        int number = 0;
        for (std::string line; std::getline(stream, line);) {
            ++number;
            const std::string code = line.substr(0, line.find("//"));
            for (const char* word : {"processEvents", "QEventLoop"})
                EXPECT_EQ(code.find(word), std::string::npos)
                    << source.path << ":" << number << ": " << word << " would run a nested event loop";
        }
    }
}

TEST(Sources, HeadersAreIncludedOnce) {
    for (const auto& source : sources())
        if (std::filesystem::path(source.path).extension() == ".h") {
            EXPECT_NE(source.text.find("#pragma once"), std::string::npos)
                << source.path << " lacks #pragma once";
        }
}

// The check itself, tried on edges that are surely wrong: a rule that objects to nothing would pass all of
// the above.
class Objection : public testing::Test {
  protected:
    static bool objects(const std::string& file, const std::string& line) {
        const auto includes = includesOf(file, line);
        return includes.size() == 1 && objectionTo(includes[0], table()).has_value();
    }
};

TEST_F(Objection, ComesForQtInTheEngine) {
    EXPECT_TRUE(objects("engine/som/trainer.cpp", "#include <QString>"));
    EXPECT_TRUE(objects("engine/som/trainer.cpp", "#include <QtCore/QString>"));
    EXPECT_FALSE(objects("engine/som/trainer.cpp", "#include <vector>"));
}

TEST_F(Objection, ComesForTorchOutsideItsFolder) {
    EXPECT_TRUE(objects("engine/learn/metrics.cpp", "#include <torch/torch.h>"));
    EXPECT_TRUE(objects("engine/learn/torch/model.h", "#include <torch/torch.h>"));
    EXPECT_FALSE(objects("engine/learn/torch/model.cpp", "#include <torch/torch.h>"));
}

TEST_F(Objection, ComesForThirdPartiesInHeaders) {
    EXPECT_TRUE(objects("engine/io/reader.h", "#include <fitsio.h>"));
    EXPECT_FALSE(objects("engine/io/reader.cpp", "#include <fitsio.h>"));
    EXPECT_FALSE(objects("engine/core/result.h", "#include <tl/expected.hpp>"));
}

TEST_F(Objection, ComesForGeneratedHeadersInHeaders) {
    EXPECT_TRUE(objects("engine/remote/server/a.h", "#include \"engine/remote/protocol/messages.pb.h\""));
    EXPECT_TRUE(objects("engine/api/a.cpp", "#include \"engine/remote/protocol/messages.pb.h\""));
    EXPECT_FALSE(objects("engine/remote/server/a.cpp", "#include \"engine/remote/protocol/messages.pb.h\""));
}

TEST_F(Objection, ComesForEdgesOutsideTheTable) {
    EXPECT_TRUE(objects("engine/som/trainer.cpp", "#include \"engine/spectrum/spectrum.h\""));
    EXPECT_TRUE(objects("engine/core/files.cpp", "#include \"engine/io/reader.h\""));
    EXPECT_TRUE(objects("widgets/plot/plot.cpp", "#include \"engine/store/project.h\""));
    EXPECT_TRUE(objects("widgets/plot/plot.cpp", "#include \"engine/jobs/job.h\""));
    EXPECT_TRUE(objects("app/desktop/main.cpp", "#include \"engine/store/project.h\""));
    EXPECT_TRUE(objects("app/cli/main.cpp", "#include <QString>"));
    EXPECT_TRUE(objects("app/cli/main.cpp", "#include \"widgets/plot/plot.h\""));
    EXPECT_TRUE(objects("engine/api/workbench.h", "#include \"engine/workflow/import.h\""));
    EXPECT_FALSE(objects("engine/api/workbench.cpp", "#include \"engine/workflow/import.h\""));
    EXPECT_TRUE(objects("engine/som/trainer.cpp", "#include \"trainer.h\""));
    EXPECT_FALSE(objects("app/desktop/main.cpp", "#include \"engine/api/workbench.h\""));
}

TEST_F(Objection, DoesNotReadComments) {
    EXPECT_TRUE(includesOf("engine/a.h", "// #include <QString>\n/* \n#include <QString>\n*/\n").empty());
}

} // namespace
} // namespace balmer::test
