#include "engine/remote/objects/manifest.h"

#include <sys/stat.h>

#include "engine/core/pending_file.h"
#include "engine/remote/objects/manifest_cache.h"
#include "tests/engine/remote/objects/object_samples.h"

using namespace balmer;
using namespace balmer::remote;
using core::ErrorCode;
using test::sampleBytes;
namespace fs = std::filesystem;

TEST(Manifest, NamesAnObjectByItsSizeAndChunks) {
    // SHA-256 of "hello"; the id: SHA-256 of the size, 05 and seven 00, and that digest (by Python's
    // hashlib).
    const std::string text = "hello";
    const auto manifest = manifestOf(std::as_bytes(std::span(text)));
    ASSERT_EQ(manifest.chunks.size(), 1u);
    EXPECT_EQ(core::hexOf(manifest.chunks[0]),
              "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    EXPECT_EQ(objectIdOf(manifest), "057fabcd6c107f42868b44d377bf20471c8b37c268611ab453d14a6e31815694");
    // An empty object: eight bytes of zero, hashed.
    EXPECT_EQ(objectIdOf(manifestOf({})), "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc");
}

TEST(Manifest, HasOneDigestForEachBegunChunk) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, chunkSize - 1, chunkSize, chunkSize + 1}) {
        const auto bytes = sampleBytes(size);
        const auto manifest = manifestOf(bytes);
        ASSERT_EQ(manifest.chunks.size(), chunkCountOf(size)) << size;
        EXPECT_EQ(manifest.chunks.size(), (size + chunkSize - 1) / chunkSize) << size;
        std::size_t sum = 0;
        for (std::uint32_t i = 0; i < manifest.chunks.size(); ++i) {
            sum += chunkBytes(manifest, i);
            EXPECT_EQ(core::digestBytesOf(test::chunkOf(bytes, i)), manifest.chunks[i]);
        }
        EXPECT_EQ(sum, size);
        EXPECT_EQ(decodeManifest(encode(manifest)).value(), manifest) << size;
    }
}

TEST(Manifest, RefusesWhatDoesNotFitItsSize) {
    auto encoded = encode(manifestOf(sampleBytes(chunkSize + 1)));
    for (std::size_t cut = 0; cut < encoded.size(); ++cut)
        EXPECT_FALSE(decodeManifest(std::span(encoded).first(cut))) << cut;
    encoded.push_back(std::byte{0});
    EXPECT_FALSE(decodeManifest(encoded));
    encoded.resize(8 + 32 * 3); // one digest too many
    EXPECT_EQ(decodeManifest(encoded).error().code(), ErrorCode::Format);

    Manifest large;
    large.size = objectSizeLimit;
    large.chunks.resize(chunksAtMost);
    EXPECT_TRUE(check(large));
    EXPECT_EQ(encode(large).size(), manifestBytesAtMost);
    EXPECT_TRUE(decodeManifest(encode(large)));
    large.size = objectSizeLimit + 1;
    large.chunks.resize(chunksAtMost + 1);
    EXPECT_EQ(check(large).error().code(), ErrorCode::InvalidArgument);
    EXPECT_FALSE(decodeManifest(encode(large)));
    for (const std::uint64_t size : {~std::uint64_t{0}, ~std::uint64_t{0} - chunkSize + 2}) {
        large.size = size; // the number of chunks would overflow
        large.chunks.resize(1);
        EXPECT_FALSE(check(large));
        EXPECT_FALSE(decodeManifest(encode(large)));
    }
}

TEST(Manifest, OfAFileIsThatOfItsBytes) {
    test::TemporaryFolder folder;
    core::TaskContext task;
    for (const std::size_t size : {std::size_t{0}, std::size_t{77}, chunkSize + 5}) {
        const auto bytes = sampleBytes(size);
        test::writeBytes(folder / "a", bytes);
        EXPECT_EQ(manifestOfFile(folder / "a", task).value(), manifestOf(bytes));
    }
    EXPECT_EQ(manifestOfFile(folder / "none", task).error().code(), ErrorCode::NotFound);
    EXPECT_EQ(manifestOfFile(folder.path(), task).error().code(), ErrorCode::InvalidArgument);
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(manifestOfFile(folder / "pipe", task).error().code(),
              ErrorCode::InvalidArgument); // and does not wait
    std::error_code error;
    fs::resize_file(folder / "a", objectSizeLimit + 1, error);
    if (!error) {
        EXPECT_EQ(manifestOfFile(folder / "a", task).error().code(), ErrorCode::InvalidArgument);
    }
}

