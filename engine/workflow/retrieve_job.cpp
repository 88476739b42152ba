// retrieve: spectra whose addresses a list told (SSAP, VOTable) into a folder here and into the catalogue,
// which remembers where each came from. Run again it fetches what is missing.

#include <algorithm>
#include <map>
#include <set>

#include "engine/core/digest.h"
#include "engine/core/file.h"
#include "engine/core/utf8.h"
#include "engine/http/url.h"
#include "engine/vo/download/download_journal.h"
#include "engine/vo/download/safe_path.h"
#include "engine/vo/download/tree_download.h"
#include "engine/workflow/fetched_files.h"
#include "engine/workflow/fetching.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/net_access.h"

namespace balmer::workflow {

namespace {

namespace fs = std::filesystem;
using core::ErrorCode;
using nlohmann::json;

struct RetrieveParameters {
    static constexpr std::string_view stays = "fetches files to this computer";
    std::vector<std::string> urls;
    std::vector<std::string> publisherDids;
    std::string source;
    std::string folder;
    std::uint64_t maxBytes = std::uint64_t{1} << 40;
    int connections = 3;
    bool import = true;
    std::string collection;

    void declare(Fields& fields) {
        fields.required("urls", urls, {.help = "addresses of spectra, without logins", .option = "none"});
        fields.optional(
            "publisher_dids", publisherDids,
            {.help = "IVOA identifier of each, in the same order, \"\" for none; or nothing at all",
             .option = "none",
             .more = true});
        fields.optional("source", source,
                        {.help = "the service or table that listed them", .option = "none", .more = true});
        fields.optional("folder", folder, folderField("retrieved/SERVER of the project"));
        fields.optional("max_bytes", maxBytes, maxBytesField());
        fields.optional("connections", connections, connectionsField());
        fields.optional("import", import, importField());
        fields.optional("collection", collection, collectionField());
    }

    core::Status validate() const {
        if (!publisherDids.empty() && publisherDids.size() != urls.size())
            return core::fail(ErrorCode::InvalidArgument,
                              "parameters.publisher_dids must be as long as parameters.urls, or empty");
        for (const auto& text : urls) {
            BALMER_TRY(const auto url, http::parseUrl(text));
            if (!http::isFetchable(url.scheme))
                return core::fail(ErrorCode::InvalidArgument, "parameters.urls: addresses of the scheme " +
                                                                  url.scheme + " are not fetched");
            if (!url.user.empty() || !url.password.empty())
                return core::fail(ErrorCode::InvalidArgument,
                                  "parameters.urls holds a login, but parameters are kept; give the login "
                                  "separately");
        }
        return {};
    }
};

constexpr std::size_t longestEnding = 32;

/// "spec.fits", 1a2b3c4d → "spec-1a2b3c4d.fits"; the beginning is cut where the whole were too long.
std::string withMark(const std::string& name, const std::string& mark) {
    auto dot = std::min(name.find('.', 1), name.size());
    if (name.size() - dot > longestEnding) dot = name.rfind('.');
    if (name.size() - dot > longestEnding) dot = name.size();
    const auto ending = name.substr(dot);
    const auto most = vo::longestName - 1 - mark.size() - ending.size();
    return std::string(core::clipped(std::string_view(name).substr(0, dot), most)) + "-" + mark + ending;
}

/// A file's name for each address, the same whenever it is asked for: that of an earlier download into the
/// folder, otherwise the last part of its path, with a mark where that is not telling or not free.
class TakenNames {
  public:
    static core::Result<TakenNames> of(const fs::path& folder) {
        TakenNames names;
        BALMER_TRY(const auto journal, vo::DownloadJournal::open(folder));
        for (const auto& entry : journal.entries()) {
            names.known_[entry.url] = entry.path;
            names.taken_.insert(entry.path.begin()->string());
        }
        return names;
    }

