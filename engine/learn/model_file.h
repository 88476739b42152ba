// The file of a model, of whichever kind.
//
// The form: lines of text ("Balmer KIND 1", then a key and its fields each, "end"), numbers as little-endian
// float32, and the SHA-256 of all that comes before as 64 hexadecimal digits. Values; one thread at a time.
#pragma once

#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/text_number.h"

namespace balmer::learn {

class ModelWriter {
  public:
    /// kind: "network".
    explicit ModelWriter(std::string_view kind);
    /// All lines come before the first number.
    void line(std::string_view key, std::initializer_list<std::string_view> fields);
    void line(std::string_view key, std::string_view field) { line(key, {field}); }
    void numbers(std::span<const float> numbers);
    std::string finish() &&;

  private:
    void endOfLines();
    std::string bytes_;
    bool inLines_ = true;
};

class ModelReader {
  public:
    /// Errors: Format (another kind, cut, changed), Unsupported (of a later form); in words that name the
    /// kind.
    static core::Result<ModelReader> open(std::string bytes, std::string_view kind);

    /// The first field of each line of that key, in order.
    std::vector<std::string> all(std::string_view key) const;
    /// First field → second field of the lines of that key. False where a line has other than two fields.
    bool read(std::string_view key, std::map<std::string, std::string>& pairs) const;
    bool read(std::string_view key, std::string& value) const;
    /// False when the line is missing, no number or out of the type's range.
    template <typename T>
    requires std::is_arithmetic_v<T>
    bool read(std::string_view key, T& value) const {
        std::string text;
        if (!read(key, text)) return false;
        if constexpr (std::is_floating_point_v<T>) {
            const auto number = core::parseDouble(text);
            if (!number || !std::isfinite(*number)) return false;
            value = static_cast<T>(*number);
        } else if constexpr (std::is_same_v<T, bool>) {
            value = text != "0";
        } else {
            const auto number = core::parseInteger(text);
            if (!number || !std::in_range<T>(*number)) return false;
            value = static_cast<T>(*number);
        }
        return true;
    }

    /// Numbers that have not been taken.
    std::size_t left() const;
    /// Takes so many off the front. False when there are fewer, or one is not finite.
    bool take(std::span<float> numbers);

    /// "the file is not a whole Balmer network (WHAT); train or copy it again".
    tl::unexpected<core::Error> damaged(std::string_view what) const;

  private:
    std::string kind_;
    std::string bytes_;
    std::size_t next_ = 0, end_ = 0; ///< of the numbers, in bytes_
    std::vector<std::pair<std::string, std::vector<std::string>>> lines_;
};

} // namespace balmer::learn
