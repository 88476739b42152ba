// similar: the spectra of a dataset that are most like one of them, or like a shape that somebody drew.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/core/text_number.h"
#include "engine/learn/similar_rows.h"
#include "engine/store/label_log.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/spectrum_source.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

struct SimilarJobParameters {
    std::string dataset;
    std::string like;
    std::map<std::string, std::string> shape;
    std::optional<double> from, to;
    int most = 100;
    int threads = 0;

    void declare(Fields& fields) {
        fields.required("dataset", dataset, {.help = "the dataset to look through", .names = Names::Dataset});
        fields.optional("like", like, {.help = "the id of one of its spectra", .otherwise = "the shape"});
        fields.optional("shape", shape,
                        {.help = "a shape instead of a spectrum: WAVELENGTH=FLUX, two or more, with straight "
                                 "lines between them; only their range of wavelengths is compared",
                         .more = true});
        fields.optional(
            "from", from,
            {.help = "compare from this wavelength on", .unit = "Å", .above = 0.0, .otherwise = "the first"});
        fields.optional(
            "to", to,
            {.help = "compare up to this wavelength", .unit = "Å", .above = 0.0, .otherwise = "the last"});
        fields.optional("most", most, {.help = "spectra to list", .minimum = 1, .maximum = 1'000'000});
        fields.optional("threads", threads, threadsField());
    }
    core::Status checkProject(store::Project&) const {
        if (like.empty() == shape.empty())
            return core::fail(core::ErrorCode::InvalidArgument,
                              "give either parameters.like, the id of a spectrum, or parameters.shape");
        return drawn().map([](const auto&) {});
    }
    Needs needs() const { return {.datasets = {dataset}, .labels = true}; }

    /// Flux by wavelength. Errors: InvalidArgument.
    core::Result<std::map<double, double>> drawn() const {
        std::map<double, double> points;
        for (const auto& [wavelength, flux] : shape) {
            const auto x = core::parseDouble(wavelength), y = core::parseDouble(flux);
            if (!x || !y || !std::isfinite(*x) || !std::isfinite(*y))
                return core::fail(core::ErrorCode::InvalidArgument, "parameters.shape has " + wavelength +
                                                                        "=" + flux +
                                                                        ", which are not two numbers");
            points[*x] = *y;
        }
        if (!shape.empty() && points.size() < 2)
            return core::fail(core::ErrorCode::InvalidArgument,
                              "parameters.shape needs two points or more, at different wavelengths");
        return points;
    }
};

/// What the rows are compared with: a sample for each of the dataset's, NaN where none is.
core::Result<std::vector<float>> wantedShape(const SimilarJobParameters& parameters,
                                             const dataset::Dataset& dataset) {
    const auto wavelengths = dataset.wavelengthAngstrom();
    std::vector<float> wanted(dataset.columns(), std::numeric_limits<float>::quiet_NaN());
    if (!parameters.like.empty()) {
        const auto row = dataset.rowOf(parameters.like);
        if (!row)
            return core::fail(core::ErrorCode::NotFound, "the dataset " + parameters.dataset +
                                                             " has no spectrum " + parameters.like +
                                                             "; `balmer list` shows the ids");
        std::ranges::copy(dataset.flux().row(*row), wanted.begin());
    } else {
        BALMER_TRY(const auto points, parameters.drawn());
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const auto after = points.lower_bound(wavelengths[i]);
            if (after == points.end() || (after == points.begin() && after->first > wavelengths[i])) continue;
            if (after == points.begin()) {
                wanted[i] = static_cast<float>(after->second);
                continue;
            }
            const auto before = std::prev(after);
            const double share = (wavelengths[i] - before->first) / (after->first - before->first);
            wanted[i] = static_cast<float>(std::lerp(before->second, after->second, share));
        }
    }
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (wavelengths[i] < parameters.from.value_or(wavelengths[i]) ||
            wavelengths[i] > parameters.to.value_or(wavelengths[i]))
            wanted[i] = std::numeric_limits<float>::quiet_NaN();
    return wanted;
}

core::Result<jobs::Outcome> findSimilar(const SimilarJobParameters& parameters, const Run& run) {
    BALMER_TRY(const auto dataset, openDataset(run.project(), parameters.dataset));
    BALMER_TRY(const auto wanted, wantedShape(parameters, dataset));
    const auto began = std::chrono::steady_clock::now();
    // The spectrum itself is not listed.
    const auto more = static_cast<std::size_t>(parameters.most) + (parameters.like.empty() ? 0 : 1);
    if (std::ranges::count_if(wanted, [](float value) { return std::isfinite(value); }) < 3)
        return core::fail(core::ErrorCode::InvalidArgument,
                          "fewer than three samples are left to compare; the dataset " + parameters.dataset +
                              " has " + std::to_string(dataset.columns()) + " from " +
                              core::formatFixed(dataset.wavelengthAngstrom().front(), 1) + " to " +
                              core::formatFixed(dataset.wavelengthAngstrom().back(), 1) + " Å");
    BALMER_TRY(const auto found,
               learn::similarRows(dataset.flux(), wanted, {more, run.threads(parameters.threads)}, run.task));
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
    BALMER_TRY(const auto labels, run.project().labels().classes());
    json list = json::array();
    for (const auto& each : found) {
        const auto& id = dataset.ids()[each.row];
        if (id == parameters.like || list.size() == static_cast<std::size_t>(parameters.most)) continue;
        const auto label = labels.find(id);
        list.push_back({{"id", id},
                        {"correlation", each.correlation},
                        {"label", label == labels.end() ? "" : label->second}});
    }
    jobs::Outcome outcome;
    outcome.resultJson =
        core::jsonText(json{{"dataset", parameters.dataset},
                            {"like", parameters.like.empty() ? "the shape" : parameters.like},
                            {"rows", dataset.rows()},
                            {"seconds", seconds.count()},
                            {"list", std::move(list)}});
    return outcome;
}

} // namespace

JobKind similarKind(const Environment& environment) {
    return makeKind<SimilarJobParameters>(
        environment,
        {.kind = "similar",
         .title = "More like this",
         .help = "the spectra of a dataset that are most like one of them, or like a drawn shape",
         .command = "similar",
         .results = {textField("dataset", "that was looked through"), textField("like", "the spectrum's id"),
                     countField("rows", "of the dataset"), numberField("seconds", "the search took"),
                     listField("list",
                               objectField("",
                                           {textField("id", ""), numberField("correlation", "-1 to 1"),
                                            textField("label", "that it has, if any")},
                                           ""),
                               "the most alike first")}},
        &findSimilar);
}

} // namespace balmer::workflow
