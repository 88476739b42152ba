#include "engine/http/download.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "engine/core/digest.h"
#include "engine/core/file.h"
#include "engine/core/files.h"
#include "engine/core/text_number.h"
#include "engine/http/url.h"

namespace balmer::http {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t sniffed = 1024;             ///< bytes by which a page is told from data
constexpr std::size_t longestRefusal = 64 * 1024; ///< of an answer that is not data
constexpr std::uint64_t realProgress = 64 * 1024; ///< so much more, and the tries are counted anew

/// What a part is the beginning of. As a file: a line each, the last one "end", so that half a file is none.
struct From {
    std::string url;
    std::string etag;
    std::string lastModified;
    std::optional<std::uint64_t> length;

    std::string text() const {
        std::string result = "url " + url + "\netag " + etag + "\nlast-modified " + lastModified + "\n";
        if (length) result += "length " + std::to_string(*length) + "\n";
        return result + "end\n";
    }

    static std::optional<From> read(const fs::path& file) {
        const auto content = core::readFile(file, 256 * 1024);
        if (!content || !content->ends_with("\nend\n")) return std::nullopt;
        From from;
        for (std::string_view rest = *content; !rest.empty();) {
            const auto end = rest.find('\n');
            const auto line = rest.substr(0, end);
            rest.remove_prefix(end + 1);
            const auto blank = std::min(line.find(' '), line.size());
            const auto key = line.substr(0, blank);
            const auto value = line.substr(std::min(blank + 1, line.size()));
            if (key == "url") from.url = value;
            if (key == "etag") from.etag = value;
            if (key == "last-modified") from.lastModified = value;
            if (key == "length") {
                const auto number = core::parseInteger(value);
                if (!number || *number < 0) return std::nullopt;
                from.length = static_cast<std::uint64_t>(*number);
            }
        }
        return from;
    }

    /// A weak ETag does not promise the same bytes (RFC 9110, 13.1.5).
    bool strong() const { return !etag.empty() && !etag.starts_with("W/"); }
    /// What If-Range may hold.
    std::string validator() const { return strong() ? etag : lastModified; }

    /// Whether a piece that comes with these is of the same file: servers that do not know If-Range send a
    /// piece of whatever they have now.
    bool isProvenBy(const Answer& piece) const {
        const bool sameEtag = piece.etag == etag, sameTime = piece.lastModified == lastModified;
        if (!sameEtag && !piece.etag.empty() && !etag.empty()) return false;
        if (!sameTime && !piece.lastModified.empty() && !lastModified.empty()) return false;
        return (strong() && sameEtag) || (!lastModified.empty() && sameTime);
    }
};

/// "bytes 100-199/200": where it begins and how long the whole is; no total for "*".
std::optional<std::pair<std::uint64_t, std::optional<std::uint64_t>>>
parseContentRange(std::string_view text) {
    if (!text.starts_with("bytes ")) return std::nullopt;
    text.remove_prefix(6);
    const auto dash = text.find('-'), slash = text.find('/');
    if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash)
        return std::nullopt;
    const auto first = core::parseInteger(text.substr(0, dash));
    const auto last = core::parseInteger(text.substr(dash + 1, slash - dash - 1));
    if (!first || !last || *first < 0 || *last < *first) return std::nullopt;
    std::optional<std::uint64_t> total;
    if (text.substr(slash + 1) != "*") {
        const auto number = core::parseInteger(text.substr(slash + 1));
        if (!number || *number != *last + 1) return std::nullopt; // we ask for all the rest
        total = static_cast<std::uint64_t>(*number);
    }
    return std::pair(static_cast<std::uint64_t>(*first), total);
}

/// A part that grows. What its folder's umask leaves of 0666 is its mode.
Result<core::File> openPart(const fs::path& part, bool fromTheBeginning) {
    if (fromTheBeginning) BALMER_CHECK(core::removeFile(part));
    return core::File::open(part, core::File::Use::Append, core::File::Links::Refuse, 0666);
}

class Download {
  public:
    Download(Client& client, const Request& request, const fs::path& path, const DownloadOptions& options,
             core::TaskContext& task, Url url)
        : client_(client), request_(request), options_(options), task_(task), url_(std::move(url)),
          path_(path), part_(path), fromFile_(path), stage_("fetching " + path.filename().string()) {
        part_ += partEnding;
        fromFile_ += fromEnding;
        request_.method = "GET";
        request_.body.clear();
    }

