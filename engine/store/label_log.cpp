#include "engine/store/label_log.h"

#include <iterator>
#include <limits>
#include <tuple>
#include <utility>

#include "engine/core/crash_point.h"
#include "engine/core/stop_scope.h"
#include "engine/core/utf8.h"
#include "engine/jobs/process_token.h"
#include "engine/store/connections.h"
#include "engine/store/json_text.h"
#include "engine/store/kept_text.h"
#include "engine/store/label_seals.h"
#include "engine/store/spectrum_ids.h"
#include "engine/store/staged_rows.h"

namespace balmer::store {

using active::LabelEvent;
using active::LabelKind;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

constexpr std::string_view select = "SELECT id, spectrum, kind, class, comment, who, at, view, model, round, "
                                    "list, supersedes, act FROM label_event ";

Result<LabelEvent> eventFrom(const Statement& row) {
    LabelEvent event;
    event.id = row.integer(0);
    event.spectrum = row.text(1);
    const auto kind = active::labelKindFrom(row.text(2));
    if (!kind)
        return fail(ErrorCode::Unsupported, "the label event " + std::to_string(event.id) +
                                                " is of the kind \"" + row.text(2) +
                                                "\", which this version does not know; use a newer one");
    event.kind = *kind;
    event.className = row.text(3);
    event.comment = row.text(4);
    event.who = row.text(5);
    event.when = row.text(6);
    event.view = row.text(7);
    event.model = row.text(8);
    if (const auto round = row.optionalInteger(9)) event.round = static_cast<int>(*round);
    if (!row.isNull(10)) event.list = active::roundListFrom(row.text(10));
    event.supersedes = row.optionalInteger(11);
    event.act = row.optionalInteger(12);
    return event;
}

Result<std::vector<LabelEvent>> eventsFrom(Statement& statement) {
    std::vector<LabelEvent> events;
    while (true) {
        BALMER_TRY(const bool row, statement.step());
        if (!row) return events;
        BALMER_TRY(auto event, eventFrom(statement));
        events.push_back(std::move(event));
    }
}

Result<std::vector<LabelEvent>> eventsOf(Database& database, std::string_view spectrum) {
    BALMER_TRY(auto statement, database.prepare(std::string(select) + "WHERE spectrum = ? ORDER BY id"));
    statement.bind(spectrum);
    return eventsFrom(statement);
}

std::string flagWords(const active::CurrentLabel& label) {
    std::string words;
    const auto add = [&](bool holds, std::string_view word) {
        if (holds) words += (words.empty() ? "" : " ") + std::string(word);
    };
    add(label.notSure, "not-sure");
    add(label.bad, "bad");
    add(label.artefact, "artefact");
    add(label.noteworthy, "noteworthy");
    return words;
}

Status keepCurrent(Database& database, std::string_view spectrum, const active::CurrentLabel& label,
                   std::int64_t lastEvent) {
    return database.run(
        "INSERT INTO label_current (spectrum, class, flags, comment, last_event) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (spectrum) DO UPDATE SET class = excluded.class, "
        "flags = excluded.flags, comment = excluded.comment, last_event = excluded.last_event",
        spectrum, label.className, flagWords(label), label.comment, lastEvent);
}

/// The one way into the log.
Result<std::int64_t> appendOne(Database& database, const LabelEvent& event, const std::string& now,
                               std::optional<std::int64_t> act = {}) {
    BALMER_TRY(const auto className, core::tidyName(event.className));
    if (event.spectrum.empty()) return fail(ErrorCode::InvalidArgument, "a label needs the id of a spectrum");
    if (event.kind != LabelKind::Undo) { // an undo repeats what was kept
        BALMER_CHECK(checkSpectrum(database, event.spectrum));
        BALMER_CHECK(checkName("the model", event.model));
    }
    BALMER_CHECK(checkName("the class", className));
    BALMER_CHECK(checkName("the observer", event.who));
    BALMER_TRY(const auto comment, keptRemark("the comment", event.comment));
    if ((event.kind == LabelKind::Class) == className.empty())
        return fail(ErrorCode::InvalidArgument,
                    className.empty() ? "the label of " + event.spectrum + " names no class"
                                      : "only a label of the kind \"class\" names a class, not the one of " +
                                            event.spectrum);
    if (event.supersedes) {
        BALMER_TRY(const auto known,
                   database.number("SELECT count(*) FROM label_event WHERE id = ? AND spectrum = ?",
                                   *event.supersedes, event.spectrum));
        if (known == 0)
            return fail(ErrorCode::InvalidArgument, "the label to replace, " +
                                                        std::to_string(*event.supersedes) + ", is none of " +
                                                        event.spectrum);
    }
    std::optional<std::string> list;
    if (event.list) list = active::toString(*event.list);
    BALMER_CHECK(
        database.run("INSERT INTO label_event (spectrum, kind, class, comment, who, at, view, model, round, "
                     "list, supersedes, act) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     event.spectrum, active::toString(event.kind), className, comment, event.who,
                     event.when.empty() ? now : keptOfFile(event.when), keptOfFile(event.view), event.model,
                     event.round, list, event.supersedes, act));
    const auto id = database.lastKey();
    BALMER_CHECK(sealEvents(database));
    BALMER_TRY(const auto events, eventsOf(database, event.spectrum));
    BALMER_CHECK(keepCurrent(database, event.spectrum, active::currentLabel(events), id));
    return id;
}

/// What stands of a spectrum, as the events say and as it is kept beside them.
struct Standing {
    std::string spectrum;
    active::CurrentLabel label;
    std::int64_t lastEvent = 0;
};

/// Those that are kept otherwise than the events say.
Result<std::vector<Standing>> wrongStandings(Database& database) {
    using Kept = std::tuple<std::string, std::string, std::string, std::int64_t>;
    std::map<std::string, Kept> kept;
    BALMER_TRY(auto rows,
               database.prepare("SELECT spectrum, class, flags, comment, last_event FROM label_current"));
    while (true) {
        BALMER_TRY(const bool row, rows.step());
        if (!row) break;
        kept.emplace(rows.text(0), Kept{rows.text(1), rows.text(2), rows.text(3), rows.integer(4)});
    }
    BALMER_TRY(auto statement, database.prepare(std::string(select) + "ORDER BY spectrum, id"));
    BALMER_TRY(const auto events, eventsFrom(statement));
    std::vector<Standing> wrong;
    for (std::size_t first = 0; first < events.size();) {
        std::size_t end = first;
        while (end < events.size() && events[end].spectrum == events[first].spectrum)
            ++end;
        Standing standing{events[first].spectrum,
                          active::currentLabel(std::span(events).subspan(first, end - first)),
                          events[end - 1].id};
        first = end;
        const auto& label = standing.label;
        const auto found = kept.extract(standing.spectrum);
        if (found.empty() ||
            found.mapped() != Kept{label.className, flagWords(label), label.comment, standing.lastEvent})
            wrong.push_back(std::move(standing));
    }
    for (const auto& each : kept) // of spectra about which nobody said anything
        wrong.push_back({each.first, {}, 0});
    return wrong;
}

Result<std::int64_t> newAct(Database& database) {
    return database.number("SELECT max(coalesce((SELECT max(act) FROM label_event), 0), "
                           "coalesce((SELECT max(act) FROM label_act_open), 0)) + 1");
}

Status openAct(Database& database, std::int64_t act, bool giving) {
    return database.run("INSERT OR REPLACE INTO label_act_open (act, by, giving) VALUES (?, ?, ?)", act,
                        stager(), giving ? 1 : 0);
}

Status closeAct(Database& database, std::int64_t act) {
    return database.run("DELETE FROM label_act_open WHERE act = ?", act);
}

constexpr std::string_view standing = "kind <> 'undo' AND NOT EXISTS (SELECT 1 FROM label_event u WHERE "
                                      "u.spectrum = e.spectrum AND u.supersedes = e.id AND u.kind = 'undo') ";

/// The newest event of this observer that stands, of acts that have been given. Errors: NotFound.
Result<LabelEvent> newestOf(Database& database, std::string_view who) {
    BALMER_TRY(auto newest, database.prepare(std::string(select) + "e WHERE " + std::string(standing) +
                                             "AND who = ? AND NOT EXISTS (SELECT 1 FROM label_act_open "
                                             "o WHERE o.act = e.act AND o.giving = 1) "
                                             "ORDER BY id DESC LIMIT 1"));
    newest.bind(who);
    BALMER_TRY(auto events, eventsFrom(newest));
    if (events.empty()) return fail(ErrorCode::NotFound, "there is no label of yours to take back");
    return std::move(events.front());
}

/// Those of the act that stand and are older than `before`, the newest first; as many as one write takes.
Result<std::vector<LabelEvent>> eventsOfAct(Database& database, std::int64_t act, std::int64_t before) {
    BALMER_TRY(auto statement, database.prepare(std::string(select) + "e WHERE " + std::string(standing) +
                                                "AND act = ? AND id < ? ORDER BY id DESC LIMIT ?"));
    statement.bind(act).bind(before).bind(static_cast<std::int64_t>(LabelLog::inOneWrite));
    return eventsFrom(statement);
}

LabelEvent undoOf(const LabelEvent& event, std::string_view view) {
    LabelEvent undo;
    undo.spectrum = event.spectrum;
    undo.kind = LabelKind::Undo;
    undo.who = event.who;
    undo.view = view.empty() ? event.view : std::string(view);
    undo.round = event.round;
    undo.supersedes = event.id;
    return undo;
}

} // namespace

