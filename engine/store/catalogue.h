// Catalogue: what the project knows about each spectrum, except its numbers, which stay in the file it came
// from.
//
// A spectrum is known by the digest of its file's content and its place in that file: the same file is never
// added twice, whatever it is called. Its id is a short unique name that labels and datasets refer to; as
// soon as one of them does, it never changes. Part of a Project; thread rule there. Wavelengths in ångström,
// angles in degrees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/spectrum/axis.h"
#include "engine/spectrum/spectrum.h"

namespace balmer::store {

class Connections;
class ColumnRegistry;

/// A spectrum to be added. metadata.id is the wished-for id; metadata.header is kept whole.
struct NewSpectrum {
    std::string collection;
    spectrum::Metadata metadata;
    spectrum::Medium medium = spectrum::Medium::Unknown;
    double firstWavelength = 0;
    double lastWavelength = 0;
    std::int64_t samples = 0;
    std::string contentDigest; ///< SHA-256 of the file, or the digest of the dataset for a row of a matrix
    std::int64_t part = 0;     ///< which spectrum of the file, or the row of the matrix
    std::string filePath;      ///< absolute; "" for a row of a matrix
    std::string dataset;       ///< the dataset that holds the numbers; "" for a file
    bool keepsId = false;      ///< the wished-for id or none: a part of another project
};

struct AddOutcome {
    bool added = false; ///< false: the same content was there already, and nothing was added
    std::int64_t rowId = 0;
    /// The id it has: the wished-for one, or where several wish for it "ID~" and the first eight digits of
    /// the content's digest, whichever came first (spectrum_ids.h). Older projects have "~2", "~3" … instead.
    std::string id;
    std::string collection; ///< the collection it is in
};

struct SpectrumRecord {
    std::int64_t rowId = 0; ///< ascending in order of import; stable
    std::string id;
    std::string collection;
    std::string object;
    std::optional<spectrum::SkyPosition> position;
    std::string observed;
    std::optional<double> mjd;
    std::optional<double> signalToNoise;
    std::optional<double> magnitude;
    std::optional<double> redshift;
    std::string survey;
    std::string surveyId;
    std::string spectralClass;
    std::string rule;
    spectrum::Medium medium = spectrum::Medium::Unknown;
    double firstWavelength = 0;
    double lastWavelength = 0;
    std::int64_t samples = 0;
    std::string fluxUnit;
    std::string filePath;
    std::int64_t part = 0;
    std::string contentDigest;
    std::string dataset;
    std::vector<std::string> warnings;
    std::string importedAt;
    std::string label; ///< the class that stands now; "" when none does
    std::string
        flags; ///< words with blanks between: "not-sure bad artefact noteworthy" as they hold; "" when none
    std::string comment; ///< the remark that stands now
};

struct CollectionInfo {
    std::string name;
    std::int64_t spectra = 0;
};

/// Which spectra, in which order. Empty fields do not restrict.
struct CatalogueQuery {
    std::string where = {};  ///< a filter expression (filter_expression.h)
    std::string search = {}; ///< words that must all occur in id, object, survey id or header's values
                             ///< (numbers with a fraction aside); `1906*` is a beginning
    std::optional<std::string> collection = {};
    std::string sort =
        {}; ///< a name that filter expressions know; "-snr" descends; "" is the order of import
    std::size_t limit = 0; ///< 0: all
    std::size_t offset = 0;
};

class Catalogue {
  public:
    Catalogue(Connections& connections, ColumnRegistry& columns);

    /// As many spectra as a batch should have: labels wait while one is written.
    static constexpr std::size_t inOneWrite = 50;

    /// Adds the whole batch or, on an error, nothing of it: one transaction. One outcome for each, in order.
    /// The path of a spectrum that is there
    /// already is brought up to date when its old file has vanished. Errors: InvalidArgument for an empty id
    /// or digest.
    core::Result<std::vector<AddOutcome>> add(std::span<const NewSpectrum> batch);

    /// Errors of the next four: InvalidArgument for an expression, naming the position and the known names.
    core::Result<std::vector<SpectrumRecord>> list(const CatalogueQuery& query);
    core::Result<std::int64_t> count(const CatalogueQuery& query);
    /// Row ids alone: a table of 100 000 rows asks for these and fetches records as they come into sight.
    core::Result<std::vector<std::int64_t>> rowIds(const CatalogueQuery& query);
    core::Result<std::vector<std::string>> ids(const CatalogueQuery& query);

    /// In the order asked for; row ids that do not exist are left out.
    core::Result<std::vector<SpectrumRecord>> records(std::span<const std::int64_t> rowIds);

    /// Errors: NotFound.
    core::Result<SpectrumRecord> find(std::string_view id);
    core::Result<std::vector<spectrum::HeaderCard>> header(std::string_view id);

    /// The spectrum with that content, if it is there: an import need not read the file a second time.
    core::Result<std::optional<SpectrumRecord>> findContent(std::string_view contentDigest,
                                                            std::int64_t part);

    /// Spectra within the radius, the nearest first.
    core::Result<std::vector<SpectrumRecord>> near(const spectrum::SkyPosition& centre, double radiusArcsec);

    core::Result<std::vector<CollectionInfo>> collections();

  private:
    Connections& connections_;
    ColumnRegistry& columns_;
};

} // namespace balmer::store
