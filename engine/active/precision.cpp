#include "engine/active/precision.h"

#include <string>

#include <boost/math/distributions/beta.hpp>

namespace balmer::active {

using core::ErrorCode;
using core::fail;

core::Result<PrecisionEstimate> estimatePrecision(std::size_t agreed, std::size_t judged, double confidence) {
    if (judged == 0)
        return fail(ErrorCode::InvalidArgument,
                    "no spectrum of the performance-estimate list has a class yet; label some of them first");
    if (agreed > judged)
        return fail(ErrorCode::InvalidArgument, "of " + std::to_string(judged) + " judged spectra " +
                                                    std::to_string(agreed) + " cannot agree");
    if (!(confidence > 0 && confidence < 1))
        return fail(ErrorCode::InvalidArgument, "confidence must lie between 0 and 1, such as 0.95");
    PrecisionEstimate estimate{agreed, judged, static_cast<double>(agreed) / static_cast<double>(judged), 0,
                               confidence};
    if (agreed > 0) {
        try {
            const boost::math::beta_distribution<double> beta(static_cast<double>(agreed),
                                                              static_cast<double>(judged - agreed + 1));
            estimate.lowerBound = boost::math::quantile(beta, 1 - confidence);
        } catch (const std::exception& error) {
            return fail(ErrorCode::Internal,
                        std::string("the bound of the precision could not be computed: ") + error.what());
        }
    }
    return estimate;
}

} // namespace balmer::active
