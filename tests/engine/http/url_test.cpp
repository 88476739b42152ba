#include "engine/http/url.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/test_support.h"

namespace balmer::http {
namespace {

std::string resolved(std::string_view base, std::string_view reference) {
    const auto from = parseUrl(base);
    if (!from) return from.error().describe();
    const auto url = resolve(*from, reference);
    return url ? url->text() : "error";
}

// The examples of RFC 3986, 5.4; the fragment is dropped here.
TEST(Url, ResolvesTheExamplesOfTheStandard) {
    const std::vector<std::pair<const char*, const char*>> examples{
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},
        {"g#s", "http://a/b/c/g"},
        {"g?y#s", "http://a/b/c/g?y"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
    };
    for (const auto& [reference, expected] : examples)
        EXPECT_EQ(resolved("http://a/b/c/d;p?q", reference), expected) << reference;
}

TEST(Url, TakesWhatStandsInRealPages) {
    EXPECT_EQ(resolved("http://h/", " a b\n.fits "), "http://h/a%20b.fits");
    EXPECT_EQ(resolved("http://h/", "Ond\xc5\x99"
                                    "ejov"),
              "http://h/Ond%C5%99ejov");
    EXPECT_EQ(resolved("http://h/", "100%.fits"), "http://h/100%25.fits");
    EXPECT_EQ(resolved("http://h/", "%2e%2E/x"), "http://h/x") << "an encoded parent is one";
    EXPECT_EQ(resolved("http://h/a/", "a%2Fb"), "http://h/a/a%2Fb");
    EXPECT_EQ(resolved("http://h/a//b/", "c"), "http://h/a//b/c");
    EXPECT_EQ(resolved("http://h/a/", "mailto:x@y"), "error");
    EXPECT_EQ(resolved("http://h/a/", "javascript:void(0)"), "error");
    EXPECT_EQ(resolved("http://h/a/", "HTTPS://Other.Example:443/Y"), "https://other.example/Y");
}

TEST(Url, SplitsLoginAndPort) {
    const auto url = parseUrl("FTP://me:p%40ss@Host:2121/a%20b/?q");
    ASSERT_TRUE(url) << test::why(url);
    EXPECT_EQ(url->scheme, "ftp");
    EXPECT_EQ(url->user, "me");
    EXPECT_EQ(url->password, "p@ss");
    EXPECT_EQ(url->host, "host");
    EXPECT_EQ(url->port, 2121);
    EXPECT_EQ(url->text(), "ftp://host:2121/a%20b/?q") << "the login is not shown";
    EXPECT_EQ(parseUrl("https://h")->origin(), "https://h:443");
    EXPECT_EQ(parseUrl("http://[::1]:8080/x")->host, "[::1]");
    EXPECT_EQ(parseUrl("http://[::1]")->port, 80);
}

TEST(Url, KeepsALoginOnItsOwnServerOnly) {
    const auto base = parseUrl("http://me:pw@h/a/");
    ASSERT_TRUE(base);
    EXPECT_EQ(resolve(*base, "b")->user, "me");
    EXPECT_EQ(resolve(*base, "http://h:80/c")->password, "pw");
    EXPECT_EQ(resolve(*base, "//other/c")->user, "");
    EXPECT_EQ(resolve(*base, "https://h/c")->user, "");
}

TEST(Url, RefusesWhatIsNoAddress) {
    for (const auto* text :
         {"", "h/x", "/x", "http:", "http://", "http:///x", "http://a b/", "http://h:0/", "http://h:70000/",
          "http://h:8x/", "http://[::1/", "1http://h/", "file:/etc/passwd", "http://a\\b/"}) {
        const auto url = parseUrl(text);
        ASSERT_FALSE(url) << text;
        EXPECT_EQ(url.error().code(), core::ErrorCode::InvalidArgument);
    }
    EXPECT_FALSE(parseUrl("http://h/" + std::string(1 << 20, 'x')));
    EXPECT_FALSE(isFetchable("file"));
    EXPECT_FALSE(isFetchable("HTTP"));
    EXPECT_TRUE(isFetchable("ftps"));
}

TEST(Url, EncodingAndDecodingAreInverse) {
    std::string all;
    for (int c = 0; c < 256; ++c)
        all += static_cast<char>(c);
    EXPECT_EQ(percentDecode(percentEncode(all)), all);
    EXPECT_EQ(percentDecode("%2520+%zz%4"), "%20+%zz%4");
    EXPECT_EQ(percentEncode("& #%+?\xc5\x99"), "%26%20%23%25%2B%3F%C5%99");
}

} // namespace
} // namespace balmer::http
