#include "engine/io/matrix_text.h"

#include <cmath>

#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using test::why;

std::string refusal(std::string_view text) {
    const auto matrix = parseMatrixText(text);
    return matrix ? std::string() : matrix.error().message();
}

TEST(MatrixText, WithAndWithoutLabels) {
    const auto labelled = parseMatrixText("id,label,6519.0,6520.5\na,F,1.5,-2e3\n\"b,1\",,nan,\r\n");
    ASSERT_TRUE(labelled) << why(labelled);
    EXPECT_EQ(labelled->ids, (std::vector<std::string>{"a", "b,1"}));
    EXPECT_EQ(labelled->labels, (std::vector<std::string>{"F", ""}));
    EXPECT_EQ(labelled->wavelengthAngstrom, (std::vector<double>{6519, 6520.5}));
    EXPECT_EQ(labelled->values(0, 1), -2000);
    EXPECT_TRUE(std::isnan(labelled->values(1, 0)) && std::isnan(labelled->values(1, 1)));
    const auto bare = parseMatrixText("name,6519.0\na,1\n");
    ASSERT_TRUE(bare) << why(bare);
    EXPECT_TRUE(bare->labels.empty());
}

TEST(MatrixText, ErrorsNameLineAndColumn) {
    EXPECT_NE(refusal("id,label,1,2\na,F,1,x\n").find("line 2, column 4: \"x\""), std::string::npos);
    EXPECT_NE(refusal("id,1,2\na,1\n").find("line 2 has 1 values for 2"), std::string::npos);
    EXPECT_NE(refusal("id,1,2\na,1,2,3\n").find("more than the 2"), std::string::npos);
    EXPECT_NE(refusal("id,1,2\na,1,2\na,1,2\n").find("line 3, column 1"), std::string::npos);
    EXPECT_NE(refusal("id,2,1\na,1,2\n").find("ascend"), std::string::npos);
    EXPECT_NE(refusal("id,label,class,1\na,b,c,2\n").find("line 1, column 3"), std::string::npos);
    EXPECT_NE(refusal("id,label\na,b\n").find("names no wavelengths"), std::string::npos);
    EXPECT_NE(refusal("id,1,2\n").find("no row"), std::string::npos);
    EXPECT_NE(refusal("id,1\n,2\n").find("id is empty"), std::string::npos);
    EXPECT_FALSE(refusal("").empty());
}

TEST(MatrixText, WhatIsWrittenIsReadBackBitForBit) {
    const test::TemporaryFolder folder;
    MatrixText matrix;
    matrix.ids = {"a", "b,\"c\""};
    matrix.labels = {"x", ""};
    matrix.wavelengthAngstrom = {6519, 6520.53237410072};
    matrix.values.appendRow(std::vector<float>{0.1F, 1e-30F});
    matrix.values.appendRow(std::vector<float>{-3.4e38F, 16777217.0F});
    auto writer = MatrixTextWriter::create(folder / "m.csv", matrix.wavelengthAngstrom, true);
    ASSERT_TRUE(writer) << why(writer);
    for (std::size_t row = 0; row < matrix.ids.size(); ++row)
        ASSERT_TRUE(writer->row(matrix.ids[row], matrix.labels[row], matrix.values.row(row)));
    ASSERT_TRUE(writer->finish());
    const auto again = readMatrixText(folder / "m.csv");
    ASSERT_TRUE(again) << why(again);
    EXPECT_EQ(again->ids, matrix.ids);
    EXPECT_EQ(again->labels, matrix.labels);
    EXPECT_EQ(again->wavelengthAngstrom, matrix.wavelengthAngstrom);
    EXPECT_EQ(again->values, matrix.values);
}

TEST(MatrixText, AWriterThatIsNotFinishedLeavesNothing) {
    const test::TemporaryFolder folder;
    {
        auto writer = MatrixTextWriter::create(folder / "m.csv", std::vector<double>{1, 2}, false);
        ASSERT_TRUE(writer) << why(writer);
        EXPECT_FALSE(writer->row("a", "", std::vector<float>{1}));
        EXPECT_TRUE(writer->row("a", "", std::vector<float>{1, 2}));
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    EXPECT_FALSE(MatrixTextWriter::create(folder / "none" / "m.csv", std::vector<double>{1, 2}, false));
    EXPECT_FALSE(MatrixTextWriter::create(folder / "m.csv", std::vector<double>{2, 1}, false));
}

TEST(MatrixText, ReadsTheTrainingSetOfLamostStars) {
    BALMER_NEEDS_REAL_DATA();
    const auto matrix = readMatrixText(test::realData() / "labelled" / "lamost_dr10_afg_ha140.csv");
    ASSERT_TRUE(matrix) << why(matrix);
    EXPECT_EQ(matrix->values.rows(), 1403U);
    EXPECT_EQ(matrix->values.columns(), 140U);
    EXPECT_EQ(matrix->labels.front(), "F");
    EXPECT_FLOAT_EQ(matrix->values(0, 1), 173.305F);
    EXPECT_DOUBLE_EQ(matrix->wavelengthAngstrom.back(), 6732.0);
}

} // namespace
} // namespace balmer::io
