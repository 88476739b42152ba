#include "engine/api/neighbour_trust.h"

#include <functional>
#include <optional>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/core/text_number.h"
#include "engine/core/user_file.h"
#include "engine/core/utf8.h"

namespace balmer::api {

using core::ErrorCode;
using core::fail;
using nlohmann::json;

namespace {

constexpr std::size_t longestName = 200, mostPrograms = 1000;
constexpr std::uint64_t mostGibibyte = std::uint64_t{1} << 20;

core::Result<NeighbourTrust> trustFrom(const std::string& text, const std::filesystem::path& file) {
    NeighbourTrust trust;
    if (core::trimmed(text).empty()) return trust;
    const auto wrong = [&](const std::string& what) {
        return fail(ErrorCode::Format, file.string() + ": " + what + "; correct or remove it");
    };
    const auto object = core::parseJson<json>(text);
    if (!object || !object->is_object()) return wrong("it is not a JSON object");
    if (const auto programs = object->find("programs"); programs != object->end()) {
        if (!programs->is_object()) return wrong("\"programs\" is not an object");
        for (const auto& [name, word] : programs->items()) {
            if (word != "always" && word != "never")
                return wrong("a program is neither \"always\" nor \"never\"");
            trust.programs[core::lowerCase(name)] = word == "always" ? Trust::Always : Trust::Never;
        }
    }
    if (const auto limit = object->find("received_gibibyte"); limit != object->end()) {
        if (!limit->is_number_unsigned() || limit->get<std::uint64_t>() < 1 ||
            limit->get<std::uint64_t>() > mostGibibyte)
            return wrong("\"received_gibibyte\" is not a number from 1 to " + std::to_string(mostGibibyte));
        trust.receivedGibibyte = limit->get<std::uint64_t>();
    }
    return trust;
}

std::string textOf(const NeighbourTrust& trust) {
    json programs = json::object();
    for (const auto& [name, each] : trust.programs)
        programs[name] = each == Trust::Always ? "always" : "never";
    return core::jsonText(
               json{{"programs", std::move(programs)}, {"received_gibibyte", trust.receivedGibibyte}}, 4) +
           "\n";
}

core::Status change(const std::filesystem::path& path,
                    const std::function<core::Status(NeighbourTrust&)>& how) {
    return core::UserFile(path).change([&](const std::string& text) -> core::Result<std::string> {
        BALMER_TRY(auto trust, trustFrom(text, path));
        BALMER_CHECK(how(trust));
        return textOf(trust);
    });
}

} // namespace

Trust NeighbourTrust::of(const std::string& name) const {
    const auto found = programs.find(core::lowerCase(name));
    return found == programs.end() ? Trust::Ask : found->second;
}

NeighbourTrustFile::NeighbourTrustFile(std::filesystem::path file)
    : file_(file.empty() ? core::UserFile::inConfiguration("neighbours.json") : std::move(file)) {}

core::Result<NeighbourTrust> NeighbourTrustFile::read() const {
    BALMER_TRY(const auto text, core::UserFile(file_).read());
    return trustFrom(text, file_);
}

core::Status NeighbourTrustFile::set(const std::string& name, Trust trust) const {
    if (core::trimmed(name).empty() || name.size() > longestName || core::visible(name) != name)
        return fail(ErrorCode::InvalidArgument, "a program's name is one line of 1 to " +
                                                    std::to_string(longestName) +
                                                    " bytes, as `balmer vo samp clients` shows it");
    return change(file_, [&](NeighbourTrust& all) -> core::Status {
        const auto key = core::lowerCase(name);
        if (trust == Trust::Ask)
            all.programs.erase(key);
        else
            all.programs[key] = trust;
        if (all.programs.size() > mostPrograms)
            return fail(ErrorCode::ResourceExhausted, "more than 1000 programs are remembered; forget some");
        return {};
    });
}

core::Status NeighbourTrustFile::setReceived(std::uint64_t gibibyte) const {
    if (gibibyte < 1 || gibibyte > mostGibibyte)
        return fail(ErrorCode::InvalidArgument,
                    "the limit is 1 to " + std::to_string(mostGibibyte) + " gibibytes");
    return change(file_, [&](NeighbourTrust& all) -> core::Status {
        all.receivedGibibyte = gibibyte;
        return {};
    });
}

} // namespace balmer::api
