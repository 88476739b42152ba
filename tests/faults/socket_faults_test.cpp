// Calls on sockets fail, at both ends at once, plain ones and those of TLS: a question ends in an answer or
// in words, and a job on a worker goes its whole way, is done once, and comes home with the right bytes.
#include <chrono>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "engine/remote/client/worker_probe.h"
#include "engine/remote/transport/identity.h"
#include "engine/remote/transport/pin_book.h"
#include "tests/engine/remote/client/worker_with_home.h"
#include "tests/faults/faulty_sockets.h"
#include "tests/support/test_support.h"

namespace balmer::test {
namespace {

using Clock = std::chrono::steady_clock;
using SocketFault = FaultySockets::Fault;

enum class Way { Unix, Tls };

/// Of a TCP stream that has more, Linux reads more: after less, Boost.Asio waits for what arrives next, and
/// so would TLS for the rest of a record.
std::vector<SocketFault> faultsOf(Way way) {
    std::vector<SocketFault> all{SocketFault::NoFile, SocketFault::Refused, SocketFault::Reset,
                                 SocketFault::End};
    if (way != Way::Tls) all.push_back(SocketFault::Short);
    return all;
}

class SocketFaults : public testing::TestWithParam<Way> {
  protected:
    TemporaryFolder folder_;
    RunningWorker worker_{folder_ / "worker", [] {
                              RunningWorker::Options options;
                              options.tcp = options.tls = true;
                              return options;
                          }()};
    Home home_{folder_ / "home"};
    remote::WorkerEntry entry_;
    std::chrono::milliseconds limit_{1000}; ///< of an answer
    unsigned seed_ = 0;

    SocketFaults() {
        entry_.name = "lab";
        entry_.url = worker_.unixUrl();
        if (GetParam() == Way::Tls) {
            entry_.url = worker_.tlsUrl();
            entry_.fingerprint = remote::workerFingerprint(worker_.folder()).value();
            const auto own = remote::identityIn(home_.connect().identity, "tester").value();
            EXPECT_TRUE(remote::PinBook(worker_.folder() / "clients").add({"tester", own.fingerprint}));
        }
        EXPECT_TRUE(home_.book().put(entry_));
    }

    jobs::JobId submit() {
        home_.restart();
        home_.inputs["data"] = noise(50'000, ++seed_);
        return home_.submit({{"do", "copy"}, {"add", 1}, {"lines", 2}});
    }
    void comesHome(jobs::JobId id) {
        const auto job = home_.wait(id);
        ASSERT_EQ(job.phase, jobs::Phase::Completed) << (job.error ? job.error->describe() : "");
        auto expected = home_.inputs["data"];
        for (char& byte : expected)
            byte = static_cast<char>(byte + 1);
        ASSERT_EQ(home_.takeOutputs(id)["data"], expected);
        ASSERT_EQ(home_.commits(id), 1);
    }
    /// A job over a new connection.
    void runOnce() { comesHome(submit()); }
    core::Result<remote::WorkerReport> ask() {
        auto options = home_.connect();
        options.limit = limit_;
        return remote::WorkerProbe(options).ask(entry_);
    }
    /// Calls of the kind that this takes.
    template <typename Doing>
    std::size_t callsOf(SocketFault fault, Doing doing) {
        const FaultySockets counting(fault, SIZE_MAX, 1, 0);
        doing();
        return FaultySockets::calls();
    }
};

TEST_P(SocketFaults, AQuestionEndsInItsAnswerOrInWordsWhateverCallFails) {
    std::size_t failures = 0;
    for (const auto fault : faultsOf(GetParam())) {
        const auto calls = callsOf(fault, [&] { ASSERT_TRUE(ask()); });
        ASSERT_GT(calls, 0u) << "the sockets are used past the seam";
        for (const bool forEver : {false, true})
            for (std::size_t at = 0; at < calls; at += fewOrMany<std::size_t>(calls / 25 + 1, 1)) {
                SCOPED_TRACE("fault " + std::to_string(static_cast<int>(fault)) + " at call " +
                             std::to_string(at) + " of " + std::to_string(calls) +
                             (forEver ? " and all after it" : ""));
                const auto begun = Clock::now();
                {
                    const FaultySockets faulty(fault, at, 1, forEver ? SIZE_MAX : 1);
                    const auto asked = ask();
                    if (asked)
                        EXPECT_FALSE(asked->greeting.storeId.empty());
                    else
                        EXPECT_FALSE(asked.error().message().empty());
                    failures += FaultySockets::failures();
                }
                EXPECT_LT(Clock::now() - begun, 3 * limit_);
                const auto then = ask();
                ASSERT_TRUE(then) << why(then);
                if (HasFailure()) return;
            }
    }
    RecordProperty("socket_faults", static_cast<int>(failures));
}

TEST_P(SocketFaults, AJobComesHomeOnceWhateverCallFails) {
    std::minstd_rand random(20);
    std::size_t failures = 0;
    for (const auto fault : faultsOf(GetParam())) {
        const auto calls = callsOf(fault, [&] { runOnce(); });
        ASSERT_GT(calls, 0u) << "the sockets are used past the seam";
        for (int i = 0; i < fewOrMany(8, 250); ++i) {
            const std::size_t first = random() % calls, every = 1 + random() % 5;
            SCOPED_TRACE("fault " + std::to_string(static_cast<int>(fault)) + " at call " +
                         std::to_string(first) + " of " + std::to_string(calls) + " and each " +
                         std::to_string(every));
            const FaultySockets faulty(fault, first, every,
                                       fault == SocketFault::Short ? SIZE_MAX : 1 + random() % 4);
            runOnce();
            failures += FaultySockets::failures();
            if (HasFailure()) return;
        }
    }
    RecordProperty("socket_faults", static_cast<int>(failures));
}

TEST_P(SocketFaults, AJobWaitsInWordsWhileNoCallSucceedsAndComesHomeAfterwards) {
    for (const auto fault :
         {SocketFault::NoFile, SocketFault::Refused, SocketFault::Reset, SocketFault::End}) {
        const auto calls = callsOf(fault, [&] { runOnce(); });
        const auto places = fewOrMany<std::size_t>(4, 40);
        for (std::size_t i = 0; i < places; ++i) {
            const std::size_t first = i * calls / places;
            SCOPED_TRACE("fault " + std::to_string(static_cast<int>(fault)) + " from call " +
                         std::to_string(first) + " of " + std::to_string(calls) + " on");
            jobs::JobId id = 0;
            {
                const FaultySockets faulty(fault, first, 1, SIZE_MAX);
                id = submit();
                const auto waited = Clock::now() + std::chrono::seconds(10);
                const auto ends = [&] { return jobs::isFinal(home_.store().get(id).value().phase); };
                while (FaultySockets::failures() < 3 && !ends() && Clock::now() < waited)
                    std::this_thread::sleep_for(std::chrono::milliseconds(5));
                for (const auto& link : home_.remote().links())
                    EXPECT_EQ(link.state == remote::Link::State::Lost, !link.trouble.empty()) << link.trouble;
            }
            comesHome(id);
            if (HasFailure()) return;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Ways, SocketFaults, testing::Values(Way::Unix, Way::Tls),
                         [](const auto& way) { return way.param == Way::Tls ? "Tls" : "Plain"; });

} // namespace
} // namespace balmer::test
