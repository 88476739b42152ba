#include "engine/vo/download/index_page.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "engine/vo/download/safe_path.h"
#include "tests/support/test_support.h"

namespace balmer::vo {
namespace {

http::Url address(std::string_view text) {
    return http::parseUrl(text).value();
}

/// "path size" for each entry; "?" where the page shows no size.
std::vector<std::string> entriesOf(std::string_view html, std::string_view page = "http://h/",
                                   std::string_view root = "http://h/") {
    std::vector<std::string> result;
    for (const auto& entry : parseIndexPage(html, address(page), address(root)).entries) {
        EXPECT_EQ(entry.folder, entry.url.path.ends_with('/'));
        result.push_back(entry.url.path + " " + (entry.bytesAbout ? std::to_string(*entry.bytesAbout) : "?"));
    }
    return result;
}

std::string recorded(const std::string& name) {
    const auto file = test::sourceRoot() / "tests/engine/vo/download/pages" / (name + ".html");
    const auto page = core::readFile(file);
    EXPECT_TRUE(page) << test::why(page);
    return page.value_or("");
}

using Entries = std::vector<std::string>;
const std::string longName =
    "a_very_long_file_name_that_nginx_and_apache_will_truncate_in_their_listings_0123456789.fits";

TEST(IndexPage, ReadsWhatRealServersWrite) {
    EXPECT_EQ(entriesOf(recorded("nginx-root")),
              (Entries{"/2014/ ?", "/empty/ ?", "/lamost/ ?", "/odd%20%26%20names/ ?", "/README.txt 3"}));
    EXPECT_EQ(entriesOf(recorded("nginx-2014"), "http://h/2014/"),
              (Entries{"/2014/HD%2046056/ ?", "/2014/hd34452/ ?", "/2014/" + longName + " 2"}));
    EXPECT_EQ(entriesOf(recorded("apache-root")),
              (Entries{"/.hidden 2", "/2014/ ?", "/README.txt 3", "/empty/ ?", "/lamost/ ?",
                       "/odd%20&%20names/ ?"}));
    EXPECT_EQ(entriesOf(recorded("apache-odd"), "http://h/odd%20%26%20names/"),
              (Entries{"/odd%20%26%20names/Ond%c5%99ejov%20%231%3f.fits 37888"}));
    EXPECT_EQ(entriesOf(recorded("lighttpd-root")),
              (Entries{"/2014/ ?", "/empty/ ?", "/lamost/ ?", "/odd%20%26%20names/ ?", "/README.txt 102"}));
    EXPECT_EQ(entriesOf(recorded("lighttpd-odd"), "http://h/odd%20%26%20names/"),
              (Entries{"/odd%20%26%20names/Ond%C5%99ejov%20%231%3F.fits 37376"}));
    EXPECT_EQ(entriesOf(recorded("python-root")),
              (Entries{"/.hidden ?", "/2014/ ?", "/empty/ ?", "/lamost/ ?", "/odd%20%26%20names/ ?",
                       "/README.txt ?"}));
    EXPECT_EQ(entriesOf(recorded("python-odd"), "http://h/odd%20%26%20names/"),
              (Entries{"/odd%20%26%20names/Ond%C5%99ejov%20%231%3F.fits ?"}));
}

TEST(IndexPage, StaysBelowTheRoot) {
    const std::string page =
        "<a href='../'>up</a><a href='/'>top</a><a href='/d/'>self</a><a href='?C=N;O=D'>sort</a>"
        "<a href='http://other/d/x'>off</a><a href='https://h/d/x'>scheme</a>"
        "<a href='http://h:8080/d/x'>port</a><a href='/data/x'>beside</a><a href='/e/../d/in'>in</a>"
        "<a href='../../../d/s/'>back in</a><a href='%2e%2e/x'>dots</a><a href='s/?C=N'>query</a>"
        "<a href='x.fits?raw=1'>query</a><a href='mailto:a@b'>mail</a><a href='javascript:f()'>js</a>"
        "<a href='#top'>here</a><a href=''>empty</a><a name='x'>no href</a>";
    EXPECT_EQ(entriesOf(page, "http://h/d/", "http://h/d/"), (Entries{"/d/in ?", "/d/s/ ?"}));
    EXPECT_EQ(parseIndexPage(page, address("http://h/d/"), address("http://h/d/")).withQuery, 2u);
    EXPECT_EQ(parseIndexPage("<a href='?C=N'>", address("http://h/d/s/"), address("http://h/d/")).withQuery,
              0u);
    EXPECT_EQ(entriesOf("<a href='x'>", "http://h/d/s/", "http://h/d/"), Entries{"/d/s/x ?"});
    EXPECT_EQ(entriesOf("<a href='x'>", "http://h/elsewhere/", "http://h/d/"), Entries{});
    EXPECT_EQ(entriesOf("<a href='http://H:80/D/%c5%99'>", "http://h/D/", "http://h/%44/"),
              Entries{"/D/%c5%99 ?"});
}

TEST(IndexPage, ReadsWhatPeopleWrite) {
    EXPECT_EQ(entriesOf("<A CLASS=x HREF = a.fits>A</A><a\nhref=\"b&amp;c&#32;&#x64;.fits#part\" >B</a>"
                        "<a href=\"a.fits\">again</a><area href='no'><link href='no'><aside href='no'>"
                        "<a href='Ond\xc5\x99"
                        "ejov 100%.fits'>C</a><a href=\"&copy=1&#xD800;&#0;\">"),
              (Entries{"/a.fits ?", "/b&c%20d.fits ?", "/Ond%C5%99ejov%20100%25.fits ?", "/&copy=1& ?"}));
    EXPECT_EQ(entriesOf("<!-- <a href='no'> --><script>'<a href=\"no\">'</script><style><a href=no></style>"
                        "<SCRIPT></x><a href='no'></Script ><a href='yes'>"),
              Entries{"/yes ?"});
    EXPECT_EQ(entriesOf("<base href='/data/'><base href='/no/'><a href='x'>"), Entries{"/data/x ?"});
    EXPECT_EQ(entriesOf("<base href='http://other/'><a href='x'>"), Entries{});
}

TEST(IndexPage, SurvivesBrokenPages) {
    for (const auto* page :
         {"", "<", "<a", "<a href", "<a href=", "<a href='", "<!--", "<!", "</", "<a =>", "<a /=/>",
          "<script", "<script>", "<script></", "<a href='x'>&#", "<a href='&'>"})
        parseIndexPage(page, address("http://h/"), address("http://h/"));
    EXPECT_EQ(entriesOf("<a href='x"), Entries{"/x ?"});
    std::string many;
    for (int i = 0; i < 1000; ++i)
        many += "<a href=" + std::to_string(i) + ">";
    const auto page = parseIndexPage(many, address("http://h/"), address("http://h/"), 10);
    EXPECT_EQ(page.entries.size(), 10u);
    EXPECT_TRUE(page.cut);
}

TEST(IndexPage, TellsListingsApartByWhatStandsBehindTheLinks) {
    const auto page = parseIndexPage(recorded("nginx-root"), address("http://h/"), address("http://h/"));
    ASSERT_EQ(page.entries.size(), 5u);
    EXPECT_EQ(page.entries[4].remark, "22-Nov-2026 12:14 3");
    const auto table = parseIndexPage(recorded("apache-root"), address("http://h/"), address("http://h/"));
    ASSERT_EQ(table.entries.size(), 6u);
    EXPECT_EQ(table.entries[5].remark, "2026-11-22 12:14 -") << "the last one has nothing of the page's foot";
}

TEST(ShownSize, IsReadWithItsUnit) {
    EXPECT_EQ(parseShownSize("573"), 573u);
    EXPECT_EQ(parseShownSize("37K"), 37888u);
    EXPECT_EQ(parseShownSize("36.5k"), 37376u);
    EXPECT_EQ(parseShownSize("1.5MiB"), 1572864u);
    EXPECT_EQ(parseShownSize("2GB"), 2147483648u);
    for (const auto* text :
         {"", "-", "K", ".5K", "1,5K", "12:14", "1e3", "-3", "99999999999999999P", "3 K", "BB"})
        EXPECT_EQ(parseShownSize(text), std::nullopt) << text;
}

TEST(IndexPage, KeepsNoMoreThanItsShareOfALongBase) {
    std::string page = "<base href='/" + std::string(60000, 'a') + "/'>";
    for (int i = 0; i < 5000; ++i)
        page += "<a href=" + std::to_string(i) + ">";
    const auto result = parseIndexPage(page, address("http://h/"), address("http://h/"));
    EXPECT_TRUE(result.cut);
    EXPECT_GT(result.entries.size(), 0u);
    EXPECT_LT(result.entries.size(), 2400u);
}

TEST(IndexPage, HostilePagesAreLookedThroughOnce) {
    const auto repeated = [](std::string_view text, std::size_t bytes) {
        std::string all;
        while (all.size() < bytes)
            all += text;
        return all;
    };
    constexpr std::size_t size = 4'000'000;
    const std::string base = "<base href='/" + std::string(60000, 'a') + "/'>";
    const std::vector<std::pair<std::string, std::string>> pages = {
        {"tags without end", repeated("<", size)},
        {"attributes", "<a " + repeated("href=x ", size)},
        {"an attribute without end", "<a href='" + std::string(size, 'x')},
        {"links that are too long", repeated("<a href=" + std::string(9000, 'x') + ">", size)},
        {"dots", repeated("<a href=" + repeated("../", 8000) + ">", size)},
        {"comments without end", repeated("<!--", size)},
        {"scripts without end", repeated("<script>", size)},
        {"a script that never ends", "<script>" + repeated("</", size)},
        {"entities", repeated("<a href=&#38;&#38;&amp;x>", size)},
        {"remarks", "<a href=x>" + repeated("</a>" + std::string(100, 'y'), size)},
        {"the same link", repeated("<a href=x>", size)},
        {"a long base", base + repeated("<a href=1>", size)},
        {"queries", base + repeated("<a href=?1>", size)},
    };
    for (const auto& [what, page] : pages) {
        const auto result = parseIndexPage(page, address("http://h/"), address("http://h/"));
        EXPECT_LE(result.looked, 2 * page.size() + (std::size_t{129} << 20)) << what;
        EXPECT_LE(result.entries.size(), 2u + (std::size_t{128} << 20) / 60000) << what;
    }
    const auto many = parseIndexPage(repeated("<a>", 15'000'000), address("http://h/"), address("http://h/"));
    EXPECT_TRUE(many.cut);
    EXPECT_LE(many.looked, 12'100'000u) << "four million tags";
    const auto longLink = parseIndexPage("<a href=" + std::string(9000, 'x') + "><a href=y>",
                                         address("http://h/"), address("http://h/"));
    EXPECT_TRUE(longLink.cut) << "what is left out is said";
    EXPECT_EQ(longLink.entries.size(), 1u);
}

TEST(IndexPage, EndsWhenAsked) {
    std::stop_source stop;
    stop.request_stop();
    EXPECT_TRUE(parseIndexPage("<a href=x>", address("http://h/"), address("http://h/"), 10, stop.get_token())
                    .entries.empty());
}

// --------------------------------------------------------------------------------------------------------

TEST(SafePath, DecodesEachSegmentOnce) {
    const auto root = address("http://h/a%20b/");
    const auto path = [&](std::string_view url) {
        const auto result = safeRelativePath(address(url), root);
        return result ? result->string() : "refused";
    };
    EXPECT_EQ(path("http://h/a%20b/c"), "c");
    EXPECT_EQ(path("http://h/a b/c/"), "c");
    EXPECT_EQ(path("http://h/a%20b/%26%20%23%25%2B%3F/Ond%c5%99ejov+1.fits"), "& #%+?/Ond\xc5\x99"
                                                                              "ejov+1.fits");
    EXPECT_EQ(path("http://h/a%20b/%2520"), "%20");
    EXPECT_EQ(path("http://h/a%20b/caf%E9%FF.fits"), "caf%E9%FF.fits") << "Latin-1 is not UTF-8";
    EXPECT_EQ(path("http://h/a%20b/.hidden"), ".hidden");
    for (const auto* outside :
         {"http://h/a%20b/", "http://h/a%20bc", "http://h/x", "http://g/a%20b/c", "ftp://h/a%20b/c"})
        EXPECT_EQ(path(outside), "refused") << outside;
}

TEST(SafePath, RefusesWhatCouldDoHarm) {
    for (const std::string name : {"",
                                   ".",
                                   "..",
                                   "a/b",
                                   "/etc",
                                   "a\\b",
                                   "\x01",
                                   "a\nb",
                                   "\x7f",
                                   "C:",
                                   "c:x",
                                   "x.",
                                   "x ",
                                   "CON",
                                   "nul.txt",
                                   "Aux",
                                   "lpt1",
                                   "COM9.fits",
                                   ".balmer-download.jsonl",
                                   "x.balmer-part",
                                   "x.balmer-from"})
        EXPECT_FALSE(safeName(name)) << name;
    EXPECT_FALSE(safeName(std::string("a\0b", 3)));
    EXPECT_FALSE(safeName(std::string(241, 'x')));
    EXPECT_FALSE(safeName(std::string(100, '\xff'))) << "longer than 240 bytes once it is encoded";
    for (const std::string name :
         {"...", "com0", "com10", "console", "auxiliary.fits", "ab:c", "x.part", "~", "-rf"})
        EXPECT_EQ(safeName(name).value_or("refused"), name == "..." ? "refused" : name);
    EXPECT_EQ(safeName(std::string(240, 'x')).value_or(""), std::string(240, 'x'));
    for (const auto* encoded : {"/r/%2e%2e%2fx", "/r/a%2Fb", "/r/%00", "/r/s/%5c", "/r/a//b", "/r/C%3A/x"})
        EXPECT_FALSE(safeRelativePath(address("http://h" + std::string(encoded)), address("http://h/r/")))
            << encoded;
}

} // namespace
} // namespace balmer::vo
