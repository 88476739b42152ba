#include "engine/http/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <map>
#include <set>
#include <stop_token>

#include "engine/core/mutex.h"
#include "engine/core/text_number.h"
#include "engine/http/private_hosts.h"
#include "engine/http/proxies.h"
#include "engine/http/url.h"

namespace balmer::http {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

constexpr std::size_t longestHeader = 256 * 1024;
constexpr curl_off_t longestListing = curl_off_t{256} << 20;
constexpr const char* schemes = "http,https,ftp,ftps";

/// A connection's worth of libcurl: the multi handle keeps connections open from one call to the next, and
/// can be woken by another thread.
struct Line {
    CURLM* multi = curl_multi_init();
    CURL* easy = curl_easy_init();

    Line() = default;
    ~Line() {
        curl_easy_cleanup(easy);
        curl_multi_cleanup(multi);
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
};

struct FieldList {
    curl_slist* list = nullptr;
    ~FieldList() { curl_slist_free_all(list); }
    void add(const std::string& line) { list = curl_slist_append(list, line.c_str()); }
};

/// "Sun, 22 Nov 2026 12:14:33 GMT"
std::string httpDate(std::time_t time) {
    static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    if (!gmtime_r(&time, &utc)) return {};
    char text[64];
    const int length =
        std::snprintf(text, sizeof text, "%s, %02d %s %d %02d:%02d:%02d GMT", days[utc.tm_wday], utc.tm_mday,
                      months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
    return {text, static_cast<std::size_t>(length)};
}

std::string tooLongMessage(const std::string& where, std::uint64_t limitBytes) {
    return where + " is longer than the " + std::to_string(limitBytes) +
           " bytes that are allowed for it; raise the limit if it is to be fetched";
}

/// One call, as the functions that libcurl calls see it.
struct Call {
    CURL* easy;
    const Request& request;
    const Url& url;
    const Receiver* receiver; ///< null: into the answer
    bool ftp;
    Answer answer;
    std::optional<Error> failed; ///< by us, not by libcurl
    bool begun = false;
    std::size_t headerBytes = 0;
    std::vector<FtpEntry>* entries = nullptr;
    std::size_t most = 0;
    bool proxied = false; ///< perhaps
    RedirectGuard guard = {};

    bool refuse(Error error) {
        failed = std::move(error);
        return false;
    }

    /// Everything that is known before the body.
    bool begin() {
        if (begun) return true;
        begun = true;
        fill();
        if (!receiver || !receiver->begin) return true;
        auto status = receiver->begin(answer);
        return status || refuse(std::move(status).error());
    }

    void fill() {
        long status = 0;
        char* effective = nullptr;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &effective);
        const auto last = parseUrl(effective ? effective : "");
        answer.finalUrl = last ? last->text() : url.text();
        const bool byFtp = last ? last->scheme.starts_with("ftp") : ftp;
        answer.status = byFtp ? 200 : static_cast<unsigned>(status);
        curl_off_t length = -1;
        curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
        answer.contentLength.reset();
        if (length >= 0) answer.contentLength = static_cast<std::uint64_t>(length);
        if (byFtp) {
            curl_off_t changed = -1;
            curl_easy_getinfo(easy, CURLINFO_FILETIME_T, &changed);
            if (changed >= 0) answer.lastModified = httpDate(static_cast<std::time_t>(changed));
            return;
        }
        answer.contentType = valueOf(answer.fields, "Content-Type");
        answer.etag = valueOf(answer.fields, "ETag");
        answer.lastModified = valueOf(answer.fields, "Last-Modified");
        answer.contentRange = valueOf(answer.fields, "Content-Range");
        if (!valueOf(answer.fields, "Retry-After").empty()) {
            curl_off_t seconds = 0;
            curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
            answer.retryAfter = std::chrono::seconds(std::max<curl_off_t>(seconds, 0));
        }
    }

    /// Before each request, to where the last redirect led.
    bool mayAsk(const char* address) {
        char* effective = nullptr;
        curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &effective);
        const auto next = parseUrl(effective ? effective : "");
        const auto host = next ? next->host : std::string();
        if (request.redirectsToPrivate || guard.allows(host, proxied ? "" : address)) return true;
        return refuse(
            {ErrorCode::Unsupported, url.text() + " leads to " + host +
                                         ", into a private network or to this computer; that " +
                                         "is not followed: ask for that address itself if it is meant"});
    }

    bool tooLong() {
        return refuse(Error(ErrorCode::ResourceExhausted, tooLongMessage(url.text(), request.limitBytes)));
    }

