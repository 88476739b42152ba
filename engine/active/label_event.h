// LabelEvent: one thing that somebody said about one spectrum. Events are only ever appended.
//
// What a spectrum is called now is a query over its events (current_label.h). Values; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace balmer::active {

enum class LabelKind {
    Class,      ///< "it is of this class": className
    NotSure,    ///< looked at and left open
    Bad,        ///< the data are too poor to say
    Artefact,   ///< what is seen is of the instrument or the reduction
    Noteworthy, ///< worth a second look, whatever its class
    Comment,    ///< free text in comment; empty text takes the comment away
    Skip,       ///< passed over; says nothing about the spectrum
    Undo        ///< takes back the event named by supersedes, or else the latest one still in force
};

/// The lists of one round of active learning.
enum class RoundList {
    Oracle,              ///< what the model is least sure of
    PerformanceEstimate, ///< a random sample of what it predicts as a target
    Candidates           ///< what it predicts as a target, the surest first
};

inline constexpr std::array roundLists{RoundList::Oracle, RoundList::PerformanceEstimate,
                                       RoundList::Candidates};

struct LabelEvent {
    std::int64_t id = 0;  ///< given by the store, ascending; 0 before it is stored
    std::string spectrum; ///< the spectrum's id
    LabelKind kind = LabelKind::Class;
    std::string className;    ///< for LabelKind::Class, else empty
    std::string comment;      ///< may come with any kind; empty leaves the comment as it is (but see Comment)
    std::string who;          ///< the observer
    std::string when;         ///< UTC, ISO 8601, as core::formatTime writes it
    std::string view;         ///< where it was given: "panel", "command line", "oracle file", "import"
    std::string model;        ///< the model whose prediction was shown; empty when none was
    std::optional<int> round; ///< the round of active learning
    std::optional<RoundList> list;          ///< the list on which the spectrum stood
    std::optional<std::int64_t> supersedes; ///< the event that this one replaces or (Undo) takes back
    std::optional<std::int64_t> act; ///< given by the store to events of one import: taken back together

    bool operator==(const LabelEvent&) const = default;
};

/// "class", "not-sure", "bad", "artefact", "noteworthy", "comment", "skip", "undo": the spelling in the store
/// and in JSON.
std::string_view toString(LabelKind kind);
/// Nothing for a word that it does not know.
std::optional<LabelKind> labelKindFrom(std::string_view word);

/// "oracle", "performance_estimate", "candidates": the spelling everywhere, in the store and in JSON.
std::string_view toString(RoundList list);
/// Nothing for a word that it does not know.
std::optional<RoundList> roundListFrom(std::string_view word);

} // namespace balmer::active
