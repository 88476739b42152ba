// Parameters of a job: one declaration serves for reading, checking, writing defaults and explaining.
//
//     struct SomParameters {
//         std::string dataset;
//         int epochs = 10;
//         void declare(Fields& fields) {
//             fields.required("dataset", dataset, "the dataset to map");
//             fields.optional("epochs", epochs, "passes over the data");
//         }
//     };
//
// Reading refuses unknown fields, wrong types and missing required fields, each with the field's path. A
// value, one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace balmer::workflow {

/// Visits the fields of a parameter struct. Names are snake_case, as in JSON.
class Fields {
  public:
    virtual ~Fields() = default;

    template <typename T>
    void required(std::string_view name, T& value, std::string_view help) {
        field(name, value, help, true);
    }
    template <typename T>
    void optional(std::string_view name, T& value, std::string_view help) {
        field(name, value, help, false);
    }

  protected:
    virtual void field(std::string_view name, std::string& value, std::string_view help, bool required) = 0;
    virtual void field(std::string_view name, bool& value, std::string_view help, bool required) = 0;
    virtual void field(std::string_view name, int& value, std::string_view help, bool required) = 0;
    virtual void field(std::string_view name, std::uint64_t& value, std::string_view help, bool required) = 0;
    virtual void field(std::string_view name, double& value, std::string_view help, bool required) = 0;
    virtual void field(std::string_view name, std::vector<std::string>& value, std::string_view help,
                       bool required) = 0;
    virtual void field(std::string_view name, std::optional<double>& value, std::string_view help,
                       bool required) = 0;
};

/// Anything with declare(Fields&).
template <typename P>
concept Parameters = requires(P p, Fields& fields) {
    p.declare(fields);
};

namespace detail {
class Declared {
  public:
    virtual ~Declared() = default;
    virtual void declare(Fields& fields) = 0;
};
core::Status readFields(std::string_view json, Declared& into);
std::string writeFields(Declared& from);
std::string explainFields(Declared& from);

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
core::Result<P> readParameters(std::string_view json) {
    P parameters;
    detail::DeclaredAs<P> declared(parameters);
    BALMER_CHECK(detail::readFields(json, declared));
    return parameters;
}

/// The complete JSON object, defaults included.
template <Parameters P>
std::string writeParameters(P parameters) {
    detail::DeclaredAs<P> declared(parameters);
    return detail::writeFields(declared);
}

/// One line a field: "epochs (10): passes over the data".
template <Parameters P>
std::string explainParameters() {
    P parameters;
    detail::DeclaredAs<P> declared(parameters);
    return detail::explainFields(declared);
}

} // namespace balmer::workflow
