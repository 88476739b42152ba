// The wavelength of a spectral line stands in engine/spectrum/line_list.h and nowhere else.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/text_number.h"
#include "engine/spectrum/line_list.h"
#include "tests/architecture/source_files.h"

namespace balmer::test {
namespace {

using spectrum::SpectralLine;

/// The line that a number in the code spells out, rounded as it is, in vacuum or in air.
std::optional<SpectralLine> lineMeantBy(const std::string& number) {
    const auto value = core::parseDouble(number);
    if (!value) return std::nullopt;
    const auto point = number.find('.');
    const std::size_t decimals = point == std::string::npos ? 0 : number.size() - point - 1;
    // Half a unit is rounding; the other half, that tables differ in the last digit.
    const double tolerance = decimals == 0 ? 0.5 : std::pow(10.0, -static_cast<double>(decimals));
    for (const SpectralLine& line : spectrum::spectralLines)
        if (std::abs(line.vacuumAngstrom - *value) <= tolerance * 1.0001 ||
            std::abs(line.airAngstrom() - *value) <= tolerance * 1.0001)
            return line;
    return std::nullopt;
}

/// The code without comments, the contents of strings, line by line.
std::vector<std::string> codeLines(const std::string& text) {
    std::vector<std::string> lines(1);
    enum { Code, Comment, Block, String, Character } where = Code;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        if (c == '\n') {
            if (where == Comment || where == String) where = Code;
            lines.emplace_back();
            continue;
        }
        switch (where) {
        case Code:
            if (c == '/' && next == '/') {
                where = Comment;
            } else if (c == '/' && next == '*') {
                where = Block;
                ++i;
            } else if (c == '"') {
                where = String;
                lines.back() += ' ';
            } else if (c == '\'') {
                // Between digits it only groups them.
                if (i > 0 && std::isalnum(static_cast<unsigned char>(text[i - 1])) != 0) break;
                where = Character;
                lines.back() += ' ';
            } else {
                lines.back() += c;
            }
            break;
        case Block:
            if (c == '*' && next == '/') {
                where = Code;
                ++i;
            }
            break;
        case String:
        case Character:
            if (c == '\\') {
                ++i;
            } else if (c == (where == String ? '"' : '\'')) {
                where = Code;
            }
            break;
        case Comment:
            break;
        }
    }
    return lines;
}

struct Finding {
    std::size_t lineNumber = 0;
    std::string number, spectralLine;
};

bool inWord(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

/// The numbers with four digits before the point that are lines.
std::vector<Finding> wavelengthsOfLines(const std::string& text) {
    std::vector<Finding> found;
    const auto lines = codeLines(text);
    for (std::size_t k = 0; k < lines.size(); ++k) {
        const std::string& code = lines[k];
        for (std::size_t from = 0, to = 0; from < code.size(); from = to) {
            to = from + 1;
            if (!inWord(code[from])) continue;
            while (to < code.size() && inWord(code[to]))
                ++to;
            std::string word = code.substr(from, to - from);
            if (word.back() == 'f' || word.back() == 'F') word.pop_back();
            if (word.find_first_not_of("0123456789.") != std::string::npos) continue;
            if (std::min(word.find('.'), word.size()) != 4) continue;
            if (const auto line = lineMeantBy(word)) found.push_back({k + 1, word, std::string(line->name)});
        }
    }
    return found;
}

TEST(SpectralLines, HaveTheirWavelengthsInTheTableAlone) {
    const auto sources = sourceFiles({"engine", "widgets", "app"});
    EXPECT_GT(sources.size(), 100U);
    for (const auto& source : sources) {
        if (source.path == "engine/spectrum/line_list.h") continue;
        for (const Finding& finding : wavelengthsOfLines(source.text))
            ADD_FAILURE() << source.path << ":" << finding.lineNumber << ": " << finding.number
                          << " is the wavelength of " << finding.spectralLine
                          << ": take it from engine/spectrum/line_list.h, spectrum::line(\""
                          << finding.spectralLine << "\")";
    }
}

// The check itself, tried on numbers that are surely lines and on some that are not.
TEST(SpectralLines, AreRecognisedInVacuumAndInAirHoweverTheyAreRounded) {
    const auto meant = [](const std::string& code) {
        const auto found = wavelengthsOfLines(code);
        return found.size() == 1 ? found[0].spectralLine : std::string();
    };
    for (const char* code : {"x = 6564.614;", "f(6564.61, 3)", "{6562.80}", "if (w > 6562.8) {", "6563",
                             "6565", "double a = 6'564.6;", "6564.6f"})
        EXPECT_EQ(meant(code), "Hα") << code;
    EXPECT_EQ(meant("{QStringLiteral(\"He I\"), 6680.00}"), "He I 6678");
    EXPECT_EQ(meant("4861.3"), "Hβ");
    EXPECT_EQ(meant("3933.66"), "Ca II K");
    for (const char* code : {"6519", "6500.0", "// 6562.8", "/* 6562.8 */", "\"6562.8\"", "16562.8",
                             "6562.8.1", "0x6563", "a6563", "4096", "6549.7", "6563e2"})
        EXPECT_EQ(meant(code), "") << code;
}

} // namespace
} // namespace balmer::test
