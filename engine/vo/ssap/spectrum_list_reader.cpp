#include "engine/vo/ssap/spectrum_list_reader.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>

#include "engine/core/clock.h"
#include "engine/core/text_number.h"
#include "engine/core/utf8.h"
#include "engine/http/client.h"
#include "engine/http/url.h"
#include "engine/io/votable_reader.h"

namespace balmer::vo {

using core::ErrorCode;
using core::fail;
using core::Result;
using io::VotableField;
using io::VotableReader;
using io::VotableTable;

namespace {

constexpr std::size_t rowsLookedAt = 32; ///< before it is decided which column holds addresses
constexpr std::size_t longestAddress = 16 * 1024;
constexpr std::size_t longestText = 4 * 1024; ///< of a title and the like, which are cut there
constexpr std::size_t mostColumns = 10'000;
constexpr std::size_t mostElements = 16; ///< of an array that is shown as text
constexpr std::size_t bytesAtOnce = 16 * 1024;

/// How one kind of column is known: utype endings, the whole ucd, names; each list the best first.
struct Signs {
    std::string_view serves;
    std::vector<std::string_view> utypes, ucds, names;
    bool numeric = false; ///< a column of text does not serve
};

const std::vector<Signs>& allSigns() {
    static const std::vector<Signs> signs{
        {"format", {"Access.Format"}, {"meta.code.mime"}, {"access_format", "mime", "format"}},
        {"size", {"Access.Size"}, {"phys.size;meta.file"}, {"access_estsize", "accsize"}, true},
        {"publisher_did",
         {"Curation.PublisherDID", "DataSet.publisherDID"},
         {"meta.ref.ivoid", "meta.ref.uri;meta.curation"},
         {"ssa_pubdid", "obs_publisher_did", "publisherdid", "pubdid"}},
        {"title",
         {"DataID.Title"},
         {"meta.title;meta.dataset", "meta.title;obs"},
         {"ssa_dstitle", "obs_title", "title"}},
        {"target",
         {"Target.Name"},
         {"meta.id;src", "meta.id;src;meta.main"},
         {"ssa_targname", "target_name", "object", "main_id", "name"}},
        {"target_class", {"Target.Class"}, {"src.class"}, {"ssa_targclass", "target_class", "otype"}},
        {"collection", {"DataID.Collection"}, {}, {"ssa_collection", "obs_collection", "collection"}},
        {"observed",
         {"Char.TimeAxis.Coverage.Location.Value"},
         {"time.epoch", "time.epoch;obs", "time.start;obs.exposure"},
         {"ssa_dateobs", "t_min", "dateobs", "date_obs", "mjd"}},
        {"signal_to_noise", {"Derived.SNR"}, {"stat.snr"}, {"ssa_snr", "snr"}, true},
        {"first_wavelength",
         {"Char.SpectralAxis.Coverage.Bounds.Start", "Char.SpectralAxis.Coverage.Bounds.Limits.LoLimit"},
         {"em.wl;stat.min"},
         {"ssa_specstart", "em_min"},
         true},
        {"last_wavelength",
         {"Char.SpectralAxis.Coverage.Bounds.Stop", "Char.SpectralAxis.Coverage.Bounds.Limits.HiLimit"},
         {"em.wl;stat.max"},
         {"ssa_specend", "em_max"},
         true},
        {"position",
         {"Char.SpatialAxis.Coverage.Location.Value", "Target.Pos", "Target.pos.spoint"},
         {"pos.eq"},
         {"ssa_location"},
         true},
        {"ra",
         {"Char.SpatialAxis.Coverage.Location.Value.C1", "Position2D.Value2.C1"},
         {"pos.eq.ra;meta.main", "pos.eq.ra"},
         {"s_ra", "ra", "raj2000", "ra_icrs", "_ra"},
         true},
        {"dec",
         {"Char.SpatialAxis.Coverage.Location.Value.C2", "Position2D.Value2.C2"},
         {"pos.eq.dec;meta.main", "pos.eq.dec"},
         {"s_dec", "dec", "dej2000", "decj2000", "de_icrs", "_de"},
         true},
    };
    return signs;
}

std::string lowerUcd(const VotableField& field) {
    auto ucd = core::lowerCase(core::trimmed(field.ucd));
    std::erase(ucd, ' ');
    return ucd;
}

bool endsAsUtype(std::string_view utype, std::string_view ending) {
    const auto whole = core::lowerCase(core::trimmed(utype)), end = core::lowerCase(ending);
    if (!whole.ends_with(end)) return false;
    if (whole.size() == end.size()) return true;
    const char before = whole[whole.size() - end.size() - 1];
    return before == ':' || before == '.';
}

bool named(const VotableField& field, std::string_view name) {
    return core::lowerCase(field.name) == core::lowerCase(name) ||
           core::lowerCase(field.id) == core::lowerCase(name);
}

std::string nameOf(const VotableField& field) {
    return field.name.empty() ? field.id : field.name;
}

using Columns = std::map<std::string_view, std::size_t>;

/// The columns of a table that serve for something, addresses aside.
Columns columnsOf(const VotableTable& table, std::vector<FoundColumn>& found) {
    Columns columns;
    for (const auto& signs : allSigns()) {
        const auto take = [&](std::string_view by, const auto& words, const auto& fits) {
            for (const auto word : words)
                for (std::size_t i = 0; i < table.fields.size(); ++i) {
                    const auto& field = table.fields[i];
                    if ((signs.numeric && field.isText()) || !fits(field, word)) continue;
                    columns.emplace(signs.serves, i);
                    found.push_back({std::string(signs.serves), nameOf(field), std::string(by)});
                    return true;
                }
            return false;
        };
        take("utype", signs.utypes,
             [](const auto& field, auto word) { return endsAsUtype(field.utype, word); }) ||
            take("ucd", signs.ucds, [](const auto& field, auto word) { return lowerUcd(field) == word; }) ||
            take("name", signs.names, [](const auto& field, auto word) { return named(field, word); });
    }
    return columns;
}

struct Candidate {
    std::size_t column = 0;
    int weight = 0;
    std::string_view by;
};

/// How much speaks for this column as the one with the addresses; 0: nothing that is written about it.
Candidate weigh(const VotableField& field, std::size_t column) {
    Candidate candidate{column, 0, ""};
    if (!field.isText()) return candidate;
    const auto add = [&](int weight, std::string_view by) {
        if (candidate.by.empty()) candidate.by = by;
        candidate.weight += weight;
    };
    const auto ucd = lowerUcd(field);
    const auto name = core::lowerCase(nameOf(field));
    if (endsAsUtype(field.utype, "Access.Reference")) add(1000, "utype");
    if (ucd == "meta.ref.url;meta.dataset" || ucd == "vox:image_accessreference" || ucd == "data_link")
        add(200, "ucd");
    else if (ucd.starts_with("meta.ref.url") && !ucd.ends_with("meta.curation"))
        add(100, "ucd");
    constexpr std::array<std::string_view, 7> exact{
        "accref", "acref", "access_url", "accessurl", "accessreference", "acc_ref", "access_reference"};
    if (std::find(exact.begin(), exact.end(), name) != exact.end())
        add(50, "name");
    else if (name.find("accref") != std::string::npos || name.find("acref") != std::string::npos ||
             name.find("access_url") != std::string::npos)
        add(40, "name");
    else if (name == "url" || name.ends_with("_url") || name.ends_with("url") || name.ends_with("link"))
        add(20, "name");
    // Links to pictures and to further links are addresses too, of other things.
    if (candidate.weight > 0 && candidate.weight < 1000 &&
        (name.find("preview") != std::string::npos || name.find("datalink") != std::string::npos ||
         ucd.find("preview") != std::string::npos || ucd.find("datalink") != std::string::npos))
        candidate.weight = 1;
    return candidate;
}

bool looksLikeAddress(std::string_view text) {
    const auto colon = text.find("://");
    return colon != std::string_view::npos && http::isFetchable(core::lowerCase(text.substr(0, colon)));
}

/// A time as ISO 8601: MJD or JD in days, or a year (Julian ones where it has a fraction: 2000.0 is
/// MJD 51544.5); "" for another unit, and outside the years that a spectrum can be of.
std::string timeOf(double value, std::string_view unit) {
    const auto word = core::lowerCase(core::trimmed(unit));
    double mjd = value > 2'400'000 ? value - 2'400'000.5 : value;
    if (word == "yr" || word == "a" || word == "year" || word == "years") {
        mjd = 51544.5 + (value - 2000) * 365.25;
        if (value == std::floor(value) && value > 1850 && value < 2150)
            return std::to_string(std::llround(value));
    } else if (!word.empty() && word != "d" && word != "day" && word != "days" && word != "mjd" &&
               word != "jd") {
        return {};
    }
    if (!(mjd > 10'000 && mjd < 100'000)) return {};
    const auto sinceUnix = std::chrono::milliseconds(std::llround((mjd - 40587.0) * 86400000.0));
    return core::formatTime(core::TimePoint(sinceUnix));
}

/// The source in small pieces, an error once the task is asked to stop.
io::ByteSource stoppable(io::ByteSource source, core::TaskContext& task) {
    return [source = std::move(source), &task](std::span<std::byte> buffer) -> Result<std::size_t> {
        BALMER_CHECK(task.checkpoint(0, "reading the list"));
        return source(buffer.first(std::min(buffer.size(), bytesAtOnce)));
    };
}

/// How many ångström a unit is; metres where none is told (SSA 1.1, 4.2).
std::optional<double> angstromIn(std::string_view unit) {
    const auto word = core::lowerCase(core::trimmed(unit));
    if (word.empty() || word == "m") return 1e10;
    if (word == "angstrom" || word == "0.1nm" || word == "å") return 1.0;
    if (word == "nm") return 10.0;
    if (word == "um" || word == "micron" || word == "µm") return 1e4;
    return std::nullopt;
}

/// What is refused of a document that lists no spectra, or says why it lists none.
class Verdict {
  public:
    void add(const std::vector<io::VotableInfo>& infos) {
        for (const auto& info : infos) {
            const auto name = core::lowerCase(info.name.empty() ? info.id : info.name);
            const auto value = core::lowerCase(core::trimmed(info.value));
            const std::string text(core::trimmed(info.text));
            if (name == "query_status" && value == "error") {
                error_ = true;
                if (core::lowerCase(text) != "error") words_ = text;
            } else if (name == "query_status" && value == "overflow") {
                overflow_ = true;
                if (!text.empty() && core::lowerCase(text) != "overflow") words_ = text;
            } else if (name == "error") { // Simple Cone Search 1.03, 2.3
                error_ = true;
                words_ = info.value.empty() ? text : info.value;
            }
        }
    }
    void add(const io::VotableResource& resource) {
        add(resource.infos);
        for (const auto& table : resource.tables)
            add(table.infos);
        for (const auto& each : resource.resources)
            add(each);
    }

