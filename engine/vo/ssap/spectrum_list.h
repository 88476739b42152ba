// SpectrumList: rows that say where spectra are: the answer of an SSAP service, or a VOTable that a user
// made.
//
// Values; no thread rule. Wavelengths in ångström, angles in degrees (ICRS).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/spectrum/sky_position.h"

namespace balmer::vo {

/// One row. What its table does not tell is empty.
struct ListedSpectrum {
    std::size_t row = 0; ///< in its table, from 0
    std::string url;     ///< absolute, without login; "" where trouble says why there is none
    std::string trouble; ///< why it cannot be fetched, a sentence's part; "" where it can
    std::string format;  ///< media type, as told
    std::optional<std::uint64_t> bytes;
    std::string publisherDid; ///< IVOA identifier of the dataset; several forms of it may share one
    std::string title;
    std::string target;
    std::string targetClass;
    std::string collection;
    std::string observed; ///< ISO 8601, of the middle of the exposure; a year alone where no more is told
    std::optional<spectrum::SkyPosition> position;
    std::optional<double> firstWavelengthAngstrom, lastWavelengthAngstrom;
    std::optional<double> signalToNoise;

    bool operator==(const ListedSpectrum&) const = default;
};

/// Which column serves for what, and how it was found.
struct FoundColumn {
    std::string serves; ///< "access", "format", "title" …
    std::string name;
    std::string by; ///< "utype", "ucd", "name", "values", "choice"
};

struct SpectrumList {
    std::string source; ///< the address that was asked, without login, or the file
    std::vector<FoundColumn> columns;
    std::string accessColumn; ///< "" where several may be meant, or none
    /// All that may hold addresses of spectra, the likeliest first: to choose from.
    std::vector<std::string> addressColumns;
    std::vector<ListedSpectrum> rows;
    bool overflow = false; ///< the service has more rows than it gave
    bool cut = false;      ///< the table has more rows or text than ListOptions allow
    std::string message;   ///< what the service says of its status; often ""
    /// Questions that failed while others were answered, as sentences.
    std::vector<std::string> failures;
};

struct ListOptions {
    std::string accessColumn = {}; ///< name or ID of the column with the addresses; "": found
    std::string base = {};         ///< relative addresses are relative to it; "": to the document
    std::size_t most = 1'000'000;  ///< rows
    std::size_t mostText = std::size_t{512}
                           << 20; ///< bytes of text of all rows; the row that passes it is the last
};

/// Bytes of all its texts.
std::size_t textBytes(const ListedSpectrum& row);

/// For each row the row that stands for it, its own number where none does: another form of the same dataset
/// (same publisher's identifier, another format) that Balmer reads as well or better, or a row of the same
/// address. Rows of one identifier and one format with several addresses are several spectra: arms, orders,
/// or all of an archive that has one identifier; forms in which there are more of them than in the best one
/// stand for themselves.
std::vector<std::size_t> standIns(const SpectrumList& list);

/// For each row whether its publisher's identifier tells which spectrum it is: it has one, and no two rows
/// that have it are of one format, unless of one address.
std::vector<bool> identified(const SpectrumList& list);

} // namespace balmer::vo
