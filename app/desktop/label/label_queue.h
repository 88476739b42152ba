// LabelQueue: spectra to be labelled, those that a round asks for or any others, what was said of each, and
// which one is being looked at. No Qt, no project: a value that the Label place drives. Not thread-safe.
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

/// One place of a queue.
struct QueueEntry {
    std::string id;
    std::optional<api::RoundEntry>
        asked;               ///< by a round, and why; absent: it stands on a list of another kind
    std::string reason = {}; ///< why it stands on that

    std::optional<active::RoundList> list() const {
        return asked ? std::optional(asked->list) : std::nullopt;
    }
};
using QueueEntries = std::vector<QueueEntry>;

QueueEntries entriesOf(std::vector<api::RoundEntry> asked);
/// reasons: of each, or empty.
QueueEntries entriesOf(const std::vector<std::string>& ids, const std::vector<std::string>& reasons = {});

class LabelQueue {
  public:
    struct Count {
        int total = 0, done = 0;
    };

    LabelQueue() = default;
    /// Sorts the entries by list of a round, keeping their order within each.
    LabelQueue(QueueEntries entries, Verdicts verdicts);

    int size() const { return int(entries_.size()); }
    const QueueEntries& entries() const { return entries_; }
    /// index: 0 … size() − 1.
    const QueueEntry& at(int index) const { return entries_[std::size_t(index)]; }
    bool contains(int index) const { return index >= 0 && index < size(); }
    bool has(const std::string& id) const { return standsOn_.contains(id); }
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
    /// Of a list of a round; absent: of the entries that stand on none.
    const Count& count(std::optional<active::RoundList> list) const { return counts_[placeOf(list)]; }
    bool anyDone() const;

    /// The first without a verdict from this index on; −1: none.
    int nextOpen(int from) const;
    /// After an answer: the next without a verdict, from the beginning again after the end; −1: none is left.
    /// Of a list to look through once more, which had a verdict on each of its spectra: the next.
    int afterCurrent() const;
    /// The first of the list without a verdict, else its first; −1 for an empty list.
    int firstOf(active::RoundList list) const;
    /// Where to begin: at the wanted spectrum, else at the first without a verdict, else at the first.
    int start(const std::string& wanted) const;
    /// Worth preparing about an index, the index itself first.
    std::vector<int> around(int index, int ahead, int behind) const;

  private:
    static constexpr std::size_t listCount =
        active::roundLists.size() + 1; ///< with that of the other entries
    static std::size_t placeOf(std::optional<active::RoundList> list) {
        return list ? std::size_t(*list) : active::roundLists.size();
    }

    QueueEntries entries_;
    Verdicts verdicts_;
    int current_ = -1;
    bool review_ = false; ///< no round, and each had a verdict at the beginning
    std::array<Count, listCount> counts_{};
    /// How often a spectrum stands on each list.
    std::unordered_map<std::string, std::array<int, listCount>> standsOn_;
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
