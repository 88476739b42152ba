#include "engine/core/task_context.h"

#include <algorithm>

namespace balmer::core {

TaskContext::TaskContext(std::stop_token stop, ProgressSink progress, SeriesSink series)
    : stop_(std::move(stop)), progress_(std::move(progress)), series_(std::move(series)) {}

Status TaskContext::checkpoint(double fraction, std::string_view stage) {
    if (stop_.stop_requested()) return fail(ErrorCode::Cancelled, "stopped on request");
    reached_ = std::max(reached_, std::clamp(fraction, 0.0, 1.0));
    if (progress_) progress_(reached_, stage);
    return {};
}

void TaskContext::report(std::string_view series, double step, double value) {
    if (series_) series_(series, step, value);
}

TaskContext TaskContext::part(double from, double to) {
    auto progress = [this, from, to](double fraction, std::string_view stage) {
        reached_ = std::max(reached_, from + fraction * (to - from));
        if (progress_) progress_(reached_, stage);
    };
    return TaskContext(stop_, progress, series_);
}

} // namespace balmer::core
