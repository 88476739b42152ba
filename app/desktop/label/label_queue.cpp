#include "app/desktop/label/label_queue.h"

#include <algorithm>
#include <utility>

namespace balmer::desktop {

namespace {
constexpr std::size_t mostTimes = 25;
}

QueueEntries entriesOf(std::vector<api::RoundEntry> asked) {
    QueueEntries entries;
    entries.reserve(asked.size());
    for (auto& one : asked) {
        std::string id = one.id;
        entries.push_back({std::move(id), std::move(one)});
    }
    return entries;
}

QueueEntries entriesOf(const std::vector<std::string>& ids, const std::vector<std::string>& reasons) {
    QueueEntries entries;
    entries.reserve(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
        entries.push_back({ids[i], std::nullopt, i < reasons.size() ? reasons[i] : std::string()});
    return entries;
}

LabelQueue::LabelQueue(QueueEntries entries, Verdicts verdicts)
    : entries_(std::move(entries)), verdicts_(std::move(verdicts)) {
    std::stable_sort(entries_.begin(), entries_.end(),
                     [](const auto& a, const auto& b) { return a.list() < b.list(); });
    review_ = std::ranges::all_of(
        entries_, [this](const auto& entry) { return !entry.asked && verdicts_.contains(entry.id); });
    for (const auto& entry : entries_) {
        const auto list = placeOf(entry.list());
        ++standsOn_[entry.id][list];
        ++counts_[list].total;
        if (verdicts_.contains(entry.id)) ++counts_[list].done;
    }
}

int LabelQueue::indexOf(const std::string& id) const {
    if (!has(id)) return -1;
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry.id == id; });
    return found == entries_.end() ? -1 : int(found - entries_.begin());
}

std::optional<Verdict> LabelQueue::verdict(const std::string& id) const {
    const auto found = verdicts_.find(id);
    return found == verdicts_.end() ? std::nullopt : std::optional(found->second);
}

void LabelQueue::setVerdict(const std::string& id, const std::optional<Verdict>& verdict) {
    const bool before = verdicts_.contains(id);
    if (verdict)
        verdicts_[id] = *verdict;
    else
        verdicts_.erase(id);
    const auto lists = standsOn_.find(id);
    if (before == verdict.has_value() || lists == standsOn_.end()) return;
    for (std::size_t list = 0; list < counts_.size(); ++list)
        counts_[list].done += (verdict ? 1 : -1) * lists->second[list];
}

bool LabelQueue::anyDone() const {
    return std::any_of(counts_.begin(), counts_.end(), [](const Count& one) { return one.done > 0; });
}

int LabelQueue::nextOpen(int from) const {
    for (int i = std::max(0, from); i < size(); ++i)
        if (!isDone(i)) return i;
    return -1;
}

int LabelQueue::afterCurrent() const {
    if (review_) return contains(current_ + 1) ? current_ + 1 : -1;
    int next = nextOpen(current_ + 1);
    if (next < 0) next = nextOpen(0);
    return next == current_ ? -1 : next;
}

int LabelQueue::firstOf(active::RoundList list) const {
    int first = -1;
    for (int i = 0; i < size(); ++i) {
        if (at(i).list() != list) continue;
        if (!isDone(i)) return i;
        if (first < 0) first = i;
    }
    return first;
}

int LabelQueue::start(const std::string& wanted) const {
    if (const int at = indexOf(wanted); at >= 0) return at;
    if (const int open = nextOpen(0); open >= 0) return open;
    return entries_.empty() ? -1 : 0;
}

std::vector<int> LabelQueue::around(int index, int ahead, int behind) const {
    std::vector<int> wanted;
    const auto want = [&](int at) {
        if (contains(at)) wanted.push_back(at);
    };
    for (int k = 0; k <= ahead; ++k)
        want(index + k);
    if (const int next = nextOpen(index + 1); next > index + ahead) want(next);
    for (int k = 1; k <= behind; ++k)
        want(index - k);
    return wanted;
}

void LabelPace::add(double seconds) {
    if (seconds >= longestPauseSeconds) return;
    last_.push_back(seconds);
    if (last_.size() > mostTimes) last_.pop_front();
}

double LabelPace::seconds() const {
    if (last_.empty()) return 0;
    std::vector<double> sorted(last_.begin(), last_.end());
    const auto middle = sorted.begin() + std::ptrdiff_t(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return *middle;
}

} // namespace balmer::desktop
