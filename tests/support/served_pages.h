// ServedPages: a small archive on 127.0.0.1: a page for each path, set by the test, 404 elsewhere.
//
// put() from the test's thread at any time; one owner.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tests/support/scripted_server.h"

namespace balmer::test {

struct Page {
    std::string body;
    std::string type = "application/octet-stream";
    std::string status = "200 OK";
    std::string fields = {}; ///< further header lines, each with its line end
};

class ServedPages {
  public:
    ServedPages();

    /// target: the path with its query, or without one: then whatever is asked of it.
    void put(const std::string& target, Page page);
    std::string url(const std::string& path) const { return server_->url(path); }
    /// How often GET was asked of a target that begins with this.
    std::size_t asked(const std::string& beginning) const { return server_->count("GET " + beginning); }

  private:
    std::mutex mutex_;
    std::map<std::string, Page> pages_;
    std::unique_ptr<ScriptedServer> server_;
};

} // namespace balmer::test
