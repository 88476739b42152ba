// The dependency table of engine/README.md, and the rule it makes for each #include of the sources.
//
// The table in the document is the truth; nothing is repeated here. Values; no thread rule.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace balmer::test {

/// One row: what a module's files may include.
struct ModuleRule {
    std::string name;                   ///< path below engine/, or widgets, app, app/cli …
    std::set<std::string> inHeaders;    ///< module names, "som (values)", "values" or "all"
    std::set<std::string> inSources;    ///< what .cpp files may include besides
    std::set<std::string> thirdParties; ///< names of the second table
    std::set<std::string> valueHeaders; ///< file names; "all" for every header of the module
};

struct IncludeTable {
    std::map<std::string, ModuleRule> modules;
    std::map<std::string, std::vector<std::string>> thirdParties; ///< name → beginnings of header names
    std::vector<std::string> faults; ///< what could not be understood, with the line
};

/// Reads the two Markdown tables whose first header cells are "module" and "third party".
IncludeTable readIncludeTable(const std::filesystem::path& readme);

/// One #include that a file makes.
struct Include {
    std::string file; ///< from the repository root
    int line = 0;
    std::string header;
    bool quoted = false;
    bool fromPublicHeader = false; ///< the file is a header that others may include
};

/// A header whose opening comment says "Private to …": its own module alone may include it, and to the table
/// it counts as a .cpp file.
bool isPrivateHeader(const std::string& file, const std::string& text);

/// The includes of one file's text; those in comments are not counted.
std::vector<Include> includesOf(const std::string& file, const std::string& text);

/// Why this include is against the table; nothing when it is allowed.
std::optional<std::string> objectionTo(const Include& include, const IncludeTable& table);

/// The third party whose header this is; nothing for one of the standard library, and for one of ours.
std::optional<std::string> thirdPartyOf(const Include& include, const IncludeTable& table);

/// The module that a file belongs to, by the longest match: "learn/torch" for engine/learn/torch/model.cpp.
std::optional<std::string> moduleOf(const std::string& file, const IncludeTable& table);

} // namespace balmer::test
