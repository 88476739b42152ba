// hdf5Mutex: the one lock under which the whole process calls HDF5.
//
// The distribution's HDF5 is not thread-safe, and two modules use it; each holds this lock around every call.
#pragma once

#include <mutex>

namespace balmer::core {

std::mutex& hdf5Mutex();

} // namespace balmer::core
