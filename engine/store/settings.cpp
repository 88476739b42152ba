#include "engine/store/settings.h"

#include "engine/store/connections.h"
#include "engine/store/kept_text.h"

namespace balmer::store {

using core::Result;
using core::Status;

namespace {
constexpr std::size_t mostValueBytes = std::size_t{1} << 20;

std::string bytesOf(const Statement& statement, int column) {
    const auto bytes = statement.blob(column);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}
} // namespace

Settings::Settings(Connections& connections) : connections_(connections) {}

Result<std::optional<std::string>> Settings::get(std::string_view key) {
    return connections_.read([&](Database& database) -> Result<std::optional<std::string>> {
        BALMER_TRY(auto statement, database.prepare("SELECT value FROM setting WHERE key = ?"));
        BALMER_TRY(const bool found, statement.bind(key).step());
        if (!found) return std::nullopt;
        return bytesOf(statement, 0);
    });
}

Status Settings::set(std::string_view key, std::string_view value) {
    BALMER_CHECK(checkName("the setting", key));
    if (value.size() > mostValueBytes)
        return core::fail(core::ErrorCode::InvalidArgument,
                          "the setting \"" + std::string(key) + "\" would take " +
                              std::to_string(value.size() >> 10) + " KiB, and at most " +
                              std::to_string(mostValueBytes >> 10) + " are kept");
    const auto kept = keptWhole(value);
    return connections_.write([&](Database& database) {
        return database.run("INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", key,
                            std::as_bytes(std::span(kept)));
    });
}

Status Settings::remove(std::string_view key) {
    return connections_.write(
        [&](Database& database) { return database.run("DELETE FROM setting WHERE key = ?", key); });
}

Result<std::map<std::string, std::string>> Settings::list(std::string_view beginning) {
    return connections_.read([&](Database& database) -> Result<std::map<std::string, std::string>> {
        std::map<std::string, std::string> all;
        BALMER_TRY(auto statement,
                   database.prepare("SELECT key, value FROM setting WHERE substr(key, 1, length(?)) = ?"));
        statement.bind(beginning).bind(beginning);
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return all;
            all.emplace(statement.text(0), bytesOf(statement, 1));
        }
    });
}

} // namespace balmer::store
