#include "tests/app/desktop/fake_maps.h"

#include <algorithm>
#include <cmath>

namespace balmer::test {

using core::ErrorCode;

namespace {

api::MapInfo mapInfo() {
    return {3,      "first map", survey::datasetName,  {16, 12, som::Topology::Hexagonal},
            1.0432, 0.061,       survey::at(21, 9, 14)};
}

} // namespace

core::Result<std::vector<api::MapInfo>> FakeMaps::list() {
    slow_.note("maps.list");
    if (!options_.map) return std::vector<api::MapInfo>{};
    return std::vector<api::MapInfo>{mapInfo()};
}

core::Result<api::MapContent> FakeMaps::content(jobs::JobId job) {
    slow_.note("maps.content");
    if (!options_.map || job != 3)
        return core::fail(ErrorCode::NotFound, "there is no map of job " + std::to_string(job));
    api::MapContent content;
    content.info = mapInfo();
    content.wavelengthAngstrom = survey::windowAxis();
    const auto& grid = content.info.grid;
    content.members.resize(grid.neurons());
    content.codebook = core::FloatMatrix(grid.neurons(), survey::windowColumns);
    // Shapes gather in corners; the strength of the line runs across.
    for (std::size_t i = 0; i < std::min<std::size_t>(options_.spectra, 20000); ++i) {
        const int shape = survey::shapeOf(i);
        const double x = shape == 0   ? survey::noise(i, 2)
                         : shape == 1 ? 0.85 + 0.15 * survey::noise(i, 3)
                                      : 0.7 * survey::noise(i, 3) * 0.3 + 0.78;
        const double y = shape == 0   ? 0.3 + 0.7 * survey::noise(i, 6)
                         : shape == 1 ? 0.18 * survey::noise(i, 4)
                                      : 0.2 + 0.12 * survey::noise(i, 4);
        const auto column = std::min<std::size_t>(grid.width - 1, std::size_t(x * double(grid.width)));
        const auto row = std::min<std::size_t>(grid.height - 1, std::size_t(y * double(grid.height)));
        content.members[grid.neuronAt(column, row)].push_back({survey::idOf(i), 0.4 + survey::noise(i, 30)});
    }
    for (std::size_t n = 0; n < grid.neurons(); ++n) {
        auto& members = content.members[n];
        std::sort(members.begin(), members.end(),
                  [](const auto& a, const auto& b) { return a.distance < b.distance; });
        for (std::size_t m = 0; m < std::min<std::size_t>(members.size(), 12); ++m) {
            const auto flux = survey::windowFlux(survey::numberOf(members[m].id));
            for (std::size_t c = 0; c < survey::windowColumns; ++c)
                content.codebook(n, c) += flux[c] / float(std::min<std::size_t>(members.size(), 12));
        }
        const double wall = std::abs(double(grid.row(n)) / double(grid.height) - 0.28);
        content.uMatrix.push_back(
            float(0.3 + 0.8 * std::exp(-wall * wall / 0.006) + 0.15 * survey::noise(n, 40)));
    }
    for (int epoch = 1; epoch <= 20; ++epoch) {
        content.quantisationErrors.push_back(1.04 + 2.0 * std::exp(-epoch / 4.0));
        content.topographicErrors.push_back(0.06 + 0.25 * std::exp(-epoch / 3.0));
    }
    return content;
}

core::Result<api::Prototype> FakeMaps::prototype(const std::string&, const std::string& id) {
    slow_.note("maps.prototype");
    if (!options_.map) return core::fail(ErrorCode::NotFound, "no map places these spectra");
    BALMER_TRY(const auto which, survey::find(id, options_.spectra));
    return api::Prototype{3, which % 192, 0.4, survey::windowAxis(), survey::windowFlux(which)};
}

} // namespace balmer::test
