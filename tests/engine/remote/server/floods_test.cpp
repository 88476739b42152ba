// A worker under many and slow clients, and on a full disk: what it takes stays bounded.
#include <iostream>

#include <sys/mount.h>
#include <sys/resource.h>

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

// --------------------------------------------------------------------------------------------------------
// many, and slow

TEST_F(Refusals, ThousandSilentConnectionsEndAndHinderNobody) {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 8192);
    ::setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < 2200) GTEST_SKIP() << "this user may open " << files.rlim_cur << " files only";
    start({.tcp = true, .handshake = milliseconds(2000)});
    (void)remote::workerToken(worker_->folder(), "tester");
    for (const bool local : {true, false}) {
        const auto before = residentBytes();
        std::vector<std::unique_ptr<RawClient>> silent;
        const auto begin = Clock::now();
        for (int i = 0; i < 1000; ++i)
            silent.push_back(local ? RawClient::toSocket(worker_->socket())
                                   : RawClient::toPort(worker_->tcpPort()));
        const auto good = Clock::now();
        ASSERT_TRUE((local ? meet() : meetAs("tester"))->alive());
        const auto took = since(good);
        const auto grown = static_cast<long>(residentBytes()) - static_cast<long>(before);
        const auto open = std::count_if(silent.begin(), silent.end(), [](const auto& each) {
            return !each->endsWithin(milliseconds(5000));
        });
        EXPECT_EQ(open, 0) << "of 1000";
        std::cout << "  " << (local ? "Unix socket" : "TCP") << ": a good client was served within " << took
                  << " ms beside 1000 silent ones (goal 200), which were all closed after " << since(begin)
                  << " ms (limit 2000); memory grew by " << grown / 1024 << " KiB\n";
        EXPECT_LT(took, 60'000);
    }
}

TEST_F(Refusals, ReaderThatStopsReadingIsBounded) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's own memory would be measured";
#endif
    start({.slots = 1});
    // A result of four chunks, and a job with many events.
    const Sample sample(noise(4 * remote::chunkSize));
    const auto first = meet();
    ASSERT_TRUE(first->ask(submission(1, R"({"do": "copy", "lines": 20000})", {&sample})).response);
    ASSERT_FALSE(upload(*first, sample).problem);
    ASSERT_TRUE(first->ask(submission(1, R"({"do": "copy", "lines": 20000})", {&sample})).response);
    remote::wire::Request result;
    result.mutable_result()->set_key(keyOf(1));
    auto got = first->ask(result);
    for (int i = 0; i < 3000 && !got.response; ++i) {
        std::this_thread::sleep_for(milliseconds(10));
        got = first->ask(result);
    }
    ASSERT_TRUE(got.response) << got.text();
    const auto before = residentBytes();
    constexpr std::size_t count = 20;
    std::vector<std::unique_ptr<RawClient>> stuck;
    for (std::size_t i = 0; i < count; ++i) {
        auto client = meet();
        ASSERT_TRUE(client->ask(result).response);
        // More credit than it will ever take.
        client->send(FrameType::Credit, 0, 0, std::string("\x00\x00\x00\x03", 4));
        for (std::uint32_t each = 0; each < 60; ++each) {
            remote::wire::Request request;
            if (each % 3 == 0) {
                request.mutable_watch()->set_key(keyOf(1));
            } else if (each % 3 == 1) {
                request.mutable_list();
            } else {
                request.mutable_get()->set_object(got.response->result().outputs(0).object());
                request.mutable_get()->set_chunk(each % 4);
            }
            client->begin(request);
        }
        stuck.push_back(std::move(client));
    }
    std::this_thread::sleep_for(milliseconds(2000));
    const auto grown = static_cast<long>(residentBytes()) - static_cast<long>(before);
    std::cout << "  " << count << " readers that stopped reading: " << grown / 1024 / static_cast<long>(count)
              << " KiB each (limit 16384)\n";
    EXPECT_LT(grown, static_cast<long>(count * (16u << 20)));
    EXPECT_TRUE(meet()->alive());
}

TEST_F(Refusals, RequestsWithoutReadingTheAnswersAreBounded) {
    start();
    const auto before = residentBytes();
    std::vector<std::unique_ptr<RawClient>> stuck;
    // Manifests of 1 MiB, which are refused; nobody reads the refusals.
    remote::wire::Request request;
    request.mutable_offer()->set_object(std::string(32, 'x'));
    request.mutable_offer()->mutable_manifest()->set_bytes(100);
    request.mutable_offer()->mutable_manifest()->set_chunks(std::string(1'000'000, 'x'));
    for (int i = 0; i < 10; ++i) {
        stuck.push_back(meet());
        for (int each = 0; each < 60; ++each)
            stuck.back()->begin(request);
    }
    const auto grown = static_cast<long>(residentBytes()) - static_cast<long>(before);
    std::cout << "  10 clients with 60 large requests each: " << grown / 10240 << " KiB each\n";
    EXPECT_LT(grown, 10l * (16 << 20));
    EXPECT_TRUE(meet()->alive());
}

// --------------------------------------------------------------------------------------------------------
// full

TEST_F(Refusals, ObjectBeyondTheQuota) {
    start({.quotaGibibyte = 1});
    Sample sample(noise(5000));
    sample.manifest.size = std::uint64_t{2} << 30;
    sample.manifest.chunks.assign(512, sample.manifest.chunks[0]);
    sample.id = remote::objectIdOf(sample.manifest);
    const auto client = meet();
    ASSERT_TRUE(client->ask(submission(1, R"({"do": "copy"})", {&sample})).response);
    const auto answer = client->ask(sample.offer());
    ASSERT_TRUE(answer.problem);
    EXPECT_EQ(answer.problem->code(), ErrorCode::ResourceExhausted);
    EXPECT_THAT(answer.text(), HasSubstr("balmer-worker gc"));
    const Sample small(noise(5000));
    ASSERT_TRUE(client->ask(submission(2, R"({"do": "copy"})", {&small})).response);
    EXPECT_FALSE(upload(*client, small).problem);
}

TEST_F(Refusals, FullDisk) {
    const auto disk = folder_ / "disk";
    std::filesystem::create_directories(disk);
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=12m,mode=0700") != 0)
        GTEST_SKIP() << "this user may not mount a small file system";
    const std::shared_ptr<void> unmount(nullptr, [&](void*) {
        worker_.reset();
        ::umount2(disk.c_str(), MNT_DETACH);
    });
    worker_ = std::make_unique<RunningWorker>(disk / "worker", RunningWorker::Options{});
    const auto client = meet();
    const Sample large(noise(5 * remote::chunkSize));
    ASSERT_TRUE(client->ask(submission(1, R"({"do": "copy"})", {&large})).response);
    const auto answer = upload(*client, large);
    ASSERT_TRUE(answer.problem) << "20 MiB do not fit into 12";
    std::cout << "  a full disk: " << answer.text() << "\n";
    EXPECT_THAT(answer.text(), AllOf(HasSubstr("disk"), HasSubstr("balmer-worker gc")));
    for (const auto& each : std::filesystem::recursive_directory_iterator(disk / "worker" / "objects"))
        EXPECT_NE(each.path().filename().string(), large.id) << "nothing half-written has its final name";
    EXPECT_TRUE(client->alive());
}

} // namespace
} // namespace balmer::test
