// Which spectrum of the project a table means by a name.
//
// A name is, in this order: an id; an identifier of the survey; a file, with or without its folders and its
// endings (.fits, .txt, .gz …), where two files differ in them the one that is named; an object or its
// designation, with or without "LAMOST" before it, whatever its blanks and capitals. Where one of these fits
// several spectra, the name is ambiguous and stands for none. A value; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/core/result.h"
#include "engine/store/catalogue.h"

namespace balmer::workflow {

/// What a spectrum may be called by.
struct SpectrumNames {
    std::string id, object, surveyId, filePath;
};

class NamedSpectra {
  public:
    explicit NamedSpectra(std::vector<SpectrumNames> spectra);
    /// All of the project.
    static core::Result<NamedSpectra> of(store::Catalogue& catalogue);

    struct Match {
        std::string_view id;    ///< the spectrum's; valid as long as this; "" for none or several
        bool ambiguous = false; ///< several spectra have the name
    };
    Match find(std::string_view name) const;
    /// Exactly one spectrum has the name.
    bool knows(std::string_view name) const { return !find(name).id.empty(); }

    /// The name without the endings of files: "spec-1.fits.gz" gives "spec-1".
    static std::string_view withoutEndings(std::string_view name);

  private:
    /// By name the spectra's places, of those that several have the count alone.
    class Index {
      public:
        void add(std::string name, std::size_t place);
        /// Whether there is any; then found says which or that there are several.
        bool find(std::string_view name, std::size_t& place, bool& ambiguous) const;

      private:
        static constexpr std::size_t several = static_cast<std::size_t>(-1);
        std::unordered_map<std::string, std::size_t> places_;
    };
    bool findFile(std::string_view name, std::size_t& place, bool& ambiguous) const;

    std::vector<SpectrumNames> spectra_;
    Index ids_, surveyIds_, objects_;
    std::unordered_map<std::string, std::vector<std::size_t>> files_; ///< by name without endings
};

} // namespace balmer::workflow
