#pragma once
// Whether the network can be used where the tests run.
#include <string>

#include <gtest/gtest.h>

namespace balmer::test {

/// Why the network cannot be used here, with the remedy; empty where it can.
std::string whyNoNetwork();

} // namespace balmer::test

/// Ends the test as skipped, saying why, where the network is not there.
#define BALMER_NEEDS_NETWORK()                                                                               \
    if (const auto why = ::balmer::test::whyNoNetwork(); !why.empty()) GTEST_SKIP() << why