LabelLog::LabelLog(Connections& connections) : connections_(connections) {}

Status LabelLog::takeBackLeft() {
    std::vector<std::int64_t> acts;
    {
        const std::scoped_lock lock(leftMutex_);
        acts.swap(left_);
    }
    // Without the mutex: who writes several things together holds the database and then comes here.
    for (; !acts.empty(); acts.pop_back())
        if (auto taken = takeBackAct(acts.back(), {}); !taken) {
            const std::scoped_lock lock(leftMutex_);
            left_.insert(left_.end(), acts.begin(), acts.end());
            return fail(std::move(taken).error());
        }
    return {};
}

Result<std::int64_t> LabelLog::append(const LabelEvent& event) {
    BALMER_CHECK(takeBackLeft());
    const auto now = connections_.now();
    return connections_.write([&](Database& database) { return appendOne(database, event, now); });
}

Result<std::vector<std::int64_t>> LabelLog::appendAll(std::span<const LabelEvent> events) {
    BALMER_CHECK(takeBackLeft());
    const auto now = connections_.now();
    return connections_.write([&](Database& database) -> Result<std::vector<std::int64_t>> {
        std::vector<std::int64_t> ids;
        BALMER_TRY(const auto act, newAct(database));
        for (const auto& event : events) {
            BALMER_TRY(ids.emplace_back(), appendOne(database, event, now, act));
        }
        return ids;
    });
}