    bool error() const { return error_; }
    bool overflow() const { return overflow_; }
    /// Of a service; shortened, on one line.
    std::string words() const {
        std::string line;
        for (const char c : words_.substr(0, 2000))
            line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        return line;
    }

  private:
    bool error_ = false, overflow_ = false;
    std::string words_;
};

class Reading {
  public:
    Reading(io::ByteSource document, const std::string& address, const ListOptions& options,
            core::TaskContext& task)
        // Both what comes and what it unpacks to may be without end, or without a row.
        : reader_(stoppable(io::plainSource(stoppable(std::move(document), task)), task)), options_(options),
          task_(task) {
        list_.source = address;
        const auto base = http::parseUrl(options.base.empty() ? address : options.base);
        if (base && http::isFetchable(base->scheme)) base_ = *base;
    }

    Result<SpectrumList> run() {
        bool any = false;
        while (true) {
            BALMER_TRY(const bool table, reader_.nextTable());
            if (!table) break;
            if (taken_ || reader_.table().fields.empty()) continue;
            any = true;
            BALMER_CHECK(readTable());
        }
        Verdict verdict;
        verdict.add(reader_.document().infos);
        for (const auto& resource : reader_.document().resources)
            verdict.add(resource);
        if (verdict.error())
            return fail(ErrorCode::Remote, verdict.words().empty()
                                               ? "the service refuses the question and does not say why"
                                               : "the service refuses the question: " + verdict.words());
        if (!any) return fail(ErrorCode::Format, "the VOTable has no table with columns in it");
        if (!options_.accessColumn.empty() && list_.accessColumn.empty())
            return fail(ErrorCode::InvalidArgument,
                        "the table has no column \"" + options_.accessColumn + "\"; it has " + names_);
        list_.overflow = verdict.overflow();
        list_.message = verdict.words();
        return std::move(list_);
    }

