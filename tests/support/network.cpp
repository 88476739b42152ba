#include "tests/support/network.h"

#include "engine/learn/classifiers.h"

namespace balmer::test {

std::string whyNoNetwork() {
    const auto there = learn::classifierNamed("network").value()->available();
    return there ? std::string() : there.error().message();
}

} // namespace balmer::test
