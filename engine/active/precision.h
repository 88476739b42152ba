// The precision of the candidates, estimated from the judged random sample, and how low it may really be.
//
// The bound is Clopper & Pearson's (1934, Biometrika 26, 404), one-sided: the p for which k or more of n
// would agree with probability 1 − confidence, the (1 − confidence) quantile of Beta(k, n − k + 1); 0 when
// none agrees. Pure; any thread.
#pragma once

#include <cstddef>

#include "engine/core/result.h"

namespace balmer::active {

struct PrecisionEstimate {
    std::size_t agreed = 0; ///< labels that equal the prediction
    std::size_t judged = 0; ///< spectra of the sample that got a class
    double precision = 0;   ///< agreed / judged
    double lowerBound = 0;  ///< the true precision is above it with the given confidence
    double confidence = 0.95;
};

/// Errors: InvalidArgument when nothing was judged, agreed > judged, or confidence is not inside (0, 1).
core::Result<PrecisionEstimate> estimatePrecision(std::size_t agreed, std::size_t judged,
                                                  double confidence = 0.95);

} // namespace balmer::active
