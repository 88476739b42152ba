// Bytes as a spectrum in columns of text. What other readers would take is left to their own targets.
#include <cstdint>
#include <string_view>

#include "tests/fuzz/read_spectra.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (text.starts_with("SIMPLE") || text.find('<') != std::string_view::npos) return 0;
    balmer::test::readSpectraFrom(std::as_bytes(std::span(data, size)));
    return 0;
}
