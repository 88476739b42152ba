// The folders of app/desktop include one another in one direction only: no folder is reached from itself by
// way of another one.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/architecture/include_table.h"
#include "tests/architecture/source_files.h"

namespace balmer::test {
namespace {

const std::string root = "app/desktop/";

/// "app/desktop/map/map_place.h" → "map"; "" for a file of no folder of app/desktop.
std::string folderOf(const std::string& file) {
    if (!file.starts_with(root)) return {};
    const auto end = file.find('/', root.size());
    return end == std::string::npos ? std::string() : file.substr(root.size(), end - root.size());
}

/// folder → other folder → one of the includes that lead there
using Edges = std::map<std::string, std::map<std::string, std::string>>;

void addIncludes(Edges& edges, const std::string& file, const std::string& text) {
    const std::string from = folderOf(file);
    if (from.empty()) return;
    for (const auto& include : includesOf(file, text)) {
        const std::string to = folderOf(include.header);
        if (!to.empty() && to != from)
            edges[from].emplace(to,
                                file + ":" + std::to_string(include.line) + " includes " + include.header);
    }
}

/// The includes of one ring, each folder's in turn; empty where there is none.
std::vector<std::string> ringIn(const Edges& edges) {
    std::set<std::string> done;
    std::vector<std::string> path;
    std::vector<std::string> ring;
    const auto visit = [&](const auto& self, const std::string& folder) -> bool {
        if (const auto seen = std::find(path.begin(), path.end(), folder); seen != path.end()) {
            for (auto at = seen; at != path.end(); ++at)
                ring.push_back(edges.at(*at).at(at + 1 == path.end() ? folder : *(at + 1)));
            return true;
        }
        if (done.contains(folder)) return false;
        path.push_back(folder);
        if (const auto found = edges.find(folder); found != edges.end())
            for (const auto& [to, why] : found->second)
                if (self(self, to)) return true;
        path.pop_back();
        done.insert(folder);
        return false;
    };
    for (const auto& [folder, to] : edges)
        if (visit(visit, folder)) break;
    return ring;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string all;
    for (const auto& line : lines)
        all += "\n  " + line;
    return all;
}

TEST(DesktopFolders, IncludeOneAnotherInOneDirection) {
    Edges edges;
    for (const auto& source : sourceFiles({"app/desktop"}))
        addIncludes(edges, source.path, source.text);
    ASSERT_TRUE(edges.contains("shell"));
    const auto ring = ringIn(edges);
    EXPECT_TRUE(ring.empty()) << "a ring of folders:" << joined(ring);
}

TEST(DesktopFolders, ARingIsFoundAndNamed) {
    Edges edges;
    addIncludes(edges, "app/desktop/shell/main_window.cpp", "#include \"app/desktop/data/data_place.h\"\n");
    addIncludes(edges, "app/desktop/data/data_place.cpp", "#include \"app/desktop/jobs/job_form.h\"\n");
    addIncludes(edges, "app/desktop/main.cpp", "#include \"app/desktop/shell/desktop.h\"\n");
    EXPECT_TRUE(ringIn(edges).empty());
    addIncludes(edges, "app/desktop/jobs/job_form.cpp", "// \n#include \"app/desktop/shell/actions.h\"\n");
    EXPECT_EQ(ringIn(edges).size(), 3U);
    EXPECT_NE(joined(ringIn(edges)).find("job_form.cpp:2 includes app/desktop/shell/actions.h"),
              std::string::npos);
}

} // namespace
} // namespace balmer::test
