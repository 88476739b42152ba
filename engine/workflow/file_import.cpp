#include "engine/workflow/file_import.h"

#include <algorithm>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/core/thread_pool.h"
#include "engine/io/spectrum_reader.h"
#include "engine/store/catalogue.h"

namespace balmer::workflow {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// What reading one file came to.
struct FileReading {
    std::vector<store::NewSpectrum> spectra;
    std::vector<std::int64_t> known; ///< row ids of spectra that are there under this file's path
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
    for (std::int64_t part = 0;; ++part) {
        const auto known = catalogue.findContent(digest, part);
        if (!known || !*known || (*known)->filePath != file.string()) break;
        reading.known.push_back((*known)->rowId);
    }
    if (!reading.known.empty()) return reading;
    auto spectra = io::readSpectra(bytes, file.filename().string(), options);
    if (!spectra) return refuse(std::move(spectra).error());
    for (std::size_t part = 0; part < spectra->size(); ++part) {
        if (auto valid = (*spectra)[part].validate(); !valid) return refuse(std::move(valid).error());
        reading.spectra.push_back(entryFor(std::move((*spectra)[part]), file, collectionOf(file, collection),
                                           digest, static_cast<std::int64_t>(part)));
    }
    return reading;
}

struct ImportCounts {
    std::size_t imported = 0, already = 0, warned = 0;
};

/// One transaction: what is in the catalogue has its origins.
core::Status keep(std::span<const ImportFile> files, std::span<FileReading> readings, store::Project& project,
                  ImportCounts& counts) {
    std::vector<store::NewSpectrum> found;
    for (auto& reading : readings)
        std::move(reading.spectra.begin(), reading.spectra.end(), std::back_inserter(found));
    return project.together([&]() -> core::Status {
        BALMER_TRY(const auto outcomes, project.catalogue().add(found));
        std::size_t next = 0;
        for (std::size_t i = 0; i < readings.size(); ++i) {
            auto rows = readings[i].known;
            counts.already += rows.size();
            for (std::size_t k = 0; k < readings[i].spectra.size(); ++k, ++next) {
                ++(outcomes[next].added ? counts.imported : counts.already);
                counts.warned += outcomes[next].added && !found[next].metadata.warnings.empty();
                rows.push_back(outcomes[next].rowId);
            }
            if (files[i].origins.empty()) continue;
            for (const auto row : rows)
                BALMER_CHECK(project.origins().add(row, files[i].origins));
        }
        return {};
    });
}

} // namespace

core::Result<json> importFiles(std::span<const ImportFile> files, const std::string& collection,
                               const Run& run, core::TaskContext& task) {
    json refused = json::array();
    ImportCounts counts;
    core::ThreadPool pool(run.environment.threads, "balmer-import");
    constexpr std::size_t batch = 100;
    for (std::size_t first = 0; first < files.size(); first += batch) {
        const auto reached = static_cast<double>(first) / static_cast<double>(files.size());
        BALMER_CHECK(task.checkpoint(reached, "reading spectra"));
        const auto some = files.subspan(first, std::min(batch, files.size() - first));
        std::vector<FileReading> readings(some.size());
        pool.parallelFor(some.size(), [&](std::size_t i, std::size_t) {
            if (task.stopRequested()) return;
            readings[i] = readFile(some[i].path, collection, run.project().catalogue());
        });
        BALMER_CHECK(task.checkpoint(reached, "reading spectra"));
        for (std::size_t i = 0; i < some.size(); ++i)
            if (readings[i].refused)
                refused.push_back({{"path", some[i].path.string()},
                                   {"reason", readings[i].refused->describe()},
                                   {"code", core::toString(readings[i].refused->code())}});
        BALMER_CHECK(keep(some, readings, run.project(), counts));
    }
    return json{{"imported", counts.imported},
                {"already", counts.already},
                {"with_warnings", counts.warned},
                {"files", files.size()},
                {"refused", std::move(refused)}};
}

Field collectionField() {
    return {.help = "where the spectra go", .otherwise = "named after each file's folder"};
}

std::vector<Field> importFields() {
    return {countField("imported", "spectra that are new"), countField("already", "spectra that were there"),
            countField("with_warnings", "of the new ones"), countField("files", "that were read"),
            listField("refused",
                      objectField("", {textField("path", "of the file"), textField("reason", "why")}, ""),
                      "files that hold no spectrum")};
}

} // namespace balmer::workflow
