// gzip undone piece by piece, all members one after the other. Private to the module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "engine/core/result.h"

namespace balmer::io {

/// Errors: ResourceExhausted where so few bytes have become so many that they can hardly be data: more than
/// 64 MiB, and more than 200 for each.
core::Status checkGrowth(std::uint64_t taken, std::uint64_t given);

class Inflater {
  public:
    Inflater();
    ~Inflater();
    Inflater(Inflater&&) noexcept;
    Inflater& operator=(Inflater&&) noexcept;

    /// Takes from the beginning of `in` and fills the beginning of `out`, as far as either goes. What follows
    /// the last member is taken and thrown away. Errors: Format for damage; those of checkGrowth().
    struct Step {
        std::size_t taken = 0, given = 0;
    };
    core::Result<Step> step(std::span<const std::byte> in, std::span<std::byte> out);
    /// Whether the data may end here. Errors: Format where they end within a member.
    core::Status finish() const;

  private:
    struct Stream;
    std::unique_ptr<Stream> stream_;
};

} // namespace balmer::io
