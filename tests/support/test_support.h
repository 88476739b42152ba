// What the tests share: a folder that vanishes, the real spectra where they are, and short assertions on
// Results.
#pragma once

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "engine/core/result.h"

namespace balmer::test {

/// A new empty folder, removed with all that is in it at the end of the scope.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

/// The source tree's root, for tests that read the sources.
std::filesystem::path sourceRoot();

/// The folder of real spectra beside the checkout; empty where it is absent.
std::filesystem::path realData();

/// Whether the tests that have a long form run it: `packaging/test.sh --long`, or BALMER_LONG_TESTS=1 in the
/// environment.
bool longTests();
/// How much of it: many in the long form, few in the short one.
template <typename N>
N fewOrMany(N few, N many) {
    return longTests() ? many : few;
}

/// The text of a failed Result, for messages: ASSERT_TRUE(result) << why(result).
template <typename R>
std::string why(const R& result) {
    return result ? std::string("it succeeded") : result.error().describe();
}

} // namespace balmer::test

/// Ends the test as skipped, saying why, where the real spectra are absent.
#define BALMER_NEEDS_REAL_DATA()                                                                             \
    if (::balmer::test::realData().empty())                                                                  \
    GTEST_SKIP() << "the folder ../shared/data with real spectra is not beside this checkout"