    Result<Downloaded> run() {
        std::error_code ignored;
        const auto kept = From::read(fromFile_);
        if (fs::exists(fs::symlink_status(path_, ignored))) {
            const auto size = fs::file_size(path_, ignored);
            if (!kept || kept->url != url_.text() || kept->length != size || fs::exists(part_, ignored))
                return fail(ErrorCode::InvalidArgument,
                            "there is already a file " + path_.string() +
                                " that is not from this download; remove it, or fetch into another folder");
            from_ = *kept;
            return commit();
        }
        if (kept && kept->url == url_.text() && fs::is_regular_file(fs::symlink_status(part_, ignored))) {
            from_ = *kept;
            have_ = fs::file_size(part_, ignored);
            if (ignored || (from_.length && have_ > *from_.length) ||
                (from_.validator().empty() && have_ != from_.length))
                have_ = 0;
        }

        // A long file on a poor line is given new tries as long as it grows.
        for (;;) {
            const auto before = have_;
            auto answer =
                withRetries(client_, request_.url, options_.retry, task_, [&] { return attempt(); });
            if (answer && answer->hasContent()) break;
            file_.reset();
            if (!answer && worthAnotherTry(answer.error()) && options_.retry.tries > 1 &&
                have_ > before + realProgress)
                continue;
            if (from_.validator().empty()) forget();
            if (!answer) return fail(std::move(answer).error());
            return fail(statusError(*answer));
        }
        return finish();
    }

  private:
    /// One connection, or two when the first shows that we have to begin again.
    Result<Answer> attempt() {
        if (have_ > 0 && have_ == from_.length) { // stopped between the last byte and the new name
            Answer whole;
            whole.status = 200;
            whole.finalUrl = from_.url;
            return whole;
        }
        if (have_ > 0 && (isFtp() || !from_.validator().empty())) {
            auto answer = resume();
            if (!startAgain_) return answer;
            if (task_.stopRequested())
                return fail(ErrorCode::Cancelled, "stopped while fetching " + url_.text());
        }
        return fetch(0);
    }

    bool isFtp() const { return url_.scheme.starts_with("ftp"); }

    Result<Answer> resume() {
        startAgain_ = false;
        if (!isFtp()) return fetch(have_);
        Request question = request_;
        question.method = "HEAD";
        auto now = client_.send(question, task_);
        if (!now) return now;
        startAgain_ = now->contentLength != from_.length || now->lastModified != from_.lastModified ||
                      now->lastModified.empty();
        return startAgain_ ? std::move(now) : fetch(have_);
    }

    Result<Answer> fetch(std::uint64_t from) {
        have_ = from;
        refused_.reset();
        head_.clear();
        Request request = request_;
        request.from = from;
        request.limitBytes = options_.limitBytes > from ? options_.limitBytes - from : 0;
        if (from > 0) request.fields.emplace_back("If-Range", from_.validator());
        startAgain_ = continues_ = false;
        auto answer = client_.send(request,
                                   Receiver{[&](const Answer& header) { return begin(header); },
                                            [&](auto piece) { return take(piece); }},
                                   task_);
        if (refused_) return std::move(*refused_); // what it says matters, not how its body ended
        if (answer && continues_ && have_ != from_.length)
            return fail(ErrorCode::Remote, url_.text() + " sends less than it announces");
        return answer;
    }

    Status begin(const Answer& header) {
        const bool ftp = header.finalUrl.starts_with("ftp");
        const bool asked = have_ > 0;
        if (asked && header.status == 416) return again("cannot go on from here");
        if (asked && ftp && !isFtp()) return again("leads to FTP, which does not prove that it is the same");
        if (!header.hasContent()) {
            refused_ = header;
            return {};
        }
        if (header.status == 206) {
            const auto range = parseContentRange(header.contentRange);
            if (!asked)
                return fail(
                    Error(ErrorCode::Protocol, url_.text() + " sends a piece where all was asked for"));
            if (!range || range->first != have_ || !range->second || range->second != from_.length ||
                (header.contentLength && have_ + *header.contentLength != *range->second) ||
                !from_.isProvenBy(header))
                return again("sends another piece than was asked for");
            continues_ = true;
        } else if (!(ftp && asked)) {
            have_ = 0;
            head_.clear();
            from_ = {url_.text(), header.etag, header.lastModified, header.contentLength};
        }
        contentType_ = header.contentType;
        finalUrl_ = header.finalUrl;
        if (have_ == 0) {
            // The old part must be gone before the new words about it are there.
            BALMER_TRY(file_, openPart(part_, true));
            return writeFrom();
        }
        BALMER_TRY(file_, openPart(part_, false));
        return {};
    }

    /// Half of it would be nothing (From::read), so it need not come whole into its place.
    Status writeFrom() const {
        BALMER_TRY(const auto file, openPart(fromFile_, true));
        return file.write(from_.text());
    }

