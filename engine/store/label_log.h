// LabelLog: what was said about each spectrum, as events that are appended and never changed (triggers see to
// it).
//
// What is shown is a query over the events (active/current_label.h). Part of a Project; thread rule there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/active/current_label.h"
#include "engine/active/label_event.h"
#include "engine/core/result.h"

namespace balmer::store {

class Connections;
class LabelLog;

/// Which events; empty fields do not restrict.
struct LabelFilter {
    std::string spectrum = {};
    std::string who = {};
    std::optional<active::LabelKind> kind = {};
    std::optional<int> round = {};
    std::string until = {}; ///< ISO time: "the project as of last Tuesday"
    std::int64_t after = 0; ///< events with a greater id
    std::size_t limit = 0;  ///< 0: all; otherwise the newest so many
};

struct SpectrumLabel {
    std::string spectrum;
    active::CurrentLabel label;
};

/// Labels that are given as one act in several short transactions, and taken back together. Until finish()
/// they are provisional: the end of this takes them back; where the disk or a lock does not let it, whatever
/// is written to the log next does so before; where the process dies, the next opening of the project. One
/// thread.
class LabelAct {
  public:
    LabelAct(LabelAct&& other) noexcept;
    LabelAct& operator=(LabelAct&&) = delete;
    ~LabelAct();

    /// Errors: those of LabelLog::append.
    core::Result<std::int64_t> append(const active::LabelEvent& event);
    /// In as many transactions as it takes.
    core::Status appendAll(std::span<const active::LabelEvent> events);
    core::Status finish();

  private:
    friend class LabelLog;
    LabelAct(LabelLog& log, std::int64_t act) : log_(&log), act_(act) {}
    LabelLog* log_; ///< null once it is finished
    std::int64_t act_;
};

class LabelLog {
  public:
    explicit LabelLog(Connections& connections);

    /// Returns the event's id once it is on the disk. The event's own id and act are ignored; an empty `when`
    /// becomes now; the class is kept as core::tidyName() makes it, whoever gives it. Errors: InvalidArgument
    /// for an empty spectrum, a Class without a class or with one that is not UTF-8, another kind with one,
    /// or an event to supersede that is not one of the same spectrum.
    core::Result<std::int64_t> append(const active::LabelEvent& event);
    core::Result<LabelAct> beginAct();

    /// As many labels as one transaction should append: other writes wait meanwhile.
    static constexpr std::size_t inOneWrite = 100;

    /// All or, on an error, none: one transaction and one act.
    core::Result<std::vector<std::int64_t>> appendAll(std::span<const active::LabelEvent> events);

    /// Takes back the newest event of this observer that nobody took back, with all others of its act, the
    /// newest first and in short transactions: what an error leaves is taken back by calling it again, what a
    /// death leaves at the next opening. An act that is still being given is left alone. Returns what was
    /// taken back, the newest first. view: where it is taken back; "": where it was given. Errors: NotFound
    /// when there is none.
    core::Result<std::vector<active::LabelEvent>> takeBack(std::string_view who, std::string_view view = {});
    /// Seals what an older Balmer left without (label_seals.h); when the project is opened.
    core::Status sealOlder();
    /// The spectra for which what stands is kept otherwise than their events say: a damage of the disk, which
    /// makeCurrent() puts right.
    core::Result<std::vector<std::string>> wrongCurrent();
    core::Status makeCurrent();
    /// Takes back the acts of which a process that lives no more has written a part.
    core::Status takeBackAbandoned();

    /// Oldest first.
    core::Result<std::vector<active::LabelEvent>> of(std::string_view spectrum);
    core::Result<std::vector<active::LabelEvent>> list(const LabelFilter& filter);

    /// What stands now for one spectrum; a default CurrentLabel when nobody said anything.
    core::Result<active::CurrentLabel> current(std::string_view spectrum);
    /// For every spectrum with an event (until the given time, when there is one), by id of the spectrum.
    core::Result<std::vector<SpectrumLabel>> currentAll(std::string_view until = {});
    /// The class that stands, for each spectrum that has one: what a training set needs.
    core::Result<std::map<std::string, std::string>> classes();
    /// How many spectra have each class.
    core::Result<std::map<std::string, std::int64_t>> counts();
    /// How many spectra were given a class at this ISO time or later.
    core::Result<std::int64_t> classifiedSince(std::string_view time);

  private:
    friend class LabelAct;
    core::Result<std::vector<active::LabelEvent>> takeBackAct(std::int64_t act, std::string_view view);
    /// What ended acts of this process have left.
    core::Status takeBackLeft();
    Connections& connections_;
    std::mutex leftMutex_;
    std::vector<std::int64_t> left_; ///< acts that could not be taken back yet; guarded
};

} // namespace balmer::store
