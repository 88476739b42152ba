#include "app/cli/job_options.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "engine/core/json_text.h"
#include "engine/core/output_file.h"
#include "engine/core/text_number.h"

namespace balmer::cli {

namespace {

using core::ErrorCode;
using jobs::Field;
using nlohmann::json;

/// How a person calls the field: "--recursive", "file".
std::string spellingOf(const Field& field) {
    const auto option = jobs::optionOf(field);
    return option.substr(0, option.find(','));
}

std::string helpOf(const Field& field) {
    const auto limits = jobs::limitsOf(field);
    return field.help + (limits.empty() ? "" : " (" + limits + ")");
}

[[noreturn]] void refuse(const Field& field, const std::string& why) {
    throw CLI::ValidationError(spellingOf(field), why);
}

json wholeNumber(const Field& field, const std::string& text) {
    if (field.unit == "bytes") {
        const auto bytes = parseBytes(text);
        if (!bytes) refuse(field, bytes.error().message());
        return *bytes;
    }
    const auto* const end = text.data() + text.size();
    std::uint64_t natural = 0;
    if (const auto [rest, error] = std::from_chars(text.data(), end, natural);
        error == std::errc() && rest == end)
        return natural;
    std::int64_t negative = 0;
    if (const auto [rest, error] = std::from_chars(text.data(), end, negative);
        error == std::errc() && rest == end)
        return negative;
    refuse(field, "must be a whole number, not \"" + text + "\"");
}

json number(const Field& field, const std::string& text) {
    const auto value = core::parseDouble(text);
    if (!value || !std::isfinite(*value)) refuse(field, "must be a finite number, not \"" + text + "\"");
    return *value;
}

/// A file's name as it is kept in the record of the run, which may be repeated from another folder; "-" is
/// none.
std::string inPlace(const Field& field, const std::string& text) {
    using Names = Field::Names;
    if (text.empty() || text == "-" ||
        (field.names != Names::File && field.names != Names::NewFile && field.names != Names::Folder))
        return text;
    std::error_code error;
    const auto whole = std::filesystem::absolute(text, error);
    return error ? text : whole.lexically_normal().string();
}

/// Each time that the option is given it may have several, with commas and quotes as in CSV.
std::vector<std::string> pieces(const Field& field, const std::vector<std::string>& given) {
    std::vector<std::string> all;
    for (const auto& text : given) {
        // A list's names that are given by several options are taken as they stand where they have no quotes.
        if (field.type == Field::Type::List && given.size() > 1 && text.find('"') == std::string::npos) {
            all.emplace_back(core::trimmed(text));
            continue;
        }
        const auto split = core::splitQuoted(text);
        if (!split) refuse(field, "has quotes that do not match: " + text);
        all.insert(all.end(), split->begin(), split->end());
    }
    return all;
}

json pairs(const Field& field, const std::vector<std::string>& given) {
    json object = json::object();
    for (const auto& piece : pieces(field, given)) {
        const auto sign = piece.find('=');
        if (sign == std::string::npos || sign == 0)
            refuse(
                field,
                "takes NAME=VALUE, with commas between several, and \"NAME=VALUE\" in quotes where one has "
                "a comma, not \"" +
                    piece + "\"");
        const std::string name(core::trimmed(piece.substr(0, sign)));
        if (object.contains(name)) refuse(field, "names \"" + name + "\" twice");
        object[name] = core::trimmed(piece.substr(sign + 1));
    }
    return object;
}

void addSwitch(CLI::App& command, const Field& field, const std::shared_ptr<json>& into) {
    const auto option = jobs::optionOf(field);
    const bool on = !option.starts_with("--no-");
    // Of a switch that is on by default the help says what it does, not what its absence does.
    command.add_flag_function(
        option, [into, name = field.name, on](std::int64_t count) { (*into)[name] = (count > 0) == on; },
        on ? helpOf(field) : "do not: " + field.help);
}

void addOption(CLI::App& command, const Field& field, const std::shared_ptr<json>& into) {
    using Type = Field::Type;
    const auto option = jobs::optionOf(field);
    const auto set = [into, name = field.name](json value) { (*into)[name] = std::move(value); };
    CLI::Option* made = nullptr;
    if (field.type == Type::List || field.type == Type::Map) {
        const bool positional = !option.starts_with('-');
        made = command.add_option_function<std::vector<std::string>>(
            option,
            [set, field, positional](const std::vector<std::string>& given) {
                std::vector<std::string> whole;
                for (const auto& text : given)
                    whole.push_back(inPlace(field, text));
                set(positional                 ? json(whole)
                    : field.type == Type::List ? json(pieces(field, given))
                                               : pairs(field, given));
            },
            helpOf(field) + (positional ? "" : "; with commas between several, or repeated"));
        if (!positional) made->allow_extra_args(false);
    } else {
        made = command.add_option_function<std::string>(
            option,
            [set, field](const std::string& text) {
                auto value = field.type == Type::Integer  ? wholeNumber(field, text)
                             : field.type == Type::Number ? number(field, text)
                                                          : json(inPlace(field, text));
                const auto given = value.is_number() ? value.get<double>() : 0;
                if (value.is_number() && !jobs::isWithin(field, given))
                    refuse(field, "must be " + jobs::rangeOf(field, given > jobs::greatestInteger) +
                                      ", not " + text);
                set(std::move(value));
            },
            helpOf(field));
        if (field.type == Type::Integer) made->type_name("INT");
        if (field.type == Type::Number) made->type_name("NUMBER");
    }
    if (field.required) made->required();
}

/// Null where there is none.
CLI::App* subcommand(CLI::App& parent, const std::string& name) {
    const auto found = parent.get_subcommands([&](const CLI::App* each) { return each->get_name() == name; });
    return found.empty() ? nullptr : found.front();
}

} // namespace

const jobs::Kind& kindNamed(std::string_view name) {
    const auto* const kind = api::findJobKind(name);
    if (kind == nullptr) std::terminate();
    return *kind;
}

std::shared_ptr<json> addFieldOptions(CLI::App& command, const jobs::Kind& kind,
                                      const std::vector<std::string>& only) {
    auto given = std::make_shared<json>(json::object());
    for (const auto& field : kind.fields) {
        if (jobs::optionOf(field).empty()) continue;
        if (!only.empty() && std::find(only.begin(), only.end(), field.name) == only.end()) continue;
        if (field.type == Field::Type::Boolean)
            addSwitch(command, field, given);
        else
            addOption(command, field, given);
    }
    return given;
}

core::Error withOptions(const core::Error& error, const jobs::Kind& kind) {
    core::Error spelt(error.code(), jobs::withFieldsSpelt(error.message(), kind.fields, spellingOf));
    for (const auto& doing : error.context())
        spelt.during(jobs::withFieldsSpelt(doing, kind.fields, spellingOf));
    return spelt;
}

core::Error withPlainNames(const core::Error& error) {
    constexpr std::string_view prefix = "parameters.";
    auto message = error.message();
    for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix, at))
        message.erase(at, prefix.size());
    core::Error plain(error.code(), std::move(message));
    for (const auto& doing : error.context())
        plain.during(doing);
    return plain;
}