TEST(Manifest, OfAFileStopsWhenAsked) {
    test::TemporaryFolder folder;
    test::writeBytes(folder / "a", sampleBytes(4 * chunkSize));
    std::stop_source source;
    core::TaskContext task(source.get_token(), [&](double fraction, std::string_view) {
        if (fraction > 0.4) source.request_stop();
    });
    EXPECT_EQ(manifestOfFile(folder / "a", task).error().code(), ErrorCode::Cancelled);
}

TEST(ObjectIds, AreHexadecimalDigitsAlone) {
    EXPECT_TRUE(isObjectId(std::string(64, 'a')));
    EXPECT_FALSE(isObjectId(std::string(64, 'A')));
    EXPECT_FALSE(isObjectId(std::string(63, 'a')));
    EXPECT_FALSE(isObjectId("../" + std::string(61, 'a')));
}

namespace {

/// Whether the file was hashed: only then is progress reported.
struct Watched {
    bool hashed = false;
    core::TaskContext task{{}, [this](double, std::string_view) { hashed = true; }};
};

bool hashes(ManifestCache& cache, const fs::path& file, const test::ByteVector& expected) {
    Watched watched;
    EXPECT_EQ(cache.manifestOf(file, watched.task).value(), manifestOf(expected));
    return watched.hashed;
}

} // namespace

TEST(ManifestCache, HashesAFileOnce) {
    test::TemporaryFolder folder;
    test::HandClock later;
    later.forward(std::chrono::hours(1));
    const auto bytes = sampleBytes(1000), others = sampleBytes(1000, 2);
    test::writeBytes(folder / "a", bytes);
    {
        ManifestCache cache(folder / "cache", later);
        EXPECT_TRUE(hashes(cache, folder / "a", bytes));
        EXPECT_FALSE(hashes(cache, folder / "a", bytes));
    }
    ManifestCache cache(folder / "cache", later);
    EXPECT_FALSE(hashes(cache, folder / "a", bytes));
    // Other bytes of the same number, the time of modification put back.
    const auto time = fs::last_write_time(folder / "a");
    test::writeBytes(folder / "a", others);
    fs::last_write_time(folder / "a", time);
    EXPECT_TRUE(hashes(cache, folder / "a", others));
    // Another file in its place.
    EXPECT_FALSE(hashes(cache, folder / "a", others));
    test::writeBytes(folder / "b", bytes);
    fs::rename(folder / "b", folder / "a");
    EXPECT_TRUE(hashes(cache, folder / "a", bytes));
}

TEST(ManifestCache, DoesNotTrustAFileThatHasJustChanged) {
    test::TemporaryFolder folder;
    const auto bytes = sampleBytes(1000);
    test::writeBytes(folder / "a", bytes);
    const test::HandClock clock;
    ManifestCache cache(folder / "cache", clock);
    EXPECT_TRUE(hashes(cache, folder / "a", bytes));
    EXPECT_TRUE(hashes(cache, folder / "a", bytes));
}

TEST(ManifestCache, TakesAGarbledEntryAsNone) {
    test::TemporaryFolder folder;
    test::HandClock later;
    later.forward(std::chrono::hours(1));
    const auto bytes = sampleBytes(100);
    test::writeBytes(folder / "a", bytes);
    ManifestCache cache(folder / "cache", later);
    EXPECT_TRUE(hashes(cache, folder / "a", bytes));
    const auto entry = fs::directory_iterator(folder / "cache")->path();
    const auto good = test::readBytes(entry);
    for (std::size_t bit = 0; bit < 8 * good.size(); bit += 5) {
        test::flipBit(entry, bit);
        EXPECT_TRUE(hashes(cache, folder / "a", bytes)) << bit; // and is put right again
        EXPECT_EQ(test::readBytes(entry), good);
    }
    fs::resize_file(entry, good.size() / 2);
    EXPECT_TRUE(hashes(cache, folder / "a", bytes));
}

TEST(ManifestCache, DropsEntriesOfFilesThatAreGone) {
    test::TemporaryFolder folder;
    test::HandClock later;
    later.forward(std::chrono::hours(1));
    for (const auto* name : {"a", "b"}) {
        Watched watched;
        test::writeBytes(folder / name, sampleBytes(100));
        ManifestCache(folder / "cache", later).manifestOf(folder / name, watched.task).value();
    }
    const auto entries = [&] {
        return std::distance(fs::directory_iterator(folder / "cache"), fs::directory_iterator());
    };
    EXPECT_EQ(entries(), 2);
    fs::remove(folder / "a");
    // Left by a process that was killed, and one that writes.
    test::writeBytes(folder / "cache" / "x.part-1-1", sampleBytes(5));
    const auto writing = core::PendingFile::beside(folder / "cache" / "x");
    ManifestCache cache(folder / "cache", later);
    EXPECT_EQ(entries(), 2);
    EXPECT_TRUE(fs::exists(writing->path()));
    EXPECT_FALSE(hashes(cache, folder / "b", sampleBytes(100)));
}
