#include "engine/api/lane.h"

#include <pthread.h>

#include <exception>
#include <new>
#include <utility>

#include "engine/core/log.h"
#include "engine/core/stop_scope.h"

namespace balmer::api {

void Lane::end() {
    ending_.request_stop();
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    thread_.join();
}

core::Status Lane::post(Work work, Failed failed) {
    {
        const std::lock_guard lock(mutex_);
        if (!ended_ && !thread_.joinable()) {
            BALMER_TRY(thread_, core::startThread([this] {
                           ::pthread_setname_np(::pthread_self(), name_.c_str());
                           run(ending_.get_token());
                       }));
        }
        posts_.push_back({std::move(work), std::move(failed)});
    }
    came_.notify_one();
    return {};
}

void Lane::drop() {
    std::deque<Post> dropped;
    std::stop_source current;
    {
        const std::lock_guard lock(mutex_);
        dropped.swap(posts_);
        current = current_;
    }
    current.request_stop();
}

std::size_t Lane::load() const {
    const std::lock_guard lock(mutex_);
    return posts_.size() + (running_ ? 1 : 0);
}

void Lane::run(const std::stop_token& stop) {
    while (true) {
        Post post;
        std::stop_source current;
        {
            std::unique_lock lock(mutex_);
            running_ = false;
            came_.wait(lock, stop, [this] { return !posts_.empty(); });
            if (stop.stop_requested()) return;
            post = std::move(posts_.front());
            posts_.pop_front();
            running_ = true;
            current_ = current;
        }
        const std::stop_callback ending(stop, [&current] { current.request_stop(); });
        core::TaskContext task(current.get_token(), {});
        const core::StopScope stopping(current.get_token());
        perform(post, task);
    }
}

void Lane::perform(const Post& post, core::TaskContext& task) {
    const auto failed = [&](const core::Error& error) {
        core::log::error(error.describe());
        if (post.failed) post.failed(error);
    };
    try {
        try {
            post.work(task);
        } catch (const std::bad_alloc&) {
            failed({core::ErrorCode::ResourceExhausted, "there is not enough memory for it"});
        } catch (const std::exception& exception) {
            failed({core::ErrorCode::Internal, exception.what()});
        }
    } catch (const std::exception& exception) {
        core::log::error(std::string("a failure could not be told: ") + exception.what());
    }
}

} // namespace balmer::api
