#include "tests/engine/remote/server/raw_client.h"

#include <cstring>
#include <stdexcept>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/remote/protocol/messages.h"

namespace balmer::test {

using remote::FrameType;

namespace {

int connected(int family, const sockaddr* address, socklen_t size) {
    const int made = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0 || ::connect(made, address, size) != 0)
        throw std::runtime_error(std::string("cannot connect: ") + std::strerror(errno));
    return made;
}

} // namespace

std::unique_ptr<RawClient> RawClient::toSocket(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return std::unique_ptr<RawClient>(
        new RawClient(connected(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address)));
}

std::unique_ptr<RawClient> RawClient::toPort(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return std::unique_ptr<RawClient>(
        new RawClient(connected(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address)));
}

std::unique_ptr<RawClient> RawClient::toTls(std::uint16_t port, ssl_ctx_st* context,
                                            const std::string& knock) {
    auto made = toPort(port);
    made->tls_ = SSL_new(context);
    SSL_CTX_free(context);
    SSL_set_fd(made->tls_, made->descriptor_);
    if (!knock.empty()) SSL_set_tlsext_host_name(made->tls_, knock.c_str());
    ERR_clear_error();
    // In TLS 1.3 the client is done before the server has judged its certificate: reading tells.
    char byte = 0;
    if (SSL_connect(made->tls_) != 1 || SSL_peek(made->tls_, &byte, 1) != 1) {
        const char* reason = ERR_reason_error_string(ERR_get_error());
        made->tlsFailure_ = reason != nullptr ? reason : "the connection was closed";
    }
    return made;
}

RawClient::~RawClient() {
    if (tls_ != nullptr) SSL_free(tls_);
    ::close(descriptor_);
}

bool RawClient::send(remote::Bytes bytes) {
    while (!bytes.empty()) {
        const auto count = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                           : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

bool RawClient::send(FrameType type, std::uint16_t flags, std::uint32_t stream, const std::string& payload) {
    return send(remote::encodeFrame(type, flags, stream, std::as_bytes(std::span(payload))));
}

bool RawClient::sendHeader(std::uint32_t length, std::uint16_t type, std::uint16_t flags,
                           std::uint32_t stream) {
    return send(remote::encode(remote::FrameHeader{length, static_cast<FrameType>(type), flags, stream}));
}

long RawClient::receive(void* into, std::size_t size, std::chrono::milliseconds limit) {
    if (tls_ == nullptr || SSL_pending(tls_) == 0) {
        pollfd waiting{descriptor_, POLLIN, 0};
        if (::poll(&waiting, 1, static_cast<int>(limit.count())) <= 0) return -1;
    }
    const auto count =
        tls_ != nullptr ? SSL_read(tls_, into, static_cast<int>(size)) : ::recv(descriptor_, into, size, 0);
    return std::max<long>(count, 0);
}

core::Status RawClient::shakeHands(std::string token) {
    remote::ClientHandshake::Settings settings;
    settings.software = "test";
    settings.user = "tester";
    settings.token = std::move(token);
    remote::ClientHandshake handshake(std::move(settings));
    sent_ = handshake.begin();
    if (!send(sent_)) return core::fail(core::ErrorCode::Io, "closed before the hello");
    std::array<std::byte, 2048> buffer{};
    while (true) {
        const auto count = receive(buffer.data(), buffer.size(), std::chrono::minutes(5));
        if (count <= 0)
            return core::fail(core::ErrorCode::Io, count == 0 ? "closed in the handshake" : "no answer");
        const auto step = handshake.feed(remote::Bytes(buffer).first(static_cast<std::size_t>(count)));
        sent_.insert(sent_.end(), step.send.begin(), step.send.end());
        send(step.send);
        if (step.refused) return core::fail(*step.refused);
        if (step.done) {
            const auto rest = handshake.rest();
            arrived_.assign(reinterpret_cast<const char*>(rest.data()), rest.size());
            return {};
        }
    }
}

std::optional<RawClient::Frame> RawClient::next(std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (true) {
        if (arrived_.size() >= remote::frameHeaderSize) {
            std::array<std::byte, remote::frameHeaderSize> head{};
            std::memcpy(head.data(), arrived_.data(), head.size());
            auto header = remote::decodeFrameHeader(head, remote::Stage::Open);
            if (!header) throw std::runtime_error(header.error().describe());
            if (arrived_.size() >= head.size() + header->length) {
                Frame frame{*header, arrived_.substr(head.size(), header->length)};
                arrived_.erase(0, head.size() + header->length);
                if (header->type == FrameType::Ping || header->type == FrameType::Credit) continue;
                return frame;
            }
        }
        char buffer[65536];
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        const auto count = receive(buffer, sizeof buffer, std::max(left, std::chrono::milliseconds(0)));
        if (count < 0) throw std::runtime_error("nothing came in time");
        if (count == 0) return std::nullopt;
        arrived_.append(buffer, static_cast<std::size_t>(count));
    }
}

std::string RawClient::lastWords(std::chrono::milliseconds limit) {
    std::string words;
    try {
        while (const auto frame = next(limit))
            if (frame->header.type == FrameType::Problem && frame->header.stream == 0) {
                remote::wire::Problem problem;
                problem.ParseFromString(frame->payload);
                words = remote::errorFrom(problem).describe();
            }
    } catch (const std::runtime_error&) {
        return "(open) " + words;
    }
    return words;
}

bool RawClient::endsWithin(std::chrono::milliseconds limit) {
    char buffer[4096];
    long count = 1;
    while (count > 0)
        count = receive(buffer, sizeof buffer, limit);
    return count == 0;
}

std::uint32_t RawClient::begin(const remote::wire::Request& request) {
    const auto stream = next_;
    next_ += 2;
    send(FrameType::Request, 0, stream, request.SerializeAsString());
    return stream;
}

RawClient::Answer RawClient::answer(std::uint32_t stream) {
    Answer answer;
    while (const auto frame = next()) {
        if (frame->header.type == FrameType::Problem &&
            (frame->header.stream == stream || frame->header.stream == 0)) {
            remote::wire::Problem problem;
            problem.ParseFromString(frame->payload);
            answer.problem = remote::errorFrom(problem);
            return answer;
        }
        if (frame->header.type == FrameType::Response && frame->header.stream == stream) {
            answer.response.emplace().ParseFromString(frame->payload);
            return answer;
        }
    }
    return answer;
}

bool RawClient::alive() {
    remote::wire::Request request;
    request.mutable_status();
    return ask(request).response.has_value();
}

} // namespace balmer::test
