// A job goes its whole way although the connection is cut at any byte: at every edge of a frame and beside
// it, and at random ones, in both directions.

#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "engine/remote/objects/manifest.h"
#include "tests/engine/remote/client/cutting_proxy.h"
#include "tests/engine/remote/client/worker_with_home.h"
#include "tests/support/test_support.h"

namespace balmer::test {
namespace {

constexpr std::size_t twoChunks = remote::chunkSize + 200'000, oneChunk = 50'000; ///< bytes of a job's data
constexpr std::uint64_t small = 65536; ///< all that is not data, generously

class RemoteCuts : public ::testing::Test {
  protected:
    TemporaryFolder folder_;
    RunningWorker worker_{folder_ / "worker"};
    CuttingProxy proxy_{folder_ / "proxy", worker_.socket()};
    Home home_{folder_ / "home"};
    unsigned seed_ = 0;

    RemoteCuts() { home_.addWorker("lab", "unix:" + (folder_ / "proxy").string()); }

    /// A job with new data over a new connection.
    void runOnce(const std::string& what, std::size_t fileSize = twoChunks) {
        SCOPED_TRACE(what);
        const auto trace = folder_ / ("trace-" + std::to_string(++seed_));
        home_.inputs["data"] = noise(fileSize, seed_);
        const auto up = proxy_.passed(Direction::ToWorker), down = proxy_.passed(Direction::ToClient);
        const auto id = home_.submit({{"do", "copy"}, {"add", 1}, {"lines", 3}, {"trace", trace.string()}});
        const auto job = home_.wait(id);
        ASSERT_EQ(job.phase, jobs::Phase::Completed) << (job.error ? job.error->describe() : "");
        auto expected = home_.inputs["data"];
        for (char& byte : expected)
            byte = static_cast<char>(byte + 1);
        ASSERT_EQ(home_.takeOutputs(id)["data"], expected);
        ASSERT_EQ(home_.commits(id), 1);
        ASSERT_EQ(home_.store().log(id)->size(), 3u);
        std::ifstream in(trace);
        ASSERT_EQ(std::count(std::istreambuf_iterator<char>(in), {}, '\n'), 1) << "it ran once";
        ASSERT_LE(proxy_.passed(Direction::ToWorker) - up, fileSize + remote::chunkSize + small)
            << "at most one chunk twice";
        ASSERT_LE(proxy_.passed(Direction::ToClient) - down, fileSize + remote::chunkSize + small);
        std::error_code ignored;
        std::filesystem::remove(trace, ignored);
    }
    void dropConnections() {
        proxy_.plugIn(false);
        proxy_.plugIn(true);
    }
    void cutAt(Direction direction, std::uint64_t byte, std::size_t fileSize = twoChunks) {
        dropConnections();
        proxy_.cutAfter(direction, byte);
        runOnce(std::string(direction == Direction::ToWorker ? "to the worker" : "to the client") +
                    ", cut after byte " + std::to_string(byte),
                fileSize);
    }
};

TEST_F(RemoteCuts, AtEveryEdgeOfAFrameAndBesideIt) {
    dropConnections();
    proxy_.record();
    runOnce("uncut");
    const std::string recorded[] = {proxy_.take(Direction::ToWorker), proxy_.take(Direction::ToClient)};
    for (const auto direction : {Direction::ToWorker, Direction::ToClient}) {
        std::set<std::uint64_t> cuts{1, remote::prefaceSize - 1, remote::prefaceSize,
                                     remote::prefaceSize + 1};
        for (const auto edge : frameEdges(recorded[static_cast<int>(direction)]))
            for (const auto beside : {edge - 1, edge, edge + 1})
                cuts.insert(beside);
        // The short form takes some of them, from the first to the last.
        const std::size_t stride = longTests() ? 1 : std::max<std::size_t>(1, cuts.size() / 20);
        std::size_t place = 0;
        std::erase_if(cuts, [&](std::uint64_t) { return place++ % stride != 0; });
        for (const auto cut : cuts) {
            cutAt(direction, cut);
            if (HasFatalFailure()) return;
        }
    }
}

TEST_F(RemoteCuts, AtRandomBytes) {
    std::minstd_rand random(20);
    const int randomCuts = fewOrMany(40, 1000);
    for (int i = 0; i < randomCuts; ++i) {
        const auto direction = i % 2 == 0 ? Direction::ToWorker : Direction::ToClient;
        // Most of them where the small frames are dense.
        const auto size = i % 8 < 6 ? oneChunk : twoChunks;
        cutAt(direction, 1 + random() % (size + 4000), size);
        if (HasFatalFailure()) return;
    }
}

} // namespace
} // namespace balmer::test