  private:
    core::Status readTable() {
        BALMER_CHECK(task_.checkpoint(0, "reading the list"));
        const auto& fields = reader_.table().fields;
        if (fields.size() > mostColumns)
            return fail(ErrorCode::ResourceExhausted,
                        "the table has " + std::to_string(fields.size()) + " columns, more than the " +
                            std::to_string(mostColumns) + " that are looked at; leave some out");
        list_.columns.clear();
        list_.rows.clear();
        textBytes_ = 0;
        list_.addressColumns.clear();
        columns_ = columnsOf(reader_.table(), list_.columns);
        candidates_.clear();
        looked_.clear();
        decided_ = false;
        names_.clear();
        std::optional<std::size_t> chosen;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            candidates_.push_back(weigh(fields[i], i));
            names_ += (i == 0 ? "" : ", ") + nameOf(fields[i]);
            if (!options_.accessColumn.empty() && !chosen && named(fields[i], options_.accessColumn))
                chosen = i;
        }
        if (!options_.accessColumn.empty() && !chosen) return {};
        if (chosen) candidates_[*chosen] = {*chosen, 1000000, "choice"};
        while (true) {
            BALMER_TRY(const bool row, reader_.nextRow());
            if (!row && !reader_.table().unread.empty())
                return fail(ErrorCode::Unsupported,
                            "the table's rows cannot be read: " + reader_.table().unread);
            if (!row) break;
            if (list_.rows.size() >= options_.most || textBytes_ >= options_.mostText) {
                list_.cut = true;
                break;
            }
            if (list_.rows.size() % 1024 == 0) BALMER_CHECK(task_.checkpoint(0, "reading the list"));
            list_.rows.push_back(rowHere());
            textBytes_ += textBytes(list_.rows.back());
            if (decided_) {
                setAddress(list_.rows.back(), access_ ? addressIn(*access_) : std::string());
                continue;
            }
            std::vector<std::string> texts(fields.size());
            for (std::size_t i = 0; i < fields.size(); ++i) {
                if (fields[i].isText()) texts[i] = addressIn(i);
                textBytes_ += texts[i].size();
            }
            looked_.push_back(std::move(texts));
            if (looked_.size() == rowsLookedAt) decide();
        }
        if (!decided_) decide();
        taken_ = !list_.addressColumns.empty();
        return {};
    }

