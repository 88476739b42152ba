#include "engine/api/incoming_files.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "engine/core/amount_text.h"
#include "engine/core/digest.h"
#include "engine/core/file.h"
#include "engine/core/files.h"
#include "engine/core/pending_file.h"
#include "engine/core/text_number.h"
#include "engine/http/download.h"
#include "engine/http/url.h"
#include "engine/vo/download/safe_path.h"
#include "engine/vo/samp/file_url.h"

namespace balmer::api {

namespace fs = std::filesystem;
using core::ErrorCode;
using core::fail;
using core::Result;

namespace {

constexpr int mostNumbers = 10000;
/// For one file: what comes after it waits.
constexpr auto takingLimit = std::chrono::minutes(10);

/// "/a/b%20c.fits?x" → "b c.fits"
std::string lastSegment(const std::string& url) {
    auto path = url.substr(0, url.find_first_of("?#"));
    return http::percentDecode(path.substr(path.rfind('/') + 1));
}

bool hasTellingEnding(const std::string& name) {
    static constexpr std::array<std::string_view, 9> endings{".fits", ".fit", ".fts", ".vot", ".votable",
                                                             ".xml",  ".gz",  ".csv", ".txt"};
    const auto lower = core::lowerCase(name);
    return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return lower.ends_with(ending); });
}

/// A name that stands for itself, from what may hold anything.
std::string fileName(const std::vector<std::string>& wishes, const std::string& ending) {
    for (auto wish : wishes) {
        std::replace_if(
            wish.begin(), wish.end(),
            [](char c) { return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }, '_');
        wish = std::string(core::trimmed(wish));
        if (wish.size() > 150) wish = wish.substr(0, 100) + "-" + core::digestOf(wish).substr(0, 8);
        if (wish.empty() || wish.front() == '.') continue;
        if (!hasTellingEnding(wish)) wish += ending;
        if (const auto name = vo::safeName(wish)) return *name;
    }
    return "received" + ending;
}

/// "a.fits", 2 → "a-2.fits"
fs::path numbered(const fs::path& file, int number) {
    if (number < 2) return file;
    const auto name = file.filename().string();
    const auto dot =
        std::max<std::size_t>(1, name.ends_with(".gz") ? name.rfind('.', name.size() - 4) : name.rfind('.'));
    const auto cut = std::min(dot, name.size());
    return file.parent_path() / (name.substr(0, cut) + "-" + std::to_string(number) + name.substr(cut));
}

/// Of regular files; links are not followed.
std::uint64_t bytesBelow(const fs::path& folder) {
    std::uint64_t bytes = 0;
    std::error_code error, gone;
    for (fs::recursive_directory_iterator each(folder, error), end; !error && each != end;
         each.increment(error))
        if (each->symlink_status(gone).type() == fs::file_type::regular)
            if (const auto size = each->file_size(gone); !gone) bytes += size;
    return bytes;
}

core::Status copyFile(const std::string& url, const fs::path& to, std::uint64_t limitBytes) {
    const auto from = vo::fileOfUrl(url);
    if (!from) return fail(ErrorCode::Unsupported, url + " is not a file of this computer");
    std::error_code error;
    if (!fs::is_regular_file(*from, error))
        return fail(ErrorCode::NotFound, "there is no file " + from->string());
    if (fs::file_size(*from, error) > limitBytes || error)
        return fail(ErrorCode::ResourceExhausted, from->string() + " is larger than what is taken");
    BALMER_TRY(auto copy, core::PendingFile::beside(to));
    BALMER_CHECK(copy.copyFrom(*from));
    return copy.publish();
}

} // namespace

IncomingName nameFor(const vo::LoadSpectrum& request, const std::string& sender) {
    IncomingName name;
    name.sender = sender;
    name.wishes = {request.name, request.metaText("Target.Name"), request.spectrumId,
                   lastSegment(request.url), "spectrum"};
    const auto format = core::lowerCase(request.metaText("Access.Format"));
    name.ending = format.find("votable") != std::string::npos || format.find("xml") != std::string::npos
                      ? ".vot"
                  : format.find("fits") != std::string::npos ? ".fits"
                  : format.find("text") != std::string::npos ? ".txt"
                                                             : "";
    return name;
}

