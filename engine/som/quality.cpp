#include "engine/som/quality.h"

namespace balmer::som {

double quantisationError(const Projection& projection) {
    if (projection.rows() == 0) return 0;
    double sum = 0;
    for (const float distance : projection.distance)
        sum += static_cast<double>(distance);
    return sum / static_cast<double>(projection.rows());
}

double topographicError(const Projection& projection, const Grid& grid) {
    if (projection.rows() == 0) return 0;
    std::size_t apart = 0;
    for (std::size_t row = 0; row < projection.rows(); ++row)
        if (!grid.areNeighbours(projection.best[row], projection.second[row])) ++apart;
    return static_cast<double>(apart) / static_cast<double>(projection.rows());
}

} // namespace balmer::som
