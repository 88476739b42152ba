#include "engine/api/local_labelling.h"

#include <algorithm>

#include "engine/core/clock.h"
#include "engine/core/utf8.h"
#include "engine/store/round_archive.h"
#include "engine/workflow/rounds.h"

namespace balmer::api {

using core::ErrorCode;

namespace {

RoundInfo roundInfo(const store::RoundRecord& record) {
    RoundInfo info;
    info.number = record.number;
    info.dataset = record.dataset;
    info.classes = record.classes;
    info.targets = record.targets;
    info.model = record.model;
    info.job = record.job.value_or(0);
    info.created = record.created;
    if (record.precision) {
        info.precision = record.precision->precision;
        info.precisionLower95 = record.precision->lowerBound;
        info.judged = record.precision->judged;
    }
    return info;
}

} // namespace

core::Status LocalLabelling::complete(active::LabelEvent& event) const {
    if (event.who.empty()) event.who = who_;
    if (event.when.empty()) event.when = core::formatTime(core::systemClock().now());
    BALMER_TRY(event.className, core::tidyName(event.className));
    return {};
}

core::Result<active::LabelEvent> LocalLabelling::label(active::LabelEvent event) {
    BALMER_CHECK(complete(event));
    BALMER_TRY(event.id, project_.labels().append(event));
    publish(event.spectrum);
    return event;
}

core::Status LocalLabelling::labelAll(std::vector<active::LabelEvent> events) {
    for (auto& event : events)
        BALMER_CHECK(complete(event));
    BALMER_TRY(auto act, project_.labels().beginAct());
    BALMER_CHECK(act.appendAll(events));
    BALMER_CHECK(act.finish());
    for (const auto& event : events)
        publish(event.spectrum);
    return {};
}

void LocalLabelling::publish(const std::string& spectrum) {
    Event event;
    event.kind = Event::Kind::Labels;
    event.spectrum = spectrum;
    hub_->publish(event);
}

core::Result<std::vector<active::LabelEvent>> LocalLabelling::undo() {
    BALMER_TRY(auto taken, project_.labels().takeBack(who_));
    for (const auto& event : taken)
        publish(event.spectrum);
    return taken;
}

core::Result<LabelCounts> LocalLabelling::counts() {
    LabelCounts counts;
    BALMER_TRY(const auto byClass, project_.labels().counts());
    for (const auto& [name, number] : byClass) {
        counts.byClass.emplace_back(name, static_cast<std::size_t>(number));
        counts.total += static_cast<std::size_t>(number);
    }
    const auto today = core::formatTime(core::systemClock().now()).substr(0, 10);
    BALMER_TRY(const auto number, project_.labels().classifiedSince(today));
    counts.today = static_cast<std::size_t>(number);
    return counts;
}

core::Result<std::vector<RoundInfo>> LocalLabelling::rounds() {
    BALMER_TRY(const auto records, project_.rounds().list());
    std::vector<RoundInfo> infos;
    for (auto record = records.rbegin(); record != records.rend(); ++record)
        infos.push_back(roundInfo(*record));
    return infos;
}

core::Result<RoundContent> LocalLabelling::round(jobs::JobId id) {
    BALMER_TRY(const auto records, project_.rounds().list());
    for (const auto& listed : records) {
        if (listed.job != id) continue;
        BALMER_TRY(const auto record, project_.rounds().get(listed.id));
        RoundContent content;
        content.info = roundInfo(record);
        // What stands now counts, also where labels came after the round was last judged.
        BALMER_TRY(const auto estimate, workflow::precisionOf(project_, record));
        if (estimate) {
            content.info.precision = estimate->precision;
            content.info.precisionLower95 = estimate->lowerBound;
            content.info.judged = estimate->judged;
        }
        for (const auto& item : record.items)
            content.entries.push_back(
                {item.list, item.spectrum, item.predicted, item.probability, item.entropy, item.reason});
        // The store sorts lists by name.
        std::stable_sort(content.entries.begin(), content.entries.end(),
                         [](const auto& a, const auto& b) { return a.list < b.list; });
        return content;
    }
    return core::fail(ErrorCode::NotFound,
                      "job " + std::to_string(id) + " is not a round; `balmer jobs` lists the rounds");
}

} // namespace balmer::api
