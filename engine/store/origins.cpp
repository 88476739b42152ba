#include "engine/store/origins.h"

#include "engine/store/connections.h"
#include "engine/store/kept_text.h"

namespace balmer::store {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {
constexpr std::size_t mostAddressBytes = 8192;
}

Status Origins::add(std::int64_t rowId, std::span<const Origin> origins) {
    const auto now = connections_.now();
    return connections_.write([&](Database& database) -> Status {
        for (const auto& origin : origins) {
            if (origin.address.empty())
                return fail(ErrorCode::InvalidArgument, "an origin of a spectrum has no address");
            if (origin.address.size() > mostAddressBytes || keptWhole(origin.address) != origin.address)
                return fail(ErrorCode::InvalidArgument,
                            "the address \"" + keptOfFile(origin.address) +
                                "\" of a spectrum is longer than 8 KiB, or holds marks that no address has");
            BALMER_CHECK(database.run(
                "INSERT INTO spectrum_origin (address, spectrum, source, noted_at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO NOTHING",
                origin.address, rowId, keptOfFile(origin.source), now));
        }
        return {};
    });
}

Result<std::vector<std::string>> Origins::spectraFrom(std::span<const std::string> addresses) {
    return connections_.read([&](Database& database) -> Result<std::vector<std::string>> {
        std::vector<std::string> ids;
        ids.reserve(addresses.size());
        BALMER_TRY(
            auto statement,
            database.prepare("SELECT s.id FROM spectrum_origin o JOIN spectrum s ON s.key = o.spectrum "
                             "WHERE o.address = ? ORDER BY o.spectrum LIMIT 1"));
        for (const auto& address : addresses) {
            statement.reset();
            BALMER_TRY(const bool found, statement.bind(address).step());
            ids.push_back(found ? statement.text(0) : std::string());
        }
        return ids;
    });
}

Result<std::vector<Origin>> Origins::of(std::string_view id) {
    return connections_.read([&](Database& database) -> Result<std::vector<Origin>> {
        std::vector<Origin> origins;
        BALMER_TRY(auto statement,
                   database.prepare("SELECT o.address, o.source, o.noted_at FROM spectrum_origin o "
                                    "JOIN spectrum s ON s.key = o.spectrum WHERE s.id = ? "
                                    "ORDER BY o.noted_at, o.address"));
        statement.bind(id);
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return origins;
            origins.push_back({statement.text(0), statement.text(1), statement.text(2)});
        }
    });
}

} // namespace balmer::store
