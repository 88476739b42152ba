#include "engine/preprocess/pipeline.h"

#include <algorithm>
#include <cmath>

#include "engine/core/text_number.h"
#include "engine/preprocess/steps.h"

namespace balmer::preprocess {

namespace {

using core::ErrorCode;
using core::fail;

enum class Place { Before, Resampling, After }; ///< in relation to the resampling, in this order

double parameter(const StepDescription& step, std::string_view name) {
    for (const auto& item : step.parameters)
        if (item.name == name) return item.value;
    return 0;
}

/// All that is known of a step.
struct StepKind {
    std::string_view name;
    int version;
    Place place;
    std::vector<std::string_view> parameters;
    /// What is wrong with parameters that are all there and finite; "" for nothing.
    std::string (*wrong)(const StepDescription& step);
    core::Status (*apply)(const StepDescription& step, std::span<const double> grid, Samples& samples);
};

std::string nothingWrong(const StepDescription&) {
    return {};
}

const std::vector<StepKind>& stepKinds() {
    using Step = const StepDescription&;
    using Grid = std::span<const double>;
    static const std::vector<StepKind> kinds = {
        {"air-to-vacuum",
         1,
         Place::Before,
         {},
         nothingWrong,
         [](Step, Grid, Samples& samples) -> core::Status {
             moveToVacuum(samples);
             return {};
         }},
        {"bridge-masked",
         1,
         Place::Before,
         {},
         nothingWrong,
         [](Step, Grid, Samples& samples) -> core::Status {
             bridgeBad(samples);
             return {};
         }},
        {"gaussian-blur",
         1,
         Place::Before,
         {"sigmaPixels", "maximumStepAngstrom"},
         [](Step step) -> std::string {
             const double sigma = parameter(step, "sigmaPixels");
             if (sigma < 0 || sigma > 1000) return "sigmaPixels must lie between 0 and 1000";
             if (parameter(step, "maximumStepAngstrom") < 0)
                 return "maximumStepAngstrom must not be negative";
             return {};
         },
         [](Step step, Grid, Samples& samples) -> core::Status {
             blur(samples, parameter(step, "sigmaPixels"), parameter(step, "maximumStepAngstrom"));
             return {};
         }},
        {"resample-linear",
         1,
         Place::Resampling,
         {"firstAngstrom", "lastAngstrom", "columns"},
         [](Step step) -> std::string {
             const double columns = parameter(step, "columns"), first = parameter(step, "firstAngstrom");
             if (columns < 2 || columns > 1e6 || columns != std::floor(columns))
                 return "columns must be a whole number between 2 and 1000000";
             if (!(first > 0) || !(parameter(step, "lastAngstrom") > first))
                 return "0 < firstAngstrom < lastAngstrom is needed";
             return {};
         },
         [](Step, Grid grid, Samples& samples) -> core::Status {
             BALMER_TRY(samples, resample(samples, grid));
             return {};
         }},
        {"min-max",
         1,
         Place::After,
         {"minimum", "maximum"},
         [](Step step) -> std::string {
             if (parameter(step, "maximum") > parameter(step, "minimum")) return {};
             return "maximum must be above minimum";
         },
         [](Step step, Grid, Samples& samples) -> core::Status {
             return scale(samples, parameter(step, "minimum"), parameter(step, "maximum"));
         }},
    };
    return kinds;
}

const StepKind* kindOf(std::string_view name) {
    for (const auto& kind : stepKinds())
        if (kind.name == name) return &kind;
    return nullptr;
}

core::Status checkStep(const StepDescription& step) {
    const auto wrong = [&](const std::string& what) {
        return fail(ErrorCode::InvalidArgument, "step \"" + step.name + "\": " + what);
    };
    const auto* kind = kindOf(step.name);
    if (kind == nullptr) {
        std::string known;
        for (const auto& each : stepKinds())
            known += (known.empty() ? "" : ", ") + std::string(each.name);
        return wrong("there is no such step; the steps are " + known);
    }
    if (step.version != kind->version)
        return wrong("version " + std::to_string(step.version) +
                     " is not known here; this program has version " + std::to_string(kind->version));
    for (const auto& item : step.parameters) {
        if (std::find(kind->parameters.begin(), kind->parameters.end(), item.name) == kind->parameters.end())
            return wrong("it has no parameter \"" + item.name + "\"");
        if (!std::isfinite(item.value)) return wrong("\"" + item.name + "\" is not a finite number");
        if (std::count_if(step.parameters.begin(), step.parameters.end(),
                          [&](const auto& other) { return other.name == item.name; }) > 1)
            return wrong("\"" + item.name + "\" is given twice");
    }
    for (const auto name : kind->parameters)
        if (std::none_of(step.parameters.begin(), step.parameters.end(),
                         [&](const auto& item) { return item.name == name; }))
            return wrong("\"" + std::string(name) + "\" is missing");
    if (const std::string problem = kind->wrong(step); !problem.empty()) return wrong(problem);
    return {};
}

std::vector<StepDescription> halpha140(const PresetParameters& parameters) {
    std::vector<StepDescription> steps = {{"air-to-vacuum", 1, {}}};
    if (parameters.bridgeMasked) steps.push_back({"bridge-masked", 1, {}});
    // Ondřejov samples at 0.26 Å, five times as finely as the surveys whose resolution the blur imitates.
    const double sigma = parameters.blurSigmaPixels.value_or(7);
    const double maximumStep = parameters.blurSigmaPixels ? 0 : 0.5;
    if (sigma != 0)
        steps.push_back({"gaussian-blur", 1, {{"sigmaPixels", sigma}, {"maximumStepAngstrom", maximumStep}}});
    steps.push_back(
        {"resample-linear", 1, {{"firstAngstrom", 6519}, {"lastAngstrom", 6732}, {"columns", 140}}});
    steps.push_back({"min-max", 1, {{"minimum", -1}, {"maximum", 1}}});
    return steps;
}

struct Preset {
    std::string_view name;
    std::vector<StepDescription> (*steps)(const PresetParameters& parameters);
};

/// The first is the usual one.
const std::vector<Preset>& presets() {
    static const std::vector<Preset> all = {{"halpha-140", &halpha140}};
    return all;
}

std::vector<double> linspace(double first, double last, std::size_t count) {
    std::vector<double> values(count);
    const double step = (last - first) / static_cast<double>(count - 1);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = first + step * static_cast<double>(i);
    values.back() = last;
    return values;
}

} // namespace

core::Result<Pipeline> Pipeline::make(std::vector<StepDescription> steps) {
    Pipeline pipeline;
    Place place = Place::Before;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto& step = steps[i];
        BALMER_CHECK(checkStep(step));
        for (std::size_t j = 0; j < i; ++j)
            if (steps[j].name == step.name)
                return fail(ErrorCode::InvalidArgument,
                            "step \"" + step.name + "\" stands twice; keep one of them");
        const Place here = kindOf(step.name)->place;
        if (here < place || (here == Place::After && place == Place::Before))
            return fail(ErrorCode::InvalidArgument, "step \"" + step.name +
                                                        "\" is in the wrong place; the order is corrections, "
                                                        "resample-linear, min-max");
        place = here;
        if (here == Place::Resampling)
            pipeline.grid_ = linspace(parameter(step, "firstAngstrom"), parameter(step, "lastAngstrom"),
                                      static_cast<std::size_t>(parameter(step, "columns")));
    }
    if (pipeline.grid_.empty())
        return fail(ErrorCode::InvalidArgument,
                    "a pipeline needs the step \"resample-linear\", which gives every "
                    "spectrum the same wavelengths");
    pipeline.steps_ = std::move(steps);
    return pipeline;
}

