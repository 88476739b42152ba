// Connector: opens a stream to a worker by its address. Private to remote.
#pragma once

#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/remote/client/worker_book.h"
#include "engine/remote/transport/stream.h"

namespace balmer::remote {

struct ConnectorSettings {
    std::vector<std::string> ssh{"ssh"}; ///< the user's own ssh: program and first arguments
    std::filesystem::path identity;      ///< folder of the client's own certificate, for tls
    std::chrono::milliseconds limit{10000};
};

/// A stream to the worker. With tls its certificate is the pinned one; where none is pinned, any is taken
/// only when `pairing` is set. Errors: a sentence that names the address and what to try: Io,
/// DeadlineExceeded, Protocol.
asio::awaitable<core::Result<std::unique_ptr<Stream>>>
connectTo(asio::any_io_executor executor, WorkerEntry entry, ConnectorSettings settings, bool pairing);

} // namespace balmer::remote
