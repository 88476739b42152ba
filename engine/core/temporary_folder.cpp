#include "engine/core/temporary_folder.h"

#include <cstdlib>
#include <string>

#include "engine/core/file.h"

namespace balmer::core {

namespace fs = std::filesystem;

Result<TemporaryFolder> TemporaryFolder::make(std::uintmax_t bytes) {
    std::error_code error;
    std::string tried;
    for (const auto& above : {fs::temp_directory_path(error), fs::path("/dev/shm")}) {
        const auto room = fs::space(above, error);
        auto pattern = (above / "balmer-XXXXXX").string();
        if (!above.empty() && !error && room.available >= bytes && ::mkdtemp(pattern.data()) != nullptr)
            return TemporaryFolder(pattern);
        tried += (tried.empty() ? "" : " nor in ") + above.string();
    }
    return fail(ErrorCode::ResourceExhausted, "there is no room for " + std::to_string(bytes >> 20) +
                                                  " MB of temporary files in " + tried +
                                                  "; make room there, or name another folder in TMPDIR");
}

TemporaryFolder::~TemporaryFolder() {
    if (!path_.empty()) (void)removeTree(path_);
}

} // namespace balmer::core
