#include "tests/faults/faulty_sockets.h"

#include <algorithm>
#include <atomic>
#include <cerrno>

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using Fault = balmer::test::FaultySockets::Fault;

struct Plan {
    std::atomic<bool> armed = false;
    Fault fault = Fault::Reset;
    std::size_t first = 0, every = 1, most = 0;
    std::atomic<std::size_t> calls = 0, failures = 0;
};
Plan plan;

bool fails(Fault fault) {
    if (!plan.armed || plan.fault != fault) return false;
    const auto call = plan.calls++;
    if (call < plan.first || (call - plan.first) % plan.every != 0) return false;
    if (plan.failures.fetch_add(1) >= plan.most) {
        --plan.failures;
        return false;
    }
    return true;
}
bool fails(Fault fault, int code) {
    if (!fails(fault)) return false;
    errno = code;
    return true;
}

/// The same message, of which one byte is to be read or written.
struct OneByte {
    msghdr header;
    iovec piece{};
    explicit OneByte(const msghdr& whole) : header(whole) {
        for (std::size_t i = 0; i < whole.msg_iovlen; ++i)
            if (whole.msg_iov[i].iov_len > 0) {
                piece = {whole.msg_iov[i].iov_base, 1};
                break;
            }
        header.msg_iov = &piece;
        header.msg_iovlen = 1;
    }
};

} // namespace

extern "C" {

int socket(int domain, int type, int protocol) noexcept {
    if (fails(Fault::NoFile, EMFILE)) return -1;
    return static_cast<int>(::syscall(SYS_socket, domain, type, protocol));
}
int accept(int socket, sockaddr* address, socklen_t* length) {
    if (fails(Fault::NoFile, EMFILE)) return -1;
    return static_cast<int>(::syscall(SYS_accept, socket, address, length));
}
int accept4(int socket, sockaddr* address, socklen_t* length, int flags) {
    if (fails(Fault::NoFile, EMFILE)) return -1;
    return static_cast<int>(::syscall(SYS_accept4, socket, address, length, flags));
}
int connect(int socket, const sockaddr* address, socklen_t length) {
    if (fails(Fault::Refused, ECONNREFUSED)) return -1;
    return static_cast<int>(::syscall(SYS_connect, socket, address, length));
}
ssize_t recvmsg(int socket, msghdr* message, int flags) {
    if (fails(Fault::Reset, ECONNRESET)) return -1;
    if (fails(Fault::End)) return 0;
    if (fails(Fault::Short)) {
        OneByte one(*message);
        return ::syscall(SYS_recvmsg, socket, &one.header, flags);
    }
    return ::syscall(SYS_recvmsg, socket, message, flags);
}
ssize_t sendmsg(int socket, const msghdr* message, int flags) {
    if (fails(Fault::Reset, ECONNRESET) || fails(Fault::End, EPIPE)) return -1;
    if (fails(Fault::Short)) {
        const OneByte one(*message);
        return ::syscall(SYS_sendmsg, socket, &one.header, flags);
    }
    return ::syscall(SYS_sendmsg, socket, message, flags);
}
ssize_t recv(int socket, void* bytes, size_t count, int flags) {
    if (fails(Fault::Reset, ECONNRESET)) return -1;
    if (fails(Fault::End)) return 0;
    if (fails(Fault::Short)) count = std::min<size_t>(count, 1);
    return ::syscall(SYS_recvfrom, socket, bytes, count, flags, nullptr, nullptr);
}
ssize_t send(int socket, const void* bytes, size_t count, int flags) {
    if (fails(Fault::Reset, ECONNRESET) || fails(Fault::End, EPIPE)) return -1;
    if (fails(Fault::Short)) count = std::min<size_t>(count, 1);
    return ::syscall(SYS_sendto, socket, bytes, count, flags, nullptr, 0);
}

} // extern "C"

namespace balmer::test {

FaultySockets::FaultySockets(Fault fault, std::size_t first, std::size_t every, std::size_t most) {
    plan.fault = fault;
    plan.first = first;
    plan.every = every;
    plan.most = most;
    plan.calls = 0;
    plan.failures = 0;
    plan.armed = true;
}
FaultySockets::~FaultySockets() {
    plan.armed = false;
}
std::size_t FaultySockets::calls() {
    return plan.calls;
}
std::size_t FaultySockets::failures() {
    return plan.failures;
}

} // namespace balmer::test
