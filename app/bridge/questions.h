// Questions: what may have to wait for a network, each on a thread of its own, so that none waits behind
// another; each answer is handed back to the UI thread.
//
// Owned by the Session; UI thread. An answer is dropped when the receiver has died or when a newer question
// of the same key was asked meanwhile. Nobody waits for a question when the session ends: whatever it needs
// it must own (shared pointers, copies). A question for which the system gives no thread is asked a moment
// later. A program waits for the last of them, with waitForAll(), before it leaves main().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <QObject>
#include <QPointer>

namespace balmer::bridge {

class Questions : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;

    /// Calls work() on a thread `balmer-ask` and deliver(its value) on the UI thread, while receiver lives.
    template <typename Work, typename Deliver>
    void ask(QObject* receiver, const std::string& key, Work work, Deliver deliver) {
        auto shared = std::make_shared<std::pair<Work, Deliver>>(std::move(work), std::move(deliver));
        post(receiver, key, [shared]() -> Delivery {
            using Value = std::invoke_result_t<Work&>;
            auto value = std::make_shared<Value>(shared->first());
            return [shared, value] { shared->second(std::move(*value)); };
        });
    }

    /// The answer to the newest question of this key is not wanted any more.
    void forget(QObject* receiver, const std::string& key);
    /// One of this key is on its way.
    bool asking(const QObject* receiver, const std::string& key) const;

    /// Until no question of the whole program is under way. Any thread.
    static void waitForAll();

  private:
    using Delivery = std::function<void()>;
    using Key = std::pair<const QObject*, std::string>;
    void post(QObject* receiver, const std::string& key, std::function<Delivery()> task);
    void begin(const QPointer<QObject>& receiver, const Key& which, std::uint64_t generation,
               std::function<Delivery()> task);

    std::map<Key, std::uint64_t> newest_;
    std::uint64_t generation_ = 0;
};

} // namespace balmer::bridge
