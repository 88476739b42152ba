#include "engine/remote/client/transfer.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "engine/core/file.h"
#include "engine/remote/transport/offload.h"

namespace balmer::remote {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

/// Chunks under way at once: enough to keep a connection busy, few enough to be held in memory.
constexpr std::size_t chunksAtOnce = 3;

Result<std::vector<std::byte>> readChunk(const std::filesystem::path& path, const Manifest& manifest,
                                         std::uint32_t index) {
    BALMER_TRY(const auto file, core::File::open(path, core::File::Use::Read, core::File::Links::Follow));
    std::vector<std::byte> bytes(chunkBytes(manifest, index));
    BALMER_CHECK(file.readAt(std::uint64_t{index} * chunkSize, bytes));
    return bytes;
}

/// Several coroutines and their end.
struct Group {
    explicit Group(asio::any_io_executor executor) : places(executor, chunksAtOnce), ended(executor) {}
    Semaphore places;
    Signal ended;
    std::size_t busy = 0;
    std::optional<Error> failed;
};

/// Runs work(index) for each index, a few at once; the first failure ends it when those under way have ended.
template <typename Work>
asio::awaitable<Status> forEachChunk(asio::any_io_executor executor, std::vector<std::uint32_t> chunks,
                                     Work work) {
    const auto group = std::make_shared<Group>(executor);
    const auto kept = std::make_shared<Work>(std::move(work));
    for (const auto index : chunks) {
        auto place = std::make_shared<Semaphore::Permit>(co_await group->places.acquire());
        if (group->failed) break;
        ++group->busy;
        asio::co_spawn(
            executor,
            [group, kept, index, place]() mutable -> asio::awaitable<void> {
                auto done = co_await (*kept)(index);
                if (!done && !group->failed) group->failed = done.error();
                --group->busy;
                place.reset();
                group->ended.notify();
            },
            asio::detached);
    }
    while (group->busy > 0)
        co_await group->ended.wait();
    if (group->failed) co_return fail(*group->failed);
    co_return Status();
}

} // namespace

Result<std::vector<PackedFile>> measure(const std::vector<NamedFile>& files, ManifestCache& cache,
                                        core::TaskContext& task) {
    std::vector<PackedFile> packed;
    for (const auto& file : files) {
        BALMER_CHECK(task.checkpoint(static_cast<double>(packed.size()) / static_cast<double>(files.size()),
                                     "reading"));
        PackedFile made;
        BALMER_TRY(made.manifest, cache.manifestOf(file.path, task));
        made.file = file;
        made.entry = {file.name, objectIdOf(made.manifest), static_cast<std::int64_t>(made.manifest.size)};
        packed.push_back(std::move(made));
    }
    return packed;
}

asio::awaitable<Status> upload(std::shared_ptr<WorkerClient> client, NamedPool& disk,
                               std::shared_ptr<const std::vector<PackedFile>> files,
                               std::vector<ObjectId> missing, TransferProgress progress) {
    std::uint64_t all = 0;
    const auto done = std::make_shared<std::uint64_t>(0);
    const auto fileOf = [&](const ObjectId& id) {
        return std::find_if(files->begin(), files->end(),
                            [&](const auto& each) { return each.entry.object == id; });
    };
    for (const auto& id : missing)
        if (const auto file = fileOf(id); file != files->end()) all += file->manifest.size;
    for (const auto& id : missing) {
        const auto file = fileOf(id);
        if (file == files->end())
            co_return fail(ErrorCode::Protocol, "the worker asks for an object that is none of this job");
        auto lacks = co_await client->offer(id, file->manifest);
        if (!lacks) co_return fail(std::move(lacks).error());
        std::uint64_t there = file->manifest.size;
        for (const auto index : *lacks)
            there -= chunkBytes(file->manifest, index);
        *done += there;
        progress(*done, all);
        const auto executor = co_await asio::this_coro::executor;
        auto sending =
            forEachChunk(executor, *lacks,
                         [&disk, client, files, index_ = file - files->begin(), done, all,
                          progress](std::uint32_t chunk) -> asio::awaitable<Status> {
                             const auto& each = (*files)[static_cast<std::size_t>(index_)];
                             auto bytesSoon = offload(disk, [files, index_, chunk] {
                                 const auto& source = (*files)[static_cast<std::size_t>(index_)];
                                 return readChunk(source.file.path, source.manifest, chunk);
                             });
                             auto bytes = co_await std::move(bytesSoon);
                             if (!bytes) co_return fail(std::move(bytes).error());
                             const auto size = bytes->size();
                             auto put = co_await client->put(each.entry.object, chunk, std::move(*bytes));
                             // The worker hashes every chunk: here it need not be done once more.
                             if (!put && put.error().code() == ErrorCode::Format)
                                 co_return fail(ErrorCode::InvalidArgument,
                                                each.file.path.string() +
                                                    " has changed since the job was submitted; run it again");
                             if (!put) co_return put;
                             *done += size;
                             progress(*done, all);
                             co_return Status();
                         });
        auto sent = co_await std::move(sending);
        if (!sent) co_return sent;
    }
    co_return Status();
}

asio::awaitable<Result<std::vector<NamedFile>>> download(std::shared_ptr<WorkerClient> client,
                                                         NamedPool& disk, ObjectStore& store,
                                                         std::vector<jobs::ParcelEntry> outputs,
                                                         TransferProgress progress) {
    std::uint64_t all = 0;
    for (const auto& entry : outputs)
        all += static_cast<std::uint64_t>(entry.bytes);
    const auto done = std::make_shared<std::uint64_t>(0);
    std::vector<NamedFile> files;
    for (const auto& entry : outputs) {
        const auto id = entry.object;
        auto thereSoon = offload(disk, [&store, id]() -> Result<bool> { return store.has(id); });
        auto there = co_await std::move(thereSoon);
        if (!there) co_return fail(std::move(there).error());
        if (!*there) {
            auto manifest = co_await client->manifest(id);
            if (!manifest) co_return fail(std::move(manifest).error());
            if (static_cast<std::int64_t>(manifest->size) != entry.bytes)
                co_return fail(ErrorCode::Protocol, "the worker says two sizes of " + entry.name);
            auto lacksSoon = offload(disk, [&store, manifest = *manifest] {
                core::TaskContext task;
                return store.offer(manifest, task);
            });
            auto lacks = co_await std::move(lacksSoon);
            if (!lacks) co_return fail(std::move(lacks).error());
            const auto executor = co_await asio::this_coro::executor;
            auto fetching = forEachChunk(
                executor, *lacks,
                [&disk, &store, client, id, done, all,
                 progress](std::uint32_t chunk) -> asio::awaitable<Status> {
                    auto bytes = co_await client->get(id, chunk);
                    if (!bytes) co_return fail(std::move(bytes).error());
                    const auto held = std::make_shared<std::vector<std::byte>>(std::move(*bytes));
                    auto putSoon = offload(disk, [&store, id, chunk, held]() -> Status {
                        BALMER_TRY([[maybe_unused]] const bool whole, store.put(id, chunk, *held));
                        return {};
                    });
                    auto put = co_await std::move(putSoon);
                    if (!put) co_return put;
                    *done += held->size();
                    progress(*done, all);
                    co_return Status();
                });
            auto got = co_await std::move(fetching);
            if (!got) co_return fail(std::move(got).error());
        }
        auto pathSoon = offload(disk, [&store, id] { return store.pathOf(id); });
        auto path = co_await std::move(pathSoon);
        if (!path) co_return fail(std::move(path).error());
        files.push_back({entry.name, std::move(*path)});
    }
    co_return files;
}

} // namespace balmer::remote
