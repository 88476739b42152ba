// TaskContext: what a long function needs from whoever runs it: somewhere to report progress, and word to
// stop.
//
// One call does both, so that nobody can do one and forget the other:
//     for (...) BALMER_CHECK(task.checkpoint(double(i) / n, "training"));
// A TaskContext is used by the thread that runs the function. When work is spread over a pool, the calling
// thread makes the checkpoints and workers look at stopRequested() alone, which any thread may call.
#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::core {

class TaskContext {
  public:
    /// fraction in [0, 1]; stage is a word or two in the user's language.
    using ProgressSink = std::function<void(double fraction, std::string_view stage)>;
    /// One value of a series that is worth watching while it grows: ("quantisation error", epoch, value).
    using SeriesSink = std::function<void(std::string_view name, double step, double value)>;

    /// Never stops and reports to nobody.
    TaskContext() = default;
    TaskContext(std::stop_token stop, ProgressSink progress, SeriesSink series = {});

    /// Reports progress (never backwards) and returns Cancelled when asked to stop.
    Status checkpoint(double fraction, std::string_view stage);

    void report(std::string_view series, double step, double value);

    bool stopRequested() const { return stop_.stop_requested(); }
    const std::stop_token& stopToken() const { return stop_; }

    /// A context whose [0, 1] is this one's [from, to]; it must not outlive this one.
    TaskContext part(double from, double to);

  private:
    std::stop_token stop_;
    ProgressSink progress_;
    SeriesSink series_;
    double reached_ = 0;
};

} // namespace balmer::core
