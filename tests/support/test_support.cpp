#include "tests/support/test_support.h"

#include <cstdlib>
#include <string_view>

namespace balmer::test {

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "balmer-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path sourceRoot() {
    return BALMER_SOURCE_DIR;
}

std::filesystem::path realData() {
    const auto folder = sourceRoot().parent_path() / "shared" / "data";
    std::error_code ignored;
    return std::filesystem::is_directory(folder, ignored) ? folder : std::filesystem::path{};
}

bool longTests() {
    const char* const wanted = std::getenv("BALMER_LONG_TESTS");
    return wanted != nullptr && std::string_view(wanted) == "1";
}

} // namespace balmer::test
