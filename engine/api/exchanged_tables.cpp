#include "engine/api/exchanged_tables.h"

#include <algorithm>
#include <map>

#include "engine/core/file.h"

namespace balmer::api {

namespace {

constexpr std::size_t mostTables = 32;
constexpr std::size_t mostRows = 4000000; ///< of all tables

std::vector<std::int64_t> rowsIn(const ExchangedTable& table, const std::set<std::string>& ids) {
    std::vector<std::int64_t> rows;
    for (std::size_t row = 0; row < table.rows->size(); ++row)
        if (!(*table.rows)[row].empty() && ids.contains((*table.rows)[row]))
            rows.push_back(static_cast<std::int64_t>(row));
    return rows;
}

} // namespace

ExchangedTables::~ExchangedTables() {
    for (const auto& each : entries_)
        remove(each);
}

void ExchangedTables::remove(const Entry& entry) {
    if (!entry.table.file.empty()) (void)core::removeFile(entry.table.file);
}

ExchangedTables::Entry* ExchangedTables::entry(const std::string& id) {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& each) { return each.table.id == id; });
    return found == entries_.end() || id.empty() ? nullptr : &*found;
}

void ExchangedTables::add(ExchangedTable table) {
    const std::lock_guard lock(mutex_);
    if (const auto* known = entry(table.id); known != nullptr && !known->table.file.empty()) return;
    std::erase_if(entries_, [&](const Entry& each) {
        return each.table.file.empty() &&
               (table.id.empty() ? each.table.id.empty() && each.table.url == table.url
                                 : each.table.id == table.id);
    });
    entries_.push_back({std::move(table), {}, {}});
    std::size_t rows = 0;
    for (const auto& each : entries_)
        rows += each.table.rows->size();
    while (entries_.size() > 1 && (entries_.size() > mostTables || rows > mostRows)) {
        rows -= entries_.front().table.rows->size();
        remove(entries_.front());
        entries_.pop_front();
    }
}

std::optional<ExchangedTable> ExchangedTables::find(const std::string& id, const std::string& url) const {
    const std::lock_guard lock(mutex_);
    for (const auto& each : entries_)
        if (!id.empty() && each.table.id == id) return each.table;
    for (const auto& each : entries_)
        if (!url.empty() && each.table.url == url) return each.table;
    return std::nullopt;
}

std::vector<ExchangedTable> ExchangedTables::listed() const {
    const std::lock_guard lock(mutex_);
    std::vector<ExchangedTable> found;
    for (const auto& each : entries_)
        if (each.table.list) found.push_back(each.table);
    return found;
}

void ExchangedTables::setRows(const ExchangedTable& table) {
    const std::lock_guard lock(mutex_);
    for (auto& each : entries_)
        if (each.table.list == table.list) each.table.rows = table.rows;
}

void ExchangedTables::addHolder(const std::string& table, const std::string& client) {
    const std::lock_guard lock(mutex_);
    if (auto* known = entry(table)) known->holders.insert(client);
}

void ExchangedTables::removeHolder(const std::string& table, const std::string& client) {
    const std::lock_guard lock(mutex_);
    if (auto* known = entry(table)) known->holders.erase(client);
}

bool ExchangedTables::mayResend(const std::string& table, const std::string& client) {
    const std::lock_guard lock(mutex_);
    auto* const known = entry(table);
    return known != nullptr && !known->table.file.empty() && known->resent.insert(client).second;
}

void ExchangedTables::keepOnly(const std::set<std::string>& present) {
    const std::lock_guard lock(mutex_);
    for (auto& each : entries_)
        for (auto* clients : {&each.holders, &each.resent})
            std::erase_if(*clients, [&](const auto& client) { return !present.contains(client); });
}

std::vector<ExchangedRows> ExchangedTables::rowsOf(const std::set<std::string>& ids) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::vector<std::int64_t>> rows;
    for (const auto& each : entries_)
        rows.push_back(ids.empty() || each.holders.empty() ? std::vector<std::int64_t>{}
                                                           : rowsIn(each.table, ids));
    std::vector<ExchangedRows> found(entries_.size());
    std::map<std::string, std::size_t> best; // of each client
    for (std::size_t i = 0; i < entries_.size(); ++i)
        for (const auto& client : entries_[i].holders) {
            if (ids.empty()) {
                found[i].holders.push_back(client);
            } else if (!rows[i].empty()) {
                const auto [place, isNew] = best.emplace(client, i);
                if (!isNew && rows[i].size() >= rows[place->second].size()) place->second = i;
            }
        }
    for (const auto& [client, i] : best)
        found[i].holders.push_back(client);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        found[i].table = entries_[i].table;
        found[i].rows = std::move(rows[i]);
    }
    std::erase_if(found, [](const ExchangedRows& each) { return each.holders.empty(); });
    return found;
}

} // namespace balmer::api
