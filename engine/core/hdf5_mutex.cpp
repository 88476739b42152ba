#include "engine/core/hdf5_mutex.h"

namespace balmer::core {

std::mutex& hdf5Mutex() {
    static std::mutex mutex;
    return mutex;
}

} // namespace balmer::core
