#include "engine/workflow/file_import.h"

#include <algorithm>

#include "engine/core/crash_point.h"
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
    std::optional<std::int64_t> known; ///< row id of the one spectrum, there under this file's path
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

FileReading readFile(const fs::path& file, const std::string& collection, store::Catalogue& catalogue,
                     const std::stop_token& stop) {
    FileReading reading;
    const auto refuse = [&](core::Error error) {
        reading.refused = std::move(error);
        reading.spectra.clear();
        return reading;
    };
    const io::ReadOptions options{.stop = stop};
    auto content = core::readFile(file, options.fileLimitBytes);
    if (!content) return refuse(std::move(content).error());
    const auto bytes = std::as_bytes(std::span(content->data(), content->size()));
    const auto digest = core::digestOf(bytes);
    // A file that is known under its present path needs no second reading; of one with several spectra an
    // interrupted import may have kept the first ones alone.
    const auto first = catalogue.findContent(digest, 0);
    if (first && *first && (*first)->filePath == file.string()) {
        const auto second = catalogue.findContent(digest, 1);
        if (second && !*second) {
            reading.known = (*first)->rowId;
            return reading;
        }
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

struct ImportCounts {
    std::size_t imported = 0, already = 0, warned = 0;
};

core::Status keepOrigins(const ImportFile& file, std::int64_t row, store::Project& project) {
    if (file.origins.empty()) return {};
    return project.origins().add(row, file.origins);
}

/// In one transaction: what is in the catalogue has its origins. sources: the file of each spectrum.
core::Status keepBatch(std::span<const store::NewSpectrum> batch, std::span<const ImportFile* const> sources,
                       store::Project& project, ImportCounts& counts) {
    return project.together([&]() -> core::Status {
        BALMER_TRY(const auto outcomes, project.catalogue().add(batch));
        for (std::size_t i = 0; i < batch.size(); ++i) {
            ++(outcomes[i].added ? counts.imported : counts.already);
            counts.warned += outcomes[i].added && !batch[i].metadata.warnings.empty();
            BALMER_CHECK(keepOrigins(*sources[i], outcomes[i].rowId, project));
        }
        return {};
    });
}

core::Status keep(std::span<const ImportFile> files, std::span<FileReading> readings, store::Project& project,
                  ImportCounts& counts) {
    std::vector<store::NewSpectrum> found;
    std::vector<const ImportFile*> sources;
    for (std::size_t i = 0; i < readings.size(); ++i) {
        if (readings[i].known) {
            ++counts.already;
            BALMER_CHECK(keepOrigins(files[i], *readings[i].known, project));
        }
        for (auto& spectrum : readings[i].spectra) {
            found.push_back(std::move(spectrum));
            sources.push_back(&files[i]);
        }
    }
    for (std::size_t first = 0, end = 0; first < found.size(); first = end) {
        end = std::min(first + store::Catalogue::inOneWrite, found.size());
        // The first two of a file go in together, by which readFile() knows one that has several.
        if (end < found.size() && found[end].part == 1) --end;
        BALMER_CHECK(keepBatch(std::span(found).subspan(first, end - first),
                               std::span(sources).subspan(first, end - first), project, counts));
        core::crashPoint("import.some-kept");
    }
    return {};
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
            readings[i] = readFile(some[i].path, collection, run.project().catalogue(), task.stopToken());
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
