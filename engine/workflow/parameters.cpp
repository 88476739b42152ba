#include "engine/workflow/parameters.h"

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/core/text_number.h"
#include "engine/core/words.h"

namespace balmer::workflow {

namespace {

using core::ErrorCode;
using nlohmann::json;
using nlohmann::ordered_json;
using Type = Field::Type;

template <typename... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <typename... F>
Overloaded(F...) -> Overloaded<F...>;

std::string shortened(const json& value) {
    return core::jsonText(value).substr(0, 60);
}

/// "a whole number of at least 1", "hexagonal or rectangular", "a list of texts".
std::string wanted(const Field& field, const json& instead = {}) {
    std::string what;
    switch (field.type) {
    case Type::Text:
        what = field.choices.empty() ? "a text" : core::alternatives(field.choices);
        break;
    case Type::Boolean:
        what = "true or false";
        break;
    case Type::Integer:
        what = "a whole number";
        break;
    case Type::Number:
        what = "a number";
        break;
    case Type::List:
        what = field.of.front().type == Type::Text ? "a list of texts" : "a list";
        if (!field.choices.empty()) what += ", each " + core::alternatives(field.choices);
        break;
    case Type::Map:
        what = "an object of texts";
        break;
    case Type::Object:
        what = "an object";
        break;
    }
    const bool tooGreat = instead.is_number_integer() && instead.get<double>() > jobs::greatestInteger;
    if (const auto range = jobs::rangeOf(field, tooGreat); !range.empty())
        what += (range.starts_with("at ") ? " of " : " ") + range;
    return what + (field.nullable ? " or null" : "");
}

bool isChoice(const Field& field, const json& value) {
    if (field.choices.empty()) return true;
    const auto is = [&](const std::string& word) { return value == word; };
    return std::any_of(field.choices.begin(), field.choices.end(), is) ||
           std::any_of(field.aliases.begin(), field.aliases.end(),
                       [&](const auto& alias) { return is(alias.first); });
}

/// What is wrong, by its path; "" for nothing.
std::string problemOf(const Field& field, const json& value, const std::string& path);

std::string problemOfMembers(const std::vector<Field>& fields, const json& object, const std::string& path) {
    for (const auto& field : fields) {
        const auto found = object.find(field.name);
        if (found == object.end()) {
            if (field.required) return path + field.name + " is missing; give " + wanted(field);
            continue;
        }
        if (auto problem = problemOf(field, *found, path + field.name); !problem.empty()) return problem;
    }
    return {};
}

std::string problemOf(const Field& field, const json& value, const std::string& path) {
    const auto wrong = [&] {
        return path + " must be " + wanted(field, value) + ", not " + shortened(value);
    };
    if (value.is_null() && field.nullable) return {};
    switch (field.type) {
    case Type::Text:
        return value.is_string() && isChoice(field, value) ? std::string() : wrong();
    case Type::Boolean:
        return value.is_boolean() ? std::string() : wrong();
    case Type::Integer:
        return value.is_number_integer() && jobs::isWithin(field, value.get<double>()) ? std::string()
                                                                                       : wrong();
    case Type::Number:
        return value.is_number() && jobs::isWithin(field, value.get<double>()) ? std::string() : wrong();
    case Type::List:
        if (!value.is_array()) return wrong();
        for (std::size_t i = 0; i < value.size(); ++i) {
            const auto& element = field.of.front();
            // An element of a list of texts is not worth a path of its own.
            if (element.type == Type::Text ? !value[i].is_string() || !isChoice(field, value[i]) : false)
                return wrong();
            if (auto problem = problemOf(element, value[i], path + "[" + std::to_string(i) + "]");
                !problem.empty())
                return problem;
        }
        return {};
    case Type::Map:
        if (!value.is_object()) return wrong();
        for (const auto& [key, each] : value.items())
            if (auto problem = problemOf(field.of.front(), each, path + "." + key); !problem.empty())
                return problem;
        return {};
    case Type::Object:
        return value.is_object() ? problemOfMembers(field.of, value, path + ".") : wrong();
    }
    return {};
}

ordered_json jsonOf(const Fields::Value& value) {
    return std::visit(Overloaded{[](const std::optional<double>* number) {
                                     return *number ? ordered_json(**number) : ordered_json(nullptr);
                                 },
                                 [](const auto* plain) { return ordered_json(*plain); }},
                      value);
}

std::string textOf(const Fields::Value& value) {
    return std::visit(Overloaded{[](const std::string* text) { return *text; },
                                 [](const bool* yes) { return std::string(*yes ? "true" : "false"); },
                                 [](const int* number) { return std::to_string(*number); },
                                 [](const std::uint64_t* number) { return std::to_string(*number); },
                                 [](const double* number) { return core::formatDouble(*number); },
                                 [](const std::optional<double>* number) {
                                     return *number ? core::formatDouble(**number) : std::string();
                                 },
                                 [](const std::vector<std::string>* list) { return core::joinQuoted(*list); },
                                 [](const std::map<std::string, std::string>* map) {
                                     std::vector<std::string> pairs;
                                     for (const auto& [key, each] : *map)
                                         pairs.push_back(key + "=" + each);
                                     return core::joinQuoted(pairs);
                                 }},
                      value);
}

class Reader final : public Fields {
  public:
    explicit Reader(const json& object) : object_(object) {}

