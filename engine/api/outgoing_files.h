// What goes to neighbours, as files: spectra and tables of the project, written anew. Private to api.
//
// Functions block; any thread, but a OutgoingFolder has one owner.
#pragma once

#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/api/neighbours.h"
#include "engine/api/workbench.h"
#include "engine/vo/samp/mtypes.h"

namespace balmer::api {

/// A temporary folder of this process, made when it is first needed, removed at the end.
class OutgoingFolder {
  public:
    OutgoingFolder() = default;
    ~OutgoingFolder();
    OutgoingFolder(const OutgoingFolder&) = delete;
    OutgoingFolder& operator=(const OutgoingFolder&) = delete;

    /// A file that does not exist yet. Errors: Io.
    core::Result<std::filesystem::path> newFile(const std::string& ending);

  private:
    std::filesystem::path folder_;
    std::size_t files_ = 0;
};

/// The numbers of a spectrum as a plain table. Errors: those of loadSpectrum and of the writer.
core::Result<vo::SpectrumDescription> writeSpectrumFile(Workbench& workbench, const std::string& id,
                                                        const std::filesystem::path& file);

/// The rows of a choice, in its order. Errors: NotFound where there are none; those of the filter.
core::Result<std::vector<SpectrumRow>> rowsOf(Workbench& workbench, const TableChoice& choice);

/// A VOTable of the catalogue's rows: id, name, ra, dec, mag, snr, redshift, observed, survey, class, label,
/// predicted, probability, and accref where one of them has an address on the net. Errors: Io, Cancelled.
core::Status writeTableFile(Workbench& workbench, std::span<const SpectrumRow> rows, const std::string& name,
                            const std::filesystem::path& file, core::TaskContext& task);

/// Which of these are spectra of the project.
core::Result<std::set<std::string>> knownIds(Workbench& workbench, std::span<const std::string> ids);

} // namespace balmer::api
