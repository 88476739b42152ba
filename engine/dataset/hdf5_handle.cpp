#include "engine/dataset/hdf5_handle.h"

#include <hdf5.h>

#include <type_traits>

namespace balmer::dataset {

static_assert(std::is_same_v<Handle::Id, hid_t> && std::is_same_v<herr_t, int>);

void silenceHdf5() {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

std::string digestOf(std::span<const double> wavelengthAngstrom, const std::vector<std::string>& ids,
                     core::FloatView flux, core::FloatView inverseVariance, core::ByteView mask) {
    core::Hasher hasher;
    hasher.update("balmer-dataset 1\n" + std::to_string(flux.rows()) + " " + std::to_string(flux.columns()) +
                  " " + (inverseVariance.empty() ? "0" : "1") + "\n");
    hasher.updateValues(wavelengthAngstrom);
    for (const auto& id : ids)
        hasher.update(std::to_string(id.size()) + ":" + id);
    for (std::size_t r = 0; r < flux.rows(); ++r)
        hasher.updateValues(std::span<const float>(flux.row(r)));
    for (std::size_t r = 0; r < inverseVariance.rows(); ++r)
        hasher.updateValues(std::span<const float>(inverseVariance.row(r)));
    for (std::size_t r = 0; r < mask.rows(); ++r)
        hasher.updateValues(std::span<const unsigned char>(mask.row(r)));
    return hasher.finish();
}

} // namespace balmer::dataset
