// How many members of the target classes are still without a label, and how many of the next questions will
// find one.
//
// The first rests on a stratified control: the pool is cut into strata by the probability of the targets, in
// each stratum some rows are drawn at random, and people judge them. The estimate is Horvitz & Thompson's
// (1952, J. Am. Stat. Assoc. 47, 663): a judged member of a stratum with n of N rows judged stands for N/n
// rows. It does not lean on the probabilities being right; they only make it sharp. Pure functions; any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace balmer::active {

/// One stratum of the control, and what people said of it.
struct ControlStratum {
    double from = 0, to = 1; ///< probability of the targets together: [from, to), in the last one [from, to]
    std::size_t rows = 0;    ///< in the pool without a label when the control was drawn
    std::size_t judged = 0;  ///< of these, drawn for the control and judged
    std::size_t members = 0; ///< of the judged, in a target class

    bool operator==(const ControlStratum&) const = default;
};

/// Which rows to judge.
struct Control {
    std::vector<ControlStratum> strata; ///< those with rows; nothing is judged yet
    std::vector<std::size_t> rows;      ///< drawn, stratum after stratum
    std::vector<std::size_t> stratum;   ///< of each of the rows
};

/// Draws a control of `count` rows (fewer where there are fewer). Each stratum gets five, and the rest go
/// where they sharpen the estimate most, in proportion to rows × √(p (1 − p)) with its mean p (Neyman 1934,
/// J. R. Stat. Soc. 97, 558). probability: of the targets together, a row each; NaN is never drawn. excluded:
/// one byte a row, or empty. borders: ascending, inside (0, 1). Errors: InvalidArgument.
core::Result<Control> drawControl(std::span<const float> probability, std::span<const unsigned char> excluded,
                                  std::span<const double> borders, std::size_t count, std::uint64_t seed);

/// How the interval was made.
enum class IntervalMethod {
    /// Normal approximation with the variance Σ N (N − n) p (1 − p) / (n − 1), p = k/n (Cochran 1977,
    /// Sampling
    /// Techniques, 5.11). Where each stratum has five judged members and five judged others, or is judged
    /// whole.
    Normal,
    /// Parametric bootstrap, elsewhere: in each stratum, with k members among the n judged, p is drawn from
    /// the
    /// distribution that belongs to Clopper & Pearson's bounds (1934, Biometrika 26, 404), Beta(k, n − k + 1)
    /// for the lower and Beta(k + 1, n − k) for the upper one, and the members among the N − n others from
    /// Binomial(N − n, p). The bounds are quantiles of the sum over the strata, and on the safe side. Always
    /// with the same random numbers.
    Bootstrap
};
/// "normal approximation", "bootstrap of Clopper–Pearson distributions"
std::string_view toString(IntervalMethod method);

struct RemainingEstimate {
    double expected = 0;      ///< members among the rows that were not judged
    double low = 0, high = 0; ///< the interval, in members
    double confidence = 0.95; ///< of the interval
    IntervalMethod method = IntervalMethod::Normal;
};

/// Errors: InvalidArgument for more members than judged or more judged than rows, a stratum with rows of
/// which none is judged, a confidence outside (0, 1).
core::Result<RemainingEstimate> estimateRemaining(std::span<const ControlStratum> strata,
                                                  double confidence = 0.95);

struct ExpectedFinds {
    double expected = 0;           ///< Σ p
    std::size_t low = 0, high = 0; ///< finds, both ends included
    double confidence = 0.95;      ///< that the number of finds lies in it is at least so likely
};

/// Members of the target classes among the next questions, from the calibrated probability of each. Their
/// number is distributed as Poisson's binomial; up to 5000 questions its quantiles are exact, beyond they are
/// those of the normal distribution with the same mean and variance. Whether the probabilities are calibrated
/// is not looked at. Errors: InvalidArgument for a probability or a confidence out of range.
core::Result<ExpectedFinds> expectedFinds(std::span<const double> probabilities, double confidence = 0.95);

} // namespace balmer::active
