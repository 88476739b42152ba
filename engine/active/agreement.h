// How far observers agree with one another, and with themselves, beyond what chance would do.
//
// κ = (P − Pₑ) / (1 − Pₑ): P is the share of agreement, Pₑ that which the frequencies of the classes would
// give by chance. Cohen (1960), Educational and Psychological Measurement 20, 37, for two observers; Fleiss
// (1971), Psychological Bulletin 76, 378, for several, who need not be the same for each spectrum. Classes
// are indices; −1 is no verdict. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "engine/core/matrix.h"
#include "engine/core/result.h"

namespace balmer::active {

struct Agreement {
    std::size_t spectra = 0; ///< that it rests on
    double observed = 0;     ///< P, a share
    double byChance = 0;     ///< Pₑ, a share
    /// 1 is full agreement, 0 that of chance, below 0 less than that. Nothing where only one class was given:
    /// then chance would agree as well.
    std::optional<double> kappa;
    /// Of κ, for large numbers (Fleiss, Cohen & Everitt 1969, Psychological Bulletin 72, 323). Only for two
    /// observers.
    std::optional<double> standardError;
};

/// Two observers of the same spectra, a verdict each; spectra on which one has none are left out. Errors:
/// InvalidArgument for lists of different length, a class outside [−1, classes), no spectrum judged by both.
core::Result<Agreement> cohensKappa(std::span<const int> one, std::span<const int> other,
                                    std::size_t classes);

/// verdicts: [spectra × classes], how many observers gave the class. Each spectrum has the same number of
/// verdicts, two or more. Errors: InvalidArgument.
core::Result<Agreement> fleissKappa(core::MatrixView<const std::size_t> verdicts);

/// What one observer said of a spectrum, and again when it was shown once more without their first verdict.
struct Repetition {
    int first = -1, again = -1;
};

struct Consistency {
    std::size_t repeated = 0, same = 0; ///< spectra judged twice; of these alike
    double share = 0;                   ///< same / repeated
    double lowerBound = 0;              ///< the true share is above it with a confidence of 95 %
    std::optional<double> kappa;        ///< Cohen's, of the first verdicts with the second
};

/// Repetitions without one of the verdicts are left out. Errors: InvalidArgument for a class outside
/// [−1, classes), no spectrum judged twice.
core::Result<Consistency> selfConsistency(std::span<const Repetition> repetitions, std::size_t classes);

} // namespace balmer::active
