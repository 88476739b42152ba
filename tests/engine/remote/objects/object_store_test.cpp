#include "engine/remote/objects/object_store.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "tests/engine/remote/objects/object_samples.h"

using namespace balmer;
using namespace balmer::remote;
using core::ErrorCode;
using test::chunkOf;
using test::openObjects;
using test::sampleBytes;
namespace fs = std::filesystem;

namespace {

using Wanted = std::vector<std::uint32_t>;

struct ObjectStoreTest : testing::Test {
    test::TemporaryFolder folder;
    core::TaskContext task;
    fs::path at(const ObjectId& id) const { return folder / "objects" / id; }
    std::unique_ptr<ObjectStore> open(ObjectStoreOptions options = {}) const {
        return openObjects(folder / "objects", std::move(options));
    }
    void expectWhole(ObjectStore& store, const test::ByteVector& bytes) const {
        const auto manifest = manifestOf(bytes);
        const auto id = objectIdOf(manifest);
        EXPECT_TRUE(store.has(id));
        EXPECT_EQ(store.manifest(id).value(), manifest);
        EXPECT_EQ(store.pathOf(id).value(), at(id));
        EXPECT_TRUE(test::readBytes(at(id)) == bytes);
        for (std::uint32_t i = 0; i < manifest.chunks.size(); ++i) {
            const auto read = store.read(id, i);
            ASSERT_TRUE(read) << test::why(read);
            EXPECT_TRUE(std::ranges::equal(*read, chunkOf(bytes, i)));
        }
        EXPECT_EQ(store.read(id, static_cast<std::uint32_t>(manifest.chunks.size())).error().code(),
                  ErrorCode::InvalidArgument);
    }
};

} // namespace

TEST_F(ObjectStoreTest, KeepsWhatItIsSent) {
    const auto store = open();
    std::size_t objects = 0;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, chunkSize, 2 * chunkSize + 17}) {
        const auto bytes = sampleBytes(size, size + 1);
        const auto sent = test::send(*store, bytes);
        ASSERT_TRUE(sent) << test::why(sent);
        EXPECT_EQ(*sent, chunkCountOf(size));
        expectWhole(*store, bytes);
        EXPECT_EQ(test::send(*store, bytes).value(), 0u); // nothing is sent twice
        EXPECT_EQ(store->usage()->whole, ++objects);
    }
    for (const auto& entry : fs::directory_iterator(folder / "objects"))
        EXPECT_TRUE(entry.path().extension().empty() || entry.path().extension() == ".manifest")
            << entry.path();
    EXPECT_EQ(fs::status(folder / "objects").permissions() & fs::perms::mask, fs::perms::owner_all);
    expectWhole(*open(), sampleBytes(1, 2)); // a later process finds it
}