Result<LabelAct> LabelLog::beginAct() {
    BALMER_CHECK(takeBackLeft());
    BALMER_TRY(const auto begun, connections_.write([](Database& database) -> Result<std::int64_t> {
        BALMER_TRY(const auto act, newAct(database));
        BALMER_CHECK(openAct(database, act, true));
        return act;
    }));
    return LabelAct(*this, begun);
}

LabelAct::LabelAct(LabelAct&& other) noexcept : log_(std::exchange(other.log_, nullptr)), act_(other.act_) {}

LabelAct::~LabelAct() {
    const core::NoStopScope whole;
    try {
        if (log_ == nullptr || log_->takeBackAct(act_, {})) return;
        const std::scoped_lock lock(log_->leftMutex_);
        log_->left_.push_back(act_);
    } catch (const std::bad_alloc&) { // what cannot be taken back now is at the next opening
    }
}

Result<std::int64_t> LabelAct::append(const LabelEvent& event) {
    const auto now = log_->connections_.now();
    return log_->connections_.write(
        [&](Database& database) { return appendOne(database, event, now, act_); });
}

Status LabelAct::appendAll(std::span<const LabelEvent> events) {
    const auto write = [&](Database&, std::size_t i) -> Status {
        BALMER_TRY([[maybe_unused]] const auto id, append(events[i]));
        return {};
    };
    return writeInPieces(log_->connections_, events.size(), write, LabelLog::inOneWrite);
}

