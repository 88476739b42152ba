// The sources that the checks of this folder look through. Values; no thread rule.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

namespace balmer::test {

struct SourceFile {
    std::string path; ///< from the repository's root
    std::string text;
};

/// The .h and .cpp files of folders like "engine" and "app/desktop", and of those below them.
std::vector<SourceFile> sourceFiles(std::initializer_list<const char*> folders);

} // namespace balmer::test
