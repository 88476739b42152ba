// Small projects on which programs stumble outside the laboratory, from the folder ../shared/field-cases:
// each with the commands to run and what must hold then.
#include "tests/support/balmer_session.h"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "engine/core/text_number.h"

namespace balmer::test {
namespace {

namespace fs = std::filesystem;

fs::path casesFolder() {
    return sourceRoot().parent_path() / "shared" / "field-cases";
}

std::vector<std::string> linesOf(const fs::path& file) {
    std::vector<std::string> lines;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (!core::trimmed(line).empty()) lines.push_back(line);
    return lines;
}

/// The words of a command line; quotes hold their text together, the files of the folder get their paths.
std::vector<std::string> wordsOf(const std::string& line, const fs::path& folder) {
    std::vector<std::string> words;
    char quote = 0;
    bool inWord = false;
    for (const char c : line) {
        if (quote == 0 && c == ' ') {
            inWord = false;
            continue;
        }
        if (!inWord) words.emplace_back();
        inWord = true;
        if (quote == 0 && (c == '\'' || c == '"'))
            quote = c;
        else if (quote == c)
            quote = 0;
        else
            words.back() += c;
    }
    for (auto& word : words)
        if (fs::exists(folder / word)) word = (folder / word).string();
    return words;
}

/// What a refusal of the case has to name, "" where it must not be refused; of cases.csv.
std::string reasonFor(const std::string& name) {
    for (const auto& line : linesOf(casesFolder() / "cases.csv")) {
        if (!line.starts_with(name + ",")) continue;
        if (core::splitList(line)[2] == "read") return "";
        std::string reasons = line;
        for (int column = 0; column < 12; ++column)
            reasons.erase(0, reasons.find(',') + 1);
        return reasons.starts_with('"') ? reasons.substr(1, reasons.find("\",") - 1)
                                        : reasons.substr(0, reasons.find(','));
    }
    ADD_FAILURE() << name << " is not in cases.csv";
    return "";
}

std::map<std::string, std::string> labelsOf(const BalmerSession& session) {
    std::map<std::string, std::string> labels;
    for (const auto& [id, row] : session.rows())
        if (const auto label = row.value("label", ""); !label.empty()) labels[id] = label;
    return labels;
}

void expectLine(const std::string& line, const std::map<std::string, std::string>& labels,
                const nlohmann::json& result) {
    const auto blank = line.find(' ');
    const auto word = line.substr(0, blank), rest = line.substr(blank + 1);
    const auto equals = rest.find(" = ");
    const auto key = rest.substr(0, equals),
               value = equals == std::string::npos ? "" : rest.substr(equals + 3);
    if (word == "label") {
        ASSERT_TRUE(labels.contains(key)) << line;
        EXPECT_EQ(labels.at(key), value);
    } else if (word == "labels") {
        EXPECT_EQ(labels.size(), std::stoul(rest));
    } else if (word == "unknown") {
        EXPECT_EQ(result["unknown"].size(), std::stoul(rest)) << result.dump();
    } else if (word == "result") {
        EXPECT_EQ(result.value(key, nlohmann::json()), nlohmann::json::parse(value)) << result.dump();
    } else {
        ADD_FAILURE() << "a line of another kind: " << line;
    }
}

class FieldCases : public testing::TestWithParam<const char*> {};

} // namespace

TEST_P(FieldCases, HoldWhatTheyExpect) {
    const std::string kind = GetParam();
    if (!fs::is_directory(casesFolder() / kind))
        GTEST_SKIP() << "the folder ../shared/field-cases is not beside this checkout";
    std::size_t cases = 0;
    for (const auto& folder : fs::directory_iterator(casesFolder() / kind)) {
        const auto name = kind + "/" + folder.path().filename().string();
        SCOPED_TRACE(name);
        ++cases;
        BalmerSession session;
        const auto steps = linesOf(folder.path() / "steps.txt");
        ProcessResult last;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            auto words = wordsOf(steps[i], folder.path());
            words.erase(words.begin()); // balmer
            last = session.run(words);
            if (i + 1 < steps.size()) {
                ASSERT_EQ(last.exitStatus, 0) << steps[i] << "\n" << last.describe();
            }
        }
        const auto labels = labelsOf(session);
        if (last.exitStatus == 0) {
            for (const auto& line : linesOf(folder.path() / "expect.txt"))
                expectLine(line, labels, last.json());
            continue;
        }
        EXPECT_TRUE(labels.empty()) << last.describe();
        const auto reasons = reasonFor(name);
        EXPECT_FALSE(reasons.empty()) << "must not be refused\n" << last.describe();
        const auto said = core::lowerCase(last.json().dump());
        const auto all = core::splitList(reasons, '|');
        EXPECT_TRUE(std::any_of(
            all.begin(), all.end(),
            [&](const auto& reason) { return said.find(core::lowerCase(reason)) != std::string::npos; }))
            << "none of " << reasons << " in " << said;
    }
    EXPECT_GT(cases, 0u);
}

INSTANTIATE_TEST_SUITE_P(All, FieldCases, testing::Values("label-tables", "class-names", "ids-64bit"));

} // namespace balmer::test
