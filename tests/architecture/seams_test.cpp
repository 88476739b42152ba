// Files and the standard streams are used through engine/core alone, which a test can let fail, which names
// what the system refused, and which no link, pipe or closed terminal holds up.
#include <algorithm>
#include <array>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/architecture/source_files.h"

namespace balmer::test {
namespace {

/// The ways past the seam.
const std::regex& pastTheSeam() {
    static const std::regex all(
        R"re(\b(std::)?(basic_)?[io]?fstream\b|\bfopen\(|\bstd::(cout|cerr|clog|printf|fprintf|puts)\b|\bv?f?printf\(|)re"
        R"re((^|[^\w:>.~])::(open|openat|creat|rename|unlink|mkdir|rmdir|fsync|fdatasync|ftruncate|pread|pwrite|symlink|link)\(|)re"
        R"re(\b(fs|filesystem)::(create_directory|create_directories|rename|remove|remove_all|copy|copy_file|resize_file|create_symlink)\(|)re"
        R"re(\bQ(File|SaveFile|TemporaryFile)\s+\w+[({;]|\bQFile::(remove|rename|copy)\(|\bQDir\(\)\.(mkpath|mkdir|remove)\()re");
    return all;
}

struct Exception {
    std::string_view path, reason; ///< of a file, or of a folder that ends in /
};
constexpr std::array exceptions{
    Exception{"engine/core/disk.cpp", "it is the system's side of the seam"},
    Exception{"engine/core/file.cpp", "it is the seam: the removal of trees"},
    Exception{"engine/core/named_input.cpp", "a file without a name, which needs its unlink at once"},
    Exception{"engine/core/standard_streams.cpp", "it fills closed streams with /dev/null"},
    Exception{"engine/remote/client/connector.cpp", "what ssh said, in a file without a name"},
    Exception{"engine/remote/objects/registered_file.cpp", "it goes down from a root, folder by folder"},
    Exception{"engine/remote/server/job_runner.cpp", "links to the inputs of a job"},
    Exception{"engine/workflow/making_again.cpp", "links to the inputs of a job"},
    Exception{"app/desktop/workers/computer_card.cpp", "files of /proc, which Qt reads"},
    Exception{"widgets/gallery/", "a tool for those who make Balmer"},
};

std::vector<std::string> found(const SourceFile& source) {
    std::vector<std::string> all;
    std::stringstream lines(source.text);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (const auto comment = line.find("//"); comment != std::string::npos) line.erase(comment);
        if (line.starts_with("#include")) continue;
        if (std::smatch what; std::regex_search(line, what, pastTheSeam()))
            all.push_back(source.path + ":" + std::to_string(number) + ": " + what.str());
    }
    return all;
}

TEST(Seams, FilesAndStreamsAreUsedThroughCore) {
    std::vector<std::string_view> unused;
    for (const auto& exception : exceptions)
        unused.push_back(exception.path);
    for (const auto& source : sourceFiles({"engine", "widgets", "app"})) {
        const auto past = found(source);
        if (past.empty()) continue;
        const auto* const excepted =
            std::find_if(exceptions.begin(), exceptions.end(), [&](const Exception& each) {
                return each.path.ends_with('/') ? source.path.starts_with(each.path)
                                                : source.path == each.path;
            });
        if (excepted != exceptions.end()) {
            std::erase(unused, excepted->path);
            continue;
        }
        for (const auto& each : past)
            ADD_FAILURE() << each
                          << " goes past engine/core (file.h, files.h, output_file.h, standard_streams.h)";
    }
    for (const auto path : unused)
        ADD_FAILURE() << path << " needs no exception any more";
}

TEST(Seams, AnotherWayIsFound) {
    const auto count = [](const std::string& code) { return found({"a.cpp", code}).size(); };
    EXPECT_EQ(count("std::ifstream in(file);\nstd::cout << 1;\nauto* f = fopen(name, \"r\");"), 3U);
    EXPECT_EQ(count("int h = ::open(p, 0);\n    if (::rename(a, b) != 0) {}\nfs::create_directories(x, e);"),
              3U);
    EXPECT_EQ(count("QFile file(path);\nQFile::remove(path);\nstd::fprintf(stderr, \"x\");"), 3U);
    EXPECT_EQ(count("auto f = core::File::open(p);\nio::TableReader::open(p); // ::open(x)\nQFileInfo i(p);\n"
                    "window.open();\nfs::remove_filename(p); std::snprintf(b, 1, \"\");"),
              0U);
}

} // namespace
} // namespace balmer::test
