#include "engine/core/stop_scope.h"

#include <utility>

namespace balmer::core {

namespace {
thread_local const StopScope* innermost = nullptr;
} // namespace

StopScope::StopScope(std::stop_token stop) : stop_(std::move(stop)), outer_(innermost) {
    innermost = this;
}
StopScope::~StopScope() {
    innermost = outer_;
}

bool StopScope::stopRequested() {
    return innermost != nullptr && innermost->stop_.stop_requested();
}

} // namespace balmer::core