Status LabelAct::finish() {
    BALMER_CHECK(log_->connections_.write([&](Database& database) { return closeAct(database, act_); }));
    log_ = nullptr;
    return {};
}

Result<std::vector<LabelEvent>> LabelLog::takeBack(std::string_view who, std::string_view view) {
    BALMER_CHECK(takeBackLeft());
    const auto now = connections_.now();
    BALMER_TRY(auto newest, connections_.write([&](Database& database) -> Result<LabelEvent> {
        BALMER_TRY(auto event, newestOf(database, who));
        if (event.act)
            BALMER_CHECK(openAct(database, *event.act, false));
        else
            BALMER_CHECK(appendOne(database, undoOf(event, view), now));
        return event;
    }));
    std::vector<LabelEvent> taken;
    if (newest.act) {
        BALMER_TRY(taken, takeBackAct(*newest.act, view));
    }
    if (taken.empty()) taken.push_back(std::move(newest)); // another process may have been faster
    return taken;
}

Result<std::vector<LabelEvent>> LabelLog::takeBackAct(std::int64_t act, std::string_view view) {
    const auto now = connections_.now();
    std::optional<std::int64_t> undoAct;
    std::int64_t before = std::numeric_limits<std::int64_t>::max();
    const auto takeSome = [&](Database& database) -> Result<std::vector<LabelEvent>> {
        BALMER_TRY(auto some, eventsOfAct(database, act, before));
        if (!undoAct && !some.empty()) {
            BALMER_TRY(undoAct, newAct(database));
        }
        for (const auto& event : some)
            BALMER_CHECK(appendOne(database, undoOf(event, view), now, undoAct));
        if (some.size() < inOneWrite) BALMER_CHECK(closeAct(database, act));
        return some;
    };
    std::vector<LabelEvent> taken;
    while (true) {
        BALMER_TRY(auto some, connections_.write(takeSome));
        core::crashPoint("labels.some-taken-back");
        const bool whole = some.size() < inOneWrite;
        if (!some.empty()) before = some.back().id;
        std::move(some.begin(), some.end(), std::back_inserter(taken));
        if (whole) return taken;
    }
}

Status LabelLog::takeBackAbandoned() {
    BALMER_TRY(const auto acts,
               connections_.read([&](Database& database) -> Result<std::vector<std::int64_t>> {
                   std::vector<std::int64_t> left;
                   BALMER_TRY(auto statement,
                              database.prepare("SELECT act, by FROM label_act_open ORDER BY act DESC"));
                   while (true) {
                       BALMER_TRY(const bool row, statement.step());
                       if (!row) return left;
                       if (jobs::stateOf(statement.text(1)) == jobs::ProcessState::Ended)
                           left.push_back(statement.integer(0));
                   }
               }));
    for (const auto act : acts) {
        BALMER_TRY([[maybe_unused]] const auto taken, takeBackAct(act, {}));
    }
    return {};
}

Status LabelLog::sealOlder() {
    BALMER_TRY(const auto bare, connections_.read([](Database& database) {
        return database.number("SELECT coalesce((SELECT max(id) FROM label_event), 0) > "
                               "coalesce((SELECT max(event) FROM label_seal), 0)");
    }));
    if (bare == 0) return {};
    return connections_.write([](Database& database) { return sealEvents(database); });
}

Result<std::vector<std::string>> LabelLog::wrongCurrent() {
    return connections_.read([](Database& database) -> Result<std::vector<std::string>> {
        BALMER_TRY(const auto wrong, wrongStandings(database));
        std::vector<std::string> spectra;
        for (const auto& each : wrong)
            spectra.push_back(each.spectrum);
        return spectra;
    });
}

