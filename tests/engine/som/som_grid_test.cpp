#include <cmath>

#include <gtest/gtest.h>

#include "engine/som/grid.h"
#include "engine/som/self_organising_map.h"
#include "engine/som/u_matrix.h"
#include "tests/support/test_support.h"

namespace balmer::som {
namespace {

TEST(Grid, IsReadFromText) {
    const auto grid = Grid::parse(" 20 X 12 ", Topology::Hexagonal);
    ASSERT_TRUE(grid) << test::why(grid);
    EXPECT_EQ(*grid, (Grid{20, 12, Topology::Hexagonal}));
    EXPECT_EQ(grid->toText(), "20x12");
}

TEST(Grid, RefusesWhatIsNoGrid) {
    for (const char* text : {"", "20", "x", "20x", "x20", "0x5", "1x1", "-3x4", "1001x2", "20x20x20", "2.5x4",
                             "99999999999999999999x2", "4294967296x4294967296"})
        EXPECT_FALSE(Grid::parse(text)) << text;
}

TEST(Grid, NeighboursAreThoseAtDistanceOne) {
    for (const Topology topology : {Topology::Rectangular, Topology::Hexagonal})
        for (const auto& [width, height] :
             {std::pair{7u, 5u}, std::pair{1u, 4u}, std::pair{4u, 1u}, std::pair{2u, 2u}}) {
            const Grid grid{width, height, topology};
            for (std::size_t a = 0; a < grid.neurons(); ++a) {
                std::vector<std::size_t> expected;
                for (std::size_t b = 0; b < grid.neurons(); ++b) {
                    const bool near = a != b && grid.distance(a, b) < 1.0001;
                    if (near) expected.push_back(b);
                    EXPECT_EQ(grid.areNeighbours(a, b), near) << toString(topology) << ' ' << a << ' ' << b;
                }
                EXPECT_EQ(grid.neighbours(a), expected);
            }
        }
    EXPECT_EQ((Grid{5, 5, Topology::Rectangular}.neighbours(12).size()), 4u);
    EXPECT_EQ((Grid{5, 5, Topology::Hexagonal}.neighbours(12).size()), 6u);
}

TEST(Grid, WordsAreReadBack) {
    for (const Topology topology : {Topology::Rectangular, Topology::Hexagonal})
        EXPECT_EQ(topologyFrom(toString(topology)).value(), topology);
    EXPECT_EQ(topologyFrom("hex").value(), Topology::Hexagonal);
    EXPECT_FALSE(topologyFrom("round"));
    for (const auto n : {Neighbourhood::Gaussian, Neighbourhood::Bubble})
        EXPECT_EQ(neighbourhoodFrom(toString(n)).value(), n);
    for (const auto i : {Initialisation::PrincipalPlane, Initialisation::RandomRows})
        EXPECT_EQ(initialisationFrom(toString(i)).value(), i);
    EXPECT_FALSE(neighbourhoodFrom("mexican"));
    EXPECT_FALSE(initialisationFrom(""));
}

TEST(SomParameters, RadiusShrinksByOneFactorFromStartToEnd) {
    SomParameters parameters;
    parameters.grid = {30, 20};
    parameters.epochs = 5;
    ASSERT_TRUE(parameters.validate());
    EXPECT_DOUBLE_EQ(parameters.radius(0), 10);
    EXPECT_NEAR(parameters.radius(4), parameters.radiusEnd, 1e-12);
    EXPECT_NEAR(parameters.radius(1) / parameters.radius(0), parameters.radius(3) / parameters.radius(2),
                1e-12);
    parameters.epochs = 1;
    EXPECT_DOUBLE_EQ(parameters.radius(0), 10);
}

TEST(SomParameters, RefusesValuesOutOfRange) {
    const auto refused = [](auto change) {
        SomParameters parameters;
        change(parameters);
        const auto status = parameters.validate();
        return !status && status.error().code() == core::ErrorCode::InvalidArgument;
    };
    EXPECT_TRUE(refused([](auto& p) { p.epochs = 0; }));
    EXPECT_TRUE(refused([](auto& p) { p.epochs = 10'001; }));
    EXPECT_TRUE(refused([](auto& p) { p.grid.width = 0; }));
    EXPECT_TRUE(refused([](auto& p) { p.radiusEnd = 0; }));
    EXPECT_TRUE(refused([](auto& p) { p.radiusEnd = std::nan(""); }));
    EXPECT_TRUE(refused([](auto& p) { p.radiusStart = std::nan(""); }));
    EXPECT_TRUE(refused([](auto& p) { p.radiusStart = 0.5; }));
    EXPECT_TRUE(refused([](auto& p) { p.radiusStart = 1e9; }));
}

TEST(UMatrix, IsTheMeanDistanceToTheNeighbours) {
    Map map;
    map.grid = {3, 1};
    map.codebook = core::FloatMatrix(3, 2);
    map.codebook(1, 0) = 3;
    map.codebook(1, 1) = 4;
    map.codebook(2, 0) = 3;
    const auto heights = uMatrix(map);
    ASSERT_EQ(heights.size(), 3u);
    EXPECT_DOUBLE_EQ(heights[0], 5);
    EXPECT_DOUBLE_EQ(heights[1], 4.5);
    EXPECT_DOUBLE_EQ(heights[2], 4);
    EXPECT_EQ(componentPlane(map, 1), (std::vector<float>{0, 4, 0}));
}

} // namespace
} // namespace balmer::som
