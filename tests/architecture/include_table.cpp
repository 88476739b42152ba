#include "tests/architecture/include_table.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

namespace balmer::test {
namespace {

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t`");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t`") - first + 1);
}

std::vector<std::string> cellsOf(const std::string& line) {
    std::vector<std::string> cells;
    std::stringstream stream(line.substr(1));
    for (std::string cell; std::getline(stream, cell, '|');)
        cells.push_back(trimmed(cell));
    return cells;
}

std::vector<std::string> namesOf(const std::string& cell) {
    std::vector<std::string> names;
    std::stringstream stream(cell);
    for (std::string name; std::getline(stream, name, ',');) {
        name = trimmed(name);
        if (!name.empty() && name != "–" && name != "-") names.push_back(name);
    }
    return names;
}

std::set<std::string> setOf(const std::string& cell) {
    const auto names = namesOf(cell);
    return {names.begin(), names.end()};
}

bool startsWith(const std::string& text, const std::string& beginning) {
    return text.compare(0, beginning.size(), beginning) == 0;
}

bool isHeader(const std::string& file) {
    return std::filesystem::path(file).extension() == ".h";
}

/// <vector>, <cmath>: lower case, neither folder nor extension. Qt's begin with a capital.
bool isStandard(const std::string& header) {
    return std::all_of(header.begin(), header.end(), [](unsigned char c) {
        return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
    });
}

bool isValueHeader(const std::string& header, const ModuleRule& owner) {
    return owner.valueHeaders.count("all") != 0 ||
           owner.valueHeaders.count(std::filesystem::path(header).filename().string()) != 0;
}

bool permits(const std::set<std::string>& allowed, const std::string& header, const ModuleRule& owner) {
    if (allowed.count(owner.name) != 0) return true;
    if (allowed.count("all") != 0 && !startsWith(owner.name, "app") && owner.name != "widgets") return true;
    return allowed.count("values") + allowed.count(owner.name + " (values)") != 0 &&
           isValueHeader(header, owner);
}

std::optional<std::string> objectionToOwn(const Include& include, const ModuleRule& rule,
                                          const IncludeTable& table) {
    const auto target = moduleOf(include.header, table);
    if (!target) return "it is not written from the repository root, or its folder is not in the table";
    const ModuleRule& owner = table.modules.at(*target);
    if (include.header.ends_with(".pb.h") && (isHeader(include.file) || owner.name != rule.name))
        return "generated headers are for the .cpp files of their own module";
    if (owner.name == rule.name || permits(rule.inHeaders, include.header, owner)) return std::nullopt;
    if (!permits(rule.inSources, include.header, owner)) return rule.name + " may not include " + owner.name;
    if (include.fromPublicHeader) return rule.name + " may include " + owner.name + " in its .cpp files only";
    return std::nullopt;
}

std::optional<std::string> objectionToThird(const Include& include, const ModuleRule& rule,
                                            const IncludeTable& table) {
    if (isStandard(include.header)) return std::nullopt;
    const auto name = thirdPartyOf(include, table);
    if (!name) return "no row of the table of third parties knows this header";
    if (*name == "POSIX") {
        if (include.fromPublicHeader) return "system headers belong in .cpp files";
        return std::nullopt;
    }
    if (rule.thirdParties.count(*name) == 0) return rule.name + " may not use " + *name;
    if (include.fromPublicHeader && startsWith(include.file, "engine/") && *name != "tl::expected")
        return *name + " belongs in .cpp files only";
    return std::nullopt;
}

} // namespace