    bool take(std::string_view piece) {
        if (request.method == "HEAD") return true; // of FTP: libcurl's own words about the file
        if (!begin()) return false;
        answer.bytes += piece.size();
        if (answer.bytes > request.limitBytes) return tooLong();
        if (!receiver) {
            answer.body += piece;
            return true;
        }
        auto status = receiver->take(std::as_bytes(std::span(piece.data(), piece.size())));
        return status || refuse(std::move(status).error());
    }

    bool takeHeader(std::string_view line) {
        headerBytes += line.size();
        if (headerBytes > longestHeader)
            return refuse(Error(ErrorCode::Protocol,
                                url.host + " sends a header without end; that is not a sensible server"));
        while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
            line.remove_suffix(1);
        if (line.starts_with("HTTP/")) {
            answer.fields.clear();
            return true;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) return true;
        auto value = line.substr(colon + 1);
        while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
            value.remove_prefix(1);
        while (!value.empty() && (value.back() == ' ' || value.back() == '\t'))
            value.remove_suffix(1);
        answer.fields.emplace_back(line.substr(0, colon), value);
        return true;
    }

    bool takeEntry(const curl_fileinfo& info) {
        const std::string name = info.filename ? info.filename : "";
        if (name.empty() || name == "." || name == "..") return true;
        if (entries->size() >= most) return false;
        FtpEntry entry;
        entry.name = name;
        using Kind = FtpEntry::Kind;
        entry.kind = info.filetype == CURLFILETYPE_FILE        ? Kind::File
                     : info.filetype == CURLFILETYPE_DIRECTORY ? Kind::Folder
                     : info.filetype == CURLFILETYPE_SYMLINK   ? Kind::Link
                                                               : Kind::Other;
        entry.bytes = static_cast<std::uint64_t>(std::max<curl_off_t>(info.size, 0));
        entries->push_back(std::move(entry));
        return true;
    }
};

std::size_t onBody(char* bytes, std::size_t, std::size_t count, void* call) {
    return static_cast<Call*>(call)->take({bytes, count}) ? count : CURL_WRITEFUNC_ERROR;
}

int onRequest(void* call, char* address, char*, int, int) {
    return static_cast<Call*>(call)->mayAsk(address) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

std::size_t onHeader(char* bytes, std::size_t, std::size_t count, void* call) {
    auto& one = *static_cast<Call*>(call);
    return one.takeHeader({bytes, count}) ? count : CURL_WRITEFUNC_ERROR;
}

long onEntry(const curl_fileinfo* info, void* call, int) {
    return static_cast<Call*>(call)->takeEntry(*info) ? CURL_CHUNK_BGN_FUNC_SKIP : CURL_CHUNK_BGN_FUNC_FAIL;
}

/// libcurl keeps a whole listing in memory.
int onListingProgress(void* call, curl_off_t, curl_off_t now, curl_off_t, curl_off_t) {
    if (now <= longestListing) return 0;
    auto& one = *static_cast<Call*>(call);
    one.refuse(Error(ErrorCode::ResourceExhausted, "the listing of " + one.url.text() + " does not end"));
    return 1;
}

Error errorOf(CURLcode code, const Call& call, std::string_view detail, const ClientSettings& settings) {
    const std::string& host = call.url.host;
    const std::string where = call.url.text();
    const std::string reason = detail.empty() ? curl_easy_strerror(code) : std::string(detail);
    switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
        if (detail.find("0.9") != std::string_view::npos)
            return {ErrorCode::Protocol, host + " does not answer in HTTP"};
        return {ErrorCode::Unsupported,
                where + " leads to an address that is neither http, https, ftp nor ftps (" + reason +
                    "); it is not followed"};
    case CURLE_FILESIZE_EXCEEDED:
        return {ErrorCode::ResourceExhausted, tooLongMessage(where, call.request.limitBytes)};
    case CURLE_URL_MALFORMAT:
        return {ErrorCode::InvalidArgument, where + " is not an address, or leads to none: " + reason};
    case CURLE_COULDNT_RESOLVE_HOST:
        return {ErrorCode::NotFound, "there is no host " + host + ", or no way to the net: " + reason};
    case CURLE_COULDNT_RESOLVE_PROXY:
        return {ErrorCode::NotFound, "the proxy " + settings.proxy + " is not known: " + reason};
    case CURLE_COULDNT_CONNECT:
        return {ErrorCode::Remote, host + " takes no connection (" + reason + "); is it running?"};
    case CURLE_OPERATION_TIMEDOUT:
        return {ErrorCode::DeadlineExceeded, where + " took longer than allowed: " + reason};
    case CURLE_TOO_MANY_REDIRECTS:
        return {ErrorCode::Protocol, where + " leads from address to address, more than " +
                                         std::to_string(call.request.redirects) + " times"};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return {ErrorCode::InvalidArgument, "the certificate of " + host + " is not trusted: " + reason};
    case CURLE_LOGIN_DENIED:
        return {ErrorCode::InvalidArgument,
                host + " refuses the login; give the user and password that it knows"};
    case CURLE_REMOTE_ACCESS_DENIED: // a folder that is not there, or not readable
    case CURLE_REMOTE_FILE_NOT_FOUND:
    case CURLE_FTP_COULDNT_RETR_FILE:
        return {ErrorCode::NotFound, "there is no " + where + ", or it may not be read (" + reason + ")"};
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_FTP_WEIRD_PASS_REPLY:
    case CURLE_FTP_WEIRD_PASV_REPLY:
    case CURLE_FTP_WEIRD_227_FORMAT:
    case CURLE_BAD_CONTENT_ENCODING:
        return {ErrorCode::Protocol, host + " does not keep to its protocol: " + reason};
    case CURLE_OUT_OF_MEMORY:
        return {ErrorCode::ResourceExhausted, "there is no memory left to fetch " + where};
    default:
        return {ErrorCode::Remote, "the connection to " + host + " failed: " + reason};
    }
}

} // namespace

