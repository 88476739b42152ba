// Bytes as a FITS file, whatever its kind.
#include <cstdint>

#include "tests/fuzz/read_spectra.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    balmer::test::readSpectraFrom(std::as_bytes(std::span(data, size)));
    return 0;
}
