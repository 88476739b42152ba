// The system gives no further thread: what can go on does, with the same result; what cannot says so.
#include "engine/core/start_thread.h"
#include "engine/core/thread_pool.h"
#include "engine/http/loopback_server.h"
#include "tests/faults/workplace.h"

namespace balmer::test {
namespace {

class ThreadFaults : public WithWorkplaces {};

TEST_F(ThreadFaults, EveryActGivesTheSameInTheThreadsThatThereAre) {
    for (const auto& act : acts()) {
        SCOPED_TRACE(act.name);
        const auto good = expected(act);
        for (const std::size_t further : {0, 1, 2, 3}) {
            SCOPED_TRACE(std::to_string(further) + " further threads");
            const auto copy = copyOfBase();
            core::Status ended;
            {
                const core::FewThreads few(further);
                const auto place = Workplace::open(copy, 4);
                ASSERT_TRUE(place) << why(place);
                ended = act.carryOut(**place);
            }
            EXPECT_TRUE(ended) << why(ended);
            expectWhole(copy, act, ended, good);
        }
    }
}

TEST_F(ThreadFaults, AQueueWithoutThreadsSaysSoAndKeepsNothing) {
    const auto copy = copyOfBase();
    const core::FewThreads none(0);
    const auto place = Workplace::open(copy);
    ASSERT_TRUE(place) << why(place);
    const auto before = (*place)->project().jobs().list({}).value().size();
    auto spec = (*place)->prepare("som", {{"dataset", "m"}, {"grid", "2x2"}});
    ASSERT_TRUE(spec) << why(spec);
    const auto submitted = (*place)->queue().submit(*std::move(spec));
    ASSERT_FALSE(submitted);
    EXPECT_EQ(submitted.error().code(), core::ErrorCode::ResourceExhausted);
    EXPECT_EQ((*place)->project().jobs().list({}).value().size(), before);
}

TEST_F(ThreadFaults, AServerWithoutAThreadIsAnError) {
    const core::FewThreads none(0);
    const auto server =
        http::LoopbackServer::start([](const http::ServerRequest&) { return http::ServerResponse(); });
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().code(), core::ErrorCode::ResourceExhausted);
}

} // namespace
} // namespace balmer::test
