#include "tests/architecture/source_files.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/test_support.h"

namespace balmer::test {

std::vector<SourceFile> sourceFiles(std::initializer_list<const char*> folders) {
    std::vector<SourceFile> found;
    for (const char* folder : folders)
        for (const auto& entry : std::filesystem::recursive_directory_iterator(sourceRoot() / folder)) {
            const auto extension = entry.path().extension();
            if (!entry.is_regular_file() || (extension != ".h" && extension != ".cpp")) continue;
            std::stringstream text;
            text << std::ifstream(entry.path()).rdbuf();
            found.push_back(
                {std::filesystem::relative(entry.path(), sourceRoot()).generic_string(), text.str()});
        }
    return found;
}

} // namespace balmer::test