    /// Which column holds the addresses, from what is written about the columns and what the first rows hold.
    void decide() {
        decided_ = true;
        for (auto& candidate : candidates_) {
            std::size_t some = 0, addresses = 0;
            for (const auto& texts : looked_) {
                some += !core::trimmed(texts[candidate.column]).empty();
                addresses += looksLikeAddress(core::trimmed(texts[candidate.column]));
            }
            if (addresses > 0 && 2 * addresses >= some && candidate.weight == 0)
                candidate = {candidate.column, 5, "values"};
        }
        std::erase_if(candidates_, [](const auto& candidate) { return candidate.weight == 0; });
        std::stable_sort(candidates_.begin(), candidates_.end(),
                         [](const auto& a, const auto& b) { return a.weight > b.weight; });
        const auto& fields = reader_.table().fields;
        for (const auto& candidate : candidates_)
            list_.addressColumns.push_back(nameOf(fields[candidate.column]));
        const bool clear = candidates_.size() == 1 ||
                           (candidates_.size() > 1 &&
                            (candidates_[0].weight > candidates_[1].weight || candidates_[0].weight >= 1000));
        access_.reset();
        if (clear) {
            access_ = candidates_[0].column;
            list_.accessColumn = nameOf(fields[*access_]);
            list_.columns.insert(list_.columns.begin(),
                                 {"access", list_.accessColumn, std::string(candidates_[0].by)});
        }
        for (std::size_t i = 0; i < looked_.size(); ++i)
            setAddress(list_.rows[i], access_ ? looked_[i][*access_] : std::string());
        looked_.clear();
    }

    void setAddress(ListedSpectrum& row, std::string_view written) {
        const auto before = textBytes(row);
        findAddress(row, written);
        textBytes_ += textBytes(row) - before;
    }
    void findAddress(ListedSpectrum& row, std::string_view written) const {
        if (!access_)
            row.trouble = list_.addressColumns.empty() ? "the table has no column of addresses"
                                                       : "it is not known which column holds the addresses";
        else if (written.empty())
            row.trouble = "the row has no address";
        else if (written.size() > longestAddress)
            row.trouble = "the address is too long";
        else if (core::lowerCase(row.format).find("content=datalink") != std::string::npos)
            row.trouble = "the address leads to a list of links (DataLink)";
        if (!row.trouble.empty()) return;
        const auto url = base_ ? http::resolve(*base_, written) : http::parseUrl(written);
        if (!url)
            row.trouble = base_ ? "the address cannot be understood"
                                : "the address is relative, and it is not known to what";
        else if (!http::isFetchable(url->scheme))
            row.trouble = "addresses of the scheme " + url->scheme + " are not fetched";
        else
            row.url = url->text();
    }

