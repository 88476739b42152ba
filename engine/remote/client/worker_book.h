// WorkerBook: the workers that a user has added, in one file that only the user may read (it holds tokens).
//
// The command line and the desktop may use it at once (core/user_file.h). Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/user_file.h"

namespace balmer::remote {

/// ssh://[user@]host[:port][/path/of/balmer-worker], unix:/path, tls://host:port, tcp://host:port.
struct WorkerUrl {
    enum class Way { Ssh, Unix, Tls, Tcp };
    Way way = Way::Unix;
    std::string user, host;
    std::uint16_t port = 0; ///< 0: the default of ssh
    std::string path;       ///< of the socket, or of the program on the other side ("" finds it in PATH)

    /// Errors: InvalidArgument, with the four forms.
    static core::Result<WorkerUrl> parse(std::string_view text);
    std::string toText() const;
};

struct WorkerEntry {
    std::string name; ///< letters, digits, '.', '_', '-'; not "auto", not "here"
    std::string url;
    std::string token;       ///< for tcp; "" otherwise
    std::string fingerprint; ///< for tls: of the worker's certificate; "" until it is paired
    int jobsAtOnce = 4;      ///< of this user, sent to it at once
    bool operator==(const WorkerEntry&) const = default;
};

class WorkerBook {
  public:
    explicit WorkerBook(std::filesystem::path file) : file_(std::move(file)) {}

    /// In the order in which they were added. Errors: Io, Format.
    core::Result<std::vector<WorkerEntry>> all() const;
    /// Errors: NotFound, naming those that there are.
    core::Result<WorkerEntry> get(std::string_view name) const;
    /// Adds it, or replaces the one of this name. Errors: InvalidArgument for a name or URL that cannot be.
    core::Status put(const WorkerEntry& entry) const;
    /// Errors: NotFound.
    core::Status remove(std::string_view name) const;

    const std::filesystem::path& file() const { return file_.path(); }

    /// balmer/workers.json in the user's configuration folder (XDG).
    static std::filesystem::path defaultFile();

  private:
    core::UserFile file_;
};

} // namespace balmer::remote
