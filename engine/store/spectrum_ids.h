// SpectrumIds: which id a new spectrum gets. Private to the store; within a write.
//
// Where spectra of different content wish for one id, each of them gets it with "~" and the first eight
// digits of its content's digest, so that ids (and the datasets made of them) do not depend on which was
// imported first. The one that came first gives its plain id up as long as nothing names it: a spectrum that
// has a label, a row in a dataset or a place in a round keeps its id for good.
#pragma once

#include <cstdint>
#include <string>

#include "engine/core/result.h"

namespace balmer::store {

class Database;

/// What a spectrum is: the digest of its file (or dataset) and its place in there.
struct SpectrumContent {
    std::string digest;
    std::int64_t part = 0;
};

struct GivenId {
    std::string id;
    std::int64_t renamed = 0; ///< the row of the spectrum that gave up the plain id; 0 for none
    std::string renamedTo;
};

/// The id for a spectrum with this wish, which nobody has. Where another gives it up, its row is the caller's
/// to change (renameSpectrum).
core::Result<GivenId> idFor(Database& database, const std::string& wish, const SpectrumContent& content);

/// What names this id may be kept: it is a spectrum's, or one that the catalogue need not know. Errors:
/// InvalidArgument for what checkName() refuses, and where it is no spectrum's any more because several wish
/// for it: what names it was decided when it was still one's.
core::Status checkSpectrum(Database& database, const std::string& id);

} // namespace balmer::store
