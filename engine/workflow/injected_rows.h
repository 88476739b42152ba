// Training rows for targets of which few are labelled: lines put into the user's own spectra, of the shapes
// of simulate/line_profiles.h or of the labelled spectra themselves.
//
// A row of the pool with an injected line is a target; a row as it is, with a cosmic-ray hit, in the light
// of a nebula or with its absorption partly filled in is none. The few real targets that hide among the
// latter are outweighed, and rows used here are scored by a network that did not see them
// (round_training.h).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/simulate/line_profiles.h"
#include "engine/workflow/training_rows.h"

namespace balmer::workflow {

struct InjectionParameters {
    /// Rows for each simulated class and for everything else, at least; up to `variety` times as many as far
    /// as there are spectra to make them of.
    std::size_t perClass = 400, variety = 4;
    double filledShare = 0.3; ///< of the lines: they fill the star's own absorption before they rise over it
    /// Each line is at least so many standard errors strong: one that the noise hides would teach that noise
    /// is emission.
    double detection = 8;
    std::uint64_t seed = 1;
};

/// Which classes are looked for, and which stands for everything else.
struct TargetClasses {
    std::vector<std::string> classes;
    std::vector<int> targets; ///< indices into classes, ascending
    int background = 0;       ///< the first class that is not a target
    /// Of the targets that can be simulated, by index; never null.
    std::map<int, const simulate::ProfileKind*> profiles = {};
    bool isTarget(int index) const;
    /// Whether rows of the class can be made: a transplant needs a label of it.
    bool canSimulate(int index, const RowLabels& labels) const;
};

/// The targets that have a profile without being given one: "single peak", "double peak", "P Cygni" …
std::vector<std::string> simulatedTargets();

/// profiles: target → a word of simulate::profileKinds(). Targets that are called as one of those have it
/// without being given it. Errors: InvalidArgument: fewer than two classes, a repeated class, a target that
/// is no class, no target, nothing but targets, or a profile that is none or of a class that is not a target.
core::Result<TargetClasses> targetClasses(const std::vector<std::string>& classes,
                                          const std::vector<std::string>& targets,
                                          const std::map<std::string, std::string>& profiles);

/// Appends rows made from the given rows of the dataset (at least one): of each target that can be simulated,
/// and of everything else. Errors: InvalidArgument for a dataset whose wavelengths do not hold Hα, and when
/// no row can be used; Cancelled.
core::Status appendInjectedRows(const dataset::Dataset& dataset, const std::vector<std::size_t>& rows,
                                const TargetClasses& classes, const RowLabels& labels,
                                const InjectionParameters& parameters, core::TaskContext& task,
                                TrainingRows& training);

} // namespace balmer::workflow
