// LabelQueue: the spectra that a round asks for, one list after the other, what was said of each, and which
// one is being looked at. No Qt, no project: a value that the Label place drives. Not thread-safe.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/active/label_event.h"
#include "engine/api/labelling.h"

namespace balmer::desktop {

/// What stands of a spectrum: a class, or why it has none (not sure, bad, artefact).
struct Verdict {
    active::LabelKind kind = active::LabelKind::Class;
    std::string className; ///< for a class

    bool operator==(const Verdict&) const = default;
};
using Verdicts = std::unordered_map<std::string, Verdict>; ///< by spectrum; absent: nothing was said

class LabelQueue {
  public:
    struct Count {
        int total = 0, done = 0;
    };

    LabelQueue() = default;
    /// Sorts the entries by list, keeping their order within each.
    LabelQueue(std::vector<api::RoundEntry> entries, Verdicts verdicts);

    int size() const { return int(entries_.size()); }
    const std::vector<api::RoundEntry>& entries() const { return entries_; }
    /// index: 0 … size() − 1.
    const api::RoundEntry& at(int index) const { return entries_[std::size_t(index)]; }
    bool contains(int index) const { return index >= 0 && index < size(); }
    /// Where the spectrum stands first; −1 where it does not.
    int indexOf(const std::string& id) const;

    /// The one being looked at; −1: none.
    int current() const { return current_; }
    /// −1 for an index that is none.
    void setCurrent(int index) { current_ = contains(index) ? index : -1; }

    std::optional<Verdict> verdict(const std::string& id) const;
    /// Nothing takes it back.
    void setVerdict(const std::string& id, const std::optional<Verdict>& verdict);
    bool isDone(int index) const { return verdicts_.contains(at(index).id); }
    const Count& count(active::RoundList list) const { return counts_[std::size_t(list)]; }
    bool anyDone() const;

    /// The first without a verdict from this index on; −1: none.
    int nextOpen(int from) const;
    /// After an answer: the next without a verdict, from the beginning again after the end; −1: none is left.
    int afterCurrent() const;
    /// The first of the list without a verdict, else its first; −1 for an empty list.
    int firstOf(active::RoundList list) const;
    /// Where to begin: at the wanted spectrum, else at the first without a verdict, else at the first.
    int start(const std::string& wanted) const;
    /// Worth preparing about an index, the index itself first.
    std::vector<int> around(int index, int ahead, int behind) const;

  private:
    std::vector<api::RoundEntry> entries_;
    Verdicts verdicts_;
    int current_ = -1;
    std::array<Count, active::roundLists.size()> counts_{};
    /// How often a spectrum stands on each list.
    std::unordered_map<std::string, std::array<int, active::roundLists.size()>> standsOn_;
};

/// How long a label takes, from the times between the last ones.
class LabelPace {
  public:
    /// A longer pause is no part of the time that a label takes.
    static constexpr double longestPauseSeconds = 120;

    void add(double seconds);
    /// The median; 0 before the first.
    double seconds() const;

  private:
    std::deque<double> last_;
};

} // namespace balmer::desktop
