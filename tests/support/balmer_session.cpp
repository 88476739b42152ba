#include "tests/support/balmer_session.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

namespace balmer::test {
namespace {

std::vector<std::string> cellsOf(const std::string& line) {
    std::vector<std::string> cells;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) {
        std::erase_if(cell, [](char c) { return c == '"' || c == '\r'; });
        cells.push_back(cell);
    }
    return cells;
}

} // namespace

std::vector<std::string> BalmerSession::command(const std::vector<std::string>& arguments) const {
    std::vector<std::string> whole{BALMER_COMMAND, "--project", project().string(), "--json"};
    whole.insert(whole.end(), arguments.begin(), arguments.end());
    return whole;
}

ProcessResult BalmerSession::run(const std::vector<std::string>& arguments,
                                 std::chrono::seconds limit) const {
    return runProcess(command(arguments), limit);
}

nlohmann::json BalmerSession::succeed(const std::vector<std::string>& arguments,
                                      std::chrono::seconds limit) const {
    const auto result = run(arguments, limit);
    const auto json = result.json();
    if (result.exitStatus != 0 || !json.is_object()) {
        ADD_FAILURE() << "balmer " << joined(arguments) << "\n" << result.describe();
        return nullptr;
    }
    return json;
}

nlohmann::json BalmerSession::fail(const std::vector<std::string>& arguments) const {
    const auto result = run(arguments);
    const auto json = result.json();
    EXPECT_TRUE(result.exitStatus == 1 || result.exitStatus == 2) << "balmer " << joined(arguments) << "\n"
                                                                  << result.describe();
    if (!json.is_object() || !json.contains("error") || !json["error"].is_object()) {
        ADD_FAILURE() << "no error object from balmer " << joined(arguments) << "\n" << result.describe();
        return nlohmann::json::object();
    }
    const auto error = json["error"];
    EXPECT_FALSE(error.value("code", "").empty()) << json.dump();
    EXPECT_GT(error.value("message", "").size(), 10u) << json.dump();
    EXPECT_TRUE(error.contains("context")) << json.dump();
    return error;
}

std::map<std::string, nlohmann::json> BalmerSession::rows(const std::string& where) const {
    std::vector<std::string> arguments{"list"};
    if (!where.empty()) arguments.insert(arguments.end(), {"--where", where});
    const auto listed = succeed(arguments);
    std::map<std::string, nlohmann::json> found;
    if (!listed.is_object() || !listed.contains("rows") || !listed["rows"].is_array()) {
        ADD_FAILURE() << "list printed no array of rows: " << listed.dump().substr(0, 500);
        return found;
    }
    for (const auto& row : listed["rows"])
        found[row.value("id", "")] = row;
    return found;
}

std::filesystem::path BalmerSession::write(const std::string& name, const std::string& text) const {
    const auto file = *this / name;
    std::ofstream(file, std::ios::binary) << text;
    return file;
}

std::string lineMatrix(std::size_t rows, const std::vector<std::string>& classes) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << "id" << (classes.empty() ? "" : ",label");
    for (int column = 0; column < 140; ++column)
        text << "," << 6519.0 + column * 213.0 / 139.0;
    text << "\n";
    std::uint64_t state = 1;
    for (std::size_t row = 0; row < rows; ++row) {
        text << "row-" << row;
        if (!classes.empty()) text << "," << classes[row % classes.size()];
        const double centre =
            classes.empty() ? 70.0 : 30.0 + 40.0 * static_cast<double>(row % classes.size());
        for (int column = 0; column < 140; ++column) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            const double noise = static_cast<double>(state >> 40) / static_cast<double>(1u << 24) - 0.5;
            text << "," << std::exp(-0.5 * std::pow((column - centre) / 4.0, 2)) + 0.05 * noise;
        }
        text << "\n";
    }
    return text.str();
}

TruthTable readTruth(const std::filesystem::path& folder) {
    TruthTable truth;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".csv") truth.file = entry.path();
    std::ifstream in(truth.file);
    std::string line;
    std::getline(in, line);
    const auto names = cellsOf(line);
    std::size_t idColumn = names.size(), classColumn = names.size();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == "id") idColumn = i;
        if (names[i] == "label") classColumn = i;
    }
    if (idColumn == names.size() || classColumn == names.size()) {
        ADD_FAILURE() << "the table of truth in " << folder << " has no columns id and label: " << line;
        return truth;
    }
    std::map<std::string, std::size_t> counts;
    while (std::getline(in, line)) {
        const auto cells = cellsOf(line);
        if (cells.size() <= std::max(idColumn, classColumn)) continue;
        truth.classOf[cells[idColumn]] = cells[classColumn];
        ++counts[cells[classColumn]];
    }
    for (const auto& [name, count] : counts)
        truth.classes.push_back(name);
    std::sort(truth.classes.begin(), truth.classes.end(),
              [&](const std::string& a, const std::string& b) { return counts[a] > counts[b]; });
    return truth;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ",") + word;
    return text;
}

} // namespace balmer::test
