#include "engine/http/own_names.h"

#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "engine/core/files.h"
#include "engine/core/text_number.h"

namespace balmer::http {
namespace {

constexpr std::size_t longestTable = 256 * 1024;

bool isName(const std::string& word) {
    return !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") == word.npos &&
           word.find_first_of("abcdefghijklmnopqrstuvwxyz") != word.npos && word.front() != '.';
}

/// The words of each line, without comments.
std::vector<std::vector<std::string>> linesOf(const std::filesystem::path& file) {
    std::vector<std::vector<std::string>> lines;
    std::istringstream text(core::lowerCase(core::readFile(file, longestTable).value_or("")));
    for (std::string line; std::getline(text, line);) {
        std::istringstream words(line.substr(0, line.find_first_of("#;")));
        lines.emplace_back();
        for (std::string word; words >> word;)
            lines.back().push_back(word);
    }
    return lines;
}

} // namespace

std::vector<std::string> ownNames(const std::string& name, const std::filesystem::path& hosts,
                                  const std::filesystem::path& resolver) {
    std::vector<std::string> names{core::lowerCase(name)};
    if (!isName(names[0])) return {};
    const auto add = [&](const std::string& word) {
        if (isName(word) && std::ranges::find(names, word) == names.end()) names.push_back(word);
    };
    for (const auto& words : linesOf(resolver))
        if (!words.empty() && (words[0] == "search" || words[0] == "domain"))
            for (std::size_t i = 1; i < words.size(); ++i)
                add(names[0] + "." + words[i]);
    const auto known = names;
    for (const auto& words : linesOf(hosts))
        if (std::ranges::find_first_of(words, known) != words.end())
            for (const auto& word : words)
                add(word);
    return names;
}

const std::vector<std::string>& ownNames() {
    static const std::vector<std::string> names = [] {
        char name[256] = "";
        if (::gethostname(name, sizeof name - 1) != 0) name[0] = '\0';
        return ownNames(name, "/etc/hosts", "/etc/resolv.conf");
    }();
    return names;
}

} // namespace balmer::http
