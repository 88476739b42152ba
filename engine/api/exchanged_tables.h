// ExchangedTables: the tables that Balmer has in common with its neighbours: which spectrum is in which row,
// and who has them. Private to api.
//
// Any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/api/observatory.h"

namespace balmer::api {

/// One id a row, "" for a row without; they need not all be spectra of the project.
using RowIds = std::shared_ptr<const std::vector<std::string>>;

struct ExchangedTable {
    std::string id;  ///< table-id; may be empty for one received
    std::string url; ///< of one received; may be empty
    std::string name;
    RowIds rows;
    std::filesystem::path file = {};       ///< of one that was sent; empty for one received
    std::shared_ptr<MarkedList> list = {}; ///< where rows are told apart by addresses; its owner guards it
};

/// Rows of a table that several neighbours have.
struct ExchangedRows {
    ExchangedTable table;
    std::vector<std::int64_t> rows;
    std::vector<std::string> holders; ///< ids of clients
    bool operator<(const ExchangedRows& other) const { return table.id < other.table.id; }
};

class ExchangedTables {
  public:
    /// Removes the files of those that were sent.
    ~ExchangedTables();

    /// The newest; the oldest go beyond 32, and beyond four million rows of all. One of this name that is
    /// known is replaced, unless it was sent.
    void add(ExchangedTable table);
    /// By table-id, or else by url.
    std::optional<ExchangedTable> find(const std::string& id, const std::string& url) const;

    /// Those whose rows are told apart by addresses.
    std::vector<ExchangedTable> listed() const;
    /// Other ids in the rows of the one with this list; nothing where it has gone.
    void setRows(const ExchangedTable& table);

    void addHolder(const std::string& table, const std::string& client);
    void removeHolder(const std::string& table, const std::string& client);
    /// Whether it is to be sent again to a client that has lost it: true once for each.
    bool mayResend(const std::string& table, const std::string& client);
    /// Forgets who is not there any more.
    void keepOnly(const std::set<std::string>& present);

    /// Where these spectra are: of each client's tables the one with most of them, the newest of equals.
    /// No id: all tables, with no rows.
    std::vector<ExchangedRows> rowsOf(const std::set<std::string>& ids) const;

  private:
    struct Entry {
        ExchangedTable table;
        std::set<std::string> holders, resent;
    };
    Entry* entry(const std::string& id);
    static void remove(const Entry& entry);

    mutable std::mutex mutex_;
    std::deque<Entry> entries_; ///< the newest last
};

} // namespace balmer::api
