// What a worker refuses of jobs, and what it leaves behind of those that are cancelled.
#include <iostream>

#include "tests/engine/remote/server/refusals.h"

namespace balmer::test {
namespace {

using core::ErrorCode;
using remote::FrameType;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST_F(Refusals, AnotherOwnersJobIsAsIfItDidNotExist) {
    start({.tcp = true});
    const Sample sample(noise(5000));
    const auto mine = meetAs("mine"), other = meetAs("other");
    ASSERT_TRUE(mine->ask(submission(1, R"({"do": "copy"})", {&sample})).response);
    ASSERT_FALSE(upload(*mine, sample).problem);
    ASSERT_TRUE(mine->ask(submission(1, R"({"do": "copy"})", {&sample})).response);
    remote::wire::Request result;
    result.mutable_result()->set_key(keyOf(1));
    auto got = mine->ask(result);
    for (int i = 0; i < 500 && !got.response; ++i) {
        std::this_thread::sleep_for(milliseconds(10));
        got = mine->ask(result);
    }
    ASSERT_TRUE(got.response) << got.text();
    ASSERT_EQ(got.response->result().outputs_size(), 1);

    const auto textFor = [&](unsigned key, auto set) {
        remote::wire::Request request;
        set(request, keyOf(key));
        const auto answer = other->ask(request);
        EXPECT_TRUE(answer.problem);
        auto text = answer.text();
        const auto digits = remote::keyFromBytes(keyOf(key)).value_or("");
        if (const auto at = text.find(digits); at != std::string::npos)
            text.replace(at, digits.size(), "KEY");
        return text;
    };
    const auto same = [&](auto set) { EXPECT_EQ(textFor(1, set), textFor(999, set)); };
    same([](auto& request, const auto& key) { request.mutable_result()->set_key(key); });
    same([](auto& request, const auto& key) { request.mutable_watch()->set_key(key); });
    same([](auto& request, const auto& key) { request.mutable_cancel()->set_key(key); });
    same([](auto& request, const auto& key) { request.mutable_release()->set_key(key); });
    const auto taken = other->ask(submission(1, R"({"do": "copy"})", {&sample}));
    EXPECT_TRUE(taken.problem);
    remote::wire::Request get;
    get.mutable_get()->set_object(got.response->result().outputs(0).object());
    EXPECT_THAT(other->ask(get).text(), HasSubstr("no result of yours"));
    remote::wire::Request manifest;
    manifest.mutable_manifest()->set_object(got.response->result().outputs(0).object());
    EXPECT_THAT(other->ask(manifest).text(), HasSubstr("no result of yours"));
    EXPECT_TRUE(mine->ask(get).response);
}

TEST_F(Refusals, MoreJobsThanOneOwnerMayHave) {
    start({.tcp = true});
    const auto client = meetAs("mine");
    for (unsigned i = 0; i < 32; ++i)
        ASSERT_TRUE(client->ask(submission(i, R"({"do": "wait"})")).response) << i;
    const auto answer = client->ask(submission(32, R"({"do": "wait"})"));
    ASSERT_TRUE(answer.problem);
    EXPECT_EQ(answer.problem->code(), ErrorCode::ResourceExhausted);
    EXPECT_TRUE(client->ask(submission(5, R"({"do": "wait"})")).response) << "a known one is not new";
    EXPECT_TRUE(meetAs("other")->ask(submission(33, R"({"do": "wait"})")).response);
}

TEST_F(Refusals, SubmissionsThatCannotBe) {
    start();
    const Sample sample(noise(5000));
    const auto client = meet();
    EXPECT_THAT(client->ask(submission(1, R"({"kind": "telepathy"})")).text(), HasSubstr("telepathy"));
    EXPECT_TRUE(client->ask(submission(1, "{not json")).problem);
    EXPECT_THAT(client->ask(submission(1, std::string(300'000, ' '))).text(), HasSubstr("256 KiB"));
    for (const auto& name : {std::string("../../etc/passwd"), std::string("a/b"), std::string(".."),
                             std::string(), std::string("/absolute"), std::string("a\\b"), std::string("CON"),
                             std::string(101, 'a'), std::string("a\n")}) {
        auto request = submission(1, R"({"do": "copy"})", {&sample});
        request.mutable_submit()->mutable_inputs(0)->set_name(name);
        EXPECT_THAT(client->ask(request).text(), HasSubstr("not a name that a file of a parcel may have"))
            << name;
    }
    for (const auto& key : {std::string(), std::string(15, 'k'), std::string(17, 'k')}) {
        auto request = submission(1, R"({"do": "copy"})");
        request.mutable_submit()->set_key(key);
        EXPECT_TRUE(client->ask(request).problem);
    }
    auto large = submission(1, R"({"do": "copy"})", {&sample});
    large.mutable_submit()->mutable_inputs(0)->set_bytes(remote::objectSizeLimit + 1);
    EXPECT_THAT(client->ask(large).text(), HasSubstr("register it instead"));
    EXPECT_TRUE(client->ask(remote::wire::Request()).problem) << "a request of no kind";
    EXPECT_THAT(*worker_->journal().list("", 0), IsEmpty());
    EXPECT_TRUE(client->alive());
}

TEST_F(Refusals, SubmissionRepeatedIsOneJob) {
    start();
    const auto trace = (folder_ / "trace").string();
    const auto spec = nlohmann::json{{"do", "copy"}, {"trace", trace}}.dump();
    const auto client = meet();
    for (int i = 0; i < 1000; ++i)
        ASSERT_TRUE(client->ask(submission(1, spec)).response) << i;
    for (int i = 0; i < 100; ++i)
        ASSERT_TRUE(meet()->ask(submission(1, spec)).response) << i;
    const auto other = client->ask(submission(1, R"({"do": "fail"})"));
    EXPECT_THAT(other.text(), HasSubstr("conflict"));
    EXPECT_EQ(worker_->journal().list("", 0)->size(), 1u);
    worker_.reset();
    std::ifstream in(trace);
    EXPECT_EQ(std::count(std::istreambuf_iterator<char>(in), {}, '\n'), 1) << "it ran once";
}

TEST_F(Refusals, ThousandsOfCancelledJobsLeaveNothingBehind) {
    // In memory where that can be: every job is synced several times.
    const std::filesystem::path quick = "/dev/shm";
    const auto folder =
        std::filesystem::is_directory(quick) ? quick / folder_.path().filename() : folder_ / "worker";
    const std::shared_ptr<void> clear(nullptr, [&](void*) {
        worker_.reset();
        std::filesystem::remove_all(folder);
    });
    worker_ = std::make_unique<RunningWorker>(folder, RunningWorker::Options{.slots = 1});
    const auto client = meet();
    const auto before = residentBytes();
    const auto begin = Clock::now();
    constexpr unsigned count = 2000;
    for (unsigned i = 0; i < count; ++i) {
        ASSERT_TRUE(client->ask(submission(i, R"({"do": "wait"})")).response) << i;
        remote::wire::Request cancel;
        cancel.mutable_cancel()->set_key(keyOf(i));
        ASSERT_TRUE(client->ask(cancel).response) << i;
        // What waits is bounded, so the next ones may have to wait until the last one has gone.
        if (i % 16 == 15)
            while (worker_->journal().unfinished()->size() > 8)
                std::this_thread::sleep_for(milliseconds(2));
    }
    while (!worker_->journal().unfinished()->empty() && since(begin) < 300'000)
        std::this_thread::sleep_for(milliseconds(5));
    const auto grown = static_cast<long>(residentBytes()) - static_cast<long>(before);
    std::cout << "  " << count << " jobs submitted and cancelled in " << since(begin)
              << " ms, memory grew by " << grown / 1024 << " KiB\n";
    EXPECT_THAT(*worker_->journal().unfinished(), IsEmpty());
    EXPECT_LT(grown, 32 << 20);
    // The folder of a job goes after its end is in the journal.
    while (!std::filesystem::is_empty(folder / "jobs") && since(begin) < 300'000)
        std::this_thread::sleep_for(milliseconds(5));
    EXPECT_TRUE(std::filesystem::is_empty(folder / "jobs"));
    ASSERT_TRUE(client->ask(submission(count, R"({"do": "copy"})")).response);
}

} // namespace
} // namespace balmer::test