    Status again(std::string_view what) {
        startAgain_ = true;
        return fail(Error(ErrorCode::Protocol, url_.text() + " " + std::string(what)));
    }

    Status take(std::span<const std::byte> piece) {
        if (refused_) {
            const std::string_view text(reinterpret_cast<const char*>(piece.data()), piece.size());
            refused_->body +=
                text.substr(0, longestRefusal - std::min(longestRefusal, refused_->body.size()));
            if (refused_->body.size() >= longestRefusal)
                return fail(ErrorCode::Remote, "the refusal is longer than is read");
            return {};
        }
        if (continues_ && piece.size() > *from_.length - have_) return again("sends more than it announces");
        if (options_.spend) BALMER_CHECK(options_.spend(piece.size()));
        if (have_ == head_.size() && head_.size() < sniffed) {
            head_.append(reinterpret_cast<const char*>(piece.data()),
                         std::min(piece.size(), sniffed - head_.size()));
            if (!options_.mayBeHtml &&
                (looksLikeHtml(head_) || (head_.size() == sniffed && looksLikeHtml(head_, contentType_))))
                return fail(notData());
        }
        BALMER_CHECK(file_->write(piece));
        have_ += piece.size();
        fetched_ += piece.size();
        return report();
    }

    Status report() {
        const auto now = std::chrono::steady_clock::now();
        if (now - reported_ < std::chrono::milliseconds(100)) return {};
        reported_ = now;
        if (options_.progress) options_.progress(have_);
        const double fraction = from_.length && *from_.length > 0
                                    ? static_cast<double>(have_) / static_cast<double>(*from_.length)
                                    : 0;
        return task_.checkpoint(fraction, stage_);
    }

    Error notData() {
        file_.reset();
        forget();
        from_ = {};
        have_ = 0;
        return {ErrorCode::Format,
                url_.text() +
                    " sends an HTML page where data were expected; open it in a browser to see what it says"};
    }

    void forget() {
        (void)core::removeFile(part_);
        (void)core::removeFile(fromFile_);
    }

    /// All bytes are in the part.
    Result<Downloaded> finish() {
        if (!file_) {
            BALMER_TRY(file_, openPart(part_, false));
        }
        if (!options_.mayBeHtml) {
            BALMER_TRY(const auto beginning, core::readBeginning(part_, sniffed));
            if (looksLikeHtml(beginning, contentType_)) return fail(notData());
        }
        BALMER_CHECK(file_->flush());
        file_.reset();
        if (from_.length != have_) {
            from_.length = have_;
            BALMER_CHECK(writeFrom());
        }
        BALMER_CHECK(core::renameFile(part_, path_));
        return commit();
    }

    /// The file has its name; what is left is to say so.
    Result<Downloaded> commit() {
        Downloaded result;
        result.path = path_;
        // Where this is stopped, the next call does it again.
        BALMER_TRY(result.sha256, core::digestOfFile(path_, task_.stopToken()));
        result.bytes = from_.length.value_or(0);
        result.bytesFetched = fetched_;
        result.finalUrl = finalUrl_.empty() ? from_.url : finalUrl_;
        result.contentType = contentType_;
        result.etag = from_.etag;
        result.lastModified = from_.lastModified;
        if (options_.committed) BALMER_CHECK(options_.committed(result));
        (void)core::removeFile(fromFile_);
        if (options_.progress) options_.progress(result.bytes);
        static_cast<void>(task_.checkpoint(1, stage_)); // too late to stop
        return result;
    }

    Client& client_;
    Request request_;
    const DownloadOptions& options_;
    core::TaskContext& task_;
    Url url_;
    fs::path path_, part_, fromFile_;
    std::string stage_;

    From from_;
    std::uint64_t have_ = 0;    ///< bytes in the part
    std::uint64_t fetched_ = 0; ///< over the net, by this call
    bool startAgain_ = false;
    bool continues_ = false;        ///< the answer is the rest of the part
    std::optional<Answer> refused_; ///< an answer that is not data, as far as it has come
    std::string head_;
    std::string contentType_, finalUrl_;
    std::optional<core::File> file_; ///< the part, where it is being written
    std::chrono::steady_clock::time_point reported_{};
};

} // namespace

Result<Downloaded> download(Client& client, const Request& request, const fs::path& path,
                            const DownloadOptions& options, core::TaskContext& task) {
    BALMER_TRY(Url url, parseUrl(request.url));
    return Download(client, request, path, options, task, std::move(url)).run();
}

} // namespace balmer::http