std::string Pipeline::describe() const {
    std::string text = "[";
    for (const auto& step : steps_) {
        text += text.size() > 1 ? ",{" : "{";
        text += "\"step\":\"" + step.name + "\",\"version\":" + std::to_string(step.version);
        for (const auto name : kindOf(step.name)->parameters)
            text += ",\"" + std::string(name) + "\":" + core::formatDouble(parameter(step, name));
        text += "}";
    }
    return text + "]";
}

core::Result<Row> Pipeline::apply(const spectrum::Spectrum& spectrum) const {
    if (grid_.empty()) return fail(ErrorCode::Internal, "an empty pipeline was applied");
    BALMER_TRY(Samples samples, samplesOf(spectrum));
    Row row;
    for (const auto& step : steps_) {
        const StepKind& kind = *kindOf(step.name);
        BALMER_CHECK(kind.apply(step, grid_, samples));
        if (kind.place == Place::Resampling) {
            const auto [low, high] = std::minmax_element(samples.flux.begin(), samples.flux.end());
            row.scaleMinimum = *low;
            row.scaleMaximum = *high;
        }
    }
    row.flux.assign(samples.flux.begin(), samples.flux.end());
    row.mask = std::move(samples.bad);
    row.warnings = std::move(samples.warnings);
    if (!samples.variance.empty()) {
        row.inverseVariance.resize(row.flux.size());
        for (std::size_t i = 0; i < row.flux.size(); ++i) {
            const auto inverse = static_cast<float>(1 / samples.variance[i]);
            const bool usable =
                row.mask[i] == 0 && samples.variance[i] > 0 && std::isfinite(inverse) && inverse > 0;
            row.inverseVariance[i] = usable ? inverse : 0.0f;
        }
    }
    return row;
}

core::Result<Pipeline> preset(std::string_view name, const PresetParameters& parameters) {
    for (const auto& each : presets())
        if (each.name == name) return Pipeline::make(each.steps(parameters));
    std::string known;
    for (const auto& each : presetNames())
        known += (known.empty() ? "" : ", ") + each;
    return fail(ErrorCode::NotFound,
                "there is no preset \"" + std::string(name) + "\"; the presets are " + known);
}

std::vector<std::string> presetNames() {
    std::vector<std::string> names;
    for (const auto& each : presets())
        names.emplace_back(each.name);
    return names;
}

} // namespace balmer::preprocess
