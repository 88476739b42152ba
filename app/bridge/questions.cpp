#include "app/bridge/questions.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include <QCoreApplication>

#include "engine/core/thread_pool.h"

namespace balmer::bridge {

namespace {

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
    {
        const std::lock_guard lock(underWay().mutex);
        ++underWay().count;
    }
    std::thread([self = QPointer<Questions>(this), target = QPointer<QObject>(receiver), which, generation,
                 task = std::move(task)]() mutable {
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
    }).detach();
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
