// What is known of a job's fields stands in the kind's declaration: neither a default nor an explanation
// stands a second time in app/.
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/text_number.h"
#include "engine/workflow/job_kinds.h"
#include "tests/architecture/source_files.h"

namespace balmer::test {
namespace {

/// Words that are somebody's default and can hardly stand for anything else.
std::set<std::string> defaultWords(const std::vector<workflow::JobKind>& kinds) {
    constexpr std::size_t telling = 6;
    std::set<std::string> words;
    for (const auto& kind : kinds)
        for (const auto& field : kind.about.fields) {
            if (field.type == jobs::Field::Type::Text &&
                field.initialText.find_first_of("-0123456789") != std::string::npos)
                words.insert(field.initialText);
            if (field.type != jobs::Field::Type::List) continue;
            const auto pieces = core::splitQuoted(field.initialText); // outlives the loop over it
            for (const auto& each : *pieces)
                if (each.size() >= telling) words.insert(each);
        }
    return words;
}

std::set<std::string> optionsOf(const std::vector<workflow::JobKind>& kinds) {
    std::set<std::string> options;
    for (const auto& kind : kinds)
        for (const auto& field : kind.about.fields)
            if (const auto option = jobs::optionOf(field); option.starts_with("--"))
                options.insert(option.substr(0, option.find(',')));
    return options;
}

TEST(JobFields, NoDefaultStandsTwice) {
    const auto kinds = workflow::jobKinds({});
    const auto words = defaultWords(kinds);
    ASSERT_TRUE(words.contains("20x20") && words.contains("single peak"));
    const auto options = optionsOf(kinds);
    ASSERT_TRUE(options.contains("--epochs"));
    for (const auto& source : sourceFiles({"app"})) {
        for (const auto& word : words)
            EXPECT_EQ(source.text.find('"' + word + '"'), std::string::npos)
                << source.path << " repeats the default \"" << word << "\" of a job's field";
        for (const auto& statement : core::splitList(source.text, ';')) {
            constexpr std::string_view given = "(default: ";
            const auto at = statement.find(given);
            // What is not a number explains an option of the whole program that is called like a field.
            if (at == std::string::npos ||
                !std::isdigit(static_cast<unsigned char>(statement[at + given.size()])))
                continue;
            for (const auto& option : options)
                EXPECT_TRUE(statement.find('"' + option + '"') == std::string::npos &&
                            statement.find('"' + option + ',') == std::string::npos)
                    << source.path << " gives a default for " << option << ", which a kind of job declares";
        }
    }
}

TEST(JobFields, NoExplanationStandsTwice) {
    constexpr std::size_t sentence = 24;
    const auto sources = sourceFiles({"app"});
    for (const auto& kind : workflow::jobKinds({}))
        for (const auto& field : kind.about.fields) {
            if (field.help.size() < sentence) continue;
            for (const auto& source : sources)
                EXPECT_EQ(source.text.find(field.help), std::string::npos)
                    << source.path << " explains " << kind.about.kind << "." << field.name << " again";
        }
}

} // namespace
} // namespace balmer::test