    std::string cell(std::size_t column, std::size_t most) const {
        if (const auto whole = reader_.textView(column); !whole.empty())
            return std::string(core::clipped(core::trimmed(whole), most));
        if (reader_.numberArray(column).size() + reader_.integerArray(column).size() > mostElements)
            return {};
        return reader_.text(column);
    }
    /// One that is too long remains so.
    std::string addressIn(std::size_t column) const { return cell(column, longestAddress + 4); }
    std::string text(std::string_view serves) const {
        const auto found = columns_.find(serves);
        return found == columns_.end() ? std::string() : cell(found->second, longestText);
    }
    std::optional<double> number(std::string_view serves) const {
        const auto found = columns_.find(serves);
        if (found == columns_.end()) return std::nullopt;
        const auto value = reader_.number(found->second);
        return value && std::isfinite(*value) ? value : std::nullopt;
    }
    std::optional<double> wavelength(std::string_view serves) const {
        const auto value = number(serves);
        if (!value || *value <= 0) return std::nullopt;
        const auto factor = angstromIn(reader_.table().fields[columns_.at(serves)].unit);
        return factor ? std::optional(*value * *factor) : std::nullopt;
    }

    std::optional<spectrum::SkyPosition> position() const {
        spectrum::SkyPosition found{NAN, NAN};
        if (const auto column = columns_.find("position"); column != columns_.end()) {
            const auto pair = reader_.numberArray(column->second);
            if (pair.size() == 2) found = {pair[0], pair[1]};
        }
        if (!std::isfinite(found.raDegrees) || !std::isfinite(found.decDegrees))
            found = {number("ra").value_or(NAN), number("dec").value_or(NAN)};
        if (!std::isfinite(found.raDegrees) || !(std::abs(found.decDegrees) <= 90)) return std::nullopt;
        found.raDegrees = std::fmod(found.raDegrees, 360);
        if (found.raDegrees < 0) found.raDegrees += 360;
        return found;
    }

    ListedSpectrum rowHere() const {
        ListedSpectrum row;
        row.row = list_.rows.size();
        row.format = text("format");
        if (const auto bytes = number("size"); bytes && *bytes >= 0 && *bytes < 1e15) {
            // ObsCore counts in kilobytes.
            const auto& field = reader_.table().fields[columns_.at("size")];
            const bool kilo = core::lowerCase(field.unit).starts_with("kb") || named(field, "access_estsize");
            row.bytes = static_cast<std::uint64_t>(*bytes) * (kilo ? 1000 : 1);
        }
        row.publisherDid = text("publisher_did");
        if (row.publisherDid.size() > longestText - 4)
            row.publisherDid.clear(); // its beginning is another's too
        row.title = text("title");
        row.target = text("target");
        row.targetClass = text("target_class");
        row.collection = text("collection");
        if (const auto column = columns_.find("observed"); column != columns_.end()) {
            const auto& field = reader_.table().fields[column->second];
            if (const auto time = number("observed")) row.observed = timeOf(*time, field.unit);
            if (row.observed.empty() && field.isText()) row.observed = text("observed");
        }
        row.position = position();
        row.firstWavelengthAngstrom = wavelength("first_wavelength");
        row.lastWavelengthAngstrom = wavelength("last_wavelength");
        row.signalToNoise = number("signal_to_noise");
        return row;
    }

    VotableReader reader_;
    const ListOptions& options_;
    core::TaskContext& task_;
    std::optional<http::Url> base_;
    SpectrumList list_;
    Columns columns_;
    std::vector<Candidate> candidates_;
    std::vector<std::vector<std::string>> looked_; ///< texts of the first rows
    std::optional<std::size_t> access_;
    bool decided_ = false;
    bool taken_ = false;        ///< the table that counts has been read
    std::string names_;         ///< of the last table's columns
    std::size_t textBytes_ = 0; ///< of the rows, and of what was looked at of the first ones
};

} // namespace

Result<SpectrumList> readSpectrumList(io::ByteSource document, const std::string& address,
                                      const ListOptions& options, core::TaskContext& task) {
    return Reading(std::move(document), address, options, task).run();
}

} // namespace balmer::vo
