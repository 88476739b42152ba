#include "engine/workflow/spectrum_source.h"

#include <span>

#include "engine/core/file.h"
#include "engine/core/proved_files.h"
#include "engine/io/spectrum_reader.h"
#include "engine/store/dataset_registry.h"

namespace balmer::workflow {

namespace {
/// Names the dataset and what helps, so that the sentence can stand alone.
core::Error notUsable(const std::string& dataset, const core::Error& why) {
    using core::ErrorCode;
    if (why.code() != ErrorCode::Format && why.code() != ErrorCode::NotFound) {
        auto same = why;
        return same.during("opening the dataset " + dataset);
    }
    std::string sentence = "the dataset " + dataset + " is damaged or gone: " + why.message();
    if (sentence.find(core::repairRemedy) == std::string::npos)
        sentence += "; " + std::string(core::repairRemedy);
    core::Error named(why.code(), std::move(sentence));
    for (const auto& doing : why.context())
        named.during(doing);
    return named;
}
} // namespace

core::Result<dataset::Dataset> openDataset(store::Project& project, const std::string& name) {
    BALMER_TRY(const auto record, project.datasets().get(name));
    auto opened = dataset::Dataset::openProved(project.folder() / record.file, record.digest);
    if (!opened) return core::fail(notUsable(name, opened.error()));
    return opened;
}

namespace {

core::Result<spectrum::Spectrum> fromDataset(OpenDatasets& datasets, const store::SpectrumRecord& record) {
    BALMER_TRY(const auto dataset, datasets.get(record.dataset));
    const auto row = dataset.rowOf(record.id);
    const auto index = row ? *row : static_cast<std::size_t>(record.part);
    if (index >= dataset.rows())
        return core::fail(core::ErrorCode::NotFound, "the dataset " + record.dataset + " has no row for " +
                                                         record.id + "; import it again");
    const auto wavelengths = dataset.wavelengthAngstrom();
    BALMER_TRY(auto axis,
               spectrum::SpectralAxis::make({wavelengths.begin(), wavelengths.end()}, dataset.medium()));
    spectrum::Spectrum spectrum;
    spectrum.axis = std::move(axis);
    const auto flux = dataset.flux().row(index);
    spectrum.flux.assign(flux.begin(), flux.end());
    if (!dataset.inverseVariance().empty()) {
        const auto values = dataset.inverseVariance().row(index);
        spectrum.inverseVariance.assign(values.begin(), values.end());
    }
    if (!dataset.mask().empty()) {
        const auto values = dataset.mask().row(index);
        spectrum.mask.assign(values.begin(), values.end());
    }
    spectrum.metadata.id = record.id;
    spectrum.metadata.object = record.object;
    return spectrum;
}

/// The same as io::readSpectra of the file where it came from.
core::Result<std::vector<spectrum::Spectrum>>
fromCarried(const CarriedFiles& carried, const std::string& path, const io::ReadOptions& options) {
    const auto found = carried.files.find(path);
    if (found == carried.files.end())
        return core::fail(core::ErrorCode::Format, "the job did not bring the file " + path + " along");
    const auto& file = found->second;
    if (file.error) return core::fail(*file.error);
    BALMER_TRY(const auto in, core::File::open(file.path, core::File::Use::Read, core::File::Links::Follow));
    std::string bytes(static_cast<std::size_t>(file.bytes), '\0');
    BALMER_CHECK(
        in.readAt(static_cast<std::uint64_t>(file.offset), std::as_writable_bytes(std::span(bytes))));
    return io::readSpectra(std::as_bytes(std::span(bytes)), std::filesystem::path(path).filename().string(),
                           options);
}

} // namespace

core::Result<spectrum::Spectrum> loadSpectrum(OpenDatasets& datasets, const store::SpectrumRecord& record,
                                              const CarriedFiles* carried) {
    if (!record.dataset.empty()) return fromDataset(datasets, record);
    io::ReadOptions options;
    options.header = false;
    auto spectra = carried != nullptr ? fromCarried(*carried, record.filePath, options)
                                      : io::readSpectra(record.filePath, options);
    if (!spectra) return core::fail(std::move(spectra).error().during("reading the spectrum " + record.id));
    if (static_cast<std::size_t>(record.part) >= spectra->size())
        return core::fail(core::ErrorCode::NotFound,
                          record.filePath +
                              " has changed and no longer holds this spectrum; import it again");
    auto spectrum = std::move((*spectra)[static_cast<std::size_t>(record.part)]);
    spectrum.metadata.id = record.id;
    return spectrum;
}

} // namespace balmer::workflow
