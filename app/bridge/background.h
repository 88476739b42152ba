// Background: one named thread that works for the user interface and hands each result back to its thread.
//
// Owned by the Session, made and destroyed on the UI thread; run() and latest() are called there. Requests
// are worked through in order. A result is delivered on the UI thread, and dropped when the receiver has died
// or when a newer request of the same key has been made meanwhile. Nothing here ever makes the UI thread
// wait, except that the destructor lets the request at work end, or, where so asked for, all that wait; and
// except where the system gives no thread: then the UI thread does the work, one request an event.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>

#include <QObject>
#include <QPointer>

#include "engine/core/start_thread.h"

namespace balmer::bridge {

class Background : public QObject {
    Q_OBJECT
  public:
    enum class AtEnd {
        Drop,  ///< what has not begun is not done
        Finish ///< all that was asked for is done, though nobody is told
    };
    explicit Background(std::string threadName, AtEnd atEnd = AtEnd::Drop, QObject* parent = nullptr);
    ~Background() override;

    /// Calls work(std::stop_token) on the thread and deliver(its value) on the UI thread, while receiver
    /// lives.
    template <typename Work, typename Deliver>
    void run(QObject* receiver, Work work, Deliver deliver) {
        post(receiver, {}, bind(std::move(work), std::move(deliver)));
    }

    /// The same for work that follows the cursor: a newer request of this receiver and key replaces an older
    /// one that still waits, asks one at work to stop, and keeps its result from being delivered.
    template <typename Work, typename Deliver>
    void latest(QObject* receiver, const std::string& key, Work work, Deliver deliver) {
        post(receiver, key, bind(std::move(work), std::move(deliver)));
    }

    /// Drops what latest() was asked for under this key.
    void forget(QObject* receiver, const std::string& key);

    /// No request waits, is at work or is on its way back. UI thread.
    bool idle() const { return undelivered_ == 0; }

  private:
    using Delivery = std::function<void()>;
    using Task = std::function<Delivery(const std::stop_token&)>;
    using Key = std::pair<const QObject*, std::string>;
    struct Request {
        QPointer<QObject> receiver;
        Key key;
        std::uint64_t generation = 0;
        Task task;
        std::stop_source stop;
    };

    template <typename Work, typename Deliver>
    static Task bind(Work work, Deliver deliver) {
        auto shared = std::make_shared<std::pair<Work, Deliver>>(std::move(work), std::move(deliver));
        return [shared](const std::stop_token& stop) -> Delivery {
            using Value = std::invoke_result_t<Work&, const std::stop_token&>;
            auto value = std::make_shared<Value>(shared->first(stop));
            return [shared, value] { shared->second(std::move(*value)); };
        };
    }

    void post(QObject* receiver, std::string key, Task task);
    bool begun();
    void loop(const std::stop_token& stop);
    void perform(const std::shared_ptr<Request>& request);
    void performHere();
    void deliver(const std::shared_ptr<Request>& request, const Delivery& delivery);
    void settle();

    const AtEnd atEnd_;
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    std::deque<std::shared_ptr<Request>> waiting_;
    std::shared_ptr<Request> atWork_;
    std::map<Key, std::uint64_t> newest_; ///< UI thread only
    std::uint64_t generation_ = 0;        ///< UI thread only
    std::size_t undelivered_ = 0;         ///< UI thread only
    const std::string name_;
    std::stop_source ending_;
    core::Thread thread_;
};

} // namespace balmer::bridge
