#include "engine/remote/client/worker_book.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/core/text_number.h"

namespace balmer::remote {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using nlohmann::json;

namespace {

auto refuse(std::string_view url, const std::string& why) {
    return fail(ErrorCode::InvalidArgument,
                "\"" + std::string(url) + "\" is not an address of a worker: " + why +
                    "; write ssh://[user@]host[:port], unix:/path/of/socket, tls://host:port or "
                    "tcp://127.0.0.1:port");
}

bool isPlain(std::string_view text, std::string_view others) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
        return std::isalnum(c) != 0 || others.find(static_cast<char>(c)) != std::string_view::npos;
    });
}

Status checkName(std::string_view name) {
    if (name.size() > 60 || !isPlain(name, "._-") || name == "auto" || name == "here" || name[0] == '-')
        return fail(
            ErrorCode::InvalidArgument,
            "\"" + std::string(name) +
                "\" cannot be the name of a worker; take letters, digits, '.', '_', '-', and neither auto "
                "nor here");
    return {};
}

std::string textIn(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

json toJson(const WorkerEntry& entry) {
    return {{"name", entry.name},
            {"url", entry.url},
            {"token", entry.token},
            {"fingerprint", entry.fingerprint},
            {"jobs_at_once", entry.jobsAtOnce}};
}

std::string textOf(const std::vector<WorkerEntry>& entries) {
    json all = json::array();
    for (const auto& entry : entries)
        all.push_back(toJson(entry));
    return core::jsonText(json{{"workers", std::move(all)}}, 4);
}

Result<std::vector<WorkerEntry>> entriesOf(const std::string& text, const std::filesystem::path& file) {
    if (text.empty()) return std::vector<WorkerEntry>();
    const auto object = core::parseJson<json>(text);
    if (!object || !object->is_object() || !object->contains("workers") || !(*object)["workers"].is_array())
        return fail(ErrorCode::Format,
                    file.string() + " is not a list of workers; move it away and add them anew");
    std::vector<WorkerEntry> entries;
    for (const auto& each : (*object)["workers"]) {
        if (!each.is_object())
            return fail(ErrorCode::Format, file.string() + " has a worker that is not an object");
        WorkerEntry entry{textIn(each, "name"), textIn(each, "url"), textIn(each, "token"),
                          textIn(each, "fingerprint"), 4};
        if (const auto number = each.find("jobs_at_once");
            number != each.end() && number->is_number_integer())
            entry.jobsAtOnce = std::clamp(number->get<int>(), 1, 32);
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<WorkerEntry> named(const std::vector<WorkerEntry>& entries, std::string_view name) {
    std::string known;
    for (const auto& entry : entries) {
        if (entry.name == name) return entry;
        known += (known.empty() ? "" : ", ") + entry.name;
    }
    return fail(ErrorCode::NotFound,
                "no worker is called \"" + std::string(name) + "\"; " +
                    (known.empty() ? "add one with `balmer worker add NAME URL`" : "there are: " + known));
}

} // namespace

Result<WorkerUrl> WorkerUrl::parse(std::string_view text) {
    WorkerUrl url;
    if (text.starts_with("unix:")) {
        auto path = text.substr(5);
        if (path.starts_with("//")) path.remove_prefix(2);
        if (!path.starts_with('/')) return refuse(text, "the socket's path must begin with '/'");
        url.way = Way::Unix;
        url.path = path;
        return url;
    }
    const auto colon = text.find("://");
    if (colon == std::string_view::npos) return refuse(text, "it has no scheme");
    const auto scheme = text.substr(0, colon);
    auto rest = text.substr(colon + 3);
    if (scheme == "ssh")
        url.way = Way::Ssh;
    else if (scheme == "tls")
        url.way = Way::Tls;
    else if (scheme == "tcp")
        url.way = Way::Tcp;
    else
        return refuse(text, "the scheme " + std::string(scheme) + " is not known");
    if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
        if (url.way != Way::Ssh) return refuse(text, "it has a path");
        url.path = rest.substr(slash);
        rest = rest.substr(0, slash);
        if (!isPlain(url.path, "/._-+~"))
            return refuse(text, "the program's path has characters that a shell would change");
    }
    if (const auto at = rest.find('@'); at != std::string_view::npos) {
        if (url.way != Way::Ssh) return refuse(text, "only ssh takes a user");
        url.user = rest.substr(0, at);
        rest = rest.substr(at + 1);
        if (!isPlain(url.user, "._-") || url.user[0] == '-') return refuse(text, "the user's name cannot be");
    }
    std::string_view port;
    if (rest.starts_with('[')) {
        const auto end = rest.find(']');
        if (end == std::string_view::npos) return refuse(text, "a bracket is not closed");
        url.host = rest.substr(1, end - 1);
        rest = rest.substr(end + 1);
        if (!rest.empty() && !rest.starts_with(':')) return refuse(text, "after the bracket comes no port");
        port = rest.empty() ? rest : rest.substr(1);
        if (!isPlain(url.host, ":.%")) return refuse(text, "the host cannot be");
    } else {
        const auto last = rest.rfind(':');
        url.host = rest.substr(0, last);
        if (last != std::string_view::npos) port = rest.substr(last + 1);
        // A host that begins with '-' would be an option of ssh.
        if (!isPlain(url.host, "._-") || url.host[0] == '-') return refuse(text, "the host cannot be");
    }
    if (!port.empty()) {
        const auto number = core::parseInteger(port);
        if (!number || *number < 1 || *number > 65535) return refuse(text, "the port must be 1 to 65535");
        url.port = static_cast<std::uint16_t>(*number);
    } else if (url.way != Way::Ssh) {
        return refuse(text, "it needs a port");
    }
    return url;
}

std::string WorkerUrl::toText() const {
    const auto host_ = host.find(':') != std::string::npos ? "[" + host + "]" : host;
    const auto port_ = port != 0 ? ":" + std::to_string(port) : std::string();
    switch (way) {
    case Way::Unix:
        return "unix:" + path;
    case Way::Tls:
        return "tls://" + host_ + port_;
    case Way::Tcp:
        return "tcp://" + host_ + port_;
    case Way::Ssh:
        break;
    }
    return "ssh://" + (user.empty() ? "" : user + "@") + host_ + port_ + path;
}

Result<std::vector<WorkerEntry>> WorkerBook::all() const {
    BALMER_TRY(const auto text, file_.read());
    return entriesOf(text, file_.path());
}

Result<WorkerEntry> WorkerBook::get(std::string_view name) const {
    BALMER_TRY(const auto entries, all());
    return named(entries, name);
}

Status WorkerBook::put(const WorkerEntry& entry) const {
    BALMER_CHECK(checkName(entry.name));
    BALMER_TRY(const auto url, WorkerUrl::parse(entry.url));
    if (entry.jobsAtOnce < 1 || entry.jobsAtOnce > 32)
        return fail(ErrorCode::InvalidArgument, "a worker takes 1 to 32 jobs of yours at once");
    auto kept = entry;
    kept.url = url.toText();
    return file_.change([&](const std::string& text) -> Result<std::string> {
        BALMER_TRY(auto entries, entriesOf(text, file_.path()));
        const auto same = std::find_if(entries.begin(), entries.end(),
                                       [&](const auto& each) { return each.name == entry.name; });
        if (same != entries.end())
            *same = kept;
        else
            entries.push_back(kept);
        return textOf(entries);
    });
}

Status WorkerBook::remove(std::string_view name) const {
    return file_.change([&](const std::string& text) -> Result<std::string> {
        BALMER_TRY(auto entries, entriesOf(text, file_.path()));
        BALMER_TRY([[maybe_unused]] const auto there, named(entries, name));
        std::erase_if(entries, [&](const auto& each) { return each.name == name; });
        return textOf(entries);
    });
}

std::filesystem::path WorkerBook::defaultFile() {
    return core::UserFile::inConfiguration("workers.json");
}

} // namespace balmer::remote
