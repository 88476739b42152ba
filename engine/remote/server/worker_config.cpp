#include "engine/remote/server/worker_config.h"

#include <nlohmann/json.hpp>

#include <sys/un.h>
#include <unistd.h>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/core/json_text.h"
#include "engine/core/user_folders.h"

namespace balmer::remote {

using core::ErrorCode;
using core::fail;
using nlohmann::json;

namespace {

/// Reads what is known of an object and refuses the rest.
class Fields {
  public:
    Fields(const json& object, std::string file) : object_(object), file_(std::move(file)) {}

    template <typename Number>
    core::Status number(const char* name, Number& into, std::uint64_t least, std::uint64_t most) {
        const auto found = take(name);
        if (found == nullptr) return {};
        if (!found->is_number_unsigned() || found->get<std::uint64_t>() < least ||
            found->get<std::uint64_t>() > most)
            return refuse(name, "must be a whole number from " + std::to_string(least) + " to " +
                                    std::to_string(most));
        into = static_cast<Number>(found->get<std::uint64_t>());
        return {};
    }
    core::Status texts(const char* name, std::vector<std::string>& into) {
        const auto found = take(name);
        if (found == nullptr) return {};
        if (!found->is_array()) return refuse(name, "must be a list of texts");
        for (const auto& each : *found) {
            if (!each.is_string()) return refuse(name, "must be a list of texts");
            into.push_back(each.get<std::string>());
        }
        return {};
    }
    core::Status noOthers() const {
        if (taken_ == object_.size()) return {};
        for (const auto& [name, value] : object_.items())
            if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
                std::string all;
                for (const auto& each : known_)
                    all += (all.empty() ? "" : ", ") + each;
                return fail(ErrorCode::Format,
                            file_ + " has the field \"" + name + "\", which is none of " + all);
            }
        return {};
    }

  private:
    const json* take(const char* name) {
        known_.emplace_back(name);
        const auto found = object_.find(name);
        if (found == object_.end()) return nullptr;
        ++taken_;
        return &*found;
    }
    core::Status refuse(const char* name, const std::string& rule) const {
        return fail(ErrorCode::Format, file_ + ": " + name + " " + rule);
    }

    const json& object_;
    std::string file_;
    std::vector<std::string> known_;
    std::size_t taken_ = 0;
};

} // namespace

core::Result<WorkerConfig> WorkerConfig::read(const std::filesystem::path& file) {
    WorkerConfig config;
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return config;
    BALMER_TRY(const auto text, core::readFile(file, 1u << 20));
    const auto object = core::parseJson<json>(text);
    if (!object || !object->is_object())
        return fail(ErrorCode::Format, file.string() + " is not a JSON object");
    Fields fields(*object, file.string());
    std::vector<std::string> roots;
    BALMER_CHECK(fields.number("slots", config.slots, 1, 1024));
    BALMER_CHECK(fields.number("threads", config.threads, 0, 1024));
    BALMER_CHECK(fields.number("quota_gibibyte", config.quotaGibibyte, 1, 1u << 20));
    BALMER_CHECK(fields.texts("roots", roots));
    BALMER_CHECK(fields.texts("sees_all", config.seesAll));
    BALMER_CHECK(fields.number("idle_minutes", config.idleMinutes, 0, 1u << 20));
    BALMER_CHECK(fields.noOthers());
    for (const auto& root : roots) {
        if (!std::filesystem::path(root).is_absolute())
            return fail(ErrorCode::Format,
                        file.string() + ": roots must be absolute paths, and \"" + root + "\" is not");
        config.roots.emplace_back(root);
    }
    return config;
}

std::filesystem::path defaultWorkerFolder() {
    return core::dataFolder() / "worker";
}

std::filesystem::path workerSocket(const std::filesystem::path& folder) {
    const auto beside = folder / "run" / "socket";
    if (beside.native().size() < sizeof(sockaddr_un::sun_path)) return beside;
    return std::filesystem::path("/tmp") /
           ("balmer-" + std::to_string(::getuid()) + "-" + core::digestOf(folder.native()).substr(0, 16)) /
           "socket";
}

} // namespace balmer::remote
