// What libxml2 gives of an element. Private to VOTable's parser.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <libxml/xmlstring.h>

#include "engine/io/votable_parser.h"

namespace balmer::io {

inline std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

/// The attributes without a prefix of an element that is being opened.
class VotableParser::Attributes {
  public:
    Attributes(const xmlChar** five, int count) : five_(five), count_(count) {}
    std::string operator[](std::string_view name) const {
        for (int i = 0; i < count_; ++i) {
            const xmlChar** a = five_ + 5 * static_cast<std::ptrdiff_t>(i);
            if (a[1] == nullptr && view(a[0]) == name)
                return {reinterpret_cast<const char*>(a[3]), reinterpret_cast<const char*>(a[4])};
        }
        return {};
    }
    bool none() const { return count_ == 0; }
    /// Of all values, those that a DTD gives as defaults too.
    std::size_t bytes() const {
        std::size_t bytes = 0;
        for (int i = 0; i < count_; ++i) {
            const xmlChar** a = five_ + 5 * static_cast<std::ptrdiff_t>(i);
            bytes += static_cast<std::size_t>(a[4] - a[3]);
        }
        return bytes;
    }

  private:
    const xmlChar** five_;
    int count_;
};

} // namespace balmer::io
