#include <cstring>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "engine/core/digest.h"
#include "engine/core/random_stream.h"
#include "engine/som/map_file.h"
#include "tests/support/test_support.h"

namespace balmer::som {
namespace {

Map smallMap() {
    Map map;
    map.grid = {3, 2, Topology::Hexagonal};
    map.codebook = core::FloatMatrix(6, 5);
    core::RandomStream random(3);
    for (std::size_t n = 0; n < 6; ++n)
        for (float& value : map.codebook.row(n))
            value = static_cast<float>(random.normal());
    map.epochs = {{1.5, 0.4, 0.3}, {0.7, 0.2, 0.1}};
    return map;
}

/// The bytes with a digest that fits them.
std::string sealed(std::string bytes) {
    bytes.resize(bytes.size() - 64);
    return bytes + core::digestOf(bytes);
}

TEST(MapFile, ReadsBackWhatItWrote) {
    const Map map = smallMap();
    const auto read = deserialise(serialise(map));
    ASSERT_TRUE(read) << test::why(read);
    EXPECT_EQ(*read, map);
    EXPECT_EQ(codebookDigest(*read), codebookDigest(map));
}

TEST(MapFile, RefusesEveryChangedByteAndEveryShorterLength) {
    const std::string bytes = serialise(smallMap());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ 0x10);
        EXPECT_FALSE(deserialise(changed)) << "byte " << i;
        EXPECT_FALSE(deserialise(std::string_view(bytes).substr(0, i))) << "length " << i;
    }
    EXPECT_FALSE(deserialise(bytes + "x"));
}

TEST(MapFile, RefusesFalseSizesUnderAnHonestDigest) {
    const std::string bytes = serialise(smallMap());
    for (const std::size_t field : {16u, 24u, 32u, 40u}) // width, height, columns, epochs
        for (const std::uint64_t value :
             {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 20, std::uint64_t{1} << 32,
              std::uint64_t{1} << 62, ~std::uint64_t{0}}) {
            std::string changed = bytes;
            std::memcpy(changed.data() + field, &value, sizeof value);
            const auto read = deserialise(sealed(changed));
            ASSERT_FALSE(read) << field << ' ' << value;
            EXPECT_EQ(read.error().code(), core::ErrorCode::Format);
        }
}

TEST(MapFile, RefusesANumberThatIsNotFinite) {
    Map map = smallMap();
    map.codebook(2, 3) = std::numeric_limits<float>::quiet_NaN();
    EXPECT_FALSE(deserialise(serialise(map)));
}

TEST(MapFile, SaysThatALaterVersionIsNotRead) {
    std::string bytes = serialise(smallMap());
    bytes[8] = 2;
    const auto read = deserialise(sealed(bytes));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), core::ErrorCode::Unsupported);
}

TEST(MapFile, DigestTellsMapsApart) {
    Map map = smallMap();
    const std::string before = codebookDigest(map);
    map.epochs.clear();
    EXPECT_EQ(codebookDigest(map), before);
    map.codebook(0, 0) += 1e-6f;
    EXPECT_NE(codebookDigest(map), before);
    map = smallMap();
    map.grid.topology = Topology::Rectangular;
    EXPECT_NE(codebookDigest(map), before);
}

} // namespace
} // namespace balmer::som