    /// The first thing that was wrong, or an unknown field.
    core::Status finish() const {
        if (!problem_.empty()) return core::fail(ErrorCode::InvalidArgument, problem_);
        for (const auto& [key, value] : object_.items()) {
            if (key == "schema" || std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
            std::string known;
            for (const auto& name : known_)
                known += (known.empty() ? "" : ", ") + name;
            return core::fail(ErrorCode::InvalidArgument,
                              "parameters." + key + " is not a field of this job; its fields are: " + known);
        }
        if (object_.contains("schema") && object_["schema"] != 1)
            return core::fail(ErrorCode::InvalidArgument,
                              "parameters.schema must be 1, the version that this program knows");
        return {};
    }

  protected:
    void visit(const Field& field, const Value& value) override {
        known_.push_back(field.name);
        if (!problem_.empty()) return;
        const auto path = "parameters." + field.name;
        const auto found = object_.find(field.name);
        if (found == object_.end()) {
            if (field.required) problem_ = path + " is missing; give " + wanted(field);
            return;
        }
        problem_ = problemOf(field, *found, path);
        if (problem_.empty() && field.required && (*found == "" || *found == json::array()))
            problem_ = path + " must be " +
                       (found->is_array() ? "a list with at least one text" : "a text that is not empty") +
                       ", not " + shortened(*found);
        if (problem_.empty() && !take(*found, value))
            problem_ = path + " must be " + wanted(field, *found) + ", not " + shortened(*found);
        if (auto* const text = std::get_if<std::string*>(&value)) replaceAlias(field, **text);
        if (auto* const list = std::get_if<std::vector<std::string>*>(&value))
            for (auto& text : **list)
                replaceAlias(field, text);
    }

  private:
    static void replaceAlias(const Field& field, std::string& word) {
        if (const auto alias = field.aliases.find(word); alias != field.aliases.end()) word = alias->second;
    }
    /// False: it does not fit the type.
    static bool take(const json& from, const Value& value) {
        return std::visit(Overloaded{[&](int* number) {
                                         if (from.get<double>() > std::numeric_limits<int>::max() ||
                                             from.get<double>() < std::numeric_limits<int>::min())
                                             return false;
                                         *number = from.get<int>();
                                         return true;
                                     },
                                     [&](std::uint64_t* number) {
                                         if (!from.is_number_unsigned()) return false;
                                         *number = from.get<std::uint64_t>();
                                         return true;
                                     },
                                     [&](std::optional<double>* number) {
                                         number->reset();
                                         if (!from.is_null()) *number = from.get<double>();
                                         return true;
                                     },
                                     [&](auto* plain) {
                                         *plain = from.get<std::remove_pointer_t<decltype(plain)>>();
                                         return true;
                                     }},
                          value);
    }

    const json& object_;
    std::string problem_;
    std::vector<std::string> known_;
};

/// Puts values down in the order of their declaration.
class Writer final : public Fields {
  public:
    ordered_json object = ordered_json::object();

