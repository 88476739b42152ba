// simulate: a survey with known truth, written as FITS files and a table of truth.

#include <filesystem>
#include <optional>

#include <nlohmann/json.hpp>

#include "engine/core/file.h"
#include "engine/core/json_text.h"
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
    static inline const simulate::SurveyParameters usual;
    std::string out;
    int spectra = static_cast<int>(usual.spectra);
    double targets = usual.targets;
    std::uint64_t seed = usual.seed;
    std::string form{core::wordFor(simulate::formWords, usual.form)};
    bool gzip = true;
    double doubleFraction = usual.doubleFraction;
    double snrMinimum = usual.signalToNoiseMinimum;
    double snrMaximum = usual.signalToNoiseMaximum;
    double equivalentWidthMinimum = usual.profile.equivalentWidthMinimumAngstrom;
    double equivalentWidthMaximum = usual.profile.equivalentWidthMaximumAngstrom;

    void declare(Fields& fields) {
        fields.required("out", out,
                        {.help = "folder for the FITS files and truth.csv", .names = Names::Folder});
        fields.optional("spectra", spectra, {.help = "how many", .minimum = 1, .maximum = 10000000});
        fields.optional("targets", targets,
                        {.help = "fraction of emission stars", .minimum = 0, .maximum = 1});
        fields.optional(
            "double_fraction", doubleFraction,
            {.help = "fraction of the emission stars with two peaks", .minimum = 0, .maximum = 1});
        fields.optional("snr_minimum", snrMinimum,
                        {.help = "lowest signal-to-noise ratio beside Hα", .maximum = 1e6, .above = 0});
        fields.optional("snr_maximum", snrMaximum,
                        {.help = "highest signal-to-noise ratio beside Hα", .maximum = 1e6, .above = 0});
        fields.optional("equivalent_width_minimum", equivalentWidthMinimum,
                        {.help = "smallest equivalent width of the emission",
                         .unit = "Å",
                         .above = 0,
                         .below = 1e4,
                         .option = "--ew-minimum"});
        fields.optional("equivalent_width_maximum", equivalentWidthMaximum,
                        {.help = "largest equivalent width of the emission",
                         .unit = "Å",
                         .above = 0,
                         .below = 1e4,
                         .option = "--ew-maximum"});
        fields.optional("form", form,
                        {.help = "full: 3700 to 9100 Å; window: 6400 to 6850 Å",
                         .choices = core::wordsOf(simulate::formWords)});
        fields.optional("gzip", gzip, {.help = "compress the files"});
        fields.optional("seed", seed, seedField());
    }

    core::Status validate() const {
        const auto ordered = [](double low, double high, const std::string& what) -> core::Status {
            if (low <= high) return {};
            return core::fail(core::ErrorCode::InvalidArgument, "parameters." + what +
                                                                    "_minimum must not be above parameters." +
                                                                    what + "_maximum");
        };
        BALMER_CHECK(ordered(snrMinimum, snrMaximum, "snr"));
        return ordered(equivalentWidthMinimum, equivalentWidthMaximum, "equivalent_width");
    }
    core::Result<simulate::SurveyParameters> survey() const {
        simulate::SurveyParameters meant;
        meant.spectra = static_cast<std::size_t>(spectra);
        meant.targets = targets;
        meant.seed = seed;
        BALMER_TRY(meant.form, core::fromWord(simulate::formWords, form, "form of spectra"));
        meant.doubleFraction = doubleFraction;
        meant.signalToNoiseMinimum = snrMinimum;
        meant.signalToNoiseMaximum = snrMaximum;
        meant.profile.equivalentWidthMinimumAngstrom = equivalentWidthMinimum;
        meant.profile.equivalentWidthMaximumAngstrom = equivalentWidthMaximum;
        return meant;
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
    BALMER_TRY(const auto survey, parameters.survey());
    BALMER_TRY(const auto made, simulate::Survey::make(survey));

    const fs::path folder = fs::absolute(parameters.out);
    BALMER_CHECK(core::makeFolders(folder));

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
    outcome.resultJson = core::jsonText(json{{"out", folder.string()},
                                             {"spectra", made.size()},
                                             {"truth", (folder / "truth.csv").string()},
                                             {"counts", std::move(counts)}});
    return outcome;
}

} // namespace

JobKind simulateKind(const Environment& environment) {
    return makeKind<SimulateParameters>(
        environment,
        {.kind = "simulate",
         .title = "Simulate",
         .help = "write a survey with known truth as FITS files",
         .command = "simulate",
         .changes = {},
         .results = {textField("out", "the folder"), countField("spectra", "that were written"),
                     textField("truth", "the table of truth"),
                     mapField("counts", countField("", ""), "spectra of each class")}},
        &simulateSurvey);
}

} // namespace balmer::workflow
