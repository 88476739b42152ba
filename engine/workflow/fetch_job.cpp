// fetch: a folder on the net with all that is in it, or one file, into a folder here, and the spectra of it
// into the catalogue. Stopped half-way and run again it goes on where it stopped.

#include <limits>

#include "engine/http/url.h"
#include "engine/vo/download/tree_download.h"
#include "engine/vo/download/tree_listing.h"
#include "engine/workflow/fetched_files.h"
#include "engine/workflow/fetching.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/net_access.h"

namespace balmer::workflow {

namespace {

namespace fs = std::filesystem;
using core::ErrorCode;
using nlohmann::json;

struct FetchParameters {
    static constexpr std::string_view stays = "fetches files to this computer";
    std::string url;
    std::string folder;
    std::vector<std::string> match;
    int depth = 16;
    int maxFiles = 100000;
    int maxFolders = 10000;
    int maxMinutes = 30;
    std::uint64_t maxBytes = std::uint64_t{1} << 40;
    int connections = 3;
    bool import = true;
    std::string collection;

    void declare(Fields& fields) {
        fields.required(
            "url", url,
            {.help = "a folder or file: http, https, ftp or ftps, without a login", .option = "url"});
        fields.optional("folder", folder, folderField("downloads/SERVER/PATH of the project"));
        fields.optional("match", match, {.help = "names to take, with * and ?", .otherwise = "all"});
        fields.optional("depth", depth, {.help = "folders below the start", .minimum = 0, .maximum = 100});
        fields.optional(
            "max_files", maxFiles,
            {.help = "files to look for, at most", .minimum = 1, .maximum = 10000000, .more = true});
        fields.optional(
            "max_folders", maxFolders,
            {.help = "folders to look through, at most", .minimum = 1, .maximum = 10000000, .more = true});
        fields.optional("max_minutes", maxMinutes,
                        {.help = "time to look through folders, at most",
                         .unit = "min",
                         .minimum = 1,
                         .maximum = 100000,
                         .more = true});
        fields.optional("max_bytes", maxBytes, maxBytesField());
        fields.optional("connections", connections, connectionsField());
        fields.optional("import", import, importField());
        fields.optional("collection", collection, collectionField());
    }

    core::Status validate() const {
        BALMER_TRY(const auto parsed, http::parseUrl(url));
        if (!http::isFetchable(parsed.scheme))
            return core::fail(ErrorCode::InvalidArgument,
                              "parameters.url must begin with http://, https://, ftp:// or ftps://, not " +
                                  parsed.scheme + "://");
        if (!parsed.user.empty() || !parsed.password.empty())
            return core::fail(ErrorCode::InvalidArgument,
                              "parameters.url holds a login, but parameters are kept; give the login "
                              "separately");
        return {};
    }
};

core::Result<jobs::Outcome> fetchTree(const FetchParameters& parameters, const Run& run) {
    const auto net = netOf(run.environment);
    const auto login = net->loginFor(parameters.url);
    vo::TreeRequest request;
    request.url = parameters.url;
    request.user = login.user;
    request.password = login.password;
    request.limits.depth = static_cast<unsigned>(parameters.depth);
    request.limits.files = static_cast<std::size_t>(parameters.maxFiles);
    request.limits.folders = static_cast<std::size_t>(parameters.maxFolders);
    request.limits.time = std::chrono::minutes(parameters.maxMinutes);
    request.connections = static_cast<unsigned>(parameters.connections);
    auto looking = run.task.part(0, 0.05);
    BALMER_TRY(auto listing, vo::listTree(net->client(), request, looking));
    const auto unmatched = keepMatching(listing, parameters.match);
    run.notes.log(std::to_string(listing.files.size()) + " files in " + std::to_string(listing.folders) +
                  " folders below " + listing.root + (listing.cut ? "; there are more" : ""));

    json skipped = json::array();
    for (const auto& each : listing.skipped) {
        skipped.push_back({{"url", each.url}, {"why", each.why}});
        run.notes.log(each.url + ": " + each.why);
    }
    const auto folder = parameters.folder.empty() ? folderForTree(run.project().folder(), listing.root)
                                                  : fs::absolute(parameters.folder).lexically_normal();
    vo::TreeDownloadOptions options;
    options.user = login.user;
    options.password = login.password;
    options.connections = request.connections;
    options.limitBytes = parameters.maxBytes;
    auto fetching = run.task.part(0.05, 0.9);
    BALMER_TRY(const auto report, vo::downloadTree(net->client(), listing, folder, options, fetching));

    FetchedFiles files(folder);
    files.add(
        report,
        [&](const std::string& url) {
            return std::vector<store::Origin>{{url, parameters.url, ""}};
        },
        run.notes);
    auto importing = run.task.part(0.9, 1);
    return files.finish({{"url", parameters.url},
                         {"found", listing.files.size()},
                         {"unmatched", unmatched},
                         {"folders", listing.folders},
                         {"cut", listing.cut},
                         {"skipped", std::move(skipped)}},
                        parameters.import, parameters.collection, run, importing);
}

} // namespace

JobKind fetchKind(const Environment& environment) {
    auto results = fetchedFields();
    for (auto&& field :
         {textField("url", "where it began"), countField("found", "files that match"),
          countField("unmatched", "files that do not"), countField("folders", "that were listed"),
          booleanField("cut", "a limit was reached: there is more"),
          listField("skipped", objectField("", {textField("url", ""), textField("why", "")}, ""),
                    "what was left out")})
        results.push_back(field);
    return makeKind<FetchParameters>(environment,
                                     {.kind = "fetch",
                                      .title = "Fetch a folder",
                                      .help = "a folder on the net with all that is in it, or one file",
                                      .command = "vo fetch",
                                      .changes = {jobs::Change::Catalogue},
                                      .results = std::move(results)},
                                     &fetchTree);
}

} // namespace balmer::workflow
