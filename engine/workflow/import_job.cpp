// import: files of spectra into the catalogue. The files stay where they are; the catalogue remembers what
// they hold.

#include <filesystem>

#include "engine/io/directory_scan.h"
#include "engine/workflow/file_import.h"
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

core::Result<jobs::Outcome> importPaths(const ImportParameters& parameters, const Run& run) {
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
    std::vector<ImportFile> files;
    files.reserve(scan.files.size());
    for (const auto& file : scan.files)
        files.push_back({file});
    BALMER_TRY(auto result, importFiles(files, parameters.collection, run, run.task));
    for (const auto& error : scan.errors)
        result["refused"].push_back({{"path", ""}, {"reason", error.describe()}});
    jobs::Outcome outcome;
    outcome.resultJson = result.dump(-1, ' ', false, json::error_handler_t::replace);
    return outcome;
}

} // namespace

JobKind importKind(const Environment& environment) {
    return makeKind<ImportParameters>(environment, "import", "Import spectra", &importPaths);
}

} // namespace balmer::workflow
