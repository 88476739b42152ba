// What a session does about objects: offers, chunks both ways, data that lie here already.
#include "engine/remote/server/session.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "engine/core/crash_point.h"
#include "engine/remote/protocol/messages.h"
#include "engine/remote/protocol/messages.pb.h"
#include "engine/remote/transport/offload.h"

namespace balmer::remote {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

constexpr std::size_t putsAtMost = 8;
constexpr std::size_t idsAtMost = 20000; ///< remembered for a connection

Result<Manifest> manifestFrom(const wire::Manifest& message) {
    if (message.chunks().size() % 32 != 0)
        return fail(ErrorCode::Protocol, "a manifest's digests have not 32 bytes each");
    Manifest manifest;
    manifest.size = message.bytes();
    manifest.chunks.resize(message.chunks().size() / 32);
    for (std::size_t i = 0; i < manifest.chunks.size(); ++i)
        std::copy_n(reinterpret_cast<const std::byte*>(message.chunks().data()) + 32 * i, 32,
                    manifest.chunks[i].begin());
    BALMER_CHECK(check(manifest));
    return manifest;
}

void writeManifest(const Manifest& manifest, wire::Manifest& message) {
    message.set_bytes(manifest.size);
    auto& chunks = *message.mutable_chunks();
    chunks.reserve(32 * manifest.chunks.size());
    for (const auto& digest : manifest.chunks)
        chunks.append(reinterpret_cast<const char*>(digest.data()), digest.size());
}

} // namespace

struct Session::Upload {
    ObjectId object;
    std::uint32_t chunk = 0;
    std::size_t expected = 0;
    std::vector<std::byte> bytes;
    std::optional<Error> refused; ///< what comes is thrown away
};

asio::awaitable<Status> Session::offer(std::uint32_t stream, const wire::OfferRequest& request) {
    const auto permit = co_await answering_.acquire();
    auto manifest = manifestFrom(request.manifest());
    if (!manifest) co_return fail(std::move(manifest).error());
    auto id = digestFromBytes(request.object());
    if (!id) co_return fail(std::move(id).error());
    if (objectIdOf(*manifest) != *id)
        co_return fail(ErrorCode::Format, "the manifest is not that of the object " + *id);
    if (!wanted_.contains(*id))
        co_return fail(ErrorCode::InvalidArgument, "no job of yours lacks this object; submit the job first");
    auto missingSoon =
        offload(services_.disk,
                [&services = services_, manifest = *manifest]() -> Result<std::vector<std::uint32_t>> {
                    return offerMakingRoom(services.objects, services.journal, manifest);
                });
    auto missing = co_await std::move(missingSoon);
    if (!missing) co_return fail(std::move(missing).error());
    wire::Response response;
    auto& bits = *response.mutable_offer()->mutable_missing();
    for (const auto index : *missing)
        setBit(bits, index);
    co_return co_await send(stream, response);
}

/// A client that asks for more than that begins again with what it asked for last.
void Session::remember(std::set<ObjectId>& ids, const ObjectId& id) {
    if (ids.size() >= idsAtMost) ids.clear();
    ids.insert(id);
}

Status Session::beginUpload(std::uint32_t stream, const wire::PutRequest& request) {
    if (uploads_.size() >= putsAtMost)
        return fail(ErrorCode::Protocol, "more than 8 chunks are being sent at once");
    const auto upload = std::make_shared<Upload>();
    auto id = digestFromBytes(request.object());
    if (!id)
        upload->refused = id.error();
    else if (!wanted_.contains(*id))
        upload->refused =
            Error(ErrorCode::InvalidArgument, "no job of yours lacks this object; submit the job first");
    else if (request.bytes() > chunkSize)
        return fail(ErrorCode::Protocol, "a chunk has 4 MiB at most");
    else
        upload->object = std::move(*id);
    upload->chunk = request.chunk();
    upload->expected = request.bytes();
    uploads_[stream] = upload;
    return {};
}

