#include "engine/store/artefact_folder.h"

#include <algorithm>
#include <span>
#include <vector>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/core/proved_files.h"

namespace balmer::store {

using core::ErrorCode;
using core::fail;
using core::Result;
namespace fs = std::filesystem;

namespace {

bool isDigest(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

} // namespace

ArtefactFolder::ArtefactFolder(fs::path folder) : folder_(std::move(folder)) {}

fs::path ArtefactFolder::place(std::string_view digest) const {
    return folder_ / std::string(digest.substr(0, 2)) / std::string(digest);
}

Result<core::PendingFile> ArtefactFolder::incoming() const {
    BALMER_CHECK(core::makeFolders(folder_));
    return core::PendingFile::beside(folder_ / "incoming");
}

Result<jobs::Artefact> ArtefactFolder::putBytes(std::string_view bytes, std::string_view name,
                                                std::string_view mediaType) {
    jobs::Artefact artefact{std::string(name), std::string(mediaType), core::digestOf(bytes),
                            static_cast<std::int64_t>(bytes.size())};
    const auto target = place(artefact.digest);
    if (core::proveFile(target, artefact.digest)) return artefact;
    BALMER_TRY(auto file, incoming());
    BALMER_CHECK(file.write(bytes));
    BALMER_CHECK(file.publishAs(target));
    return artefact;
}

Result<jobs::Artefact> ArtefactFolder::putFile(const fs::path& source, std::string_view name,
                                               std::string_view mediaType) {
    BALMER_TRY(const auto in, core::File::openNamed(source));
    jobs::Artefact artefact{std::string(name), std::string(mediaType), "", 0};
    core::Hasher hasher;
    BALMER_TRY(auto file, incoming());
    std::vector<std::byte> buffer(std::size_t{1} << 20);
    while (true) {
        BALMER_TRY(const auto got, in.read(buffer));
        if (got == 0) break;
        const auto piece = std::span<const std::byte>(buffer).first(got);
        hasher.update(piece);
        artefact.bytes += static_cast<std::int64_t>(got);
        BALMER_CHECK(file.write(piece));
    }
    artefact.digest = hasher.finish();
    const auto target = place(artefact.digest);
    if (core::proveFile(target, artefact.digest)) return artefact;
    BALMER_CHECK(file.publishAs(target));
    return artefact;
}

Result<fs::path> ArtefactFolder::path(std::string_view digest) const {
    if (!isDigest(digest))
        return fail(ErrorCode::InvalidArgument, "\"" + std::string(digest.substr(0, 80)) +
                                                    "\" is not a digest; one has 64 hexadecimal digits");
    const auto file = place(digest);
    std::error_code error;
    if (!fs::is_regular_file(file, error))
        return fail(ErrorCode::NotFound, "the artefact " + std::string(digest) +
                                             " is not in the project; `balmer project check --repair` makes "
                                             "again what can be made");
    BALMER_CHECK(core::proveFile(file, digest));
    return file;
}

Result<std::string> ArtefactFolder::read(std::string_view digest) const {
    BALMER_TRY(const auto file, path(digest));
    return core::readFile(file);
}

} // namespace balmer::store
