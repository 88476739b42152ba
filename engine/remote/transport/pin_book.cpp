#include "engine/remote/transport/pin_book.h"

#include <algorithm>
#include <sstream>

#include "engine/core/files.h"
#include "engine/remote/protocol/messages.h"
#include "engine/remote/transport/private_file.h"

namespace balmer::remote {

namespace {

using core::ErrorCode;
using core::fail;

constexpr std::size_t nameLimit = 200, fingerprintSize = 64, bookLimit = 4u << 20;

bool isPin(const Pin& pin) {
    return !pin.name.empty() && showable(pin.name, nameLimit) == pin.name &&
           pin.name.find_first_of("\t\n") == std::string::npos && digestToBytes(pin.fingerprint).has_value();
}

core::Status check(const Pin& pin) {
    if (isPin(pin)) return {};
    return fail(ErrorCode::InvalidArgument,
                "\"" + showable(pin.name, nameLimit) +
                    "\" cannot be the name of a pinned certificate; use one line of 1 to " +
                    std::to_string(nameLimit) + " bytes");
}

core::Result<std::vector<Pin>> readPins(const std::filesystem::path& file) {
    const auto text = core::readFile(file, bookLimit);
    if (!text && text.error().code() == ErrorCode::NotFound) return std::vector<Pin>{};
    if (!text) return fail(text.error());
    std::vector<Pin> pins;
    std::istringstream lines(*text);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        Pin pin{line.size() > fingerprintSize ? line.substr(fingerprintSize + 1) : "",
                line.substr(0, fingerprintSize)};
        if (!isPin(pin) || line[fingerprintSize] != ' ')
            return fail(ErrorCode::Format, "line " + std::to_string(number) + " of " + file.string() +
                                               " is not a fingerprint and a name; correct or remove it");
        pins.push_back(std::move(pin));
    }
    return pins;
}

core::Status writePins(const std::filesystem::path& file, const std::vector<Pin>& pins) {
    std::string text;
    for (const auto& pin : pins)
        text += pin.fingerprint + " " + pin.name + "\n";
    return writePrivate(file, text);
}

core::Status store(const std::filesystem::path& file, const Pin& pin, bool alone) {
    BALMER_CHECK(check(pin));
    BALMER_TRY(const auto lock, FileLock::of(file));
    BALMER_TRY(auto pins, readPins(file));
    std::erase_if(pins, [&](const Pin& other) {
        return other.fingerprint == pin.fingerprint || (alone && other.name == pin.name);
    });
    pins.push_back(pin);
    return writePins(file, pins);
}

} // namespace

core::Result<std::vector<Pin>> PinBook::all() const {
    return readPins(file_);
}

core::Result<std::optional<Pin>> PinBook::withFingerprint(std::string_view fingerprint) const {
    BALMER_TRY(const auto pins, readPins(file_));
    const auto found = std::ranges::find(pins, fingerprint, &Pin::fingerprint);
    return found == pins.end() ? std::nullopt : std::optional(*found);
}

core::Result<std::optional<Pin>> PinBook::withName(std::string_view name) const {
    BALMER_TRY(const auto pins, readPins(file_));
    const auto found =
        std::find_if(pins.rbegin(), pins.rend(), [&](const Pin& pin) { return pin.name == name; });
    return found == pins.rend() ? std::nullopt : std::optional(*found);
}

core::Status PinBook::add(const Pin& pin) {
    return store(file_, pin, false);
}

core::Status PinBook::replace(const Pin& pin) {
    return store(file_, pin, true);
}

core::Result<bool> PinBook::remove(std::string_view name) {
    BALMER_TRY(const auto lock, FileLock::of(file_));
    BALMER_TRY(auto pins, readPins(file_));
    if (std::erase_if(pins, [&](const Pin& pin) { return pin.name == name; }) == 0) return false;
    BALMER_CHECK(writePins(file_, pins));
    return true;
}

} // namespace balmer::remote