TEST_F(ObjectStoreTest, RefusesWhatWasNotPromised) {
    const auto store = open();
    const auto bytes = sampleBytes(chunkSize + 100);
    const auto manifest = manifestOf(bytes);
    const auto id = objectIdOf(manifest);
    EXPECT_EQ(store->put(id, 0, chunkOf(bytes, 0)).error().code(), ErrorCode::NotFound);
    EXPECT_EQ(store->read(id, 0).error().code(), ErrorCode::NotFound);
    ASSERT_EQ(store->offer(manifest, task).value(), (Wanted{0, 1}));
    EXPECT_EQ(store->put(id, 2, chunkOf(bytes, 0)).error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(store->put(id, 1, chunkOf(bytes, 0)).error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(store->put(id, 0, chunkOf(bytes, 0).first(chunkSize - 1)).error().code(),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(store->put(id, 1, sampleBytes(100, 2)).error().code(), ErrorCode::Format);
    EXPECT_EQ(store->offer(manifest, task).value(), (Wanted{0, 1}));
    EXPECT_FALSE(store->put(id, 1, chunkOf(bytes, 1)).value());
    EXPECT_EQ(store->read(id, 1).error().code(), ErrorCode::NotFound); // not before it is whole
    EXPECT_FALSE(store->has(id));
    EXPECT_FALSE(fs::exists(at(id)));
    EXPECT_EQ(fs::file_size(at(id + ".part")), bytes.size());
    EXPECT_TRUE(store->put(id, 0, chunkOf(bytes, 0)).value());
    EXPECT_TRUE(store->put(id, 0, chunkOf(bytes, 0)).value()); // once more does no harm
    expectWhole(*store, bytes);

    auto wrong = manifest;
    wrong.chunks.pop_back();
    EXPECT_EQ(store->offer(wrong, task).error().code(), ErrorCode::InvalidArgument);
    for (const ObjectId& name :
         {ObjectId("../" + std::string(61, 'a')), ObjectId(), ObjectId("/etc/passwd")}) {
        EXPECT_FALSE(store->has(name));
        EXPECT_EQ(store->read(name, 0).error().code(), ErrorCode::NotFound);
        EXPECT_EQ(store->manifest(name).error().code(), ErrorCode::NotFound);
        EXPECT_EQ(store->put(name, 0, bytes).error().code(), ErrorCode::NotFound);
        EXPECT_TRUE(store->remove(name));
    }
}

TEST_F(ObjectStoreTest, GoesOnWhereItWasCut) {
    const auto bytes = sampleBytes(4 * chunkSize + 9);
    const auto manifest = manifestOf(bytes);
    const auto id = objectIdOf(manifest);
    ASSERT_TRUE(open()->offer(manifest, task));
    EXPECT_EQ(open()->offer(manifest, task).value(), (Wanted{0, 1, 2, 3, 4}));
    {
        const auto store = open();
        ASSERT_TRUE(store->put(id, 3, chunkOf(bytes, 3))); // an object that a former process was offered
        ASSERT_TRUE(store->put(id, 1, chunkOf(bytes, 1)));
        EXPECT_EQ(store->offer(manifest, task).value(), (Wanted{0, 2, 4}));
    }
    EXPECT_EQ(open()->offer(manifest, task).value(), (Wanted{0, 2, 4}));
    test::flipBit(at(id + ".part"), 8 * (3 * chunkSize + 12345));
    EXPECT_EQ(open()->offer(manifest, task).value(), (Wanted{0, 2, 3, 4}));
    const auto store = open();
    EXPECT_EQ(test::send(*store, bytes).value(), 4u);
    expectWhole(*store, bytes);
}

TEST_F(ObjectStoreTest, SurvivesBeingKilled) {
    const auto bytes = sampleBytes(8 * chunkSize);
    const auto manifest = manifestOf(bytes);
    const auto id = objectIdOf(manifest);
    std::size_t asked = 8;
    for (int round = 0; asked > 0; ++round) {
        ASSERT_LT(round, 20);
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const auto child = ::fork();
        if (child == 0) {
            const auto store = open();
            const auto wanted = store->offer(manifest, task);
            for (const auto index : wanted.value_or(Wanted{})) {
                const auto kept = store->put(id, index, chunkOf(bytes, index));
                if (!kept) std::fprintf(stderr, "%s\n", test::why(kept).c_str());
                const char said = 'x';
                if (!kept || ::write(ends[1], &said, 1) != 1) ::_exit(1);
            }
            if (!wanted) std::fprintf(stderr, "%s\n", test::why(wanted).c_str());
            ::_exit(wanted ? 0 : 1);
        }
        ::close(ends[1]);
        char said = 0;
        std::size_t kept = 0;
        while (kept < 2 && ::read(ends[0], &said, 1) == 1)
            ++kept;
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        while (::read(ends[0], &said, 1) == 1)
            ++kept;
        ::close(ends[0]);
        const auto wanted = open()->offer(manifest, task);
        ASSERT_TRUE(wanted) << test::why(wanted);
        EXPECT_LE(wanted->size(), asked - kept); // what was taken is not asked for again
        EXPECT_EQ(fs::exists(at(id)), wanted->empty());
        asked = wanted->size();
    }
    expectWhole(*open(), bytes);
}

TEST_F(ObjectStoreTest, AsksForEqualChunksOnce) {
    const test::ByteVector zeros(5 * chunkSize + 3);
    const auto store = open();
    EXPECT_EQ(store->offer(manifestOf(zeros), task).value(), (Wanted{0, 5}));
    const auto id = objectIdOf(manifestOf(zeros));
    EXPECT_FALSE(store->put(id, 4, chunkOf(zeros, 4)).value());
    EXPECT_EQ(test::send(*store, zeros).value(), 2u); // slot 4 is full, but slots before it are not
    expectWhole(*store, zeros);
}

TEST_F(ObjectStoreTest, CopiesChunksThatItHasAlready) {
    auto bytes = sampleBytes(3 * chunkSize + 50);
    {
        const auto store = open();
        ASSERT_TRUE(test::send(*store, bytes));
        bytes[chunkSize + 1] ^= std::byte{1};
        EXPECT_EQ(test::send(*store, bytes).value(), 1u);
        expectWhole(*store, bytes);
        bytes.resize(2 * chunkSize);
        EXPECT_EQ(test::send(*store, bytes).value(), 0u); // all of it is known
        expectWhole(*store, bytes);
    }
    const auto store = open();
    const auto more = sampleBytes(chunkSize, 9);
    bytes.insert(bytes.begin(), more.begin(), more.end());
    EXPECT_EQ(test::send(*store, bytes).value(), 1u);
    expectWhole(*store, bytes);
    // A chunk that went bad where it would be copied from is asked for.
    for (const auto& entry : fs::directory_iterator(folder / "objects"))
        if (entry.path().extension().empty())
            test::flipBit(entry.path(), 8 * (fs::file_size(entry.path()) - 1));
    auto last = test::ByteVector(bytes.end() - chunkSize, bytes.end());
    EXPECT_EQ(test::send(*store, last).value(), 1u);
    expectWhole(*store, last);
}

TEST_F(ObjectStoreTest, TakesTheSameObjectFromSeveralAtOnce) {
    const auto store = open();
    const auto shared = sampleBytes(3 * chunkSize + 1);
    std::vector<std::thread> threads;
    std::atomic<int> failures{0};
    for (int i = 0; i < 6; ++i)
        threads.emplace_back([&, i] {
            core::TaskContext own;
            const auto manifest = manifestOf(shared);
            const auto id = objectIdOf(manifest);
            const auto wanted = store->offer(manifest, own);
            if (!wanted) ++failures;
            for (std::size_t k = 0; wanted && k < wanted->size(); ++k) {
                const auto index = (*wanted)[(k + static_cast<std::size_t>(i)) % wanted->size()];
                if (!store->put(id, index, chunkOf(shared, index))) ++failures;
            }
            if (!test::send(*store, sampleBytes(1000, static_cast<std::uint64_t>(i) + 2))) ++failures;
            if (!store->gc({.inUse = {}, .unusedForDays = 1})) ++failures;
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(failures, 0);
    expectWhole(*store, shared);
    for (std::uint64_t i = 0; i < 6; ++i)
        expectWhole(*store, sampleBytes(1000, i + 2));
    EXPECT_EQ(store->usage()->incoming, 0u);
}

TEST_F(ObjectStoreTest, LetsOneProcessAtATimeReceiveAnObject) {
    const auto one = open(), other = open();
    const auto bytes = sampleBytes(chunkSize + 1);
    const auto manifest = manifestOf(bytes);
    const auto id = objectIdOf(manifest);
    ASSERT_FALSE(one->offer(manifest, task)->empty());
    EXPECT_EQ(other->offer(manifest, task).error().code(), ErrorCode::ResourceExhausted);
    EXPECT_EQ(other->remove(id).error().code(), ErrorCode::ResourceExhausted);
    EXPECT_EQ(other->gc({.inUse = {}, .unusedForDays = 0})->objects, 0u);
    EXPECT_EQ(test::send(*one, bytes).value(), 2u);
    EXPECT_EQ(test::send(*other, bytes).value(), 0u);
    expectWhole(*other, bytes);
}

TEST_F(ObjectStoreTest, TakesManyOffersBeforeTheFirstChunk) {
    const auto store = open();
    for (std::uint64_t i = 0; i < 200; ++i)
        ASSERT_TRUE(store->offer(manifestOf(sampleBytes(100, i)), task));
    const auto handles = std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
    EXPECT_LT(handles, 120);
    for (std::uint64_t i = 0; i < 200; ++i)
        EXPECT_EQ(test::send(*store, sampleBytes(100, i)).value(), 1u);
    EXPECT_EQ(store->usage()->whole, 200u);
}

TEST_F(ObjectStoreTest, NoticesEachFlippedBit) {
    const auto store = open();
    const auto bytes = sampleBytes(1250);
    const auto manifest = manifestOf(bytes);
    const auto id = objectIdOf(manifest);
    ASSERT_TRUE(test::send(*store, bytes));
    std::size_t noticed = 0;
    for (std::size_t bit = 0; bit < 10'000; ++bit) {
        test::flipBit(at(id), bit);
        const auto read = store->read(id, 0);
        noticed += !read && read.error().code() == ErrorCode::Format && !store->has(id) ? 1 : 0;
        if (bit % 500 == 0) {
            EXPECT_EQ(test::send(*store, bytes).value(), 1u); // it is asked for again
            expectWhole(*store, bytes);
        } else {
            test::flipBit(at(id + ".part"), bit);
            fs::rename(at(id + ".part"), at(id));
        }
    }
    EXPECT_EQ(noticed, 10'000u);
    expectWhole(*store, bytes);
}

TEST_F(ObjectStoreTest, AsksAgainForTheDamagedChunkAlone) {
    const auto store = open();
    const auto bytes = sampleBytes(3 * chunkSize);
    const auto id = objectIdOf(manifestOf(bytes));
    ASSERT_TRUE(test::send(*store, bytes));
    test::flipBit(at(id), 8 * (chunkSize + 7));
    EXPECT_TRUE(store->read(id, 0)); // the others are well
    const auto read = store->read(id, 1);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message().find("chunk 1"), std::string::npos);
    EXPECT_EQ(store->offer(manifestOf(bytes), task).value(), (Wanted{1}));
    EXPECT_TRUE(store->put(id, 1, chunkOf(bytes, 1)).value());
    expectWhole(*store, bytes);
}

TEST_F(ObjectStoreTest, ForgetsWhatIsRemoved) {
    const auto store = open();
    const auto bytes = sampleBytes(chunkSize + 1), others = sampleBytes(10, 2);
    const auto id = objectIdOf(manifestOf(bytes));
    ASSERT_TRUE(test::send(*store, others));
    ASSERT_TRUE(store->offer(manifestOf(bytes), task));
    ASSERT_TRUE(store->put(id, 0, chunkOf(bytes, 0)));
    ASSERT_TRUE(store->remove(id));
    EXPECT_EQ(store->put(id, 1, chunkOf(bytes, 1)).error().code(), ErrorCode::NotFound);
    EXPECT_EQ(test::send(*store, bytes).value(), 2u);
    ASSERT_TRUE(store->remove(id));
    EXPECT_FALSE(store->has(id));
    EXPECT_EQ(store->manifest(id).error().code(), ErrorCode::NotFound);
    EXPECT_TRUE(store->remove(id));
    EXPECT_EQ(store->usage()->bytes, 10u);
    expectWhole(*store, others);
}

TEST_F(ObjectStoreTest, CollectsByAgeAndByNeed) {
    test::HandClock clock;
    const auto store = open({.quotaBytes = 1000, .roots = {}, .clock = &clock});
    std::vector<ObjectId> ids;
    for (std::uint64_t i = 0; i < 5; ++i) {
        ASSERT_TRUE(test::send(*store, sampleBytes(200, i)));
        ids.push_back(objectIdOf(manifestOf(sampleBytes(200, i))));
        clock.forward(std::chrono::hours(24));
    }
    EXPECT_EQ(store->usage()->bytes, 1000u);
    EXPECT_EQ(store->gc({})->objects, 0u); // nothing was asked for
    EXPECT_TRUE(store->has(ids[0]));       // a use: now 1 and 2 are the oldest
    // 0: today, 1: four days ago, 2: three, 3: two, 4: one
    auto collected = store->gc({.inUse = {ids[1]}, .unusedForDays = 3}).value();
    EXPECT_EQ(collected.objects, 1u);
    EXPECT_EQ(collected.bytes, 200u);
    EXPECT_FALSE(store->has(ids[2]));
    EXPECT_FALSE(fs::exists(at(ids[2] + ".manifest")));
    // 1 is in use, so 3 and 4 go before 0.
    EXPECT_EQ(store->gc({.inUse = {ids[1]}, .unusedForDays = {}, .roomForBytes = 200})->objects, 0u);
    EXPECT_EQ(store->gc({.inUse = {ids[1]}, .unusedForDays = {}, .roomForBytes = 201})->objects, 1u);
    EXPECT_FALSE(store->has(ids[3]));
    EXPECT_EQ(store->gc({.inUse = {ids[1]}, .unusedForDays = {}, .roomForBytes = 5000})->objects, 2u);
    EXPECT_TRUE(store->has(ids[1]));
    EXPECT_EQ(store->usage()->bytes, 200u);
    // Incoming ones that nobody goes on with age, too.
    ASSERT_TRUE(store->offer(manifestOf(sampleBytes(300)), task));
    EXPECT_EQ(store->gc({.inUse = {ids[1]}, .unusedForDays = 2})->objects, 0u);
    clock.forward(std::chrono::hours(48));
    EXPECT_EQ(store->gc({.inUse = {ids[1]}, .unusedForDays = 2})->objects, 1u);
    EXPECT_EQ(store->put(objectIdOf(manifestOf(sampleBytes(300))), 0, sampleBytes(300)).error().code(),
              ErrorCode::NotFound);
    EXPECT_EQ(test::send(*store, sampleBytes(300)).value(), 1u);
}
