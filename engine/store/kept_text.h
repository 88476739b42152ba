// KeptText: what names and remarks may be made of, asked at every write that keeps one. Private to the store.
//
// Control characters and marks that turn the direction of writing (U+061C, U+200E–F, U+202A–E, U+2066–9) make
// a name look like another one, or a line like two: they are refused in names that a person gives and left
// out of all other texts.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::store {

constexpr std::size_t mostNameBytes = 300, mostRemarkBytes = 20'000;

/// what: "the class", "the dataset's name" … Errors: InvalidArgument for what is longer than mostNameBytes,
/// is not UTF-8, or holds one of those marks.
core::Status checkName(std::string_view what, std::string_view name);

/// A person's remark as it is kept: UTF-8, line breaks and tabs stay. Errors: InvalidArgument for what is
/// longer than mostRemarkBytes.
core::Result<std::string> keptRemark(std::string_view what, std::string_view text);

/// What a file says of itself, which nobody here can write otherwise: without those marks, cut at
/// mostNameBytes.
std::string keptOfFile(std::string_view text);

/// What a program says in sentences, a worker's too: without those marks, line breaks and tabs stay; cut at
/// mostRemarkBytes.
std::string keptSaid(std::string_view text);

/// A text that is kept whole, whatever its length: UTF-8 without those marks.
std::string keptWhole(std::string_view text);

} // namespace balmer::store
