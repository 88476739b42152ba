// simulate: a survey with known truth, written as FITS files and a table of truth.

#include <filesystem>
#include <optional>

#include <nlohmann/json.hpp>

#include "engine/core/mutex.h"
#include "engine/core/text_number.h"
#include "engine/core/thread_pool.h"
#include "engine/io/spectrum_writer.h"
#include "engine/io/table_text.h"
#include "engine/simulate/survey.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct SimulateParameters {
    static constexpr std::string_view stays = "writes files of this computer";
    std::string out;
    int spectra = 3000;
    double targets = 0.03;
    std::uint64_t seed = 1;
    std::string form = "full";
    bool gzip = true;
    double doubleFraction = simulate::SurveyParameters{}.doubleFraction;
    double snrMinimum = simulate::SurveyParameters{}.signalToNoiseMinimum;
    double snrMaximum = simulate::SurveyParameters{}.signalToNoiseMaximum;
    double equivalentWidthMinimum = simulate::ProfileRanges{}.equivalentWidthMinimumAngstrom;
    double equivalentWidthMaximum = simulate::ProfileRanges{}.equivalentWidthMaximumAngstrom;

    void declare(Fields& fields) {
        fields.required("out", out, "folder for the FITS files and truth.csv");
        fields.optional("spectra", spectra, "how many");
        fields.optional("targets", targets, "fraction of emission stars");
        fields.optional("double_fraction", doubleFraction, "fraction of the emission stars with two peaks");
        fields.optional("snr_minimum", snrMinimum, "lowest signal-to-noise ratio beside Hα");
        fields.optional("snr_maximum", snrMaximum, "highest");
        fields.optional("equivalent_width_minimum", equivalentWidthMinimum, "of the emission, Å");
        fields.optional("equivalent_width_maximum", equivalentWidthMaximum, "of the emission, Å");
        fields.optional("form", form, "full (3700 to 9100 Å) or window (6400 to 6850 Å)");
        fields.optional("gzip", gzip, "compress the files");
        fields.optional("seed", seed, "of everything random");
    }
};

std::vector<std::string> truthRow(const simulate::Truth& truth) {
    const auto number = [](double value) { return core::formatDouble(value); };
    return {truth.id,
            std::string(simulate::toString(truth.kind)),
            std::string(1, truth.starClass),
            number(truth.equivalentWidthAngstrom),
            number(truth.fwhmKmS),
            number(truth.separationKmS),
            number(truth.vOverR),
            number(truth.radialVelocityKmS),
            number(truth.signalToNoise),
            truth.nebular ? "1" : "0",
            truth.filledIn ? "1" : "0",
            std::to_string(truth.cosmicRays),
            std::to_string(truth.deadPixels)};
}

core::Result<jobs::Outcome> simulateSurvey(const SimulateParameters& parameters, const Run& run) {
    simulate::SurveyParameters survey;
    if (parameters.spectra < 1)
        return core::fail(core::ErrorCode::InvalidArgument, "parameters.spectra must be at least 1");
    if (parameters.form != "full" && parameters.form != "window")
        return core::fail(core::ErrorCode::InvalidArgument, "parameters.form must be full or window");
    survey.spectra = static_cast<std::size_t>(parameters.spectra);
    survey.targets = parameters.targets;
    survey.seed = parameters.seed;
    survey.form = parameters.form == "full" ? simulate::Form::Full : simulate::Form::Window;
    survey.doubleFraction = parameters.doubleFraction;
    survey.signalToNoiseMinimum = parameters.snrMinimum;
    survey.signalToNoiseMaximum = parameters.snrMaximum;
    survey.profile.equivalentWidthMinimumAngstrom = parameters.equivalentWidthMinimum;
    survey.profile.equivalentWidthMaximumAngstrom = parameters.equivalentWidthMaximum;
    BALMER_TRY(const auto made, simulate::Survey::make(survey));

    const fs::path folder = fs::absolute(parameters.out);
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        return core::fail(core::ErrorCode::Io,
                          "cannot make the folder " + folder.string() + ": " + error.message());

    io::TableText truth;
    truth.columns = {"id",         "label",           "star_class", "equivalent_width",
                     "fwhm_km_s",  "separation_km_s", "v_over_r",   "velocity_km_s",
                     "snr",        "nebular",         "filled_in",  "cosmic_rays",
                     "dead_pixels"};
    truth.rows.resize(made.size());
    const io::WriteOptions write{parameters.gzip};
    const std::string suffix = parameters.gzip ? ".fits.gz" : ".fits";
    core::ThreadPool pool(run.environment.threads, "balmer-sim");
    core::Mutex mutex;
    std::optional<core::Error> failure;
    constexpr std::size_t block = 64;
    for (std::size_t first = 0; first < made.size(); first += block) {
        BALMER_CHECK(
            run.task.checkpoint(static_cast<double>(first) / static_cast<double>(made.size()), "simulating"));
        pool.parallelFor(std::min(block, made.size() - first), [&](std::size_t i, std::size_t) {
            const auto simulated = made.make(first + i);
            truth.rows[first + i] = truthRow(simulated.truth);
            const auto file = folder / (simulated.truth.id + suffix);
            if (auto written = io::writeLamostImage(file, simulated.spectrum, write); !written) {
                const core::LockGuard lock(mutex);
                if (!failure) failure = std::move(written).error();
            }
        });
        if (failure) return core::fail(*std::move(failure));
    }
    BALMER_CHECK(io::writeTableText(folder / "truth.csv", truth));
    json counts = json::object();
    for (const auto& row : truth.rows)
        counts[row[1]] = counts.value(row[1], 0) + 1;
    jobs::Outcome outcome;
    outcome.resultJson = json{
        {"out", folder.string()},
        {"spectra", made.size()},
        {"truth", (folder / "truth.csv").string()},
        {"counts",
         std::move(counts)}}.dump(-1, ' ', false, json::error_handler_t::replace);
    return outcome;
}

} // namespace

JobKind simulateKind(const Environment& environment) {
    return makeKind<SimulateParameters>(environment, "simulate", "Simulate a survey", &simulateSurvey);
}

} // namespace balmer::workflow
