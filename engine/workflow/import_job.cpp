// import: files of spectra into the catalogue. The files stay where they are; the catalogue remembers what
// they hold.

#include <algorithm>
#include <filesystem>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/core/thread_pool.h"
#include "engine/io/directory_scan.h"
#include "engine/io/spectrum_reader.h"
#include "engine/store/catalogue.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct ImportParameters {
    static constexpr std::string_view stays = "reads files of this computer";
    std::vector<std::string> paths;
    bool recursive = true;
    std::string collection;

    void declare(Fields& fields) {
        fields.required("paths", paths, "files and folders to read");
        fields.optional("recursive", recursive, "also what lies further down in the folders");
        fields.optional("collection", collection,
                        "where the spectra go; \"\" names it after each file's folder");
    }
};

/// What reading one file came to.
struct FileReading {
    std::vector<store::NewSpectrum> spectra;
    std::size_t already = 0;
    std::optional<core::Error> refused;
};

std::string collectionOf(const fs::path& file, const std::string& wanted) {
    if (!wanted.empty()) return wanted;
    const auto folder = file.parent_path().filename().string();
    return folder.empty() ? "spectra" : folder;
}

store::NewSpectrum entryFor(spectrum::Spectrum&& spectrum, const fs::path& file,
                            const std::string& collection, const std::string& digest, std::int64_t part) {
    store::NewSpectrum entry;
    entry.collection = collection;
    entry.medium = spectrum.axis.medium();
    entry.firstWavelength = spectrum.axis.first();
    entry.lastWavelength = spectrum.axis.last();
    entry.samples = static_cast<std::int64_t>(spectrum.size());
    entry.contentDigest = digest;
    entry.part = part;
    entry.filePath = file.string();
    entry.metadata = std::move(spectrum.metadata);
    return entry;
}

FileReading readFile(const fs::path& file, const std::string& collection, store::Catalogue& catalogue) {
    FileReading reading;
    const auto refuse = [&](core::Error error) {
        reading.refused = std::move(error);
        reading.spectra.clear();
        return reading;
    };
    const io::ReadOptions options;
    auto content = core::readFile(file, options.fileLimitBytes);
    if (!content) return refuse(std::move(content).error());
    const auto bytes = std::as_bytes(std::span(content->data(), content->size()));
    const auto digest = core::digestOf(bytes);
    // A file that is known under its present path needs no second reading.
    if (const auto known = catalogue.findContent(digest, 0);
        known && *known && (*known)->filePath == file.string()) {
        reading.already = 1;
        return reading;
    }
    auto spectra = io::readSpectra(bytes, file.filename().string(), options);
    if (!spectra) return refuse(std::move(spectra).error());
    for (std::size_t part = 0; part < spectra->size(); ++part) {
        if (auto valid = (*spectra)[part].validate(); !valid) return refuse(std::move(valid).error());
        reading.spectra.push_back(entryFor(std::move((*spectra)[part]), file, collectionOf(file, collection),
                                           digest, static_cast<std::int64_t>(part)));
    }
    return reading;
}

core::Result<jobs::Outcome> importFiles(const ImportParameters& parameters, const Run& run) {
    std::vector<fs::path> paths;
    for (const auto& path : parameters.paths) {
        std::error_code error;
        if (!fs::exists(path, error))
            return core::fail(core::ErrorCode::NotFound,
                              "there is no file or folder " + path + "; check the path");
        paths.push_back(fs::absolute(path).lexically_normal());
    }
    BALMER_CHECK(run.task.checkpoint(0, "looking for files"));
    const auto scan = io::scanFiles(paths, parameters.recursive);

    json refused = json::array();
    for (const auto& error : scan.errors)
        refused.push_back({{"path", ""}, {"reason", error.describe()}});
    std::size_t imported = 0, already = 0, warned = 0;
    core::ThreadPool pool(run.environment.threads, "balmer-import");
    constexpr std::size_t batch = 100;
    for (std::size_t first = 0; first < scan.files.size(); first += batch) {
        BALMER_CHECK(run.task.checkpoint(static_cast<double>(first) / static_cast<double>(scan.files.size()),
                                         "reading spectra"));
        const std::size_t count = std::min(batch, scan.files.size() - first);
        std::vector<FileReading> readings(count);
        pool.parallelFor(count, [&](std::size_t i, std::size_t) {
            if (run.task.stopRequested()) return;
            readings[i] = readFile(scan.files[first + i], parameters.collection, run.project().catalogue());
        });
        BALMER_CHECK(run.task.checkpoint(static_cast<double>(first) / static_cast<double>(scan.files.size()),
                                         "reading spectra"));
        std::vector<store::NewSpectrum> found;
        for (std::size_t i = 0; i < count; ++i) {
            already += readings[i].already;
            if (readings[i].refused)
                refused.push_back({{"path", scan.files[first + i].string()},
                                   {"reason", readings[i].refused->describe()},
                                   {"code", core::toString(readings[i].refused->code())}});
            std::move(readings[i].spectra.begin(), readings[i].spectra.end(), std::back_inserter(found));
        }
        BALMER_TRY(const auto outcomes, run.project().catalogue().add(found));
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            ++(outcomes[i].added ? imported : already);
            warned += outcomes[i].added && !found[i].metadata.warnings.empty();
        }
    }
    jobs::Outcome outcome;
    outcome.resultJson = json{
        {"imported", imported},
        {"already", already},
        {"with_warnings", warned},
        {"files", scan.files.size()},
        {"refused",
         std::move(refused)}}.dump(-1, ' ', false, json::error_handler_t::replace);
    return outcome;
}

} // namespace

JobKind importKind(const Environment& environment) {
    return makeKind<ImportParameters>(environment, "import", "Import spectra", &importFiles);
}

} // namespace balmer::workflow
