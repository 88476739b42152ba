#include "engine/io/directory_scan.h"

#include <fstream>

#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

namespace fs = std::filesystem;

void touch(const fs::path& file) {
    std::ofstream(file) << "x";
}

TEST(DirectoryScan, SortedOnceHiddenSkippedLinksToFoldersNotFollowed) {
    const test::TemporaryFolder folder;
    fs::create_directories(folder / "b" / ".git");
    touch(folder / "z.fits");
    touch(folder / "b" / "a.fits");
    touch(folder / "b" / ".git" / "c.fits");
    touch(folder / ".hidden");
    fs::create_directory_symlink(folder.path(), folder / "b" / "loop");
    fs::create_symlink(folder / "z.fits", folder / "link.fits");

    const std::vector<fs::path> top{folder.path(), folder / "z.fits"};
    const ScanResult flat = scanFiles(top, false), deep = scanFiles(top, true);
    EXPECT_EQ(flat.files, (std::vector<fs::path>{folder / "link.fits", folder / "z.fits"}));
    EXPECT_EQ(deep.files,
              (std::vector<fs::path>{folder / "b" / "a.fits", folder / "link.fits", folder / "z.fits"}));
    EXPECT_TRUE(deep.errors.empty());
    const std::vector<fs::path> named{folder / ".hidden"};
    EXPECT_EQ(scanFiles(named, false).files, named) << "named itself";
}

TEST(DirectoryScan, WhatDoesNotExistIsAnErrorBesideTheRest) {
    const test::TemporaryFolder folder;
    touch(folder / "a.fits");
    const std::vector<fs::path> paths{folder / "none", folder / "a.fits", "/dev/null"};
    const ScanResult result = scanFiles(paths, true);
    EXPECT_EQ(result.files.size(), 1U);
    ASSERT_EQ(result.errors.size(), 2U);
    EXPECT_EQ(result.errors[0].code(), core::ErrorCode::NotFound);
}

} // namespace
} // namespace balmer::io
