// Bytes as the lock file of a SAMP hub.
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/vo/samp/lock_file.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace balmer;
    using test::require;
    const auto lock = vo::parseLock(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!lock) {
        require(lock.error().code() == core::ErrorCode::Format, "a refusal is a Format error");
        return 0;
    }
    require(!lock->secret.empty() && !lock->version.empty(), "a lock is whole");
    require(lock->hubUrl.starts_with("http"), "a hub is spoken to over http");
    require((lock->secret + lock->hubUrl + lock->version).find('\n') == std::string::npos,
            "a value is one line");
    const auto again = vo::parseLock("samp.secret=" + lock->secret + "\nsamp.hub.xmlrpc.url=" + lock->hubUrl +
                                     "\nsamp.profile.version=" + lock->version + "\n");
    require(!again || *again == *lock, "a lock is read as it was written");
    require(again || size > vo::sampLockLimit - 100, "a lock that was written can be read");
    return 0;
}
