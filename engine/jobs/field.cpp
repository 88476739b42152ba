#include "engine/jobs/field.h"

#include <algorithm>

#include "engine/core/text_number.h"
#include "engine/core/words.h"

namespace balmer::jobs {

namespace {

bool isNameLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

std::string dashed(std::string name) {
    std::replace(name.begin(), name.end(), '_', '-');
    return name;
}

} // namespace

std::string optionOf(const Field& field) {
    if (field.option == "none") return {};
    if (!field.option.empty()) return field.option;
    const bool negative = field.type == Field::Type::Boolean && field.initial == "true";
    return (negative ? "--no-" : "--") + dashed(field.name);
}

std::string titleOf(const Field& field) {
    if (!field.title.empty()) return field.title;
    auto title = field.name;
    std::replace(title.begin(), title.end(), '_', ' ');
    if (!title.empty() && title[0] >= 'a' && title[0] <= 'z')
        title[0] = static_cast<char>(title[0] - 'a' + 'A');
    return title;
}

std::string rangeOf(const Field& field, bool whole) {
    const auto number = [&](double value) {
        return field.type == Field::Type::Integer ? core::formatFixed(value, 0) : core::formatDouble(value);
    };
    const bool bounded = field.maximum && (whole || *field.maximum < greatestInteger);
    std::string range;
    if (field.minimum && bounded)
        range = number(*field.minimum) + " to " + number(*field.maximum);
    else if (field.minimum)
        range = "at least " + number(*field.minimum);
    else if (field.above)
        range = "above " + number(*field.above);
    if (bounded && !field.minimum)
        range += (range.empty() ? "at most " : " and at most ") + number(*field.maximum);
    if (field.below) range += (range.empty() ? "below " : " and below ") + number(*field.below);
    if (field.except) range += (range.empty() ? "other than " : " other than ") + number(*field.except);
    return range;
}

bool isWithin(const Field& field, double value) {
    return !(field.minimum && value < *field.minimum) && !(field.maximum && value > *field.maximum) &&
           !(field.above && value <= *field.above) && !(field.below && value >= *field.below) &&
           !(field.except && value == *field.except);
}

std::string limitsOf(const Field& field) {
    std::string limits;
    const auto add = [&](const std::string& what) {
        if (!what.empty()) limits += (limits.empty() ? "" : "; ") + what;
    };
    add(field.unit);
    if (!field.choices.empty()) add(core::alternatives(field.choices));
    const auto range = rangeOf(field);
    if (range != "at least 0") add(range); // what every count is
    if (field.type == Field::Type::Boolean || field.required) return limits;
    const auto& initial = field.otherwise.empty() ? field.initialText : field.otherwise;
    if (!initial.empty()) add("default: " + initial);
    return limits;
}

bool Kind::makes(Change change) const {
    return std::find(changes.begin(), changes.end(), change) != changes.end();
}

const Field* Kind::field(std::string_view name) const {
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const auto& each) { return each.name == name; });
    return found == fields.end() ? nullptr : &*found;
}

std::string withFieldsSpelt(std::string_view sentence, const std::vector<Field>& fields,
                            const std::function<std::string(const Field&)>& spelling) {
    constexpr std::string_view prefix = "parameters.";
    std::string spelt;
    for (;;) {
        const auto at = sentence.find(prefix);
        spelt += sentence.substr(0, at);
        if (at == std::string_view::npos) return spelt;
        sentence.remove_prefix(at + prefix.size());
        std::size_t length = 0;
        while (length < sentence.size() && isNameLetter(sentence[length]))
            ++length;
        const auto name = sentence.substr(0, length);
        const auto field =
            std::find_if(fields.begin(), fields.end(), [&](const auto& each) { return each.name == name; });
        const auto word = field == fields.end() ? std::string() : spelling(*field);
        spelt += word.empty() ? std::string(prefix) + std::string(name) : word;
        sentence.remove_prefix(length);
    }
}

} // namespace balmer::jobs
