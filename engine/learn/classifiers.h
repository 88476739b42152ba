// The table of classifiers: what each is called, how it is made, and how it is read back from its file.
//
// A classifier that needs a large library stands in a shared library of its own and is loaded when it is
// first made or read (classifier_module.h); one that needs none stands in its own folder beside learn/torch.
// Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/learn/classifier.h"

namespace balmer::learn {

/// What every classifier is made from.
struct ClassifierParameters {
    std::vector<std::string> classes = {}; ///< two or more, all different
    std::size_t columns = 0;               ///< samples of a row
    std::uint64_t seed = 1;
    std::size_t threads = 0;                            ///< 0: all processors; does not change the result
    bool balance = true;                                ///< balances the classes before training
    std::map<std::string, std::string> attributes = {}; ///< kept with the model: dataset, its digest …
    /// What this kind of classifier alone has, by name; the others keep their defaults.
    std::map<std::string, double> settings = {};
};

/// A number that a kind of classifier is made with.
struct ClassifierSetting {
    std::string_view name;
    double usual = 0, minimum = 0, maximum = 0;
    bool whole = false;    ///< a whole number
    std::string_view help; ///< what it does
};

/// Errors: InvalidArgument: one that is not in the table, or out of range.
core::Status checkSettings(const std::map<std::string, double>& settings,
                           std::span<const ClassifierSetting> table);

struct ClassifierKind {
    std::string_view name;      ///< "network"
    std::string_view goodFor;   ///< in a sentence, for lists
    bool unscaled = false;      ///< reads rows with the dataset's scaling to [−1, 1] undone
    std::string_view mediaType; ///< of its file: "application/x-balmer-network"
    std::string_view beginning; ///< the first bytes of its file, by which that is known

    std::span<const ClassifierSetting> settings; ///< the names that ClassifierParameters::settings may have

    /// An untrained one. Errors: InvalidArgument (classes, columns, a setting that is unknown or out of
    /// range), Unsupported (its module is not there).
    core::Result<std::unique_ptr<Classifier>> (*make)(const ClassifierParameters& parameters);
    /// A trained one from the file that save() wrote. Errors: NotFound, Io, Format (damaged), Unsupported (of
    /// a later version; its module is not there).
    core::Result<std::unique_ptr<Classifier>> (*load)(const std::filesystem::path& file, std::size_t threads);
    /// Whether it can be used here. Errors: Unsupported, with the remedy.
    core::Status (*available)();
};

/// All, the usual one first.
std::span<const ClassifierKind> classifierKinds();
/// Errors: NotFound, naming those that there are.
core::Result<const ClassifierKind*> classifierNamed(std::string_view name);

/// A trained classifier of whichever kind the file is. Errors: NotFound, Io, Format (of no known kind), those
/// of load().
struct LoadedClassifier {
    const ClassifierKind* kind = nullptr;
    std::unique_ptr<Classifier> model;
};
core::Result<LoadedClassifier> loadClassifier(const std::filesystem::path& file, std::size_t threads);

} // namespace balmer::learn
