// Parameters of a job, and the fields of its result: one declaration says all that is known of a field
// (engine/jobs/field.h). From it come reading and checking, the complete record, the help, the JSON Schema,
// the command line's options and the forms in the window.
//
//     struct SomParameters {
//         std::string dataset;
//         int epochs = 10;
//         void declare(Fields& fields) {
//             fields.required("dataset", dataset, {.help = "the dataset to map", .names = Names::Dataset});
//             fields.optional("epochs", epochs, {.help = "passes over the data", .minimum = 1});
//         }
//     };
//
// Reading refuses unknown fields, wrong types, what lies outside the range or the choices and missing
// required fields, each with the field's path. Sentences that name a field write parameters.NAME; faces spell
// it in their own way (jobs::withFieldsSpelt). Values, one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/result.h"
#include "engine/jobs/field.h"

namespace balmer::workflow {

using jobs::Field;
using Names = jobs::Field::Names;

/// Visits the fields of a parameter struct. Names are snake_case, as in JSON.
class Fields {
  public:
    using Value = std::variant<std::string*, bool*, int*, std::uint64_t*, double*, std::optional<double>*,
                               std::vector<std::string>*, std::map<std::string, std::string>*>;
    virtual ~Fields() = default;

    template <typename T>
    // NOLINTNEXTLINE(performance-unnecessary-value-param): declare() takes it over
    void required(std::string_view name, T& value, Field about) {
        declare(name, &value, std::move(about), true);
    }
    /// The value before the declaration is the default.
    template <typename T>
    // NOLINTNEXTLINE(performance-unnecessary-value-param): declare() takes it over
    void optional(std::string_view name, T& value, Field about) {
        declare(name, &value, std::move(about), false);
    }
    /// With its help alone.
    template <typename T>
    void required(std::string_view name, T& value, const char* help) {
        required(name, value, Field{.help = help});
    }
    template <typename T>
    void optional(std::string_view name, T& value, const char* help) {
        optional(name, value, Field{.help = help});
    }

  protected:
    virtual void visit(const Field& field, const Value& value) = 0;

  private:
    void declare(std::string_view name, const Value& value, Field field, bool required);
};

/// Anything with declare(Fields&).
template <typename P>
concept Parameters = requires(P p, Fields& fields) {
    p.declare(fields);
};

// ---- Fields that many kinds have

/// "of everything random".
Field seedField();
/// Threads to compute with, 0 … mostThreads.
Field threadsField();
constexpr int mostThreads = 1024;

// ---- Fields of a result, which have no value here

Field textField(std::string_view name, std::string_view help);
Field countField(std::string_view name, std::string_view help);
Field numberField(std::string_view name, std::string_view help);
Field booleanField(std::string_view name, std::string_view help);
/// `of` says what each element is; its name and help are not looked at.
Field listField(std::string_view name, Field of, std::string_view help);
Field mapField(std::string_view name, Field of, std::string_view help);
Field objectField(std::string_view name, std::vector<Field> members, std::string_view help);
/// The same, null where there is none.
Field orNull(Field field);
/// The same, left out where there is none.
Field orAbsent(Field field);

/// A JSON object against fields. Unknown members are allowed: a result may tell more. Errors: Format, "lacks
/// grid", "has the grid 7, which must be a text".
core::Status checkResult(std::string_view json, const std::vector<Field>& fields);

namespace detail {
class Declared {
  public:
    virtual ~Declared() = default;
    virtual void declare(Fields& fields) = 0;
};
core::Status readFields(std::string_view json, Declared& into);
std::string writeFields(Declared& from);
std::vector<Field> fieldsOf(Declared& from);

template <Parameters P>
class DeclaredAs final : public Declared {
  public:
    explicit DeclaredAs(P& parameters) : parameters_(parameters) {}
    void declare(Fields& fields) override { parameters_.declare(fields); }

  private:
    P& parameters_;
};
} // namespace detail

/// Reads a JSON object. Errors: InvalidArgument with the field's name, what it should be and the known
/// fields.
template <Parameters P>
core::Result<P> readParameters(std::string_view text) {
    P parameters;
    detail::DeclaredAs<P> declared(parameters);
    BALMER_CHECK(detail::readFields(text, declared));
    return parameters;
}

/// The complete JSON object, defaults included, in the order of the declaration.
template <Parameters P>
std::string writeParameters(P parameters) {
    detail::DeclaredAs<P> declared(parameters);
    return detail::writeFields(declared);
}

/// All that is known of them.
template <Parameters P>
std::vector<Field> fieldsOf() {
    P parameters;
    detail::DeclaredAs<P> declared(parameters);
    return detail::fieldsOf(declared);
}

/// One line a field: "epochs (at least 1; default: 10): passes over the data".
std::string explain(const std::vector<Field>& fields);

/// JSON Schema, draft 2020-12, of an object with these fields and no others.
std::string schemaOf(std::string_view title, std::string_view description, const std::vector<Field>& fields);

} // namespace balmer::workflow
