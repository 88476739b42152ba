// Transfer: the files of a parcel over a connection, up and down, chunk by chunk. Private to remote.
//
// Used on the thread of the connection; what reads, writes and hashes runs on the pool. A transfer that was
// cut goes on where it was when it is called again.
#pragma once

#include <utility>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/jobs/worker_journal.h"
#include "engine/remote/client/remote_jobs.h"
#include "engine/remote/client/worker_client.h"
#include "engine/remote/objects/manifest_cache.h"
#include "engine/remote/objects/object_store.h"
#include "engine/remote/transport/offload.h"

namespace balmer::remote {

/// A file that is to be sent, and what it is as an object.
struct PackedFile {
    NamedFile file;
    jobs::ParcelEntry entry;
    Manifest manifest;
};

/// Reads and hashes what the cache does not know. On the pool.
core::Result<std::vector<PackedFile>> measure(const std::vector<NamedFile>& files, ManifestCache& cache,
                                              core::TaskContext& task);

/// bytes of all, and how many are there.
using TransferProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// Sends what the worker lacks of these objects.
asio::awaitable<core::Status> upload(std::shared_ptr<WorkerClient> client, NamedPool& disk,
                                     std::shared_ptr<const std::vector<PackedFile>> files,
                                     std::vector<ObjectId> missing, TransferProgress progress);

/// Fetches the objects into the store, verified. Returns where the files lie.
asio::awaitable<core::Result<std::vector<NamedFile>>> download(std::shared_ptr<WorkerClient> client,
                                                               NamedPool& disk, ObjectStore& store,
                                                               std::vector<jobs::ParcelEntry> outputs,
                                                               TransferProgress progress);

} // namespace balmer::remote
