#include "engine/core/user_file.h"

#include "engine/core/files.h"
#include "engine/core/private_file.h"
#include "engine/core/user_folders.h"

namespace balmer::core {

namespace {
constexpr std::size_t limitBytes = std::size_t{4} << 20;
} // namespace

Result<std::string> UserFile::read() const {
    auto content = readFile(file_, limitBytes);
    if (!content && content.error().code() == ErrorCode::NotFound) return std::string();
    return content;
}

Status UserFile::change(const std::function<Result<std::string>(std::string content)>& change) const {
    BALMER_CHECK(makeFolders(file_.parent_path()));
    BALMER_TRY(const auto lock, FileLock::of(file_));
    BALMER_TRY(const auto before, read());
    BALMER_TRY(const auto after, change(before));
    return after == before ? Status() : writePrivate(file_, after);
}

std::filesystem::path UserFile::inConfiguration(std::string_view name) {
    return configurationFolder() / name;
}

} // namespace balmer::core
