// Sockets that fail: the calls of this program on sockets, which a test can let fail. The functions of those
// names in this program stand before the system's.
#pragma once

#include <cstddef>

namespace balmer::test {

/// While it lives, the calls number `first`, `first + every`, … of any thread go wrong, `most` of them at
/// most. One at a time.
class FaultySockets {
  public:
    enum class Fault {
        NoFile,  ///< socket and accept: EMFILE
        Refused, ///< connect: ECONNREFUSED
        Reset,   ///< reading and writing: ECONNRESET
        End,     ///< reading: the other side has closed; writing: EPIPE
        Short    ///< reading and writing: one byte and no more
    };
    FaultySockets(Fault fault, std::size_t first, std::size_t every, std::size_t most);
    ~FaultySockets();
    FaultySockets(const FaultySockets&) = delete;
    FaultySockets& operator=(const FaultySockets&) = delete;

    /// Calls of the kind so far, and how many of them went wrong.
    static std::size_t calls();
    static std::size_t failures();
};

} // namespace balmer::test
