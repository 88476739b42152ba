// What an open project tells those who subscribed (Workbench::subscribe): a value, safe to hand to any
// thread.
#pragma once

#include <string>

#include "engine/jobs/job.h"

namespace balmer::api {

/// Something changed. Handlers run on the thread that made the change and must return at once.
struct Event {
    enum class Kind { Job, Catalogue, Datasets, Columns, Labels, Rounds, Maps, Workers };
    Kind kind = Kind::Job;
    jobs::Job job;        ///< for Job: its present state, at most ten times a second for each job
    std::string spectrum; ///< for Labels: which; "": any number of them
};

/// Ends the subscription when destroyed; after that the handler is not running and is not called again.
class Subscription {
  public:
    virtual ~Subscription() = default;
};

} // namespace balmer::api
