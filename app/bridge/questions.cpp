#include "app/bridge/questions.h"

#include <condition_variable>
#include <mutex>

#include <QCoreApplication>
#include <QTimer>

#include "engine/core/log.h"
#include "engine/core/start_thread.h"
#include "engine/core/thread_pool.h"

namespace balmer::bridge {

namespace {

constexpr int retryMilliseconds = 500; ///< until a thread is asked for again

struct UnderWay {
    std::mutex mutex;
    std::condition_variable ended;
    std::size_t count = 0;
};

UnderWay& underWay() {
    static UnderWay all;
    return all;
}

} // namespace

void Questions::post(QObject* receiver, const std::string& key, std::function<Delivery()> task) {
    const Key which{receiver, key};
    const std::uint64_t generation = ++generation_;
    newest_[which] = generation;
    begin(receiver, which, generation, std::move(task));
}

void Questions::begin(const QPointer<QObject>& receiver, const Key& which, std::uint64_t generation,
                      std::function<Delivery()> task) {
    {
        const std::lock_guard lock(underWay().mutex);
        ++underWay().count;
    }
    auto thread = core::startThread(
        [self = QPointer<Questions>(this), target = receiver, which, generation, task]() mutable {
            core::nameThisThread("balmer-ask");
            Delivery delivery = task();
            task = nullptr;
            // A pointer to what lives on the UI thread is looked at there alone.
            auto arrive = [self, target, which, generation, delivery = std::move(delivery)] {
                if (!self) return;
                const auto newest = self->newest_.find(which);
                if (newest == self->newest_.end() || newest->second != generation) return;
                self->newest_.erase(newest);
                if (target) delivery();
            };
            const std::lock_guard lock(underWay().mutex);
            if (auto* application = QCoreApplication::instance())
                QMetaObject::invokeMethod(application, std::move(arrive), Qt::QueuedConnection);
            --underWay().count;
            underWay().ended.notify_all();
        });
    if (thread) return thread->detach();
    core::log::warning("a question waits: " + thread.error().message());
    {
        const std::lock_guard lock(underWay().mutex);
        --underWay().count;
        underWay().ended.notify_all();
    }
    QTimer::singleShot(retryMilliseconds, this, [this, receiver, which, generation, task = std::move(task)] {
        const auto newest = newest_.find(which);
        if (receiver && newest != newest_.end() && newest->second == generation)
            begin(receiver, which, generation, task);
    });
}

void Questions::forget(QObject* receiver, const std::string& key) {
    newest_.erase({receiver, key});
}

bool Questions::asking(const QObject* receiver, const std::string& key) const {
    return newest_.contains({receiver, key});
}

void Questions::waitForAll() {
    std::unique_lock lock(underWay().mutex);
    underWay().ended.wait(lock, [] { return underWay().count == 0; });
}

} // namespace balmer::bridge