asio::awaitable<Status> Session::takeData(Frame frame) {
    const auto stream = frame.header.stream;
    const auto found = uploads_.find(stream);
    if (found == uploads_.end())
        co_return fail(ErrorCode::Protocol,
                       "data came for stream " + std::to_string(stream) + ", which wants none");
    const auto upload = found->second;
    const bool last = (frame.header.flags & flagEnd) != 0;
    if (!upload->refused) {
        if (frame.payload.size() > upload->expected - upload->bytes.size())
            co_return fail(ErrorCode::Protocol, "a chunk is longer than it was said to be");
        if (upload->bytes.empty()) upload->bytes.reserve(upload->expected);
        upload->bytes.insert(upload->bytes.end(), frame.payload.begin(), frame.payload.end());
        if (last && upload->bytes.size() != upload->expected)
            co_return fail(ErrorCode::Protocol, "a chunk is shorter than it was said to be");
    } else {
        channel_->consumed(frame.payload.size());
    }
    if (!last) co_return Status();
    uploads_.erase(stream);
    const auto self = shared_from_this();
    asio::co_spawn(
        channel_->executor(),
        [self, stream, upload]() -> asio::awaitable<void> {
            auto keptSoon =
                offload(self->services_.disk, [&services = self->services_, upload]() -> Result<bool> {
                    if (upload->refused) return fail(*upload->refused);
                    auto whole = services.objects.put(upload->object, upload->chunk, upload->bytes);
                    if (whole) core::crashPoint(*whole ? "worker.object-whole" : "worker.chunk-put");
                    return whole;
                });
            auto kept = co_await std::move(keptSoon);
            self->channel_->consumed(upload->bytes.size());
            if (kept) {
                wire::Response response;
                response.mutable_put();
                (void)co_await self->send(stream, response);
            } else if (!self->channel_->closed()) {
                (void)co_await self->channel_->send(encodeProblem(stream, withRoomHint(kept.error())));
            }
            self->open_.erase(stream);
        },
        asio::detached);
    co_return Status();
}

asio::awaitable<Status> Session::manifest(std::uint32_t stream, std::string object) {
    const auto permit = co_await answering_.acquire();
    auto id = digestFromBytes(object);
    if (!id) co_return fail(std::move(id).error());
    if (!readable_.contains(*id))
        co_return fail(ErrorCode::NotFound,
                       "no result of yours has the object " + *id + "; ask for the result first");
    auto foundSoon =
        offload(services_.disk, [&services = services_, id = *id] { return services.objects.manifest(id); });
    auto found = co_await std::move(foundSoon);
    if (!found) co_return fail(std::move(found).error());
    wire::Response response;
    writeManifest(*found, *response.mutable_manifest()->mutable_manifest());
    co_return co_await send(stream, response);
}

asio::awaitable<Status> Session::get(std::uint32_t stream, const wire::GetRequest& request) {
    auto id = digestFromBytes(request.object());
    if (!id) co_return fail(std::move(id).error());
    if (!readable_.contains(*id))
        co_return fail(ErrorCode::NotFound,
                       "no result of yours has the object " + *id + "; ask for the result first");
    const auto chunk = request.chunk();
    const auto permit = co_await reading_.acquire();
    auto bytesSoon = offload(services_.disk, [&services = services_, id = *id, chunk] {
        return services.objects.read(id, chunk);
    });
    auto bytes = co_await std::move(bytesSoon);
    if (!bytes) co_return fail(std::move(bytes).error());
    wire::Response response;
    response.mutable_get()->set_bytes(static_cast<std::uint32_t>(bytes->size()));
    auto sent = co_await send(stream, response);
    if (!sent) co_return sent;
    co_return co_await channel_->sendData(stream, *bytes);
}

asio::awaitable<Status> Session::registerPath(std::uint32_t stream, const wire::RegisterRequest& request) {
    const std::string path = request.path();
    const auto response = std::make_shared<wire::Response>();
    auto doneSoon = offload(services_.disk, [&services = services_, path, response]() -> Status {
        auto& answer = *response->mutable_register_();
        core::TaskContext task;
        std::uint64_t bytes = 0;
        // Nothing is looked at before the path has proved to lie below a root.
        constexpr std::size_t filesAtMost = 1'000'000;
        BALMER_TRY(const auto files, services.objects.filesToRegister(path, filesAtMost));
        for (const auto& file : files) {
            const auto id = services.objects.registerFile(file, task);
            if (!id) {
                if (files.size() == 1) return fail(id.error());
                if (answer.refused_size() < 100)
                    answer.add_refused(
                        showable(file.filename().string() + ": " + id.error().describe(), 500));
                continue;
            }
            BALMER_TRY(const auto manifest, services.objects.manifest(*id));
            bytes += manifest.size;
            answer.set_files(answer.files() + 1);
            answer.set_bytes(bytes);
        }
        return {};
    });
    auto done = co_await std::move(doneSoon);
    if (!done) co_return done;
    co_return co_await send(stream, *response);
}

} // namespace balmer::remote