    fs::path nameFor(const http::Url& url) {
        const auto text = url.text();
        if (const auto known = known_.find(text); known != known_.end()) return known->second;
        const auto last = vo::safeName(http::percentDecode(url.path.substr(url.path.rfind('/') + 1)));
        const std::string plain = last ? *last : "spectrum";
        auto name = plain;
        // With a query the path names the service, not the file.
        if (!last || url.query || taken_.contains(name)) {
            const auto digest = core::digestOf(text);
            std::size_t letters = 8;
            do
                name = withMark(plain, letters <= digest.size() ? digest.substr(0, letters)
                                                                : digest + std::to_string(letters));
            while (++letters, taken_.contains(name));
        }
        taken_.insert(name);
        known_[text] = name;
        return name;
    }

  private:
    std::map<std::string, fs::path> known_;
    std::set<std::string> taken_;
};

core::Result<jobs::Outcome> retrieve(const RetrieveParameters& parameters, const Run& run) {
    const auto net = netOf(run.environment);
    const auto folder = parameters.folder.empty() ? folderForList(run.project().folder(), parameters.source)
                                                  : fs::absolute(parameters.folder).lexically_normal();
    BALMER_CHECK(core::makeFolders(folder));
    BALMER_CHECK(run.task.checkpoint(0, "fetching spectra"));
    BALMER_TRY(auto names, TakenNames::of(folder));

    // By server, because a login is for one, and a server that is out of reach ends its own part alone.
    std::map<std::string, vo::TreeListing> servers;
    std::map<std::string, std::vector<store::Origin>> origins;
    std::size_t repeated = 0;
    for (std::size_t i = 0; i < parameters.urls.size(); ++i) {
        BALMER_TRY(const auto url, http::parseUrl(parameters.urls[i]));
        auto& known = origins[url.text()];
        const bool first = known.empty();
        if (first) known.push_back({url.text(), parameters.source, ""});
        if (i < parameters.publisherDids.size() && !parameters.publisherDids[i].empty())
            known.push_back({parameters.publisherDids[i], parameters.source, ""});
        repeated += !first;
        if (!first) continue;
        auto& listing = servers[url.origin()];
        listing.root = url.origin() + "/";
        listing.files.push_back({url.text(), names.nameFor(url), std::nullopt, false});
        ++listing.unsized;
    }

    FetchedFiles files(folder);
    std::size_t done = 0;
    const auto all = static_cast<double>(origins.size());
    auto left = parameters.maxBytes;
    for (auto& [server, listing] : servers) {
        std::sort(listing.files.begin(), listing.files.end(),
                  [](const auto& a, const auto& b) { return a.url < b.url; });
        const auto login = net->loginFor(listing.root);
        vo::TreeDownloadOptions options;
        options.user = login.user;
        options.password = login.password;
        options.connections = static_cast<unsigned>(parameters.connections);
        options.limitBytes = left;
        const auto next = done + listing.files.size();
        auto part =
            run.task.part(0.9 * static_cast<double>(done) / all, 0.9 * static_cast<double>(next) / all);
        BALMER_TRY(const auto report, vo::downloadTree(net->client(), listing, folder, options, part));
        left -= std::min(left, report.bytesFetched);
        done = next;
        files.add(
            report, [&](const std::string& url) { return origins.at(url); }, run.notes);
    }
    auto importing = run.task.part(0.9, 1);
    return files.finish(
        {{"source", parameters.source}, {"asked", parameters.urls.size()}, {"repeated", repeated}},
        parameters.import, parameters.collection, run, importing);
}

} // namespace

JobKind retrieveKind(const Environment& environment) {
    auto results = fetchedFields();
    for (auto&& field : {textField("source", "the service or table"), countField("asked", "addresses"),
                         countField("repeated", "addresses that were named before")})
        results.push_back(field);
    return makeKind<RetrieveParameters>(environment,
                                        {.kind = "retrieve",
                                         .title = "Fetch spectra",
                                         .help = "spectra whose addresses a list told",
                                         .command = "",
                                         .changes = {jobs::Change::Catalogue},
                                         .results = std::move(results)},
                                        &retrieve);
}

} // namespace balmer::workflow