IncomingName nameFor(const vo::LoadTable& request, const std::string& sender) {
    return {sender,
            {request.name, lastSegment(request.url), "table"},
            request.format == vo::LoadTable::Format::Fits ? ".fits" : ".vot"};
}

Result<fs::path> fetchFile(http::Client& client, const std::string& url, const fs::path& project,
                           const IncomingName& name, std::uint64_t limitBytes, std::uint64_t quotaBytes,
                           core::TaskContext& task) {
    const auto received = project / "received";
    const auto there = bytesBelow(received);
    if (there >= quotaBytes)
        return fail(ErrorCode::ResourceExhausted, received.string() + " holds " + core::bytesText(there) +
                                                      " of other programs, and may hold " +
                                                      core::bytesText(quotaBytes) +
                                                      "; remove what is no longer needed");
    limitBytes = std::min(limitBytes, quotaBytes - there);
    const auto folder = received / fileName({name.sender}, "");
    BALMER_CHECK(core::makeFolders(folder));
    std::error_code error;
    const auto wished = folder / fileName(name.wishes, name.ending);
    auto file = wished;
    for (int number = 2; fs::exists(file, error); ++number) {
        if (number == mostNumbers)
            return fail(ErrorCode::ResourceExhausted,
                        folder.string() + " has " + std::to_string(mostNumbers - 1) + " files called " +
                            wished.filename().string() + "; remove some of them");
        file = numbered(wished, number);
    }
    if (core::lowerCase(url.substr(0, 5)) == "file:") {
        BALMER_CHECK(copyFile(url, file, limitBytes));
        return file;
    }
    BALMER_TRY(const auto parsed, http::parseUrl(url));
    if (!http::isFetchable(parsed.scheme))
        return fail(ErrorCode::Unsupported, "addresses " + parsed.scheme + ": are not fetched");
    http::Request request;
    request.url = url;
    request.limit = takingLimit;
    http::DownloadOptions options;
    options.limitBytes = limitBytes;
    options.retry.tries = 1;
    BALMER_TRY(const auto fetched, http::download(client, request, file, options, task));
    return fetched.path;
}

Result<fs::path> keepOneCopy(const fs::path& file) {
    BALMER_TRY(const auto own, core::digestOfFile(file));
    std::error_code error;
    const auto bytes = fs::file_size(file, error);
    if (error)
        return fail(ErrorCode::Io, "the size of " + file.string() + " cannot be read: " + error.message());
    // The name without the number that fetchFile() gave it.
    auto first = file;
    for (int number = 2; number < mostNumbers; ++number) {
        const auto name = file.filename().string(), mark = "-" + std::to_string(number);
        const auto at = name.rfind(mark);
        if (at == std::string::npos || at == 0) continue;
        const auto without = file.parent_path() / (name.substr(0, at) + name.substr(at + mark.size()));
        if (numbered(without, number) != file) continue;
        first = without;
        break;
    }
    for (int number = 1; number < mostNumbers; ++number) {
        const auto other = numbered(first, number);
        if (other == file || !fs::exists(other, error)) break;
        if (fs::file_size(other, error) != bytes || error) continue;
        const auto digest = core::digestOfFile(other);
        if (!digest || *digest != own) continue;
        (void)core::removeFile(file);
        return other;
    }
    return file;
}

std::vector<std::string> originsOf(const vo::LoadSpectrum& request) {
    std::vector<std::string> origins;
    for (const auto* name : {"Access.Reference", "DataID.DatasetID", "Curation.PublisherDID"}) {
        const auto text = request.metaText(name);
        if (text.starts_with("ivo://")) {
            origins.push_back(text);
        } else if (const auto url = http::parseUrl(text);
                   url && http::isFetchable(url->scheme) && url->user.empty() && url->host != "localhost" &&
                   !url->host.starts_with("127.") && url->host != "[::1]") {
            origins.push_back(url->text());
        }
    }
    return origins;
}

} // namespace balmer::api
