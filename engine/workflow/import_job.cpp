// import: files of spectra into the catalogue. The files stay where they are; the catalogue remembers what
// they hold.

#include <algorithm>
#include <filesystem>

#include "engine/core/json_text.h"
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
    std::vector<std::string> origins;
    std::string source;

    void declare(Fields& fields) {
        fields.required(
            "paths", paths,
            {.help = "files and folders to read", .title = "From", .names = Names::File, .option = "paths"});
        fields.optional("recursive", recursive,
                        {.help = "also what lies further down in the folders",
                         .title = "With folders inside folders",
                         .option = "--recursive,-r,!--no-recursive"});
        fields.optional("collection", collection, collectionField());
        fields.optional("origins", origins,
                        {.help = "addresses or IVOA identifiers under which archives know all of them",
                         .option = "none",
                         .more = true});
        fields.optional(
            "source", source,
            {.help = "the service or program that led to the origins", .option = "none", .more = true});
    }

    core::Status validate() const {
        if (std::find(origins.begin(), origins.end(), "") == origins.end()) return {};
        return core::fail(core::ErrorCode::InvalidArgument, "parameters.origins holds an empty address");
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
    std::vector<store::Origin> origins;
    for (const auto& address : parameters.origins)
        origins.push_back({address, parameters.source, ""});
    std::vector<ImportFile> files;
    files.reserve(scan.files.size());
    for (const auto& file : scan.files)
        files.push_back({file, origins});
    BALMER_TRY(auto result, importFiles(files, parameters.collection, run, run.task));
    for (const auto& error : scan.errors)
        result["refused"].push_back({{"path", ""}, {"reason", error.describe()}});
    jobs::Outcome outcome;
    outcome.resultJson = core::jsonText(result);
    return outcome;
}

} // namespace

JobKind importKind(const Environment& environment) {
    return makeKind<ImportParameters>(environment,
                                      {.kind = "import",
                                       .title = "Import",
                                       .help = "read spectra from files and folders",
                                       .command = "import",
                                       .changes = {jobs::Change::Catalogue},
                                       .results = importFields()},
                                      &importPaths);
}

} // namespace balmer::workflow
