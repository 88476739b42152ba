#include "engine/io/byte_source.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <zlib.h>

#include "engine/core/file.h"
#include "engine/io/inflater.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;

// The source, with gzip undone once the first bytes have shown whether it is gzip.
class Plain {
  public:
    explicit Plain(ByteSource source) : source_(std::move(source)) {}

    Result<std::size_t> read(std::span<std::byte> buffer) {
        if (buffer.empty()) return std::size_t{0};
        if (!begun_) BALMER_CHECK(begin());
        while (true) {
            if (at_ == held_.size() && !ended_) {
                held_.resize(pieceBytes);
                at_ = 0;
                auto got = source_(held_);
                held_.resize(got ? *got : 0);
                if (!got) return fail(std::move(got).error());
                ended_ = *got == 0;
            }
            const auto in = std::span(held_).subspan(at_);
            if (in.empty()) {
                if (inflater_) BALMER_CHECK(inflater_->finish());
                return std::size_t{0};
            }
            if (!inflater_) {
                const std::size_t count = std::min(in.size(), buffer.size());
                std::memcpy(buffer.data(), in.data(), count);
                at_ += count;
                return count;
            }
            BALMER_TRY(const Inflater::Step step, inflater_->step(in, buffer));
            at_ += step.taken;
            if (step.given > 0) return step.given;
        }
    }

  private:
    core::Status begin() {
        begun_ = true;
        held_.resize(pieceBytes);
        std::size_t have = 0;
        while (have < 2) { // enough to tell
            auto got = source_(std::span(held_).subspan(have));
            if (!got) return fail(std::move(got).error());
            if (*got == 0) break;
            have += *got;
        }
        ended_ = have < 2;
        held_.resize(have);
        if (have >= 2 && held_[0] == std::byte{0x1f} && held_[1] == std::byte{0x8b}) inflater_.emplace();
        return {};
    }

    ByteSource source_;
    std::vector<std::byte> held_;
    std::size_t at_ = 0;
    bool begun_ = false, ended_ = false;
    std::optional<Inflater> inflater_;
};

} // namespace

struct Inflater::Stream {
    z_stream z{};
    bool valid = inflateInit2(&z, MAX_WBITS + 16) == Z_OK;
    bool atMemberEnd = true, ignoring = false, anyMember = false;
    std::uint64_t taken = 0, given = 0; ///< in all
    Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() {
        if (valid) inflateEnd(&z);
    }
};

core::Status checkGrowth(std::uint64_t taken, std::uint64_t given) {
    constexpr std::uint64_t harmless = std::uint64_t{64} << 20, mostForEach = 200;
    if (given <= harmless || given / mostForEach <= taken) return {};
    return fail(
        ErrorCode::ResourceExhausted,
        "the gzip data grow to more than " + std::to_string(mostForEach) +
            " times their size, as hardly any data do; unpack the file first if it is what it should be");
}

Inflater::Inflater() : stream_(std::make_unique<Stream>()) {}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

Result<Inflater::Step> Inflater::step(std::span<const std::byte> in, std::span<std::byte> out) {
    Stream& s = *stream_;
    if (!s.valid) return fail(ErrorCode::ResourceExhausted, "no memory to unpack gzip");
    if (in.empty() || s.ignoring) return Step{in.size(), 0};
    if (s.atMemberEnd) {
        if (s.anyMember && in.front() != std::byte{0x1f}) {
            s.ignoring = true;
            return Step{in.size(), 0};
        }
        inflateReset(&s.z);
        s.atMemberEnd = false;
    }
    constexpr std::size_t MOST = std::numeric_limits<int>::max();
    s.z.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
    s.z.avail_in = static_cast<uInt>(std::min(in.size(), MOST));
    s.z.next_out = reinterpret_cast<Bytef*>(out.data());
    s.z.avail_out = static_cast<uInt>(std::min(out.size(), MOST));
    const uInt inBefore = s.z.avail_in, outBefore = s.z.avail_out;
    const int status = inflate(&s.z, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
        s.atMemberEnd = s.anyMember = true;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return fail(ErrorCode::Format, "the gzip data are damaged; get the file again");
    }
    s.taken += inBefore - s.z.avail_in;
    s.given += outBefore - s.z.avail_out;
    BALMER_CHECK(checkGrowth(s.taken, s.given));
    return Step{inBefore - s.z.avail_in, outBefore - s.z.avail_out};
}

core::Status Inflater::finish() const {
    if (!stream_->atMemberEnd)
        return fail(ErrorCode::Format, "the gzip data end too early; the file was not copied whole");
    return {};
}

Result<ByteSource> fileSource(const std::filesystem::path& path) {
    BALMER_TRY(auto opened, core::File::openNamed(path));
    return [file = std::make_shared<const core::File>(std::move(opened))](std::span<std::byte> buffer) {
        return file->read(buffer);
    };
}

ByteSource memorySource(std::span<const std::byte> bytes) {
    return [bytes](std::span<std::byte> buffer) mutable -> Result<std::size_t> {
        const std::size_t count = std::min(bytes.size(), buffer.size());
        if (count > 0) std::memcpy(buffer.data(), bytes.data(), count);
        bytes = bytes.subspan(count);
        return count;
    };
}

ByteSource plainSource(ByteSource source) {
    return [plain = std::make_shared<Plain>(std::move(source))](std::span<std::byte> buffer) {
        return plain->read(buffer);
    };
}

} // namespace balmer::io
