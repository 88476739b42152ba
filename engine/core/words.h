// The words for the values of an enumeration: one table to write them, to read them and to offer them.
//
//     constexpr core::Words<Shape, 3> shapes{{{Shape::Round, "round"}, {Shape::Square, "square"},
//     {Shape::Square, "box"}}};
//
// The first word of a value is the one that is written; further ones are understood, but not offered. Values;
// no thread rule.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/result.h"

namespace balmer::core {

/// "a, b or c".
std::string alternatives(const std::vector<std::string>& words);

template <typename E, std::size_t N>
using Words = std::array<std::pair<E, std::string_view>, N>;

/// "" for a value that has no word.
template <typename E, std::size_t N>
constexpr std::string_view wordFor(const Words<E, N>& words, E value) {
    for (const auto& [each, word] : words)
        if (each == value) return word;
    return {};
}

/// The words that are written, in the order of the table.
template <typename E, std::size_t N>
std::vector<std::string> wordsOf(const Words<E, N>& words) {
    std::vector<std::string> all;
    for (const auto& [value, word] : words)
        if (wordFor(words, value) == word) all.emplace_back(word);
    return all;
}

/// The words that are understood, but not written, each with the one that is written for it.
template <typename E, std::size_t N>
std::map<std::string, std::string> otherWordsOf(const Words<E, N>& words) {
    std::map<std::string, std::string> others;
    for (const auto& [value, word] : words)
        if (const auto written = wordFor(words, value); written != word) others.emplace(word, written);
    return others;
}

/// Errors: InvalidArgument, "no neighbourhood is called "x"; use gaussian or bubble".
template <typename E, std::size_t N>
Result<E> fromWord(const Words<E, N>& words, std::string_view asked, std::string_view what) {
    for (const auto& [value, word] : words)
        if (word == asked) return value;
    return fail(ErrorCode::InvalidArgument, "no " + std::string(what) + " is called \"" + std::string(asked) +
                                                "\"; use " + alternatives(wordsOf(words)));
}

} // namespace balmer::core
