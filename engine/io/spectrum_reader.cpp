#include "engine/io/spectrum_reader.h"

#include <new>

#include "engine/core/files.h"
#include "engine/core/text_number.h"
#include "engine/io/file_bytes.h"
#include "engine/io/fits_file.h"
#include "engine/io/spectrum_kinds.h"
#include "engine/io/votable.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;

Spectra readKnown(std::span<const std::byte> bytes, const ReadOptions& options) {
    if (bytes.empty()) return fail(ErrorCode::Format, "the file is empty");
    if (const std::string_view kind = foreignKind(bytes); !kind.empty()) {
        return fail(ErrorCode::Unsupported, "this is " + std::string(kind));
    }
    if (FitsFile::looksLike(bytes)) return readFits(bytes, options);
    if (looksLikeVotable(bytes)) return readVotableSpectra(bytes, options);
    const std::string_view text = asText(bytes),
                           start = core::trimmed(withoutByteOrderMark(text.substr(0, 512)));
    if (start.starts_with("<?xml") || start.starts_with("<!") ||
        (start.starts_with('<') && start.find('>') != std::string_view::npos)) {
        return fail(ErrorCode::Format, "an XML or HTML document that is not a VOTable");
    }
    if (start.starts_with('{') || start.starts_with('['))
        return fail(ErrorCode::Format, "a JSON document, not a spectrum");
    if (text.substr(0, 65536).find('\0') != std::string_view::npos) {
        return fail(ErrorCode::Format,
                    "the file is binary and of no kind that holds spectra (FITS, VOTable, text)");
    }
    return readTextSpectrum(text, options);
}

} // namespace

std::string spectrumId(std::string_view fileName) {
    std::string name = printable(fileName);
    for (const std::string_view suffix :
         {".gz", ".fits", ".fit", ".fts", ".vot", ".votable", ".xml", ".txt", ".dat", ".asc", ".csv"}) {
        if (name.size() > suffix.size() && endsWithoutCase(name, suffix))
            name.resize(name.size() - suffix.size());
    }
    return name;
}

Spectra readSpectra(std::span<const std::byte> bytes, std::string_view name, const ReadOptions& options) try {
    std::string unpacked;
    if (isGzip(bytes)) {
        BALMER_TRY(unpacked, gunzip(bytes, options.inflatedLimitBytes));
        bytes = asBytes(unpacked);
    }
    BALMER_TRY(std::vector<spectrum::Spectrum> spectra, readKnown(bytes, options));
    if (spectra.size() > options.spectraLimit) {
        return fail(ErrorCode::ResourceExhausted,
                    "the file holds " + std::to_string(spectra.size()) + " spectra; at most " +
                        std::to_string(options.spectraLimit) + " are taken from one file");
    }
    const std::string id = spectrumId(name);
    for (std::size_t i = 0; i < spectra.size(); ++i) {
        spectra[i].metadata.id = spectra.size() == 1 ? id : id + "#" + std::to_string(i + 1);
    }
    return spectra;
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::ResourceExhausted, "the file needs more memory than there is");
}

Spectra readSpectra(const std::filesystem::path& file, const ReadOptions& options) {
    BALMER_TRY(const std::string content, core::readFile(file, options.fileLimitBytes));
    return readSpectra(asBytes(content), file.filename().string(), options);
}

} // namespace balmer::io
