#include "engine/core/result.h"

#include <array>

namespace balmer::core {

namespace {
constexpr std::array<std::string_view, 13> words = {
    "invalid-argument",   "not-found", "io",    "format",   "unsupported", "cancelled", "deadline-exceeded",
    "resource-exhausted", "device",    "store", "protocol", "remote",      "internal"};
}

std::string_view toString(ErrorCode code) {
    return words[static_cast<std::size_t>(code)];
}

ErrorCode errorCodeFrom(std::string_view word) {
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] == word) return static_cast<ErrorCode>(i);
    return ErrorCode::Internal;
}

std::string Error::describe() const {
    std::string text = message_;
    for (std::size_t i = 0; i < context_.size(); ++i)
        text += (i == 0 ? " (while " : "; while ") + context_[i];
    if (!context_.empty()) text += ')';
    return text;
}

} // namespace balmer::core
