#include "tests/app/desktop/fake_spectra.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>

#include "engine/active/current_label.h"

namespace balmer::test {

using core::ErrorCode;

core::Result<std::vector<api::Collection>> FakeSpectra::collections() {
    slow_.note("spectra.collections");
    if (options_.spectra == 0) return std::vector<api::Collection>{};
    const std::size_t half = (options_.spectra + 1) / 2;
    return std::vector<api::Collection>{{"LAMOST DR10", half}, {"Ondřejov 2015", options_.spectra - half}};
}

api::SpectrumRow FakeSpectra::rowOf(std::size_t number) const {
    api::SpectrumRow row;
    row.id = survey::idOf(number);
    row.collection = number % 2 == 0 ? "LAMOST DR10" : "Ondřejov 2015";
    row.object = number % 3 == 0 ? "HD " + std::to_string(190603 + number) : "";
    row.position = spectrum::SkyPosition{360 * survey::noise(number, 11), 90 * survey::noise(number, 12)};
    row.observed = "2011-10-24T1" + std::to_string(number % 10) + ":42:07";
    row.signalToNoise = survey::signalToNoiseOf(number);
    row.magnitude = 9 + 6 * survey::noise(number, 13);
    row.redshift = 1e-4 * survey::normal(number, 14);
    row.survey = number % 2 == 0 ? "LAMOST DR10" : "Ondřejov";
    row.surveyId = std::to_string(101000000 + number);
    row.spectralClass = number % 5 == 0 ? "" : "STAR A" + std::to_string(number % 10) + "V";
    const auto p = survey::probabilitiesOf(number);
    const auto best = std::size_t(std::max_element(p.begin(), p.end()) - p.begin());
    if (options_.round) {
        row.predicted = survey::classes[best];
        row.probability = p[best];
        row.entropy = survey::entropyOf(p);
    }
    if (const auto own = labelling_.of(row.id); !own.empty()) {
        const auto now = active::currentLabel(own);
        row.label = now.className;
        row.comment = now.comment;
        std::string flags;
        const auto flag = [&](bool is, const char* word) {
            if (is) flags += (flags.empty() ? "" : ", ") + std::string(word);
        };
        flag(now.notSure, "not sure");
        flag(now.bad, "bad");
        flag(now.artefact, "artefact");
        flag(now.noteworthy, "noteworthy");
        row.flags = flags;
    }
    return row;
}

core::Result<std::vector<api::SpectrumRow>> FakeSpectra::list(const std::string& where, std::size_t limit) {
    slow_.note("spectra.list");
    wait();
    std::function<bool(const api::SpectrumRow&)> meets;
    if (where.empty())
        meets = [](const auto&) { return true; };
    else if (where == "label is null")
        meets = [](const auto& row) { return row.label.empty(); };
    else if (where == "label is not null")
        meets = [](const auto& row) { return !row.label.empty(); };
    else if (where.rfind("snr > ", 0) == 0)
        meets = [least = std::atof(where.c_str() + 6)](const auto& row) {
            return *row.signalToNoise > least;
        };
    else if (where.rfind("collection = '", 0) == 0)
        meets = [name = where.substr(14, where.size() - 15)](const auto& row) {
            return row.collection == name;
        };
    else
        return core::fail(ErrorCode::InvalidArgument, "the filter cannot be read at position 1, at \"" +
                                                          where + "\"; write a field, as in snr > 10");
    std::vector<api::SpectrumRow> rows;
    for (std::size_t i = 0; i < options_.spectra; ++i) {
        auto row = rowOf(i);
        if (meets(row)) rows.push_back(std::move(row));
        if (limit != 0 && rows.size() >= limit) break;
    }
    return rows;
}

core::Result<api::SpectrumRow> FakeSpectra::row(const std::string& id) {
    slow_.note("spectra.row");
    wait();
    BALMER_TRY(const auto which, survey::find(id, options_.spectra));
    return rowOf(which);
}

core::Result<std::vector<api::SpectrumRow>> FakeSpectra::otherEpochs(const std::string& id,
                                                                     std::size_t most) {
    slow_.note("spectra.otherEpochs");
    BALMER_TRY(const auto which, survey::find(id, options_.spectra));
    std::vector<api::SpectrumRow> rows;
    if (which % 10 == 0 && which > 0 && most > 0) rows.push_back(rowOf(which - 1));
    return rows;
}

core::Result<api::NamedRows> FakeSpectra::named(const std::vector<std::string>& names) {
    slow_.note("spectra.named");
    api::NamedRows rows;
    for (const auto& name : names)
        (survey::find(name, options_.spectra) ? rows.ids : rows.unknown).push_back(name);
    return rows;
}

core::Result<spectrum::Spectrum> FakeSpectra::load(const std::string& id) {
    slow_.note("spectra.load");
    wait();
    BALMER_TRY(const auto which, survey::find(id, options_.spectra));
    std::vector<double> wavelength;
    for (double log = 3.5682; log < 3.9589; log += 1e-4)
        wavelength.push_back(std::pow(10, log));
    spectrum::Spectrum made;
    const double quality = survey::signalToNoiseOf(which);
    for (const double one : wavelength) {
        const double flux = survey::fluxAt(which, one, quality);
        made.flux.push_back(float(120 * flux));
        made.inverseVariance.push_back(float(quality * quality / (120 * 120 * flux * flux)));
        made.mask.push_back(one > 7590 && one < 7680 ? 1 : 0);
    }
    BALMER_TRY(made.axis, spectrum::SpectralAxis::make(std::move(wavelength), spectrum::Medium::Vacuum));
    made.metadata.id = id;
    made.metadata.fluxUnit = which % 2 == 0 ? "" : "10^-17 erg s^-1 cm^-2 Angstrom^-1";
    return made;
}

core::Result<std::vector<spectrum::HeaderCard>> FakeSpectra::header(const std::string& id) {
    slow_.note("spectra.header");
    BALMER_TRY(const auto which, survey::find(id, options_.spectra));
    std::vector<spectrum::HeaderCard> cards = {
        {"SIMPLE", "T", "Primary header created by MWRFITS"},
        {"BITPIX", "-32", ""},
        {"OBSID", std::to_string(101000000 + which), "Unique number ID of this spectrum"},
        {"DATE-OBS", "2011-10-24T12:42:07", "The observation median UTC"},
        {"TELESCOP", "LAMOST", "GuoShouJing Telescope"},
        {"SNRG", "34.21", "SNR of g filter"},
        {"CLASS", "STAR", "Class of object"},
        {"SUBCLASS", "A1V", "Subclass of object"},
        {"Z", "0.00012", "Redshift of object"}};
    for (int i = 0; i < 60; ++i)
        cards.push_back({"HISTORY", "step " + std::to_string(i), "of the reduction"});
    return cards;
}

} // namespace balmer::test
