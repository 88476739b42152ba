// Committee: classifiers for few labels: a support vector machine and trees on what SpectralFeatures sees,
// alone or together.
//
// Their probabilities are averaged. Both weight the classes to equal sums: what is asked is which class a
// spectrum looks like, not how frequent the classes are among the labels. A refit takes a fraction of a
// second, so a round can follow the labels at once.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "engine/core/result.h"
#include "engine/learn/classifiers.h"

namespace balmer::learn {

/// Which of the members judge.
enum class Members { Vectors, Trees, Both };

/// Errors: InvalidArgument.
core::Result<std::unique_ptr<Classifier>> makeCommittee(const ClassifierParameters& parameters,
                                                        Members members);
/// Errors: NotFound, Io, Format, Unsupported.
core::Result<std::unique_ptr<Classifier>> loadCommittee(const std::filesystem::path& file, Members members,
                                                        std::size_t threads);

/// The settings that both kinds of members share, for the table.
std::span<const ClassifierSetting> committeeSettings();

} // namespace balmer::learn