struct Client::State {
    ClientSettings settings;
    mutable core::Mutex mutex;
    std::vector<std::unique_ptr<Line>> free BALMER_GUARDED_BY(mutex);
    std::map<std::string, std::chrono::steady_clock::time_point> paused BALMER_GUARDED_BY(mutex);
    std::set<std::string> answered BALMER_GUARDED_BY(mutex); ///< hosts

    /// A host that has answered exists: where its name is no longer found, it is the line that has failed.
    bool hasAnswered(const std::string& host) const {
        const core::LockGuard lock(mutex);
        return answered.contains(host);
    }
    void remember(const std::string& host) {
        const core::LockGuard lock(mutex);
        if (answered.size() < 1000) answered.insert(host);
    }

    std::unique_ptr<Line> takeLine() {
        const core::LockGuard lock(mutex);
        if (free.empty()) return std::make_unique<Line>();
        auto line = std::move(free.back());
        free.pop_back();
        return line;
    }
    void release(std::unique_ptr<Line> line) {
        const core::LockGuard lock(mutex);
        if (free.size() < 8) free.push_back(std::move(line));
    }

    Result<Answer> perform(const Request& request, const Receiver* receiver, const core::TaskContext& task,
                           std::vector<FtpEntry>* entries, std::size_t most);
    CURLcode run(Line& line, const core::TaskContext& task) const;
};

/// Ends early, with CURLE_ABORTED_BY_CALLBACK, when the task is asked to stop.
CURLcode Client::State::run(Line& line, const core::TaskContext& task) const {
    if (curl_multi_add_handle(line.multi, line.easy) != CURLM_OK) return CURLE_FAILED_INIT;
    CURLcode code = CURLE_ABORTED_BY_CALLBACK;
    {
        const std::stop_callback wake(task.stopToken(), [&] { curl_multi_wakeup(line.multi); });
        int running = 1;
        while (running != 0 && !task.stopRequested()) {
            if (curl_multi_perform(line.multi, &running) != CURLM_OK) {
                code = CURLE_RECV_ERROR;
                break;
            }
            if (running != 0) curl_multi_poll(line.multi, nullptr, 0, 1000, nullptr);
        }
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(line.multi, &left))
            if (message->msg == CURLMSG_DONE) code = message->data.result;
    }
    return code;
}

