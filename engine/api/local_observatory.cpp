#include "engine/api/local_observatory.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/api/job_kinds.h"
#include "engine/core/json_text.h"
#include "engine/store/origins.h"
#include "engine/vo/download/tree_listing.h"
#include "engine/vo/ssap/ssap_client.h"
#include "engine/workflow/fetching.h"

namespace balmer::api {

using core::ErrorCode;
using core::fail;
using core::Result;
using nlohmann::json;

namespace {

void setDestination(json& parameters, const Destination& to) {
    parameters["folder"] = to.folder;
    parameters["collection"] = to.collection;
    parameters["import"] = to.import;
}

jobs::JobSpec specOf(std::string kind, const json& parameters) {
    jobs::JobSpec spec;
    spec.kind = std::move(kind);
    spec.parameters = core::jsonText(parameters);
    return spec;
}

/// The defaults of the kind.
json usualFetch() {
    return core::parseJson<json>(findJobKind("fetch")->defaults).value_or(json::object());
}

} // namespace

Result<TreePreview> LocalObservatory::preview(const TreeRequest& request, core::TaskContext& task) {
    vo::TreeRequest asked;
    BALMER_TRY(asked.url, net_->withoutLogin(request.url));
    const auto login = net_->loginFor(asked.url);
    asked.user = login.user;
    asked.password = login.password;
    const auto usual = usualFetch();
    asked.limits.depth = static_cast<unsigned>(request.depth.value_or(usual.at("depth")));
    asked.limits.files = request.mostFiles.value_or(usual.at("max_files"));
    asked.limits.bytes = request.mostBytes.value_or(usual.at("max_bytes"));
    asked.connections = request.connections.value_or(usual.at("connections"));
    BALMER_TRY(auto listing, vo::listTree(net_->client(), asked, task));
    TreePreview preview;
    preview.unmatched = workflow::keepMatching(listing, request.match);
    preview.root = listing.root;
    preview.folders = listing.folders;
    preview.bytes = listing.bytes;
    preview.unsized = listing.unsized;
    preview.cut = listing.cut;
    for (const auto& file : listing.files)
        preview.files.push_back({file.url, file.path.generic_string(), file.bytes, file.exact});
    for (auto& each : listing.skipped)
        preview.skipped.push_back({std::move(each.url), std::move(each.why)});
    return preview;
}

Result<MarkedList> LocalObservatory::askSsap(const std::string& service, const vo::SsapQuery& query,
                                             const vo::ListOptions& options, core::TaskContext& task) {
    auto url = service;
    if (service.find("://") == std::string::npos) {
        BALMER_TRY(const auto known, book_.get(service));
        url = known.url;
    }
    BALMER_TRY(url, net_->withoutLogin(url));
    const auto login = net_->loginFor(url);
    vo::AskOptions ask;
    ask.list = options;
    ask.user = login.user;
    ask.password = login.password;
    BALMER_TRY(auto list, vo::askSsap(net_->client(), url, query, ask, task));
    return marked(std::move(list));
}

Result<MarkedList> LocalObservatory::readList(const std::string& fileOrUrl, const vo::ListOptions& options,
                                              core::TaskContext& task) {
    auto place = fileOrUrl;
    vo::AskOptions ask;
    ask.list = options;
    if (place.find("://") != std::string::npos) {
        BALMER_TRY(place, net_->withoutLogin(place));
        const auto login = net_->loginFor(place);
        ask.user = login.user;
        ask.password = login.password;
    }
    BALMER_TRY(auto list, vo::loadSpectrumList(net_->client(), place, ask, task));
    return marked(std::move(list));
}

Result<MarkedList> LocalObservatory::marked(vo::SpectrumList list) {
    MarkedList result;
    result.list = std::move(list);
    result.standsFor = vo::standIns(result.list);
    BALMER_CHECK(mark(result));
    return result;
}

core::Status LocalObservatory::mark(MarkedList& list) {
    // An identifier that several spectra of the list share would mark them all with the first that came.
    const auto identified = vo::identified(list.list);
    std::vector<std::string> urls, dids;
    for (std::size_t i = 0; i < list.list.rows.size(); ++i) {
        urls.push_back(list.list.rows[i].url);
        dids.push_back(identified[i] ? list.list.rows[i].publisherDid : "");
    }
    BALMER_TRY(list.inProject, project_.origins().spectraFrom(urls));
    BALMER_TRY(const auto byDid, project_.origins().spectraFrom(dids));
    for (std::size_t i = 0; i < byDid.size(); ++i)
        if (list.inProject[i].empty()) list.inProject[i] = byDid[i];
    return {};
}

Result<std::vector<std::string>> LocalObservatory::addresses(const std::vector<std::string>& ids) {
    std::vector<std::string> addresses;
    for (const auto& id : ids) {
        BALMER_TRY(const auto origins, project_.origins().of(id));
        auto best = std::find_if(origins.begin(), origins.end(),
                                 [](const auto& origin) { return !origin.address.starts_with("ivo:"); });
        if (best == origins.end()) best = origins.begin();
        addresses.push_back(best == origins.end() ? "" : best->address);
    }
    return addresses;
}

Result<jobs::JobSpec> LocalObservatory::fetchJob(const TreeRequest& request, const Destination& to) {
    BALMER_TRY(const auto url, net_->withoutLogin(request.url));
    json parameters{{"url", url}, {"match", request.match}};
    const auto set = [&](const char* name, const auto& value) {
        if (value) parameters[name] = *value;
    };
    set("depth", request.depth);
    set("max_files", request.mostFiles);
    set("max_bytes", request.mostBytes);
    set("connections", request.connections);
    setDestination(parameters, to);
    return specOf("fetch", parameters);
}

Result<jobs::JobSpec> LocalObservatory::retrieveJob(const vo::SpectrumList& list,
                                                    const std::vector<std::size_t>& rows,
                                                    const Destination& to) {
    std::vector<std::string> urls, dids;
    for (const auto index : rows) {
        if (index >= list.rows.size())
            return fail(ErrorCode::InvalidArgument, "there is no row " + std::to_string(index) +
                                                        "; the list has " + std::to_string(list.rows.size()) +
                                                        ", counted from 0");
        const auto& row = list.rows[index];
        if (row.url.empty())
            return fail(ErrorCode::InvalidArgument,
                        "row " + std::to_string(index) + " cannot be fetched: " + row.trouble);
        urls.push_back(row.url);
        dids.push_back(row.publisherDid);
    }
    if (urls.empty()) return fail(ErrorCode::InvalidArgument, "no row has been chosen");
    json parameters{{"urls", urls}, {"publisher_dids", dids}, {"source", list.source}};
    setDestination(parameters, to);
    return specOf("retrieve", parameters);
}

} // namespace balmer::api
