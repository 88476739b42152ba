// What a worker keeps to know its clients by: tokens, the code that is open for pairing, pinned certificates.
// Private to remote.
//
// Everybody who connects has them asked for, so what a file says is read anew only when the file has changed.
// One thread.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/file.h"
#include "engine/remote/transport/pin_book.h"

namespace balmer::remote {

std::string randomHex(std::size_t bytes);
std::string hostName();

/// The code that is open for pairing, "" for none.
std::string openCode(const std::filesystem::path& folder);
void voidCode(const std::filesystem::path& folder);

class WorkerSecrets {
  public:
    explicit WorkerSecrets(std::filesystem::path folder)
        : folder_(std::move(folder)), pins_(folder_ / "clients") {}

    using Tokens = std::vector<std::pair<std::string, std::string>>; ///< user and token
    const Tokens& tokens();
    /// The name of a paired client. worker: the fingerprint of its own certificate.
    std::optional<std::string> nameOf(const std::string& fingerprint, const std::string& worker);
    /// One of the paired clients greets this worker so (knockOf).
    bool isKnock(const std::string& knock, const std::string& worker);
    core::Status add(const Pin& pin) { return pins_.add(pin); }

  private:
    void readPins(const std::string& worker);

    std::filesystem::path folder_;
    PinBook pins_;
    std::optional<core::FileStamp> tokensAt_, pinsAt_;
    Tokens tokens_;
    std::vector<Pin> known_;
    std::set<std::string> knocks_;
};

} // namespace balmer::remote
