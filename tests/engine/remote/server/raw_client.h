// RawClient: the other end of a worker's connection, byte by byte, so that a test can break the protocol's
// rules. Blocking, on the test's thread; what takes longer than a few seconds is an error.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/remote/protocol/frame.h"
#include "engine/remote/protocol/handshake.h"
#include "engine/remote/protocol/messages.pb.h"

struct ssl_ctx_st;
struct ssl_st;

namespace balmer::test {

class RawClient {
  public:
    static std::unique_ptr<RawClient> toSocket(const std::filesystem::path& path);
    static std::unique_ptr<RawClient> toPort(std::uint16_t port);
    /// Takes the context. A failure of the TLS handshake is in tlsFailure(). knock: what it says first.
    static std::unique_ptr<RawClient> toTls(std::uint16_t port, ssl_ctx_st* context,
                                            const std::string& knock = {});
    ~RawClient();

    struct Frame {
        remote::FrameHeader header;
        std::string payload;
    };
    struct Answer {
        std::optional<remote::wire::Response> response;
        std::optional<core::Error> problem;
        std::string text() const {
            return problem ? problem->describe() : response ? "a response" : "nothing";
        }
    };

    const std::string& tlsFailure() const { return tlsFailure_; }
    /// False when the other side has closed.
    bool send(remote::Bytes bytes);
    bool send(remote::FrameType type, std::uint16_t flags, std::uint32_t stream, const std::string& payload);
    /// A header that announces what need not follow.
    bool sendHeader(std::uint32_t length, std::uint16_t type, std::uint16_t flags, std::uint32_t stream);

    /// An error is the worker's refusal. sent(): all that this side has sent for it.
    core::Status shakeHands(std::string token = {});
    const std::vector<std::byte>& sent() const { return sent_; }

    /// The next frame that is neither ping nor credit; nothing at the end of the connection.
    std::optional<Frame> next(std::chrono::milliseconds limit = std::chrono::minutes(5));
    /// Why the worker ended the connection; "" when it said nothing, "(open)" when it did not end.
    std::string lastWords(std::chrono::milliseconds limit = std::chrono::minutes(5));

    /// The other side closes, whatever it says before.
    bool endsWithin(std::chrono::milliseconds limit);

    std::uint32_t begin(const remote::wire::Request& request); ///< on a new stream
    Answer answer(std::uint32_t stream);
    Answer ask(const remote::wire::Request& request) { return answer(begin(request)); }
    bool alive(); ///< it still answers a small request

  private:
    explicit RawClient(int descriptor) : descriptor_(descriptor) {}
    /// Bytes that have come; 0 at the end; −1 when nothing came in time.
    long receive(void* into, std::size_t size, std::chrono::milliseconds limit);

    int descriptor_;
    ssl_st* tls_ = nullptr;
    std::string tlsFailure_, arrived_;
    std::vector<std::byte> sent_;
    std::uint32_t next_ = 1;
};

} // namespace balmer::test