Status LabelLog::makeCurrent() {
    return connections_.write([](Database& database) -> Status {
        BALMER_TRY(const auto wrong, wrongStandings(database));
        for (const auto& each : wrong) {
            if (each.lastEvent == 0)
                BALMER_CHECK(database.run("DELETE FROM label_current WHERE spectrum = ?", each.spectrum));
            else
                BALMER_CHECK(keepCurrent(database, each.spectrum, each.label, each.lastEvent));
        }
        return {};
    });
}

Result<std::vector<LabelEvent>> LabelLog::of(std::string_view spectrum) {
    return connections_.read([&](Database& database) { return eventsOf(database, spectrum); });
}

Result<std::vector<LabelEvent>> LabelLog::list(const LabelFilter& filter) {
    return connections_.read([&](Database& database) -> Result<std::vector<LabelEvent>> {
        std::string sql = std::string(select) + "WHERE id > ?";
        if (!filter.spectrum.empty()) sql += " AND spectrum = ?";
        if (!filter.who.empty()) sql += " AND who = ?";
        if (filter.kind) sql += " AND kind = ?";
        if (filter.round) sql += " AND round = ?";
        if (!filter.until.empty()) sql += " AND at <= ?";
        if (filter.limit > 0) sql = "SELECT * FROM (" + sql + " ORDER BY id DESC LIMIT ?)";
        BALMER_TRY(auto statement, database.prepare(sql + " ORDER BY id"));
        statement.bind(filter.after);
        if (!filter.spectrum.empty()) statement.bind(filter.spectrum);
        if (!filter.who.empty()) statement.bind(filter.who);
        if (filter.kind) statement.bind(active::toString(*filter.kind));
        if (filter.round) statement.bind(*filter.round);
        if (!filter.until.empty()) statement.bind(filter.until);
        if (filter.limit > 0) statement.bind(static_cast<std::int64_t>(filter.limit));
        return eventsFrom(statement);
    });
}

Result<active::CurrentLabel> LabelLog::current(std::string_view spectrum) {
    BALMER_TRY(const auto events, of(spectrum));
    return active::currentLabel(events);
}

Result<std::vector<SpectrumLabel>> LabelLog::currentAll(std::string_view until) {
    return connections_.read([&](Database& database) -> Result<std::vector<SpectrumLabel>> {
        BALMER_TRY(auto statement,
                   database.prepare(std::string(select) + "WHERE ? = '' OR at <= ? ORDER BY spectrum, id"));
        statement.bind(until).bind(until);
        BALMER_TRY(const auto events, eventsFrom(statement));
        std::vector<SpectrumLabel> labels;
        for (std::size_t first = 0; first < events.size();) {
            std::size_t end = first;
            while (end < events.size() && events[end].spectrum == events[first].spectrum)
                ++end;
            labels.push_back({events[first].spectrum,
                              active::currentLabel(std::span(events).subspan(first, end - first))});
            first = end;
        }
        return labels;
    });
}

Result<std::map<std::string, std::string>> LabelLog::classes() {
    return connections_.read([&](Database& database) -> Result<std::map<std::string, std::string>> {
        std::map<std::string, std::string> all;
        BALMER_TRY(auto statement,
                   database.prepare("SELECT spectrum, class FROM label_current WHERE class <> ''"));
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return all;
            all.emplace(statement.text(0), statement.text(1));
        }
    });
}

Result<std::map<std::string, std::int64_t>> LabelLog::counts() {
    return connections_.read([&](Database& database) -> Result<std::map<std::string, std::int64_t>> {
        std::map<std::string, std::int64_t> all;
        BALMER_TRY(
            auto statement,
            database.prepare("SELECT class, count(*) FROM label_current WHERE class <> '' GROUP BY class"));
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return all;
            all.emplace(statement.text(0), statement.integer(1));
        }
    });
}

Result<std::int64_t> LabelLog::classifiedSince(std::string_view time) {
    return connections_.read([&](Database& database) {
        return database.number("SELECT count(DISTINCT spectrum) FROM label_event WHERE kind = ? AND at >= ?",
                               active::toString(LabelKind::Class), time);
    });
}

} // namespace balmer::store
