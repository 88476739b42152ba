// ServiceBook: the services that a user wants to ask again, in a JSON file that may be edited by hand:
//
//     {"services": [{"name": "ondrejov", "kind": "ssap", "url": "http://archive.example.org/ssap.xml?"}]}
//
// Several programs may use it at once (core/user_file.h); fields that this program does not know stay. Any
// thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/user_file.h"

namespace balmer::vo {

struct Service {
    std::string name; ///< any text of one line without "://"
    std::string url;
    std::string kind = "ssap";
    std::string remark = {};
    bool operator==(const Service&) const = default;
};

class ServiceBook {
  public:
    explicit ServiceBook(std::filesystem::path file) : file_(std::move(file)) {}

    /// In the order of the file. Errors: Io, Format (naming the file and the entry).
    core::Result<std::vector<Service>> all() const;
    /// Errors: NotFound, naming those that there are.
    core::Result<Service> get(std::string_view name) const;
    /// Adds it, or replaces the one of this name. Errors: InvalidArgument for a name or address that cannot
    /// be; a login in the address is refused, because the file is not secret.
    core::Status put(const Service& service) const;
    /// Errors: NotFound.
    core::Status remove(std::string_view name) const;

    const std::filesystem::path& file() const { return file_.path(); }

    /// balmer/services.json in the user's configuration folder (XDG).
    static std::filesystem::path defaultFile();

  private:
    core::UserFile file_;
};

} // namespace balmer::vo
