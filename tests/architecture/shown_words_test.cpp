// What is shown to people is never compared with a word of the engine: it would stop working with a
// translation, or when a sentence is worded better. Shown are tr("…"), what a function returns that has a
// tr("…") in it, and texts read back from a widget.
#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/architecture/source_files.h"

namespace balmer::test {
namespace {

std::string withoutComments(const std::string& text) {
    std::string code;
    std::stringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        bool quoted = false;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (line[i] == '\\')
                ++i;
            else if (line[i] == '"')
                quoted = !quoted;
            else if (!quoted && line.compare(i, 2, "//") == 0)
                line.resize(i);
        }
        code += line + '\n';
    }
    return code;
}

/// Without comments.
std::vector<SourceFile> facesSources() {
    auto found = sourceFiles({"app/bridge", "app/desktop", "widgets"});
    // The gallery's words are its own command line's.
    std::erase_if(found,
                  [](const SourceFile& source) { return source.path.starts_with("widgets/gallery/"); });
    for (auto& source : found)
        source.text = withoutComments(source.text);
    return found;
}

/// The names of free functions and members that return a QString made with tr("…").
void addShowingFunctions(const std::string& code, std::set<std::string>& names) {
    static const std::regex head(R"((?:^|\n)(?:inline |static )?QString (?:\w+::)*(\w+)\()");
    for (std::sregex_iterator found(code.begin(), code.end(), head), end; found != end; ++found) {
        const auto start = std::size_t(found->position());
        const std::string body = code.substr(start, code.find("\n}", start) - start);
        if (body.find("tr(\"") != std::string::npos) names.insert((*found)[1]);
    }
}

std::vector<std::string> comparisons(const SourceFile& source, const std::set<std::string>& showing) {
    std::string functions = "tr";
    for (const auto& name : showing)
        functions += "|" + name;
    const std::string call = R"((?:[\w:]+::)?(?:)" + functions + R"()\()";
    const std::string arguments = R"([^();{}]*(?:\([^();{}]*\)[^();{}]*)*\))";
    const std::string literal = R"((?:QLatin1String|QStringLiteral|QString::fromLatin1|")";
    const std::regex faults(
        // == shown(…), != tr("…")
        R"((?:==|!=)\s*)" + call +
        // shown(…) ==
        "|\\b" + call + arguments + R"(\s*(?:==|!=))" +
        // words.contains(shown(…))
        R"(|\b(?:contains|startsWith|endsWith|compare|indexOf|lastIndexOf)\(\s*)" + call +
        // widget->text() == "…"
        R"(|\b(?:text|currentText|itemText|tabText|title|windowTitle|toolTip)\([^()]*\)\s*(?:==|!=)\s*)" +
        literal + R"(\(?"?[^")]))");
    std::vector<std::string> found;
    for (std::sregex_iterator match(source.text.begin(), source.text.end(), faults), end; match != end;
         ++match) {
        const auto line = std::count(source.text.begin(), source.text.begin() + match->position(), '\n') + 1;
        found.push_back(source.path + ":" + std::to_string(line) + ": " + match->str());
    }
    return found;
}

TEST(ShownWords, AreNotComparedWithTheEngines) {
    std::set<std::string> showing;
    for (const auto& source : facesSources())
        addShowingFunctions(source.text, showing);
    EXPECT_TRUE(showing.contains("jobPhaseWord") || showing.contains("phaseWord"));
    EXPECT_TRUE(showing.contains("displayName"));
    for (const auto& source : facesSources())
        for (const auto& fault : comparisons(source, showing))
            ADD_FAILURE() << fault << " compares what is shown; compare the value that it is made from";
}

TEST(ShownWords, AComparisonIsFound) {
    const std::set<std::string> showing{"displayName", "phaseWord"};
    const auto count = [&](const std::string& code) {
        return comparisons({"a.cpp", withoutComments(code)}, showing).size();
    };
    EXPECT_EQ(count("if (word == tr(\"bad\")) return;"), 1U);
    EXPECT_EQ(count("if (flags.contains(widgets::displayName(kind), Qt::CaseInsensitive)) return;"), 1U);
    EXPECT_EQ(count("return phaseWord(job.phase) != QLatin1String(\"executing\");"), 1U);
    EXPECT_EQ(count("if (button->text() == QStringLiteral(\"Stop\")) return;"), 1U);
    EXPECT_EQ(count("label->setText(tr(\"bad\")); // == tr(\"bad\")\n"), 0U);
    EXPECT_EQ(count("return phase == Phase::Executing ? tr(\"yes\") : tr(\"no\");"), 0U);
    EXPECT_EQ(count("if (field->text() == other) return;"), 0U);
    std::set<std::string> names;
    addShowingFunctions("QString word(int a) {\n    return a ? QObject::tr(\"one\") : QString();\n}\n"
                        "QString plain() {\n    return {};\n}\n",
                        names);
    EXPECT_EQ(names, std::set<std::string>{"word"});
}

} // namespace
} // namespace balmer::test
