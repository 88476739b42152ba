#include "engine/remote/transport/offload.h"

#include "engine/core/log.h"
#include "engine/core/thread_pool.h"

namespace balmer::remote {

NamedPool::NamedPool(std::size_t threads, std::string name)
    : wanted_(threads), name_(std::move(name)), work_(boost::asio::make_work_guard(io_)) {
    (void)begun();
}

NamedPool::~NamedPool() {
    io_.stop();
    join();
}

bool NamedPool::begun() {
    while (threads_.size() < wanted_) {
        auto thread = core::startThread([this] {
            core::nameThisThread(name_);
            io_.run();
        });
        if (!thread) {
            core::log::debug(name_ + " has " + std::to_string(threads_.size()) +
                             " threads: " + thread.error().message());
            break;
        }
        threads_.push_back(*std::move(thread));
    }
    return !threads_.empty();
}

void NamedPool::join() {
    work_.reset();
    for (auto& thread : threads_)
        thread.join();
}

} // namespace balmer::remote
