#include "tests/app/desktop/fake_labelling.h"

#include <algorithm>
#include <chrono>
#include <set>

#include <fcntl.h>
#include <unistd.h>

#include "engine/core/clock.h"

namespace balmer::test {

using core::ErrorCode;

namespace {

constexpr jobs::JobId firstRoundJob = 5;

api::RoundInfo roundInfo(int number) {
    return {number,
            survey::datasetName,
            survey::classes,
            {"single peak", "double peak"},
            "round-" + std::to_string(number),
            firstRoundJob + number - 1,
            0.86,
            0.74,
            50,
            survey::at(21, 9, 36)};
}

} // namespace

FakeLabelling::FakeLabelling(const FakeOptions& options, FakeEvents& told, SlowCalls& slow)
    : options_(options), told_(told), slow_(slow) {
    if (!options_.labelFile.empty())
        labelFile_ = ::open(options_.labelFile.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
}

FakeLabelling::~FakeLabelling() {
    if (labelFile_ >= 0) ::close(labelFile_);
}

std::vector<active::LabelEvent> FakeLabelling::events() const {
    const std::lock_guard lock(mutex_);
    return events_;
}

core::Status FakeLabelling::write() {
    const std::unique_lock written(disk, std::chrono::seconds(10));
    if (!written.owns_lock()) return core::fail(ErrorCode::Store, "the disk has stood still for ten seconds");
    if (refuse)
        return core::fail(ErrorCode::Store,
                          "the disk of the project is full; make room and give the label again");
    return {};
}

core::Result<active::LabelEvent> FakeLabelling::keep(active::LabelEvent event) {
    {
        const std::lock_guard lock(mutex_);
        event.id = std::int64_t(events_.size()) + 1;
        if (event.who.empty()) event.who = who();
        if (event.when.empty()) event.when = core::formatTime(core::systemClock().now());
        if (labelFile_ >= 0) {
            const std::string line = event.spectrum + "\t" + event.className + "\n";
            if (::write(labelFile_, line.data(), line.size()) != ssize_t(line.size()) ||
                ::fsync(labelFile_) != 0)
                return core::fail(ErrorCode::Io, "the label file cannot be written");
        }
        eventsOf_[event.spectrum].push_back(events_.size());
        events_.push_back(event);
    }
    told_.tell({api::Event::Kind::Labels, {}, event.spectrum});
    return event;
}

core::Result<active::LabelEvent> FakeLabelling::label(active::LabelEvent event) {
    slow_.note("labelling.label");
    BALMER_CHECK(write());
    return keep(std::move(event));
}

core::Status FakeLabelling::labelAll(std::vector<active::LabelEvent> events) {
    slow_.note("labelling.labelAll");
    BALMER_CHECK(write());
    const std::int64_t act = ++acts_;
    for (auto& event : events) {
        event.act = act;
        BALMER_TRY([[maybe_unused]] const auto kept, keep(std::move(event)));
    }
    return {};
}

core::Result<std::vector<active::LabelEvent>> FakeLabelling::undo() {
    slow_.note("labelling.undo");
    std::vector<active::LabelEvent> targets;
    {
        const std::lock_guard lock(mutex_);
        std::set<std::int64_t> taken;
        for (const auto& event : events_)
            if (event.kind == active::LabelKind::Undo && event.supersedes) taken.insert(*event.supersedes);
        for (auto event = events_.rbegin(); event != events_.rend(); ++event) {
            if (event->kind == active::LabelKind::Undo || taken.contains(event->id)) continue;
            if (targets.empty() || (event->act && event->act == targets.front().act))
                targets.push_back(*event);
        }
        if (targets.empty())
            return core::fail(ErrorCode::NotFound, "there is no label of yours to take back");
    }
    BALMER_CHECK(write());
    for (const auto& target : targets) {
        active::LabelEvent undo;
        undo.kind = active::LabelKind::Undo;
        undo.spectrum = target.spectrum;
        undo.supersedes = target.id;
        BALMER_TRY([[maybe_unused]] const auto kept, keep(std::move(undo)));
    }
    return targets;
}

std::vector<active::LabelEvent> FakeLabelling::of(const std::string& spectrum) const {
    const std::lock_guard lock(mutex_);
    std::vector<active::LabelEvent> own;
    if (const auto found = eventsOf_.find(spectrum); found != eventsOf_.end())
        for (const std::size_t i : found->second)
            own.push_back(events_[i]);
    return own;
}

core::Result<api::LabelCounts> FakeLabelling::counts() {
    slow_.note("labelling.counts");
    const std::lock_guard lock(mutex_);
    api::LabelCounts counts{events_.size(), events_.size(), {}};
    for (const auto& [name, number] : options_.labelled)
        counts.byClass.emplace_back(name, number);
    return counts;
}

core::Result<std::vector<api::RoundInfo>> FakeLabelling::rounds() {
    slow_.note("labelling.rounds");
    if (!options_.round) return std::vector<api::RoundInfo>{};
    std::vector<api::RoundInfo> rounds;
    for (int number = ended_; number > 0; --number)
        rounds.push_back(roundInfo(number));
    return rounds;
}

void FakeLabelling::finishRound() {
    ++ended_;
    told_.tell({api::Event::Kind::Rounds, {}, {}});
}

core::Result<api::RoundContent> FakeLabelling::round(jobs::JobId job) {
    slow_.note("labelling.round");
    const auto number = static_cast<int>(job - firstRoundJob) + 1;
    if (!options_.round || number < 1 || number > ended_)
        return core::fail(ErrorCode::NotFound, "there is no round of job " + std::to_string(job));
    api::RoundContent content;
    content.info = roundInfo(number);
    std::size_t next = 50 * static_cast<std::size_t>(number - 1);
    for (int list = 0; list < 3; ++list)
        for (std::size_t k = 0; k < options_.entriesEach && next < options_.spectra; ++next) {
            const auto p = survey::probabilitiesOf(next);
            const auto best = std::size_t(std::max_element(p.begin(), p.end()) - p.begin());
            // The lists of a small project differ; those of a large one take what comes.
            if (options_.entriesEach <= 100 && options_.spectra >= 600 && list > 0 && best == 0) continue;
            const std::string reason = list == 0 ? "\"" + survey::classes[best] +
                                                       "\" and others are nearly as likely (entropy " +
                                                       std::to_string(survey::entropyOf(p)).substr(0, 4) + ")"
                                       : list == 1 ? "drawn at random from the predicted targets"
                                                   : "among the surest of the predicted targets";
            content.entries.push_back({active::roundLists[std::size_t(list)], survey::idOf(next),
                                       survey::classes[best], p[best], survey::entropyOf(p), reason});
            ++k;
        }
    return content;
}

} // namespace balmer::test
