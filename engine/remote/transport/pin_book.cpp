#include "engine/remote/transport/pin_book.h"

#include <algorithm>
#include <sstream>

#include "engine/remote/protocol/messages.h"

namespace balmer::remote {

namespace {

using core::ErrorCode;
using core::fail;

constexpr std::size_t nameLimit = 200, fingerprintSize = 64;

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

core::Result<std::vector<Pin>> pinsOf(const std::string& text, const std::filesystem::path& file) {
    std::vector<Pin> pins;
    std::istringstream lines(text);
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

std::string textOf(const std::vector<Pin>& pins) {
    std::string text;
    for (const auto& pin : pins)
        text += pin.fingerprint + " " + pin.name + "\n";
    return text;
}

core::Status store(const core::UserFile& file, const Pin& pin, bool alone) {
    BALMER_CHECK(check(pin));
    return file.change([&](const std::string& text) -> core::Result<std::string> {
        BALMER_TRY(auto pins, pinsOf(text, file.path()));
        std::erase_if(pins, [&](const Pin& other) {
            return other.fingerprint == pin.fingerprint || (alone && other.name == pin.name);
        });
        pins.push_back(pin);
        return textOf(pins);
    });
}

} // namespace

core::Result<std::vector<Pin>> PinBook::all() const {
    BALMER_TRY(const auto text, file_.read());
    return pinsOf(text, file_.path());
}

core::Result<std::optional<Pin>> PinBook::withFingerprint(std::string_view fingerprint) const {
    BALMER_TRY(const auto pins, all());
    const auto found = std::ranges::find(pins, fingerprint, &Pin::fingerprint);
    return found == pins.end() ? std::nullopt : std::optional(*found);
}

core::Status PinBook::add(const Pin& pin) {
    return store(file_, pin, false);
}

core::Status PinBook::replace(const Pin& pin) {
    return store(file_, pin, true);
}

core::Result<bool> PinBook::remove(std::string_view name) {
    bool found = false;
    BALMER_CHECK(file_.change([&](const std::string& text) -> core::Result<std::string> {
        BALMER_TRY(auto pins, pinsOf(text, file_.path()));
        found = std::erase_if(pins, [&](const Pin& pin) { return pin.name == name; }) > 0;
        return found ? textOf(pins) : text;
    }));
    return found;
}

} // namespace balmer::remote
