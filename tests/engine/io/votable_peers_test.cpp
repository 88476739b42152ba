// What Balmer writes, read by those who wrote the format's tools: astropy, the schema (xmllint), STILTS.
#include <filesystem>
#include <map>
#include <sstream>

#include "engine/core/files.h"
#include "engine/io/votable_reader.h"
#include "engine/io/votable_writer.h"
#include "tests/engine/io/votable_all_types.h"
#include "tests/engine/io/votable_columns.h"
#include "tests/support/command_line.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using test::runProcess;
using test::why;

const std::string PYTHON = "/usr/bin/python3", XMLLINT = "/usr/bin/xmllint", STILTS = "/usr/bin/stilts";
constexpr std::chrono::seconds LIMIT{240}; // for what hangs

#define BALMER_NEEDS_PROGRAM(program, package)                                                               \
    if (!std::filesystem::exists(program)) GTEST_SKIP() << "the Debian package " package " is not installed"

// Documents of each kind in both serialisations, and what is in them.
class VotablePeers : public testing::Test {
  protected:
    void SetUp() override {
        for (const VotableData data : {VotableData::TableData, VotableData::Binary2})
            write("all-types", test::allTypes(data), data);
        if (test::realData().empty()) return;
        const auto shared = test::realData().parent_path();
        for (const char* name :
             {"data/ssap_datalink/ssa-result.xml", "data/ssap_datalink/datalink-proc_inf.xml",
              "data/votable_spectra/binary.vot", "vo-fixtures/dachs/ssap-pos.body",
              "vo-fixtures/dachs/soda-band-votable.body", "vo-fixtures/votable/astropy/names.xml",
              "vo-fixtures/votable/astropy/timesys.xml", "vo-fixtures/votable/astropy/resource_groups.xml",
              "vo-fixtures/votable/stilts/alltypes-binary-inline.vot"}) {
            if (!std::filesystem::exists(shared / name)) continue;
            auto document = VotableReader(*fileSource(shared / name)).readAll();
            ASSERT_TRUE(document) << name << ": " << why(document);
            for (const VotableData data : {VotableData::TableData, VotableData::Binary2})
                write(std::filesystem::path(name).filename().string(), *document, data);
        }
    }
    void write(const std::string& name, const Votable& document, VotableData data) {
        const auto file = folder_ / (name + (data == VotableData::TableData ? ".table.vot" : ".binary2.vot"));
        const auto text = formatVotable(document, {data});
        ASSERT_TRUE(text) << name << ": " << why(text);
        ASSERT_TRUE(core::writeFile(file, *text));
        std::string lines;
        for (const std::string& line : test::columnLines(document))
            lines += file.string() + "\t" + line + "\n";
        files_[file.string()] = lines;
    }
    std::vector<std::string> commandOn(std::vector<std::string> command) const {
        for (const auto& [file, lines] : files_)
            command.push_back(file);
        return command;
    }

    test::TemporaryFolder folder_;
    std::map<std::string, std::string> files_;
};

TEST_F(VotablePeers, AstropyReadsTheSame) {
    BALMER_NEEDS_PROGRAM(PYTHON, "python3");
    if (runProcess({PYTHON, "-c", "import astropy.io.votable"}, LIMIT).exitStatus != 0)
        GTEST_SKIP() << "the Debian package python3-astropy is not installed";
    const auto script = test::sourceRoot() / "tests/engine/io/votable_columns.py";
    const auto said = runProcess(commandOn({PYTHON, script.string()}), LIMIT);
    ASSERT_EQ(said.exitStatus, 0) << said.describe();
    std::map<std::string, std::string> read;
    std::istringstream lines(said.standardOutput);
    for (std::string line; std::getline(lines, line);)
        read[line.substr(0, line.find('\t'))] += line + "\n";
    for (const auto& [file, expected] : files_)
        EXPECT_EQ(read[file], expected);
}

TEST_F(VotablePeers, TheSchemaHolds) {
    BALMER_NEEDS_PROGRAM(XMLLINT, "libxml2-utils");
    const std::string schema = "/usr/lib/python3/dist-packages/gavo/resources/schemata/VOTable.xsd";
    BALMER_NEEDS_PROGRAM(schema, "python3-gavo");
    const auto said = runProcess(commandOn({XMLLINT, "--nonet", "--noout", "--schema", schema}), LIMIT);
    EXPECT_EQ(said.exitStatus, 0) << said.describe();
}

TEST_F(VotablePeers, StiltsFindsNoFault) {
    BALMER_NEEDS_PROGRAM(STILTS, "stilts");
    for (const char* name : {"all-types.table.vot", "all-types.binary2.vot", "ssap-pos.body.table.vot"}) {
        const auto file = folder_ / name;
        if (!std::filesystem::exists(file)) continue;
        const auto said = runProcess({STILTS, "votlint", "votable=" + file.string()}, LIMIT);
        EXPECT_EQ(said.exitStatus, 0) << said.describe();
        EXPECT_EQ((said.standardOutput + said.standardError).find("ERROR"), std::string::npos)
            << name << "\n"
            << said.describe();
    }
}

TEST_F(VotablePeers, StiltsReadsTheSameFromBothSerialisations) {
    BALMER_NEEDS_PROGRAM(STILTS, "stilts");
    std::vector<std::string> read;
    for (const char* name : {"all-types.table.vot", "all-types.binary2.vot"}) {
        const auto said =
            runProcess({STILTS, "tpipe", "in=" + (folder_ / name).string(), "ifmt=votable",
                        "cmd=keepcols 'bool u8 i16 i32 i64 f32 f64 text wide fixed'", "ofmt=csv"},
                       LIMIT);
        ASSERT_EQ(said.exitStatus, 0) << said.describe();
        read.push_back(said.standardOutput);
    }
    EXPECT_EQ(read[0], read[1]);
    EXPECT_NE(read[0].find("9223372036854775807"), std::string::npos) << read[0];
    EXPECT_NE(read[0].find("வணக்கம்"), std::string::npos) << read[0];
}

} // namespace
} // namespace balmer::io