  protected:
    void visit(const Field& field, const Value& value) override { object[field.name] = jsonOf(value); }
};

class Collector final : public Fields {
  public:
    std::vector<Field> fields;

  protected:
    void visit(const Field& field, const Value&) override { fields.push_back(field); }
};

Field named(std::string_view name, std::string_view help, Type type) {
    Field field;
    field.name = name;
    field.help = help;
    field.type = type;
    field.required = true;
    return field;
}

ordered_json schemaOfField(const Field& field);

void addMembers(ordered_json& schema, const std::vector<Field>& fields) {
    schema["type"] = "object";
    auto properties = ordered_json::object();
    auto needed = ordered_json::array();
    for (const auto& field : fields) {
        properties[field.name] = schemaOfField(field);
        if (field.required) needed.push_back(field.name);
    }
    schema["properties"] = std::move(properties);
    schema["required"] = std::move(needed);
    schema["additionalProperties"] = false;
}

ordered_json schemaOfField(const Field& field) {
    auto schema = ordered_json::object();
    const auto type = [&](const char* word) {
        if (field.nullable)
            schema["type"] = {word, "null"};
        else
            schema["type"] = word;
    };
    const auto choices = [&](ordered_json& into) {
        if (field.choices.empty()) return;
        into["enum"] = field.choices;
        for (const auto& [alias, meant] : field.aliases)
            into["enum"].push_back(alias);
    };
    switch (field.type) {
    case Type::Text:
        type("string");
        choices(schema);
        if (field.required) schema["minLength"] = 1;
        break;
    case Type::Boolean:
        type("boolean");
        break;
    case Type::Integer:
        type("integer");
        break;
    case Type::Number:
        type("number");
        break;
    case Type::List:
        type("array");
        schema["items"] = schemaOfField(field.of.front());
        choices(schema["items"]);
        if (field.required) schema["minItems"] = 1;
        break;
    case Type::Map:
        type("object");
        schema["additionalProperties"] = schemaOfField(field.of.front());
        break;
    case Type::Object:
        addMembers(schema, field.of);
        break;
    }
    const auto bound = [&](const char* word, const std::optional<double>& value) {
        if (!value) return;
        if (field.type == Type::Integer)
            schema[word] = static_cast<std::int64_t>(*value);
        else
            schema[word] = *value;
    };
    bound("minimum", field.minimum);
    bound("maximum", field.maximum);
    bound("exclusiveMinimum", field.above);
    bound("exclusiveMaximum", field.below);
    if (field.except) schema["not"] = {{"const", static_cast<std::int64_t>(*field.except)}};
    if (!field.help.empty())
        schema["description"] = field.help + (field.unit.empty() ? "" : "; in " + field.unit) +
                                (field.otherwise.empty() ? "" : "; by default: " + field.otherwise);
    if (!field.initial.empty()) schema["default"] = core::parseJson<ordered_json>(field.initial).value();
    return schema;
}

} // namespace

void Fields::declare(std::string_view name, const Value& value, Field field, bool required) {
    field.name = name;
    field.required = required;
    field.type = std::visit(
        Overloaded{[](std::string*) { return Type::Text; }, [](bool*) { return Type::Boolean; },
                   [](int*) { return Type::Integer; }, [](std::uint64_t*) { return Type::Integer; },
                   [](double*) { return Type::Number; }, [](std::optional<double>*) { return Type::Number; },
                   [](std::vector<std::string>*) { return Type::List; },
                   [](std::map<std::string, std::string>*) { return Type::Map; }},
        value);
    field.nullable = std::holds_alternative<std::optional<double>*>(value);
    if (std::holds_alternative<std::uint64_t*>(value) && !field.minimum) field.minimum = 0;
    if (std::holds_alternative<int*>(value) && !field.maximum) field.maximum = jobs::greatestInteger;
    if (field.type == Type::List || field.type == Type::Map) field.of = {Field{}};
    if (!required) {
        field.initial = core::jsonText(jsonOf(value));
        field.initialText = textOf(value);
    }
    visit(field, value);
}

Field seedField() {
    return {.help = "of everything random; the same seed gives the same result"};
}

Field threadsField() {
    return {.help = "threads to compute with; does not change the result",
            .minimum = 0,
            .maximum = mostThreads,
            .otherwise = "all processors",
            .more = true};
}

Field textField(std::string_view name, std::string_view help) {
    return named(name, help, Type::Text);
}
Field countField(std::string_view name, std::string_view help) {
    auto field = named(name, help, Type::Integer);
    field.minimum = 0;
    return field;
}
Field numberField(std::string_view name, std::string_view help) {
    return named(name, help, Type::Number);
}
Field booleanField(std::string_view name, std::string_view help) {
    return named(name, help, Type::Boolean);
}
Field listField(std::string_view name, Field of, std::string_view help) {
    auto field = named(name, help, Type::List);
    field.of = {std::move(of)};
    return field;
}
Field mapField(std::string_view name, Field of, std::string_view help) {
    auto field = named(name, help, Type::Map);
    field.of = {std::move(of)};
    return field;
}
Field objectField(std::string_view name, std::vector<Field> members, std::string_view help) {
    auto field = named(name, help, Type::Object);
    field.of = std::move(members);
    return field;
}
Field orNull(Field field) {
    field.nullable = true;
    return field;
}
Field orAbsent(Field field) {
    field.required = false;
    return field;
}

core::Status checkResult(std::string_view text, const std::vector<Field>& fields) {
    const auto object = core::parseJson<json>(text);
    if (!object || !object->is_object()) return core::fail(ErrorCode::Format, "is not a JSON object");
    for (const auto& field : fields) {
        const auto found = object->find(field.name);
        if (found == object->end()) {
            if (field.required) return core::fail(ErrorCode::Format, "lacks " + field.name);
            continue;
        }
        if (const auto problem = problemOf(field, *found, field.name); !problem.empty())
            return core::fail(ErrorCode::Format, "is wrong: " + problem);
    }
    return {};
}

std::string explain(const std::vector<Field>& fields) {
    std::string lines;
    for (const auto& field : fields) {
        auto limits = field.required ? std::string("needed") : jobs::limitsOf(field);
        lines += field.name + (limits.empty() ? "" : " (" + limits + ")") + ": " + field.help + "\n";
    }
    return lines;
}

std::string schemaOf(std::string_view title, std::string_view description, const std::vector<Field>& fields) {
    ordered_json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                        {"title", title},
                        {"description", description}};
    addMembers(schema, fields);
    return core::jsonText(schema, 2);
}

namespace detail {

core::Status readFields(std::string_view text, Declared& into) {
    const auto object = core::parseJson<json>(text.empty() ? "{}" : text);
    if (!object)
        return core::fail(ErrorCode::InvalidArgument,
                          "the parameters cannot be read: the text " + object.error().message() +
                              "; it starts like this: " + std::string(text.substr(0, 60)));
    if (!object->is_object())
        return core::fail(ErrorCode::InvalidArgument, "the parameters must be a JSON object {…}");
    Reader reader(*object);
    into.declare(reader);
    return reader.finish();
}

std::string writeFields(Declared& from) {
    Writer writer;
    from.declare(writer);
    return core::jsonText(writer.object);
}

std::vector<Field> fieldsOf(Declared& from) {
    Collector collector;
    from.declare(collector);
    return std::move(collector.fields);
}

} // namespace detail

} // namespace balmer::workflow
