// Input without end, and input that would take time without end: refused, or stopped, after little of it.
// What is asked of the source is counted, not the time.
#include <functional>
#include <stop_token>
#include <string>

#include <gmock/gmock.h>

#include "engine/io/byte_source.h"
#include "engine/io/file_bytes.h"
#include "engine/io/votable_reader.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using testing::HasSubstr;

constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// begin, then part(0), part(1), … for ever; counts what was taken of it.
class Endless {
  public:
    Endless(std::string begin, std::function<std::string(std::size_t)> part)
        : held_(std::move(begin)), part_(std::move(part)) {}

    ByteSource source() {
        return [this](std::span<std::byte> buffer) -> core::Result<std::size_t> {
            if (taken > 200 * mebibyte) return core::fail(ErrorCode::Internal, "much too much was read");
            while (held_.size() < buffer.size())
                held_ += part_(parts_++);
            std::copy_n(asBytes(held_).begin(), buffer.size(), buffer.begin());
            held_.erase(0, buffer.size());
            taken += buffer.size();
            if (onTaking) onTaking();
            return buffer.size();
        };
    }

    std::size_t taken = 0;
    std::function<void()> onTaking;

  private:
    std::string held_;
    std::function<std::string(std::size_t)> part_;
    std::size_t parts_ = 0;
};

/// The error of reading it as a VOTable.
core::Error refusalOf(Endless& endless, const VotableLimits& limits = {}) {
    const auto all = VotableReader(endless.source(), limits).readAll();
    return all ? core::Error(ErrorCode::Internal, "it was taken") : all.error();
}

TEST(BoundedReading, ATagOfManyAttributesIsRefusedAtOnce) {
    Endless attributes("<VOTABLE", [](std::size_t i) { return " a" + std::to_string(i) + "='" + "'"; });
    const auto error = refusalOf(attributes);
    EXPECT_EQ(error.code(), ErrorCode::ResourceExhausted);
    EXPECT_THAT(error.message(), HasSubstr("more than 256 attributes"));
    EXPECT_LE(attributes.taken, mebibyte / 4);

    Endless namespaces("<VOTABLE", [](std::size_t i) {
        return " xmlns:a" + std::to_string(i) + "=\"u" + std::to_string(i) + "\"";
    });
    EXPECT_THAT(refusalOf(namespaces).message(), HasSubstr("attributes"));
    EXPECT_LE(namespaces.taken, mebibyte / 4);

    Endless elements("<VOTABLE>", [](std::size_t) {
        std::string tag = "<INFO";
        for (int i = 0; i < 300; ++i)
            tag += " a" + std::to_string(i) + "=''";
        return tag + "/>";
    });
    EXPECT_THAT(refusalOf(elements).message(), HasSubstr("attributes"));
    EXPECT_LE(elements.taken, mebibyte / 4);
}

TEST(BoundedReading, MarkupWithoutEndIsRefused) {
    struct Case {
        const char *begin, *part, *why;
        std::size_t most;
    };
    for (const auto& [begin, part, why, most] :
         {Case{"<VOTABLE><!-- ", "x' ", "comment", 2 * mebibyte},
          Case{"<VOTABLE a='", "x", "tag", 2 * mebibyte}, Case{"<VOTABLE><", "x", "XML", 2 * mebibyte},
          Case{"<?xml version='1.0'?><?p ", "x ", "comment", 2 * mebibyte},
          Case{"<!DOCTYPE VOTABLE [<!ATTLIST VOTABLE", " a CDATA ''", "declaration", mebibyte / 4},
          Case{"<!DOCTYPE VOTABLE [<!ELEMENT VOTABLE (a", "|a", "declaration", mebibyte / 4},
          Case{"<!DOCTYPE VOTABLE [<!ATTLIST VOTABLE a (b", "|b", "declaration", mebibyte / 4}}) {
        Endless endless(begin, [part = std::string(part)](std::size_t) { return part; });
        const auto error = refusalOf(endless);
        EXPECT_THAT(error.message(), HasSubstr(why)) << begin;
        EXPECT_NE(error.code(), ErrorCode::Internal) << begin;
        EXPECT_LE(endless.taken, most) << begin;
    }
}

TEST(BoundedReading, AttributesThatADocumentDeclaresCountForEachElement) {
    std::string list = "<!DOCTYPE VOTABLE [<!ATTLIST INFO";
    for (int i = 0; i < 400; ++i)
        list += " a" + std::to_string(i) + " CDATA 'x'";
    const auto text = list + ">]><VOTABLE><INFO/></VOTABLE>";
    const auto parsed = parseVotable(asBytes(text));
    ASSERT_FALSE(parsed);
    EXPECT_THAT(parsed.error().message(), HasSubstr("more than 256 attributes"));
}

TEST(BoundedReading, LongValuesAndTheirQuotesAreNoAttributes) {
    std::string value;
    for (int i = 0; i < 100'000; ++i)
        value += "it's ";
    const auto text = "<VOTABLE><INFO name='a' value=\"" + value + "\"/></VOTABLE>";
    const auto parsed = parseVotable(asBytes(text));
    ASSERT_TRUE(parsed) << test::why(parsed);
    EXPECT_EQ(parsed->infos.at(0).value, value);
}

TEST(BoundedReading, StopsWhenItIsAskedTo) {
    std::stop_source stop;
    Endless rows("<VOTABLE><RESOURCE><TABLE><FIELD name='a' datatype='double'/><DATA><TABLEDATA>",
                 [](std::size_t) { return std::string("<TR><TD>1</TD></TR>"); });
    rows.onTaking = [&] {
        if (rows.taken > mebibyte) stop.request_stop();
    };
    EXPECT_EQ(refusalOf(rows, {.stop = stop.get_token()}).code(), ErrorCode::Cancelled);
    EXPECT_LE(rows.taken, 2 * mebibyte);
}

TEST(BoundedReading, GzipThatGrowsWithoutMeasureIsRefused) {
    const auto packed = gzip(std::string(70 * mebibyte, '\0'), 9).value();
    ASSERT_LT(packed.size(), mebibyte / 2);
    const auto whole = gunzip(asBytes(packed), 200 * mebibyte);
    ASSERT_FALSE(whole);
    EXPECT_EQ(whole.error().code(), ErrorCode::ResourceExhausted);
    EXPECT_THAT(whole.error().message(), HasSubstr("200 times"));
    const auto source = plainSource(memorySource(asBytes(packed)));
    std::vector<std::byte> buffer(mebibyte);
    std::size_t given = 0;
    auto got = source(buffer);
    for (; got && *got > 0; got = source(buffer))
        given += *got;
    EXPECT_FALSE(got);
    EXPECT_LE(given, 65 * mebibyte);
    // What is small is taken, however well it packs.
    EXPECT_EQ(gunzip(asBytes(gzip(std::string(10 * mebibyte, ' '), 9).value()), 200 * mebibyte)->size(),
              10 * mebibyte);
}

} // namespace
} // namespace balmer::io
