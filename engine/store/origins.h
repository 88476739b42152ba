// Origins: from where on the net a spectrum came: the addresses and identifiers under which archives know it.
//
// So that a list of spectra can say which of them the project has. A spectrum may have several origins, and
// one address may be the origin of several spectra (a file of many). Part of a Project; thread rule there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace balmer::store {

class Connections;

struct Origin {
    std::string address = {}; ///< a URL without login, or an IVOA identifier ("ivo://…")
    std::string source = {};  ///< the service or table that led there; "" where it was fetched directly
    std::string at = {};      ///< when it was noted; filled in by add()
    bool operator==(const Origin&) const = default;
};

class Origins {
  public:
    explicit Origins(Connections& connections) : connections_(connections) {}

    /// Notes origins of a spectrum of the catalogue by its row id; what is noted already stays as it is.
    /// Errors: InvalidArgument for an empty address.
    core::Status add(std::int64_t rowId, std::span<const Origin> origins);

    /// For each address the id of a spectrum that came from there (the first imported), or "".
    core::Result<std::vector<std::string>> spectraFrom(std::span<const std::string> addresses);

    /// In the order of their noting; empty for a spectrum that is not there.
    core::Result<std::vector<Origin>> of(std::string_view id);

  private:
    Connections& connections_;
};

} // namespace balmer::store