Result<Answer> Client::State::perform(const Request& request, const Receiver* receiver,
                                      const core::TaskContext& task, std::vector<FtpEntry>* entries,
                                      std::size_t most) {
    BALMER_TRY(Url url, parseUrl(request.url));
    if (!isFetchable(url.scheme))
        return fail(ErrorCode::Unsupported,
                    url.text() + " cannot be fetched: only http, https, ftp and ftps addresses can");
    if (task.stopRequested())
        return fail(ErrorCode::Cancelled, "stopped before " + url.text() + " was asked for");
    const bool ftp = url.scheme.starts_with("ftp");
    if (entries && !ftp) return fail(ErrorCode::InvalidArgument, url.text() + " is not an FTP address");

    FieldList fields;
    for (const auto& [name, value] : request.fields) {
        if ((name + value).find_first_of("\r\n") != std::string::npos)
            return fail(ErrorCode::InvalidArgument, "a header field may not hold a line end: " + name);
        fields.add(value.empty() ? name + ";" : name + ": " + value);
    }
    fields.add("Expect:"); // a body is sent at once

    auto line = takeLine();
    if (!line->multi || !line->easy)
        return fail(ErrorCode::ResourceExhausted, "there is no memory left for a connection");
    CURL* easy = line->easy;
    curl_easy_reset(easy);
    Call call{easy, request, url, receiver, ftp, {}, {}, false, 0, entries, most};
    call.proxied = !settings.proxy.empty() || hasProxyInEnvironment();
    char detail[CURL_ERROR_SIZE] = "";

    if (url.user.empty()) {
        url.user = request.user;
        url.password = request.password;
    }
    std::string address = url.text();
    if (entries) address += address.ends_with('/') ? "*" : "/*";
    const std::string exempt = withoutProxy();
    const auto range = std::to_string(request.from) + "-";
    const auto stalled = static_cast<long>(std::max<std::int64_t>(settings.stalled.count(), 1));

    curl_easy_setopt(easy, CURLOPT_URL, address.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, schemes);
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, schemes);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, settings.userAgent.c_str());
    curl_easy_setopt(easy, CURLOPT_NOPROXY, exempt.c_str());
    if (!settings.proxy.empty()) curl_easy_setopt(easy, CURLOPT_PROXY, settings.proxy.c_str());
    if (!settings.trustedCertificates.empty())
        curl_easy_setopt(easy, CURLOPT_CAINFO, settings.trustedCertificates.c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect.count()));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, stalled);
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, stalled);
    if (request.limit)
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                         std::max<long>(static_cast<long>(request.limit->count()), 1));
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, request.redirects > 0 ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, static_cast<long>(request.redirects));
    if (!url.user.empty() || !url.password.empty()) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, url.user.c_str());
        curl_easy_setopt(easy, CURLOPT_PASSWORD, url.password.c_str());
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    }
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, onBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &call);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, onRequest);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, &call);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, onHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &call);
    if (ftp) curl_easy_setopt(easy, CURLOPT_FILETIME, 1L);
    if (entries) {
        curl_easy_setopt(easy, CURLOPT_FILETIME, 0L);
        curl_easy_setopt(easy, CURLOPT_WILDCARDMATCH, 1L);
        curl_easy_setopt(easy, CURLOPT_CHUNK_BGN_FUNCTION, onEntry);
        curl_easy_setopt(easy, CURLOPT_CHUNK_DATA, &call);
        curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, onListingProgress);
        curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &call);
    } else if (request.from > 0) {
        if (ftp)
            curl_easy_setopt(easy, CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(request.from));
        else
            curl_easy_setopt(easy, CURLOPT_RANGE, range.c_str());
    }
    if (request.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (request.method == "POST" || !request.body.empty()) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    if (request.method != "HEAD" && !entries)
        curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
                         static_cast<curl_off_t>(std::min<std::uint64_t>(request.limitBytes, INT64_MAX)));
    if (!ftp) {
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields.list);
        if (request.method != "GET" && request.method != "HEAD" && request.method != "POST")
            curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }

    const CURLcode code = run(*line, task);
    // The end of an answer without a body is seen here only.
    if (code == CURLE_OK && !entries && !call.failed) call.begin();
    const bool stopped = task.stopRequested();
    curl_multi_remove_handle(line->multi, easy);
    curl_easy_reset(easy);
    release(std::move(line));

    if (call.failed) return fail(std::move(*call.failed));
    if (code == CURLE_OK) {
        remember(url.host);
        return std::move(call.answer);
    }
    if (stopped) return fail(ErrorCode::Cancelled, "stopped while fetching " + url.text());
    if (entries && code == CURLE_CHUNK_FAILED) return std::move(call.answer);          // `most` are here
    if (entries && code == CURLE_REMOTE_FILE_NOT_FOUND) return std::move(call.answer); // an empty folder
    if (code == CURLE_COULDNT_RESOLVE_HOST && hasAnswered(url.host))
        return fail(ErrorCode::Remote,
                    "the host " + url.host + " is no longer found; is there a way to the net?");
    return fail(errorOf(code, call, detail, settings));
}

Client::Client(ClientSettings settings) : state_(std::make_unique<State>()) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    state_->settings = std::move(settings);
}

Client::~Client() = default;

Result<Answer> Client::send(const Request& request, const core::TaskContext& task) {
    return state_->perform(request, nullptr, task, nullptr, 0);
}

Result<Answer> Client::send(const Request& request, const Receiver& receiver, const core::TaskContext& task) {
    return state_->perform(request, &receiver, task, nullptr, 0);
}