CLI::App& addJobCommand(CLI::App& parent, Work& chosen, std::string_view name, Words words) {
    const auto& kind = kindNamed(name);
    auto& command = *parent.add_subcommand(kind.command.substr(kind.command.find(' ') + 1), kind.help);
    const auto given = addFieldOptions(command, kind);
    const auto label = std::make_shared<std::string>();
    command.add_option("--label", *label, "a name for this run, shown among the jobs");
    const auto place = addPlaceOptions(command, kind.stays.empty());
    command.callback([&chosen, &kind, given, words = std::move(words), label, place] {
        chosen = [&kind, given, words, label, place](Session& session) -> core::Status {
            jobs::JobSpec spec;
            spec.kind = kind.kind;
            spec.label = *label;
            spec.parameters = core::jsonText(*given);
            for (const auto& field : kind.fields)
                if (field.names == Field::Names::NewFile &&
                    core::OutputFile::isStandardOutput(given->value(field.name, std::string())))
                    session.console.sayAside();
            const auto done = runAndSay(session, std::move(spec), *place, words);
            if (!done) return core::fail(withOptions(done.error(), kind));
            return {};
        };
    });
    return command;
}

void addRemainingJobCommands(CLI::App& app, Work& chosen) {
    for (const auto& kind : api::jobKinds()) {
        if (kind.command.empty()) continue;
        auto* parent = &app;
        auto word = kind.command;
        if (const auto blank = word.find(' '); blank != std::string::npos) {
            const auto group = word.substr(0, blank);
            word = word.substr(blank + 1);
            parent = subcommand(app, group);
            if (parent == nullptr) {
                parent = app.add_subcommand(group, "jobs of this kind: " + word);
                parent->require_subcommand(1);
            }
        }
        if (subcommand(*parent, word) == nullptr) addJobCommand(*parent, chosen, kind.kind, sayWhole);
    }
}

core::Result<std::uint64_t> parseBytes(const std::string& text) {
    double factor = 1;
    auto number = text;
    constexpr std::string_view units = "kMGT";
    if (const auto unit = text.empty() ? std::string_view::npos : units.find(text.back());
        unit != std::string_view::npos) {
        number.pop_back();
        for (std::size_t i = 0; i <= unit; ++i)
            factor *= 1000;
    }
    const auto value = core::parseDouble(number);
    if (!value || !(*value >= 0) || *value * factor > 1e18)
        return core::fail(ErrorCode::InvalidArgument,
                          "\"" + text + "\" is not a number of bytes; write 500M, 2G or 1T");
    return static_cast<std::uint64_t>(*value * factor);
}

} // namespace balmer::cli
