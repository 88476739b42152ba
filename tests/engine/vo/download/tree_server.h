// A server of trees that is made from a map, and what tests of listing and of fetching them share.
#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "engine/http/url.h"
#include "engine/vo/download/download_journal.h"
#include "engine/vo/download/tree_download.h"
#include "engine/vo/download/tree_listing.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_support.h"

namespace balmer::vo {

using test::fieldOf;
using test::pathOf;
using test::ScriptedServer;
using Peer = ScriptedServer::Peer;
namespace fs = std::filesystem;

using Files = std::map<std::string, std::string>; ///< decoded path from the root → content

/// A folder with index pages like those of Python's http.server, from a map; ranges are honoured.
class TreeServer {
  public:
    /// before may answer a request instead: true when it has.
    explicit TreeServer(Files files, std::function<bool(const Peer&, const std::string&)> before = {})
        : files_(std::move(files)), before_(std::move(before)),
          server_([this](const Peer& peer, const std::string& head) { return serve(peer, head); }) {}

    std::string url(const std::string& path = "/") const { return server_.url(path); }
    const ScriptedServer& server() const { return server_; }
    const Files& files() const { return files_; }
    std::size_t gets(const std::string& encodedPath) const {
        return server_.count("GET " + encodedPath + " ");
    }
    /// GETs of files, not of pages.
    std::size_t fileGets() const {
        std::size_t count = 0;
        for (const auto& head : server_.requests())
            count += head.starts_with("GET ") && !pathOf(head).ends_with('/');
        return count;
    }

    void answerFile(const Peer& peer, const std::string& head, const std::string& content,
                    std::size_t atMost = SIZE_MAX) const {
        std::size_t start = 0;
        std::string status = "200 OK", range;
        const auto total = std::to_string(content.size());
        if (const auto asked = fieldOf(head, "Range"); !asked.empty()) {
            start = std::stoul(asked.substr(6));
            status = "206 Partial Content";
            range = "Content-Range: bytes " + std::to_string(start) + "-" +
                    std::to_string(content.size() - 1) + "/" + total + "\r\n";
        }
        peer.send("HTTP/1.1 " + status + "\r\nETag: \"" + total + "\"\r\n" + range +
                  "Content-Type: application/fits\r\n" +
                  "Content-Length: " + std::to_string(content.size() - start) + "\r\n\r\n" +
                  (head.starts_with("HEAD ") ? "" : content.substr(start, atMost)));
    }

  private:
    bool serve(const Peer& peer, const std::string& head) {
        if (before_ && before_(peer, head)) return true;
        const auto path = http::percentDecode(pathOf(head));
        if (const auto file = files_.find(path); file != files_.end()) {
            answerFile(peer, head, file->second);
            return true;
        }
        std::set<std::string> names;
        for (const auto& [name, content] : files_)
            if (name.starts_with(path) && name.size() > path.size()) {
                const auto slash = name.find('/', path.size());
                names.insert(
                    name.substr(path.size(), slash == std::string::npos ? slash : slash + 1 - path.size()));
            }
        if (!path.ends_with('/') || names.empty()) return peer.answer("404 Not Found", "");
        std::string page = "<!DOCTYPE HTML><html><body><ul><li><a href='../'>..</a></li>\n";
        for (const auto& name : names) {
            const bool folder = name.ends_with('/');
            const auto link =
                http::percentEncode(folder ? name.substr(0, name.size() - 1) : name) + (folder ? "/" : "");
            page += "<li><a href=\"" + link + "\">" + name.substr(0, 8) + "</a></li>\n";
        }
        return peer.answer("200 OK", page + "</ul></body></html>", "Content-Type: text/html\r\n");
    }

    Files files_;
    std::function<bool(const Peer&, const std::string&)> before_;
    ScriptedServer server_;
};

inline Files oddTree() {
    Files files;
    for (const std::string name :
         {"README.txt", "2014/HD 46056/a.fits", "2014/x&y;z.fits",
          "odd & names/Ond\xc5\x99"
          "ejov #1?.fits",
          "odd & names/100%/%20 + %2520.fits", "odd & names/a+b=c@d!$'(),~.fits", "2014/[x]{y}|^`\".fits",
          "deep/1/2/3/4/5/6/7/8/x", ".hidden", "caf\xc3\xa9/\xe6\x98\x9f.fits", "page.html", "empty.fits"})
        files["/" + name] =
            name == "empty.fits" ? "" : "content of " + name + std::string(files.size() * 1000, '*');
    files["/page.html"] = "<html>a page that is meant to be one</html>";
    return files;
}

class TreeTest : public testing::Test {
  protected:
    core::Result<TreeListing> list(const std::string& url, TreeLimits limits = {}) {
        TreeRequest request;
        request.url = url;
        request.limits = limits;
        request.retry = quick_;
        return listTree(client_, request, task_);
    }
    core::Result<TreeReport> fetch(const TreeListing& listing) {
        options_.retry = quick_;
        return downloadTree(client_, listing, target(), options_, task_);
    }
    fs::path target() const { return folder_ / "target"; }
    /// All files of the target but the journal.
    Files onDisk() const {
        Files files;
        for (const auto& entry : fs::recursive_directory_iterator(target()))
            if (entry.is_regular_file() && entry.path().filename() != journalName)
                files["/" + fs::relative(entry.path(), target()).string()] =
                    core::readFile(entry.path()).value_or("unreadable");
        return files;
    }
    static std::map<std::string, std::string> reasons(const TreeListing& listing) {
        std::map<std::string, std::string> result;
        for (const auto& skipped : listing.skipped)
            result[http::parseUrl(skipped.url)->path] = skipped.why;
        return result;
    }

    test::TemporaryFolder folder_;
    http::Client client_{{.stalled = std::chrono::seconds(1)}};
    http::RetryPolicy quick_{.tries = 3, .first = std::chrono::milliseconds(1)};
    TreeDownloadOptions options_;
    core::TaskContext task_;
};

} // namespace balmer::vo