Result<std::vector<FtpEntry>> Client::listFtpFolder(const Request& request, std::size_t most,
                                                    const core::TaskContext& task) {
    std::vector<FtpEntry> entries;
    BALMER_CHECK(state_->perform(request, nullptr, task, &entries, most));
    return entries;
}

const ClientSettings& Client::settings() const {
    return state_->settings;
}

std::chrono::steady_clock::time_point Client::pausedUntil(const std::string& origin) const {
    const core::LockGuard lock(state_->mutex);
    const auto found = state_->paused.find(origin);
    return found == state_->paused.end() ? std::chrono::steady_clock::time_point{} : found->second;
}

void Client::pause(const std::string& origin, std::chrono::steady_clock::time_point until) {
    const core::LockGuard lock(state_->mutex);
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(state_->paused, [&](const auto& entry) { return entry.second < now; });
    auto& kept = state_->paused[origin];
    kept = std::max(kept, until);
}

// --------------------------------------------------------------------------------------------------------
// what answers mean

namespace {

enum class Markup { None, Html, Xml, Other };

Markup markupOf(std::string_view text) {
    const auto skipBlanks = [&] {
        while (!text.empty() && std::string_view(" \t\r\n\f").find(text.front()) != std::string_view::npos)
            text.remove_prefix(1);
    };
    const auto skipPast = [&](std::string_view end) {
        const auto at = text.find(end);
        text = at == std::string_view::npos ? std::string_view() : text.substr(at + end.size());
    };
    const auto begins = [&](std::string_view word) {
        if (text.size() < word.size()) return false;
        for (std::size_t i = 0; i < word.size(); ++i) {
            const char c = text[i];
            if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != word[i]) return false;
        }
        return true;
    };
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    bool declared = false;
    for (skipBlanks(); text.starts_with("<!--") || text.starts_with("<?xml"); skipBlanks()) {
        declared = declared || text.starts_with("<?xml");
        skipPast(text.starts_with("<!--") ? "-->" : "?>");
    }
    for (const auto* word : {"<!doctype html", "<html", "<head", "<body", "<title"})
        if (begins(word)) return Markup::Html;
    if (declared) return Markup::Xml;
    if (!text.starts_with('<')) return Markup::None;
    if (begins("<!doctype votable")) return Markup::Xml;
    auto name = text.substr(1, text.find_first_of(" \t\r\n\f/>") - 1);
    name.remove_prefix(name.find(':') + 1);
    return core::lowerCase(name) == "votable" ? Markup::Xml : Markup::Other;
}

} // namespace

bool looksLikeHtml(std::string_view text) {
    return markupOf(text) == Markup::Html;
}

bool looksLikeHtml(std::string_view text, std::string_view contentType) {
    const auto markup = markupOf(text);
    return markup == Markup::Html ||
           (markup == Markup::Other && core::lowerCase(contentType.substr(0, 9)) == "text/html");
}

bool looksLikeHtml(std::span<const std::byte> beginning) {
    return looksLikeHtml(std::string_view(reinterpret_cast<const char*>(beginning.data()), beginning.size()));
}

Error statusError(const Answer& answer) {
    const auto meaning = [&]() -> std::string_view {
        switch (answer.status) {
        case 202:
            return "it is not ready yet; try again later";
        case 204:
            return "it has nothing there";
        case 400:
            return "it does not understand the request";
        case 401:
            return "it wants a user and password";
        case 403:
            return "it does not allow this to be read";
        case 404:
            return "there is nothing at this address";
        case 407:
            return "the proxy wants a user and password";
        case 410:
            return "this has been removed for good";
        case 429:
            return "it wants fewer requests; try again later";
        case 500:
            return "the server has failed";
        case 502:
        case 503:
        case 504:
            return "it is overloaded or being repaired; try again later";
        default:
            return answer.status < 400 ? "that is not content" : "it refuses the request";
        }
    }();
    std::string sentence = answer.finalUrl + ": the server answers " + std::to_string(answer.status) + ", " +
                           std::string(meaning);
    if (answer.contentType.starts_with("text/plain") && !answer.body.empty()) {
        std::string said = answer.body.substr(0, 200);
        for (char& c : said)
            if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = ' ';
        sentence += " (\"" + said.substr(0, said.find_last_not_of(' ') + 1) + "\")";
    }
    ErrorCode code = ErrorCode::Remote;
    if (answer.status == 204 || answer.status == 404 || answer.status == 410) code = ErrorCode::NotFound;
    if (answer.status == 401 || answer.status == 403 || answer.status == 407)
        code = ErrorCode::InvalidArgument;
    return {code, std::move(sentence)};
}

} // namespace balmer::http
