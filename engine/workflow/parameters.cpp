#include "engine/workflow/parameters.h"

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

namespace balmer::workflow::detail {

namespace {

using core::ErrorCode;
using nlohmann::json;

class Reader final : public Fields {
  public:
    explicit Reader(const json& object) : object_(object) {}

    /// The first thing that was wrong, or an unknown field.
    core::Status finish() const {
        if (!problem_.empty()) return core::fail(ErrorCode::InvalidArgument, problem_);
        for (const auto& [key, value] : object_.items()) {
            if (key == "schema" || std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
            std::string known;
            for (const auto name : known_)
                known += (known.empty() ? "" : ", ") + std::string(name);
            return core::fail(ErrorCode::InvalidArgument,
                              "parameters." + key + " is not a field of this job; its fields are: " + known);
        }
        if (object_.contains("schema") && object_["schema"] != 1)
            return core::fail(ErrorCode::InvalidArgument,
                              "parameters.schema must be 1, the version that this program knows");
        return {};
    }

  protected:
    void field(std::string_view name, std::string& value, std::string_view, bool required) override {
        if (const json* found = find(name, required, "a text")) {
            if (!found->is_string()) return wrong(name, "a text", *found);
            value = found->get<std::string>();
            if (required && value.empty()) wrong(name, "a text that is not empty", *found);
        }
    }
    void field(std::string_view name, bool& value, std::string_view, bool required) override {
        if (const json* found = find(name, required, "true or false")) {
            if (!found->is_boolean()) return wrong(name, "true or false", *found);
            value = found->get<bool>();
        }
    }
    void field(std::string_view name, int& value, std::string_view, bool required) override {
        if (const json* found = find(name, required, "a whole number")) {
            if (!found->is_number_integer() || found->get<double>() > std::numeric_limits<int>::max() ||
                found->get<double>() < std::numeric_limits<int>::min())
                return wrong(name, "a whole number", *found);
            value = found->get<int>();
        }
    }
    void field(std::string_view name, std::uint64_t& value, std::string_view, bool required) override {
        if (const json* found = find(name, required, "a whole number of at least 0")) {
            if (!found->is_number_unsigned()) return wrong(name, "a whole number of at least 0", *found);
            value = found->get<std::uint64_t>();
        }
    }
    void field(std::string_view name, double& value, std::string_view, bool required) override {
        if (const json* found = find(name, required, "a number")) {
            if (!found->is_number()) return wrong(name, "a number", *found);
            value = found->get<double>();
        }
    }
    void field(std::string_view name, std::vector<std::string>& value, std::string_view,
               bool required) override {
        const json* found = find(name, required, "a list of texts");
        if (found == nullptr) return;
        if (!found->is_array()) return wrong(name, "a list of texts", *found);
        value.clear();
        for (const auto& item : *found) {
            if (!item.is_string()) return wrong(name, "a list of texts", *found);
            value.push_back(item.get<std::string>());
        }
        if (required && value.empty()) wrong(name, "a list with at least one text", *found);
    }
    void field(std::string_view name, std::optional<double>& value, std::string_view,
               bool required) override {
        const json* found = find(name, required, "a number or null");
        if (found == nullptr) return;
        if (found->is_null()) return value.reset();
        if (!found->is_number()) return wrong(name, "a number or null", *found);
        value = found->get<double>();
    }

  private:
    const json* find(std::string_view name, bool required, std::string_view what) {
        known_.push_back(name);
        const auto found = object_.find(name);
        if (found != object_.end()) return &*found;
        if (required && problem_.empty())
            problem_ = "parameters." + std::string(name) + " is missing; give " + std::string(what);
        return nullptr;
    }
    void wrong(std::string_view name, std::string_view what, const json& found) {
        if (problem_.empty())
            problem_ = "parameters." + std::string(name) + " must be " + std::string(what) + ", not " +
                       found.dump(-1, ' ', false, json::error_handler_t::replace).substr(0, 60);
    }

    const json& object_;
    std::string problem_;
    std::vector<std::string_view> known_; // literals of the declarations
};

/// Puts values (or their explanations) down in the order of their declaration.
class Writer final : public Fields {
  public:
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    std::string lines;

  protected:
    void field(std::string_view name, std::string& value, std::string_view help, bool required) override {
        put(name, value, help, required);
    }
    void field(std::string_view name, bool& value, std::string_view help, bool required) override {
        put(name, value, help, required);
    }
    void field(std::string_view name, int& value, std::string_view help, bool required) override {
        put(name, value, help, required);
    }
    void field(std::string_view name, std::uint64_t& value, std::string_view help, bool required) override {
        put(name, value, help, required);
    }
    void field(std::string_view name, double& value, std::string_view help, bool required) override {
        put(name, value, help, required);
    }
    void field(std::string_view name, std::vector<std::string>& value, std::string_view help,
               bool required) override {
        put(name, value, help, required);
    }
    void field(std::string_view name, std::optional<double>& value, std::string_view help,
               bool required) override {
        if (value) return put(name, *value, help, required);
        put(name, nullptr, help, required);
    }

  private:
    template <typename T>
    void put(std::string_view name, const T& value, std::string_view help, bool required) {
        object[std::string(name)] = value;
        const std::string shown = required ? "needed" : object[std::string(name)].dump();
        lines += std::string(name) + " (" + shown + "): " + std::string(help) + "\n";
    }
};

} // namespace

core::Status readFields(std::string_view text, Declared& into) {
    const json object = json::parse(text.empty() ? "{}" : text, nullptr, false);
    if (object.is_discarded())
        return core::fail(ErrorCode::InvalidArgument, "the parameters are not JSON; they start like this: " +
                                                          std::string(text.substr(0, 60)));
    if (!object.is_object())
        return core::fail(ErrorCode::InvalidArgument, "the parameters must be a JSON object {…}");
    Reader reader(object);
    into.declare(reader);
    return reader.finish();
}

std::string writeFields(Declared& from) {
    Writer writer;
    from.declare(writer);
    return writer.object.dump();
}

std::string explainFields(Declared& from) {
    Writer writer;
    from.declare(writer);
    return writer.lines;
}

} // namespace balmer::workflow::detail
