#include "engine/active/agreement.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/active/precision.h"

namespace balmer::active {

using core::ErrorCode;
using core::fail;

namespace {

std::optional<double> kappaOf(const Agreement& agreement) {
    if (!(agreement.byChance < 1)) return {};
    return (agreement.observed - agreement.byChance) / (1 - agreement.byChance);
}

/// Both verdicts of the spectra that have two: row = the first's class, column = the second's.
core::Result<core::Matrix<std::size_t>> crossTable(std::span<const int> one, std::span<const int> other,
                                                   std::size_t classes) {
    if (one.size() != other.size())
        return fail(ErrorCode::InvalidArgument,
                    "one observer has " + std::to_string(one.size()) + " verdicts and the other " +
                        std::to_string(other.size()) + "; both must be of the same spectra");
    core::Matrix<std::size_t> table(classes, classes);
    const auto known = [classes](int verdict) {
        return verdict >= -1 && verdict < static_cast<int>(classes);
    };
    for (std::size_t i = 0; i < one.size(); ++i) {
        if (!known(one[i]) || !known(other[i]))
            return fail(ErrorCode::InvalidArgument,
                        "verdict " + std::to_string(known(one[i]) ? other[i] : one[i]) +
                            " is not one of the " + std::to_string(classes) + " classes");
        if (one[i] >= 0 && other[i] >= 0)
            ++table(static_cast<std::size_t>(one[i]), static_cast<std::size_t>(other[i]));
    }
    return table;
}

/// The formula of Fleiss, Cohen & Everitt, with the shares p of the table and the sums of its rows and
/// columns.
double standardErrorOf(const core::Matrix<double>& p, std::span<const double> rows,
                       std::span<const double> columns, const Agreement& agreement) {
    const double kappa = *agreement.kappa, less = 1 - kappa, chance = agreement.byChance;
    double sum = 0;
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t j = 0; j < columns.size(); ++j) {
            const double margins = i == j ? 1 - (rows[i] + columns[i]) * less : (columns[i] + rows[j]) * less;
            sum += p(i, j) * margins * margins;
        }
    const double centre = kappa - chance * less;
    const double variance = (sum - centre * centre) / static_cast<double>(agreement.spectra);
    return std::sqrt(std::max(0.0, variance)) / (1 - chance);
}

} // namespace

core::Result<Agreement> cohensKappa(std::span<const int> one, std::span<const int> other,
                                    std::size_t classes) {
    BALMER_TRY(const auto table, crossTable(one, other, classes));
    Agreement agreement;
    for (std::size_t i = 0; i < classes; ++i)
        for (const std::size_t count : table.row(i))
            agreement.spectra += count;
    if (agreement.spectra == 0)
        return fail(ErrorCode::InvalidArgument, "there is no spectrum on which both have a verdict; have one "
                                                "judge what the other did");
    core::Matrix<double> p(classes, classes);
    std::vector<double> rows(classes, 0), columns(classes, 0);
    for (std::size_t i = 0; i < classes; ++i)
        for (std::size_t j = 0; j < classes; ++j) {
            p(i, j) = static_cast<double>(table(i, j)) / static_cast<double>(agreement.spectra);
            rows[i] += p(i, j);
            columns[j] += p(i, j);
            if (i == j) agreement.observed += p(i, j);
        }
    for (std::size_t i = 0; i < classes; ++i)
        agreement.byChance += rows[i] * columns[i];
    agreement.kappa = kappaOf(agreement);
    if (agreement.kappa) agreement.standardError = standardErrorOf(p, rows, columns, agreement);
    return agreement;
}

core::Result<Agreement> fleissKappa(core::MatrixView<const std::size_t> verdicts) {
    if (verdicts.empty())
        return fail(ErrorCode::InvalidArgument,
                    "agreement is measured on spectra with verdicts; there are none");
    Agreement agreement;
    agreement.spectra = verdicts.rows();
    std::vector<double> given(verdicts.columns(), 0);
    std::size_t observers = 0;
    for (std::size_t s = 0; s < verdicts.rows(); ++s) {
        std::size_t sum = 0;
        double pairs = 0;
        for (std::size_t c = 0; c < verdicts.columns(); ++c) {
            const auto count = static_cast<double>(verdicts(s, c));
            sum += verdicts(s, c);
            pairs += count * (count - 1);
            given[c] += count;
        }
        if (s == 0) observers = sum;
        if (sum != observers || observers < 2)
            return fail(ErrorCode::InvalidArgument,
                        "spectrum " + std::to_string(s + 1) + " has " + std::to_string(sum) +
                            " verdicts; each needs the same number of them, two or more");
        agreement.observed += pairs / static_cast<double>(observers * (observers - 1));
    }
    const auto spectra = static_cast<double>(verdicts.rows());
    agreement.observed /= spectra;
    for (const double count : given) {
        const double share = count / (spectra * static_cast<double>(observers));
        agreement.byChance += share * share;
    }
    agreement.kappa = kappaOf(agreement);
    return agreement;
}

core::Result<Consistency> selfConsistency(std::span<const Repetition> repetitions, std::size_t classes) {
    std::vector<int> first, again;
    Consistency consistency;
    for (const auto& repetition : repetitions) {
        first.push_back(repetition.first);
        again.push_back(repetition.again);
        if (repetition.first < 0 || repetition.again < 0) continue;
        ++consistency.repeated;
        consistency.same += repetition.first == repetition.again;
    }
    if (consistency.repeated == 0)
        return fail(ErrorCode::InvalidArgument, "no spectrum was judged twice; show some again, without the "
                                                "first verdict");
    BALMER_TRY(const auto agreement, cohensKappa(first, again, classes));
    BALMER_TRY(const auto bound, estimatePrecision(consistency.same, consistency.repeated));
    consistency.share = bound.precision;
    consistency.lowerBound = bound.lowerBound;
    consistency.kappa = agreement.kappa;
    return consistency;
}

} // namespace balmer::active
