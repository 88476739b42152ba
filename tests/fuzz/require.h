// require(): what a fuzz target claims of its subject; ends the program where it is not so.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace balmer::test {

inline void require(bool holds, const char* claim) {
    if (holds) return;
    std::fprintf(stderr, "it does not hold that %s\n", claim);
    std::abort();
}

} // namespace balmer::test
