// Handle: an HDF5 identifier that closes itself, and what reading and writing share. Private to the module's
// .cpp files.
//
// Every use, the destructor included, happens under core::hdf5Mutex(): lock before the first Handle is made.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/digest.h"
#include "engine/core/matrix.h"

namespace balmer::dataset {

class Handle {
  public:
    using Id = std::int64_t; // hid_t
    Handle() = default;
    explicit Handle(Id id, int (*close)(Id)) : id_(id), close_(close) {}
    ~Handle() { reset(); }
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Handle& operator=(Handle&& other) noexcept {
        if (this != &other) {
            reset();
            id_ = std::exchange(other.id_, -1);
            close_ = other.close_;
        }
        return *this;
    }
    explicit operator bool() const { return id_ >= 0; }
    Id get() const { return id_; }
    /// False when HDF5 could not close it (a file: could not flush it).
    bool reset() {
        const Id id = std::exchange(id_, -1);
        return id < 0 || close_(id) >= 0;
    }

  private:
    Id id_ = -1;
    int (*close_)(Id) = nullptr;
};

/// HDF5 prints its error stack on standard error unless told otherwise, once a thread.
void silenceHdf5();

/// What Dataset::digest() promises. The mask has the flux's shape; inverseVariance may be 0 × 0.
std::string digestOf(std::span<const double> wavelengthAngstrom, const std::vector<std::string>& ids,
                     core::FloatView flux, core::FloatView inverseVariance, core::ByteView mask);

inline constexpr std::size_t longestId = 1024;

} // namespace balmer::dataset
