#include "app/cli/vo_lists.h"

#include <algorithm>
#include <set>

#include "app/cli/job_options.h"
#include "engine/core/amount_text.h"
#include "engine/core/json_text.h"
#include "engine/core/text_number.h"
#include "engine/core/utf8.h"

namespace balmer::cli {

using core::ErrorCode;
using nlohmann::json;

namespace {

constexpr std::size_t linesShown = 200;

json optionalNumber(const std::optional<double>& value) {
    return value ? json(*value) : json(nullptr);
}

json describe(const api::MarkedList& marked, std::size_t index) {
    const auto& row = marked.list.rows[index];
    return {{"row", row.row},
            {"url", row.url},
            {"trouble", row.trouble},
            {"format", row.format},
            {"bytes", row.bytes ? json(*row.bytes) : json(nullptr)},
            {"publisher_did", row.publisherDid},
            {"title", row.title},
            {"target", row.target},
            {"class", row.targetClass},
            {"collection", row.collection},
            {"observed", row.observed},
            {"ra", row.position ? json(row.position->raDegrees) : json(nullptr)},
            {"dec", row.position ? json(row.position->decDegrees) : json(nullptr)},
            {"first_wavelength", optionalNumber(row.firstWavelengthAngstrom)},
            {"last_wavelength", optionalNumber(row.lastWavelengthAngstrom)},
            {"snr", optionalNumber(row.signalToNoise)},
            {"in_project", marked.inProject[index].empty() ? json(nullptr) : json(marked.inProject[index])},
            {"stands_for_it", marked.standsFor[index]}};
}

json describe(const api::MarkedList& marked) {
    const auto& list = marked.list;
    json columns = json::object();
    for (const auto& column : list.columns)
        columns[column.serves] = {{"name", column.name}, {"by", column.by}};
    return {{"source", list.source},
            {"found", list.rows.size()},
            {"overflow", list.overflow},
            {"cut", list.cut},
            {"message", list.message},
            {"failures", list.failures},
            {"columns", std::move(columns)},
            {"access_column", list.accessColumn},
            {"address_columns", list.addressColumns}};
}

/// As much of it as fits, with a dot for what is left out; columns count characters, this counts bytes.
std::string shortened(const std::string& text, std::size_t most) {
    if (text.size() <= most) return text;
    return std::string(core::clipped(text, most - 1)) + "…";
}

std::string nameOf(const vo::ListedSpectrum& row) {
    if (!row.title.empty()) return row.title;
    if (!row.target.empty()) return row.target;
    const auto path = row.url.substr(0, row.url.find('?'));
    return path.substr(path.rfind('/') + 1);
}

void say(Console& console, const api::MarkedList& marked, const std::vector<std::size_t>& rows) {
    std::vector<std::vector<std::string>> lines{
        {"ROW", "TITLE", "RA", "DEC", "FROM Å", "TO Å", "OBSERVED", "FORMAT", "IN THE PROJECT"}};
    for (const auto index : rows) {
        if (lines.size() > linesShown) break;
        const auto& row = marked.list.rows[index];
        const auto number = [](const std::optional<double>& value, int digits) {
            return value ? core::formatFixed(*value, digits) : std::string("—");
        };
        const auto& position = row.position;
        lines.push_back({std::to_string(index), shortened(nameOf(row), 40),
                         position ? core::formatFixed(position->raDegrees, 5) : "—",
                         position ? core::formatFixed(position->decDegrees, 5) : "—",
                         number(row.firstWavelengthAngstrom, 0), number(row.lastWavelengthAngstrom, 0),
                         row.observed.empty() ? "—" : row.observed.substr(0, 10), shortened(row.format, 30),
                         !row.trouble.empty()               ? row.trouble
                         : !marked.inProject[index].empty() ? marked.inProject[index]
                         : marked.standsFor[index] != index
                             ? "as row " + std::to_string(marked.standsFor[index])
                             : "no"});
    }
    console.say(inColumns(lines));
    if (rows.size() > linesShown)
        console.say("… and " + std::to_string(rows.size() - linesShown) + " more; --json shows them all.");
}

void warn(Console& console, const vo::SpectrumList& list) {
    if (list.overflow)
        console.warn("The service has more than it gave (OVERFLOW)" +
                     (list.message.empty() ? std::string() : ": " + list.message) +
                     "; ask for less of the sky, or for more rows with --maxrec.");
    if (list.cut)
        console.warn("The table is longer than " + core::countText(list.rows.size(), "row") +
                     "; the rest was not read.");
    for (const auto& failure : list.failures)
        console.warn("No answer " + failure);
}

core::Status checkAccess(const vo::SpectrumList& list) {
    if (!list.accessColumn.empty() || list.rows.empty()) return {};
    if (list.addressColumns.empty())
        return core::fail(ErrorCode::Format, "the table has no column with addresses of spectra");
    std::string names;
    for (const auto& name : list.addressColumns)
        names += (names.empty() ? "" : ", ") + name;
    return core::fail(ErrorCode::InvalidArgument,
                      "the table has several columns that may hold the addresses: " + names +
                          "; choose one with --column");
}

} // namespace

core::Result<std::vector<std::size_t>> parseRows(const std::string& text, std::size_t rows) {
    std::set<std::size_t> chosen;
    const auto refuse = [&](const std::string& piece) {
        return core::fail(ErrorCode::InvalidArgument, "--rows: \"" + piece + "\" names no rows; there are " +
                                                          std::to_string(rows) +
                                                          ", counted from 0; write 0,3,7-12");
    };
    for (const auto& piece : core::splitList(text)) {
        const auto dash = piece.find('-', 1);
        const auto from = core::parseInteger(piece.substr(0, dash));
        const auto to = dash == std::string::npos ? from : core::parseInteger(piece.substr(dash + 1));
        if (!from || !to || *from < 0 || *to < *from || static_cast<std::size_t>(*to) >= rows)
            return refuse(piece);
        for (auto row = *from; row <= *to; ++row)
            chosen.insert(static_cast<std::size_t>(row));
    }
    if (chosen.empty()) return refuse(text);
    return std::vector<std::size_t>(chosen.begin(), chosen.end());
}

core::Status useList(Session& session, const api::MarkedList& marked, const ListChoice& choice) {
    const auto& list = marked.list;
    std::vector<std::size_t> rows;
    if (!choice.rows.empty()) {
        BALMER_TRY(rows, parseRows(choice.rows, list.rows.size()));
    } else {
        for (std::size_t i = 0; i < list.rows.size(); ++i)
            rows.push_back(i);
    }
    warn(session.console, list);
    auto result = describe(marked);
    if (choice.list) {
        json all = json::array();
        for (const auto index : rows)
            all.push_back(describe(marked, index));
        result["rows"] = std::move(all);
        session.console.result(result);
        if (list.accessColumn.empty() && !list.addressColumns.empty())
            session.console.warn(checkAccess(list).error().message());
        if (rows.empty())
            session.console.say("Nothing was found.");
        else
            say(session.console, marked, rows);
        return {};
    }
    BALMER_CHECK(checkAccess(list));

    json unfetchable = json::array();
    std::vector<std::size_t> wanted;
    std::size_t inProject = 0, otherForms = 0;
    for (const auto index : rows) {
        const auto& row = list.rows[index];
        if (row.url.empty())
            unfetchable.push_back({{"row", index}, {"why", row.trouble}});
        else if (!choice.again && !marked.inProject[index].empty())
            ++inProject;
        // A row that was named is meant, whatever else there is.
        else if (!choice.allForms && choice.rows.empty() && marked.standsFor[index] != index)
            ++otherForms;
        else
            wanted.push_back(index);
    }
    if (wanted.size() > choice.most)
        return core::fail(ErrorCode::InvalidArgument,
                          core::countText(wanted.size(), "spectrum", "spectra") +
                              " would be fetched, more than " + std::to_string(choice.most) +
                              "; choose some with --rows (--list shows them), or allow more with "
                              "--max-spectra");
    result["chosen"] = wanted.size();
    result["had_before"] = inProject;
    result["other_forms"] = otherForms;
    result["unfetchable"] = unfetchable;
    if (!wanted.empty()) {
        BALMER_TRY(auto* const bench, session.workbench());
        const auto& kind = kindNamed("retrieve");
        auto parameters = core::parseJson<json>(kind.defaults).value();
        parameters.update(*choice.parameters);
        BALMER_TRY(auto spec, bench->observatory().retrieveJob(list, wanted, destinationOf(parameters)));
        spec.label = choice.label;
        const auto fetched = session.run(std::move(spec));
        if (!fetched) return core::fail(withOptions(fetched.error(), kind));
        result.update(*fetched);
    }
    session.console.result(result);
    session.console.say(core::countText(list.rows.size(), "row") +
                        " found; in the project already: " + std::to_string(inProject) +
                        ", other forms of the same: " + std::to_string(otherForms) +
                        ", without an address that can be fetched: " + std::to_string(unfetchable.size()) +
                        ".");
    std::size_t said = 0;
    for (const auto& each : unfetchable)
        if (++said <= 20)
            session.console.say("  row " + std::to_string(each["row"].get<std::size_t>()) + ": " +
                                each["why"].get<std::string>());
    if (wanted.empty())
        session.console.say("There is nothing to fetch.");
    else
        sayFetched(session.console, result);
    return {};
}

api::Destination destinationOf(const json& parameters) {
    return {parameters["folder"].get<std::string>(), parameters["collection"].get<std::string>(),
            parameters["import"].get<bool>()};
}

void sayFetched(Console& console, const json& result) {
    console.say(counted(result["fetched"], "file") + " fetched (" +
                core::bytesText(result["bytes_fetched"].get<std::uint64_t>()) + "), " +
                core::jsonText(result["already_here"]) + " here already, " +
                std::to_string(result["failed"].size() + result["not_tried"].size()) + " failed; in " +
                result["folder"].get<std::string>());
    std::size_t said = 0;
    const auto sayEach = [&](const json& all, const char* what, const char* why) {
        for (const auto& each : all)
            if (++said <= 20)
                console.say("  " + each[what].get<std::string>() + ": " + each[why].get<std::string>());
    };
    sayEach(result["failed"], "url", "why");
    sayEach(result["not_tried"], "url", "why");
    if (result.contains("skipped")) sayEach(result["skipped"], "url", "why");
    if (result.contains("imported")) {
        console.say(importedText(result) + ".");
        sayEach(result["refused"], "path", "reason");
    }
    if (said > 20) console.say("  … and " + std::to_string(said - 20) + " more; --json lists them all.");
}

} // namespace balmer::cli
