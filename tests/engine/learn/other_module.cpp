// A classifier library of another version of Balmer.
#include "engine/learn/classifier_module.h"

extern "C" const balmer::learn::ClassifierModule* balmer_classifier_module() {
    static const balmer::learn::ClassifierModule module{"another interface", nullptr, nullptr};
    return &module;
}