IncludeTable readIncludeTable(const std::filesystem::path& readme) {
    IncludeTable table;
    std::ifstream in(readme);
    enum class Reading { Nothing, Modules, ThirdParties } reading = Reading::Nothing;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.empty() || line[0] != '|') {
            reading = Reading::Nothing;
            continue;
        }
        const auto cells = cellsOf(line);
        if (startsWith(line, "|---") || cells.empty()) continue;
        if (cells[0] == "module") {
            reading = Reading::Modules;
        } else if (cells[0] == "third party") {
            reading = Reading::ThirdParties;
        } else if (reading == Reading::Modules) {
            if (cells.size() != 5) {
                table.faults.push_back("line " + std::to_string(number) + " has not five cells");
                continue;
            }
            table.modules[cells[0]] = {cells[0], setOf(cells[1]), setOf(cells[2]), setOf(cells[3]),
                                       setOf(cells[4])};
        } else if (reading == Reading::ThirdParties) {
            if (cells.size() != 2) {
                table.faults.push_back("line " + std::to_string(number) + " has not two cells");
                continue;
            }
            for (const auto& name : namesOf(cells[1]))
                table.thirdParties[cells[0]].push_back(trimmed(name));
        }
    }
    for (const auto& [name, rule] : table.modules) {
        for (const auto* allowed : {&rule.inHeaders, &rule.inSources})
            for (const auto& other : *allowed)
                if (other != "values" && other != "all" &&
                    table.modules.count(other.substr(0, other.find(" (values)"))) == 0)
                    table.faults.push_back("the row of " + name + " names " + other + ", which has no row");
        for (const auto& party : rule.thirdParties)
            if (table.thirdParties.count(party) == 0)
                table.faults.push_back("the row of " + name + " names " + party + ", which no row explains");
    }
    return table;
}

std::vector<Include> includesOf(const std::string& file, const std::string& text) {
    std::vector<Include> includes;
    const bool fromPublicHeader = isHeader(file) && !isPrivateHeader(file, text);
    std::stringstream stream(text);
    bool inComment = false;
    int number = 0;
    for (std::string line; std::getline(stream, line);) {
        ++number;
        if (inComment) {
            inComment = line.find("*/") == std::string::npos;
            continue;
        }
        const auto hash = line.find_first_not_of(" \t");
        if (hash == std::string::npos) continue;
        if (startsWith(line.substr(hash), "/*")) {
            inComment = line.find("*/", hash + 2) == std::string::npos;
            continue;
        }
        if (line[hash] != '#') continue;
        const auto word = line.find_first_not_of(" \t", hash + 1);
        if (word == std::string::npos || !startsWith(line.substr(word), "include")) continue;
        const auto open = line.find_first_of("\"<", word);
        if (open == std::string::npos) continue;
        const bool quoted = line[open] == '"';
        const auto close = line.find(quoted ? '"' : '>', open + 1);
        if (close == std::string::npos) continue;
        includes.push_back({file, number, line.substr(open + 1, close - open - 1), quoted, fromPublicHeader});
    }
    return includes;
}

bool isPrivateHeader(const std::string& file, const std::string& text) {
    std::stringstream stream(text);
    std::string opening;
    for (std::string line; isHeader(file) && std::getline(stream, line) && startsWith(line, "//");)
        opening += line.substr(2);
    return opening.find("Private to ") != std::string::npos;
}

std::optional<std::string> thirdPartyOf(const Include& include, const IncludeTable& table) {
    if (include.quoted || isStandard(include.header)) return std::nullopt;
    for (const auto& [name, beginnings] : table.thirdParties)
        for (const auto& beginning : beginnings)
            if (startsWith(include.header, beginning)) return name;
    return std::nullopt;
}

std::optional<std::string> moduleOf(const std::string& file, const IncludeTable& table) {
    std::string folder = std::filesystem::path(file).parent_path().generic_string();
    if (startsWith(folder, "engine/"))
        folder = folder.substr(7);
    else if (folder != "widgets" && folder != "app" && !startsWith(folder, "widgets/") &&
             !startsWith(folder, "app/"))
        return std::nullopt;
    while (!folder.empty()) {
        if (table.modules.count(folder) != 0) return folder;
        folder = std::filesystem::path(folder).parent_path().generic_string();
    }
    return std::nullopt;
}

std::optional<std::string> objectionTo(const Include& include, const IncludeTable& table) {
    const auto module = moduleOf(include.file, table);
    if (!module) return "its folder has no row in the table";
    const ModuleRule& rule = table.modules.at(*module);
    const bool ofMoc = std::filesystem::path(include.header).extension() == ".moc";
    if (include.quoted && ofMoc && rule.thirdParties.count("Qt") != 0) return std::nullopt;
    return include.quoted ? objectionToOwn(include, rule, table) : objectionToThird(include, rule, table);
}

} // namespace balmer::test
