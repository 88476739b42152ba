#include "engine/learn/classifier_module.h"

#include <cstdlib>
#include <string>
#include <string_view>

#include <dlfcn.h>

namespace balmer::learn {

#define BALMER_TEXT_(value) #value
#define BALMER_TEXT(value) BALMER_TEXT_(value)

const char* classifierInterface() {
    return BALMER_CLASSIFIER_INTERFACE
        " gxx-abi " BALMER_TEXT(__GXX_ABI_VERSION) " cxx11-abi " BALMER_TEXT(_GLIBCXX_USE_CXX11_ABI);
}

core::Result<const ClassifierModule*> openClassifierModule(const ClassifierLibrary& library) {
    const char* const named = std::getenv(library.variable);
    const bool chosen = named != nullptr && *named != '\0';
    const std::string file = chosen ? named : library.file;
    const auto refuse = [&](const std::string& why) {
        std::string remedy = chosen
                                 ? std::string("correct or remove the environment variable ") +
                                       library.variable + ", which names this file"
                                 : std::string(library.remedy) + ", or name its file in " + library.variable;
        return core::fail(core::ErrorCode::Unsupported,
                          std::string(library.what) + " cannot be loaded (" + why + "); " + remedy);
    };
    void* const opened = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (opened == nullptr) return refuse(::dlerror());
    using Entry = const ClassifierModule* (*)();
    const auto entry = reinterpret_cast<Entry>(::dlsym(opened, classifierModuleEntry));
    if (entry == nullptr) return refuse(file + " is not a classifier of Balmer's");
    const ClassifierModule* const module = entry();
    if (std::string_view(module->interface) != classifierInterface())
        return refuse(file + " was built from other sources, or with another compiler, than this program");
    return module;
}

} // namespace balmer::learn
