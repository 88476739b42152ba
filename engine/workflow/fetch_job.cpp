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
    std::uint64_t maxBytes = std::uint64_t{1} << 40;
    int connections = 3;
    bool import = true;
    std::string collection;

    void declare(Fields& fields) {
        fields.required("url", url, "a folder or file: http, https, ftp or ftps, without a login");
        fields.optional("folder", folder, "where the files go; \"\": downloads/SERVER/PATH of the project");
        fields.optional("match", match, "names to take, with * and ?; none: all");
        fields.optional("depth", depth, "folders below the start");
        fields.optional("max_files", maxFiles, "files to look for, at most");
        fields.optional("max_bytes", maxBytes, "bytes to fetch, at most");
        fields.optional("connections", connections, "files at once, 1 to 4");
        fields.optional("import", import, "read the spectra of the files into the catalogue");
        fields.optional("collection", collection,
                        "where the spectra go; \"\" names it after each file's folder");
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
        if (depth < 0 || depth > 100)
            return core::fail(ErrorCode::InvalidArgument, "parameters.depth must lie between 0 and 100");
        if (maxFiles < 1)
            return core::fail(ErrorCode::InvalidArgument, "parameters.max_files must be at least 1");
        if (connections < 1 || connections > 4)
            return core::fail(ErrorCode::InvalidArgument, "parameters.connections must lie between 1 and 4");
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
    return makeKind<FetchParameters>(environment, "fetch", "Fetch from the net", &fetchTree);
}

} // namespace balmer::workflow
