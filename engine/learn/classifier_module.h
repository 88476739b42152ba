// A classifier in a shared library of its own, which is loaded when it is first asked for: so that a program
// which needs none starts at once, and a user can put another build of one (for CUDA, say) in its place.
//
// Program and library each contain what they need of core and learn; the library shows nothing but its entry.
// What passes between them are values and Classifier objects, never an exception and never a typeid. Both say
// by classifierInterface() from which headers they were built, and only equals meet. A library stays loaded
// until the program ends. Any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "engine/core/result.h"
#include "engine/learn/classifiers.h"

namespace balmer::learn {

/// What a library's entry returns; it lives as long as the library.
struct ClassifierModule {
    const char*
        interface; ///< classifierInterface() of the library; stays first, so that any version can be refused
    core::Result<std::unique_ptr<Classifier>> (*make)(const ClassifierParameters& parameters) noexcept;
    core::Result<std::unique_ptr<Classifier>> (*load)(const std::filesystem::path& file,
                                                      std::size_t threads) noexcept;
};

/// The one symbol that a library shows: extern "C" const ClassifierModule* balmer_classifier_module().
constexpr const char* classifierModuleEntry = "balmer_classifier_module";

/// The digest of the headers whose types pass between them, and what of the compiler decides their layout.
const char* classifierInterface();

struct ClassifierLibrary {
    const char* what;     ///< "the network", for messages
    const char* file;     ///< "libbalmer_torch.so", searched for where the program's runpath says
    const char* variable; ///< environment variable that names another file
    const char* remedy;   ///< what to install
};

/// Loads it, the first time. Errors: Unsupported: there is none, a library that it needs is missing, it is
/// something else, or of another build of Balmer; each with the remedy.
core::Result<const ClassifierModule*> openClassifierModule(const ClassifierLibrary& library);

} // namespace balmer::learn
