// Calls on sockets fail, at both ends at once: a job on a worker goes its whole way, is done once, and comes
// home with the right bytes.
#include <random>

#include <gtest/gtest.h>

#include "tests/engine/remote/client/worker_with_home.h"
#include "tests/faults/faulty_sockets.h"
#include "tests/support/test_support.h"

namespace balmer::test {
namespace {

using Fault = FaultySockets::Fault;

class SocketFaults : public testing::Test {
  protected:
    TemporaryFolder folder_;
    RunningWorker worker_{folder_ / "worker", [] {
                              RunningWorker::Options options;
                              options.tcp = true;
                              return options;
                          }()};
    Home home_{folder_ / "home"};
    unsigned seed_ = 0;

    SocketFaults() { home_.addWorker("lab", worker_.unixUrl()); }

    /// A job over a new connection.
    void runOnce() {
        home_.restart();
        home_.inputs["data"] = noise(50'000, ++seed_);
        const auto id = home_.submit({{"do", "copy"}, {"add", 1}, {"lines", 2}});
        const auto job = home_.wait(id);
        ASSERT_EQ(job.phase, jobs::Phase::Completed) << (job.error ? job.error->describe() : "");
        auto expected = home_.inputs["data"];
        for (char& byte : expected)
            byte = static_cast<char>(byte + 1);
        ASSERT_EQ(home_.takeOutputs(id)["data"], expected);
        ASSERT_EQ(home_.commits(id), 1);
    }
};

TEST_F(SocketFaults, AJobComesHomeOnceWhateverCallFails) {
    std::minstd_rand random(20);
    std::size_t failures = 0;
    for (const auto fault : {Fault::NoFile, Fault::Refused, Fault::Reset, Fault::Short}) {
        std::size_t calls = 0;
        {
            const FaultySockets counting(fault, SIZE_MAX, 1, 0);
            runOnce();
            calls = FaultySockets::calls();
        }
        ASSERT_GT(calls, 0u) << "the sockets are used past the seam";
        for (int i = 0; i < fewOrMany(8, 250); ++i) {
            const std::size_t first = random() % calls, every = 1 + random() % 5;
            SCOPED_TRACE("fault " + std::to_string(static_cast<int>(fault)) + " at call " +
                         std::to_string(first) + " of " + std::to_string(calls) + " and each " +
                         std::to_string(every));
            const FaultySockets faulty(fault, first, every,
                                       fault == Fault::Short ? SIZE_MAX : 1 + random() % 4);
            runOnce();
            failures += FaultySockets::failures();
            if (HasFailure()) return;
        }
    }
    RecordProperty("socket_faults", static_cast<int>(failures));
}

} // namespace
} // namespace balmer::test
