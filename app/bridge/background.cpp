#include "app/bridge/background.h"

#include <algorithm>

#include "engine/core/log.h"
#include "engine/core/stop_scope.h"
#include "engine/core/thread_pool.h"

namespace balmer::bridge {

Background::Background(std::string threadName, AtEnd atEnd, QObject* parent)
    : QObject(parent), atEnd_(atEnd), name_(std::move(threadName)) {
    (void)begun();
}

bool Background::begun() {
    if (thread_.joinable()) return true;
    auto thread = core::startThread([this] {
        core::nameThisThread(name_);
        loop(ending_.get_token());
    });
    if (thread)
        thread_ = *std::move(thread);
    else
        core::log::warning(name_ + " does without a thread: " + thread.error().message());
    return thread_.joinable();
}

Background::~Background() {
    {
        const std::lock_guard lock(mutex_);
        if (atEnd_ == AtEnd::Drop) {
            waiting_.clear();
            if (atWork_) atWork_->stop.request_stop();
        }
    }
    ending_.request_stop();
    wake_.notify_all();
    thread_.join();
    while (!waiting_.empty()) // it had no thread
        performHere();
}

void Background::post(QObject* receiver, std::string key, Task task) {
    auto request = std::make_shared<Request>();
    request->receiver = receiver;
    request->key = {receiver, std::move(key)};
    request->generation = ++generation_;
    request->task = std::move(task);
    const bool replaces = !request->key.second.empty();
    if (replaces) newest_[request->key] = request->generation;
    ++undelivered_;
    {
        const std::lock_guard lock(mutex_);
        if (replaces) {
            undelivered_ -=
                std::erase_if(waiting_, [&](const auto& other) { return other->key == request->key; });
            if (atWork_ && atWork_->key == request->key) atWork_->stop.request_stop();
        }
        waiting_.push_back(std::move(request));
    }
    if (begun())
        wake_.notify_one();
    else
        QMetaObject::invokeMethod(this, &Background::performHere, Qt::QueuedConnection);
}

void Background::forget(QObject* receiver, const std::string& key) {
    const Key wanted{receiver, key};
    newest_[wanted] = ++generation_;
    std::size_t dropped = 0;
    {
        const std::lock_guard lock(mutex_);
        dropped = std::erase_if(waiting_, [&](const auto& other) { return other->key == wanted; });
        if (atWork_ && atWork_->key == wanted) atWork_->stop.request_stop();
    }
    for (; dropped > 0; --dropped)
        settle();
}

void Background::loop(const std::stop_token& stop) {
    while (true) {
        std::shared_ptr<Request> request;
        {
            std::unique_lock lock(mutex_);
            // At the end, what still waits comes first.
            if (!wake_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
            request = std::move(waiting_.front());
            waiting_.pop_front();
            atWork_ = request;
        }
        perform(request);
    }
}

void Background::performHere() {
    std::shared_ptr<Request> request;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty()) return;
        request = std::move(waiting_.front());
        waiting_.pop_front();
        atWork_ = request;
    }
    perform(request);
}

void Background::perform(const std::shared_ptr<Request>& request) {
    auto delivery = [&] {
        const core::StopScope stopping(request->stop.get_token());
        return request->task(request->stop.get_token());
    }();
    request->task = nullptr;
    {
        const std::lock_guard lock(mutex_);
        atWork_ = nullptr;
    }
    QMetaObject::invokeMethod(
        this, [this, request, delivery = std::move(delivery)] { deliver(request, delivery); },
        Qt::QueuedConnection);
}

void Background::deliver(const std::shared_ptr<Request>& request, const Delivery& delivery) {
    bool wanted = !request->receiver.isNull();
    if (!request->key.second.empty()) {
        const auto newest = newest_.find(request->key);
        if (newest == newest_.end() || newest->second != request->generation)
            wanted = false;
        else
            newest_.erase(newest);
    }
    if (wanted) delivery();
    settle();
}

void Background::settle() {
    --undelivered_;
}

} // namespace balmer::bridge
