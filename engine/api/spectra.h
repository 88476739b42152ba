// Spectra: the catalogue of an open project, and the spectra themselves.
//
// Handed out by Workbench::spectra and lives as long. Any thread, several at once. Every function reads files
// or many rows and belongs on a thread of its own. Times are ISO 8601 UTC text; an absent number is an empty
// optional, an absent text "".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/spectrum/spectrum.h"

namespace balmer::api {

/// One row of the table of spectra: catalogue entry, current label and latest prediction together.
struct SpectrumRow {
    std::string id;
    std::string collection;
    std::string object;
    std::optional<spectrum::SkyPosition> position;
    std::string observed;
    std::optional<double> signalToNoise;
    std::optional<double> magnitude;
    std::optional<double> redshift;
    std::string survey;
    std::string surveyId;
    std::string spectralClass;
    std::string label; ///< the class given by a person; "" while unlabelled
    std::string flags; ///< "not sure, noteworthy": those that stand, in words
    std::string comment;
    std::string predicted;             ///< the class proposed by the newest scoring
    std::optional<double> probability; ///< of the proposed class
    std::optional<double> entropy;     ///< of the probabilities, 0 … 1
    std::string filePath;              ///< "" for a row of a matrix
    std::string dataset;               ///< that holds the numbers of a row of a matrix; "" for a file
    double firstWavelengthAngstrom = 0, lastWavelengthAngstrom = 0;
    std::size_t samples = 0;
    spectrum::Medium medium = spectrum::Medium::Unknown; ///< of the wavelengths
    std::string fluxUnit;
    std::vector<std::string> warnings; ///< what the import had to say of it
    std::string importedAt;
};

/// What a list of names means.
struct NamedRows {
    std::vector<std::string> ids;       ///< in the order of the names, each once
    std::vector<std::string> unknown;   ///< names that no spectrum has
    std::vector<std::string> ambiguous; ///< names that several have
};

struct Collection {
    std::string name;
    std::size_t spectra = 0;
};

/// A fibre's width: nearer spectra are taken for those of one object.
inline constexpr double sameObjectArcsec = 3;

class Spectra {
  public:
    virtual ~Spectra() = default;

    virtual core::Result<std::vector<Collection>> collections() = 0;
    /// Rows that meet the filter ("" = all), in the order of their import. limit 0 = all.
    /// Filter: snr > 10 and class like 'A%' and label is null. Errors: InvalidArgument naming the place.
    virtual core::Result<std::vector<SpectrumRow>> list(const std::string& where, std::size_t limit = 0) = 0;
    virtual core::Result<SpectrumRow> row(const std::string& id) = 0;
    /// The spectra that these names mean: ids, the survey's ids, files or objects, as in a table of labels.
    virtual core::Result<NamedRows> named(const std::vector<std::string>& names) = 0;
    /// Other spectra of the same object, by position (sameObjectArcsec) or, where it has none, by the
    /// object's name; in the order of their dates, at most so many.
    virtual core::Result<std::vector<SpectrumRow>> otherEpochs(const std::string& id, std::size_t most) = 0;
    /// Reads it from its file, or from its dataset where it came as a matrix row.
    virtual core::Result<spectrum::Spectrum> load(const std::string& id) = 0;
    virtual core::Result<std::vector<spectrum::HeaderCard>> header(const std::string& id) = 0;
};

} // namespace balmer::api
