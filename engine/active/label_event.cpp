#include "engine/active/label_event.h"

#include <array>
#include <cstddef>

namespace balmer::active {
namespace {

constexpr std::array<std::string_view, 8> kindWords{"class",      "not-sure", "bad",  "artefact",
                                                    "noteworthy", "comment",  "skip", "undo"};
constexpr std::array<std::string_view, 3> listWords{"oracle", "performance_estimate", "candidates"};

template <typename Enum, std::size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& words, std::string_view word) {
    for (std::size_t i = 0; i < N; ++i)
        if (words[i] == word) return static_cast<Enum>(i);
    return std::nullopt;
}

} // namespace

std::string_view toString(LabelKind kind) {
    return kindWords[static_cast<std::size_t>(kind)];
}
std::optional<LabelKind> labelKindFrom(std::string_view word) {
    return find<LabelKind>(kindWords, word);
}

std::string_view toString(RoundList list) {
    return listWords[static_cast<std::size_t>(list)];
}
std::optional<RoundList> roundListFrom(std::string_view word) {
    // As earlier versions wrote it into the store.
    if (word == "performance-estimate") return RoundList::PerformanceEstimate;
    return find<RoundList>(listWords, word);
}

} // namespace balmer::active
