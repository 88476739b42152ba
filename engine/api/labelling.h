// Labelling: the labels that people give in an open project, and the rounds of active learning that ask for
// them.
//
// Handed out by Workbench::labelling and lives as long. Any thread, several at once. What is marked (quick)
// may be called from the UI thread. Times are ISO 8601 UTC text; an
// absent number is an empty optional.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/active/label_event.h"
#include "engine/core/result.h"
#include "engine/jobs/job.h"

namespace balmer::api {

struct RoundEntry {
    active::RoundList list = active::RoundList::Oracle;
    std::string id;
    std::string predicted;
    double probability = 0;
    double entropy = 0;
    std::string reason; ///< why it was chosen, a sentence's part
};

struct RoundInfo {
    int number = 0; ///< counts from 1 for each dataset and set of classes
    std::string dataset;
    std::vector<std::string> classes;
    std::vector<std::string> targets;
    std::string model;
    std::int64_t job = 0;
    std::optional<double> precision, precisionLower95;
    std::size_t judged = 0; ///< labels that the estimate rests on
    std::string created;
};

struct RoundContent {
    RoundInfo info;
    std::vector<RoundEntry> entries; ///< oracle, then performance estimate, then candidates, each best first
};

struct LabelCounts {
    std::size_t today = 0;
    std::size_t total = 0;
    std::vector<std::pair<std::string, std::size_t>> byClass;
};

class Labelling {
  public:
    virtual ~Labelling() = default;

    /// The observer's name in label events. (quick)
    virtual std::string who() const = 0;
    /// Appends the event (who and when are filled in where empty) and returns it with its id, once it is on
    /// the disk. Waits for the disk and for the write before it; calls from one thread keep their order.
    virtual core::Result<active::LabelEvent> label(active::LabelEvent event) = 0;
    /// The same for several as one act, which one undo() takes back: all of them or, on an error, none.
    virtual core::Status labelAll(std::vector<active::LabelEvent> events) = 0;
    /// Takes back the newest event of this observer that still stands, with all others of its act (those
    /// given at once, or by one import); returns what was taken back, at least one event, the newest first.
    /// NotFound when there is none. Waits as label() does.
    virtual core::Result<std::vector<active::LabelEvent>> undo() = 0;
    virtual core::Result<std::vector<active::LabelEvent>> history(const std::string& spectrumId) = 0;
    virtual core::Result<LabelCounts> counts() = 0;
    virtual core::Result<std::vector<RoundInfo>> rounds() = 0; ///< newest first
    virtual core::Result<RoundContent> round(jobs::JobId job) = 0;
};

} // namespace balmer::api
