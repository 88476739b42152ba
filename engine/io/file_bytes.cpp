#include "engine/io/file_bytes.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>

#include <zlib.h>

#include "engine/core/files.h"
#include "engine/core/utf8.h"
#include "engine/io/inflater.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;

// Deflate cannot pack tighter than this.
constexpr std::size_t LARGEST_RATIO = 1032;

} // namespace

bool isGzip(std::span<const std::byte> bytes) {
    return bytes.size() >= 18 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b} &&
           bytes[2] == std::byte{8};
}

core::Result<std::string> gunzip(std::span<const std::byte> bytes, std::size_t limitBytes) {
    // The last four bytes state the size of the (last) member: a hint for the first allocation, trusted no
    // further than deflate can reach.
    std::uint32_t stated = 0;
    if (bytes.size() >= 18) {
        for (int i = 0; i < 4; ++i)
            stated |= std::to_integer<std::uint32_t>(bytes[bytes.size() - 4 + static_cast<std::size_t>(i)])
                      << (8 * i);
    }
    const std::size_t reach =
        bytes.size() > limitBytes / LARGEST_RATIO ? limitBytes : bytes.size() * LARGEST_RATIO;
    std::string out;
    out.resize(std::min<std::size_t>(reach, std::max<std::size_t>(stated, 4096)));

    z_stream stream{};
    if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK)
        return fail(ErrorCode::ResourceExhausted, "no memory to unpack gzip");
    const std::unique_ptr<z_stream, int (*)(z_stream*)> owner(&stream, inflateEnd);
    std::size_t consumed = 0, produced = 0;
    while (true) {
        const std::size_t in = std::min<std::size_t>(bytes.size() - consumed, std::size_t{1} << 30);
        const std::size_t room = std::min<std::size_t>(out.size() - produced, std::size_t{1} << 26);
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data() + consumed));
        stream.avail_in = static_cast<uInt>(in);
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + produced);
        stream.avail_out = static_cast<uInt>(room);
        const int status = inflate(&stream, Z_NO_FLUSH);
        consumed += in - stream.avail_in;
        produced += room - stream.avail_out;
        BALMER_CHECK(checkGrowth(consumed, produced));
        if (status == Z_STREAM_END) {
            // As in byte_source.cpp: what begins otherwise is noise behind the data.
            if (consumed == bytes.size() || bytes[consumed] != std::byte{0x1f}) break;
            if (inflateReset(&stream) != Z_OK)
                return fail(ErrorCode::Internal, "zlib cannot go on with the next gzip member");
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            return fail(ErrorCode::Format,
                        "the gzip data are damaged after " + std::to_string(produced) + " bytes");
        } else if (stream.avail_out > 0) {
            return fail(ErrorCode::Format, "the gzip data end too early; the file was not copied whole");
        }
        if (produced == out.size()) {
            if (out.size() >= limitBytes) {
                return fail(ErrorCode::ResourceExhausted, "the file unpacks to more than " +
                                                              std::to_string(limitBytes >> 20) +
                                                              " MiB, which is the limit");
            }
            out.resize(std::min(limitBytes, std::max<std::size_t>(out.size() * 2, 4096)));
        }
    }
    out.resize(produced);
    return out;
}

core::Result<std::string> gzip(std::string_view content, int level) {
    z_stream stream{};
    if (content.size() >= std::size_t{1} << 31)
        return fail(ErrorCode::ResourceExhausted, "more than 2 GiB cannot be packed at once");
    if (deflateInit2(&stream, level, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return fail(ErrorCode::ResourceExhausted, "no memory to pack gzip");
    }
    const std::unique_ptr<z_stream, int (*)(z_stream*)> owner(&stream, deflateEnd);
    std::string out(deflateBound(&stream, static_cast<uLong>(content.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        return fail(ErrorCode::Internal, "zlib did not pack the data");
    out.resize(out.size() - stream.avail_out);
    return out;
}

std::string_view foreignKind(std::span<const std::byte> bytes) {
    struct Kind {
        std::string_view magic, name;
    };
    using namespace std::string_view_literals;
    static constexpr std::array KINDS{
        Kind{"BZh"sv, "a bzip2 archive; unpack it first"sv},
        Kind{"\x1f\x9d"sv, "a file packed by compress (.Z); unpack it first"sv},
        Kind{"\xfd"
             "7zXZ\0"sv,
             "an xz archive; unpack it first"sv},
        Kind{"\x28\xb5\x2f\xfd"sv, "a zstd archive; unpack it first"sv},
        Kind{"PK\x03\x04"sv, "a zip archive; unpack it first"sv},
        Kind{"\x89HDF\r\n\x1a\n"sv, "an HDF5 file, which holds no spectrum of a kind that is read"sv},
        Kind{"\x89PNG"sv, "a PNG picture"sv},
        Kind{"\xff\xd8\xff"sv, "a JPEG picture"sv},
        Kind{"%PDF"sv, "a PDF document"sv},
        Kind{"SQLite format 3"sv, "an SQLite database"sv},
        Kind{"\x7f"
             "ELF"sv,
             "a program"sv},
    };
    const std::string_view text = asText(bytes);
    for (const Kind& kind : KINDS) {
        if (text.starts_with(kind.magic)) return kind.name;
    }
    return {};
}

std::string_view withoutByteOrderMark(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    return text;
}

core::Status checkText(std::string_view text) {
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
        return fail(ErrorCode::Format, "the text is UTF-16; save it as UTF-8");
    }
    if (text.find('\0') != std::string_view::npos)
        return fail(ErrorCode::Format, "the file is binary, not text");
    return {};
}

core::Result<std::string> readText(const std::filesystem::path& file, std::size_t limitBytes) {
    BALMER_TRY(std::string content, core::readFile(file, limitBytes));
    if (isGzip(asBytes(content))) {
        BALMER_TRY(content, gunzip(asBytes(content), limitBytes));
    }
    BALMER_CHECK(checkText(content));
    if (content.starts_with("\xef\xbb\xbf")) content.erase(0, 3);
    return content;
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = core::letterBytes(text);
        const auto first = static_cast<unsigned char>(text.front());
        if (length == 0 || (length == 1 && (first < 0x20 || first == 0x7f))) {
            out += '?';
            text.remove_prefix(1);
        } else {
            out += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return out;
}

} // namespace balmer::io
