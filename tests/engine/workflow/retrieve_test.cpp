// Spectra from the net into a project: the jobs fetch and retrieve, against an archive on this computer.
#include <gmock/gmock.h>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/store/catalogue.h"
#include "engine/store/origins.h"
#include "engine/workflow/fetching.h"
#include "engine/workflow/job_kinds.h"
#include "tests/engine/workflow/project_with_jobs.h"
#include "tests/support/served_pages.h"

namespace balmer::workflow {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class NetJobs : public test::ProjectWithJobs {
  protected:
    std::vector<std::string> idsFrom(const std::vector<std::string>& addresses) {
        const auto ids = project_->origins().spectraFrom(addresses);
        EXPECT_TRUE(ids) << test::why(ids);
        return ids.value_or(std::vector<std::string>());
    }
    std::size_t spectra() { return static_cast<std::size_t>(project_->catalogue().count({}).value_or(-1)); }
    static std::size_t filesIn(const std::filesystem::path& folder) {
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
            files += entry.is_regular_file() && !entry.path().filename().string().starts_with('.');
        return files;
    }

    test::ServedPages server_;
};

class Retrieve : public NetJobs {};
class Fetch : public NetJobs {};

TEST_F(Retrieve, BringsSpectraAndRemembersWhereTheyCameFrom) {
    server_.put("/data/a.txt", {spectrum(1)});
    server_.put("/data/b.txt", {spectrum(2)});
    const auto result =
        succeed("retrieve", {{"urls", {server_.url("/data/a.txt"), server_.url("/data/b.txt")}},
                             {"publisher_dids", {"ivo://x/a", ""}},
                             {"source", server_.url("/ssap")}});
    EXPECT_EQ(result["fetched"], 2) << result.dump();
    EXPECT_EQ(result["imported"], 2);
    EXPECT_EQ(result["failed"].size(), 0u);
    const auto folder = std::filesystem::path(result["folder"].get<std::string>());
    EXPECT_EQ(folder.parent_path(), project_->folder() / "retrieved");
    EXPECT_TRUE(std::filesystem::exists(folder / "a.txt"));

    const auto ids =
        idsFrom({server_.url("/data/a.txt"), server_.url("/data/b.txt"), "ivo://x/a", "ivo://x/b"});
    EXPECT_THAT(ids, ElementsAre("a", "b", "a", ""));
    const auto origins = project_->origins().of("a");
    ASSERT_TRUE(origins);
    ASSERT_EQ(origins->size(), 2u);
    EXPECT_EQ((*origins)[0].source, server_.url("/ssap"));
}

TEST_F(Retrieve, AgainFetchesNothingAndAddsNothing) {
    server_.put("/data/a.txt", {spectrum(1)});
    const json parameters{{"urls", {server_.url("/data/a.txt")}}};
    succeed("retrieve", parameters);
    const auto asked = server_.asked("/data/");
    const auto again = succeed("retrieve", parameters);
    EXPECT_EQ(again["fetched"], 0);
    EXPECT_EQ(again["already_here"], 1);
    EXPECT_EQ(again["imported"], 0);
    EXPECT_EQ(again["already"], 1);
    EXPECT_EQ(server_.asked("/data/"), asked);
}

TEST_F(Retrieve, WhatIsKnownFromElsewhereGetsItsOrigin) {
    const auto file = write("night/mine.txt", spectrum(1));
    succeed("import", {{"paths", {file}}});
    server_.put("/a.txt", {spectrum(1)});
    const auto result = succeed("retrieve", {{"urls", {server_.url("/a.txt")}}});
    EXPECT_EQ(result["imported"], 0);
    EXPECT_EQ(result["already"], 1);
    EXPECT_THAT(idsFrom({server_.url("/a.txt")}), ElementsAre("mine"));
}

TEST_F(Retrieve, FilesOfOneNameStayApart) {
    server_.put("/one/a.txt", {spectrum(1)});
    server_.put("/two/a.txt", {spectrum(2)});
    server_.put("/get", {spectrum(3)});
    const std::vector<std::string> urls{server_.url("/one/a.txt"), server_.url("/two/a.txt"),
                                        server_.url("/get?ID=7")};
    const auto result = succeed("retrieve", {{"urls", urls}});
    EXPECT_EQ(result["fetched"], 3) << result.dump();
    EXPECT_EQ(result["imported"], 3);
    EXPECT_EQ(filesIn(result["folder"].get<std::string>()), 3u);
    // A later job that knows one of them alone finds it under the name that it has.
    const auto again = succeed("retrieve", {{"urls", {urls[1]}}});
    EXPECT_EQ(again["already_here"], 1);
    EXPECT_EQ(filesIn(result["folder"].get<std::string>()), 3u);
}

TEST_F(Retrieve, AMarkThatIsTakenIsMadeLonger) {
    const auto second = server_.url("/get.txt?ID=2");
    const auto mark = core::digestOf(second).substr(0, 8);
    server_.put("/get-" + mark + ".txt", {spectrum(1)});
    server_.put("/get.txt", {spectrum(2)});
    const auto result = succeed("retrieve", {{"urls", {server_.url("/get-" + mark + ".txt"), second}}});
    EXPECT_EQ(result["imported"], 2) << result.dump();
    EXPECT_EQ(filesIn(result["folder"].get<std::string>()), 2u);
}

TEST_F(Retrieve, LongNamesAreCutForTheirMark) {
    const std::string odd = "/" + std::string(120, 'a') + "." + std::string(110, 'b') + ".txt";
    std::string letters = "/";
    for (int i = 0; i < 118; ++i)
        letters += "%C5%99"; // two bytes each
    std::vector<std::string> urls;
    for (const auto& path : {odd, letters + ".txt"}) {
        server_.put(path, {spectrum(static_cast<int>(urls.size()))});
        urls.push_back(server_.url(path) + "?ID=1");
    }
    const auto result = succeed("retrieve", {{"urls", urls}});
    EXPECT_EQ(result["fetched"], 2) << result.dump();
    for (const auto& entry : std::filesystem::directory_iterator(result["folder"].get<std::string>())) {
        const auto name = entry.path().filename().string();
        EXPECT_TRUE(name.starts_with('.') || name.ends_with(".txt")) << name;
    }
}

TEST_F(Retrieve, NamesThatCouldDoHarmAreReplaced) {
    server_.put("/data/..%2f..%2fevil.txt", {spectrum(1)});
    server_.put("/", {spectrum(2)});
    const auto result =
        succeed("retrieve", {{"urls", {server_.url("/data/..%2f..%2fevil.txt"), server_.url("/")}}});
    EXPECT_EQ(result["fetched"], 2) << result.dump();
    EXPECT_EQ(filesIn(result["folder"].get<std::string>()), 2u);
    EXPECT_FALSE(std::filesystem::exists(project_->folder() / "evil.txt"));
}

TEST_F(Retrieve, OneAddressTwiceIsOneFileWithBothIdentifiers) {
    server_.put("/a.txt", {spectrum(1)});
    const auto result = succeed("retrieve", {{"urls", {server_.url("/a.txt"), server_.url("/a.txt")}},
                                             {"publisher_dids", {"ivo://x/1", "ivo://x/2"}}});
    EXPECT_EQ(result["fetched"], 1);
    EXPECT_EQ(result["repeated"], 1);
    EXPECT_THAT(idsFrom({"ivo://x/1", "ivo://x/2"}), ElementsAre("a", "a"));
}

TEST_F(Retrieve, WhatFailsIsAnEntryAndWhatCameIsImported) {
    server_.put("/a.txt", {spectrum(1)});
    server_.put("/page.txt", {"<html><body>please log in</body></html>", "text/html"});
    server_.put("/odd.txt", {"no spectrum at all"});
    const auto result = succeed("retrieve", {{"urls",
                                              {server_.url("/a.txt"), server_.url("/gone.txt"),
                                               server_.url("/page.txt"), server_.url("/odd.txt")}}});
    EXPECT_EQ(result["imported"], 1) << result.dump();
    ASSERT_EQ(result["failed"].size(), 2u) << result.dump();
    for (const auto& each : result["failed"])
        EXPECT_GT(each["why"].get<std::string>().size(), 10u);
    ASSERT_EQ(result["refused"].size(), 1u);
    EXPECT_THAT(result["refused"][0]["path"].get<std::string>(), EndsWith("odd.txt"));
    EXPECT_THAT(idsFrom({server_.url("/odd.txt"), server_.url("/gone.txt")}), ElementsAre("", ""));
}

TEST_F(Retrieve, WhenNothingComesTheJobFails) {
    const auto error = fail("retrieve", {{"urls", {server_.url("/gone.txt"), server_.url("/lost.txt")}}});
    EXPECT_EQ(error.code(), core::ErrorCode::Remote);
    EXPECT_THAT(error.message(), HasSubstr("gone.txt"));
    EXPECT_THAT(error.message(), HasSubstr("1 more"));
}

TEST_F(Retrieve, GoesWhereItIsTold) {
    server_.put("/a.txt", {spectrum(1)});
    const auto folder = (folder_ / "mine" / "deep").string();
    const auto result = succeed(
        "retrieve", {{"urls", {server_.url("/a.txt")}}, {"folder", folder}, {"collection", "chosen"}});
    EXPECT_EQ(result["folder"], folder);
    EXPECT_TRUE(std::filesystem::exists(folder + "/a.txt"));
    EXPECT_EQ(project_->catalogue().find("a")->collection, "chosen");
    server_.put("/b.txt", {spectrum(2)});
    const auto kept = succeed("retrieve", {{"urls", {server_.url("/b.txt")}}, {"import", false}});
    EXPECT_FALSE(kept.contains("imported"));
    EXPECT_EQ(spectra(), 1u);
}

TEST_F(Retrieve, RefusesParametersThatCannotBe) {
    const auto refused = [&](const json& parameters) {
        for (const auto& kind : jobKinds({project_.get(), 1, "tester"}))
            if (kind.about.kind == "retrieve") {
                const auto checked = kind.complete(parameters.dump());
                EXPECT_FALSE(checked) << parameters.dump();
                return checked ? std::string() : checked.error().message();
            }
        return std::string("no such kind");
    };
    EXPECT_THAT(refused({{"urls", json::array()}}), HasSubstr("urls"));
    EXPECT_THAT(refused({{"urls", {"http://x.org/1"}}, {"publisher_dids", {"a", "b"}}}),
                HasSubstr("publisher_dids"));
    EXPECT_THAT(refused({{"urls", {"file://x.org/1"}}}), HasSubstr("file"));
    EXPECT_THAT(refused({{"urls", {"http://eva:secret@x.org/1"}}}), Not(HasSubstr("secret")));
    EXPECT_THAT(refused({{"urls", {"http://x.org/1"}}, {"connections", 9}}), HasSubstr("connections"));
}

// ---- fetch

class Tree : public Fetch {
  protected:
    Tree() {
        server_.put("/night/",
                    {"<html><a href=\"../\">up</a><a href=\"a.txt\">a.txt</a><a href=\"notes.md\">n</a>"
                     "<a href=\"deeper/\">deeper/</a></html>",
                     "text/html"});
        server_.put("/night/deeper/", {"<html><a href=\"b%20b.txt\">b b.txt</a></html>", "text/html"});
        server_.put("/night/a.txt", {spectrum(1)});
        server_.put("/night/notes.md", {"# Notes\n"});
        server_.put("/night/deeper/b%20b.txt", {spectrum(2)});
    }
};

TEST_F(Tree, ComesWithItsFoldersAndIsImported) {
    const auto result = succeed("fetch", {{"url", server_.url("/night/")}});
    EXPECT_EQ(result["found"], 3) << result.dump();
    EXPECT_EQ(result["fetched"], 3);
    EXPECT_EQ(result["folders"], 2);
    EXPECT_EQ(result["imported"], 2);
    EXPECT_EQ(result["refused"].size(), 1u) << "the notes are not a spectrum";
    const auto folder = std::filesystem::path(result["folder"].get<std::string>());
    EXPECT_EQ(folder.filename(), "night");
    EXPECT_EQ(folder.parent_path().parent_path(), project_->folder() / "downloads");
    EXPECT_TRUE(std::filesystem::exists(folder / "deeper" / "b b.txt"));
    EXPECT_THAT(idsFrom({server_.url("/night/deeper/b%20b.txt")}), ElementsAre(Not("")));

    const auto again = succeed("fetch", {{"url", server_.url("/night/")}});
    EXPECT_EQ(again["fetched"], 0);
    EXPECT_EQ(again["already_here"], 3);
    EXPECT_EQ(again["imported"], 0);
    EXPECT_EQ(spectra(), 2u);
}

TEST_F(Tree, NamesChooseWhatIsTaken) {
    const auto result = succeed("fetch", {{"url", server_.url("/night/")}, {"match", {"*.txt"}}});
    EXPECT_EQ(result["found"], 2) << result.dump();
    EXPECT_EQ(result["unmatched"], 1);
    EXPECT_EQ(server_.asked("/night/notes.md"), 0u);
    const auto deeper = succeed("fetch", {{"url", server_.url("/night/")}, {"match", {"deeper/*"}}});
    EXPECT_EQ(deeper["found"], 1);
}

TEST_F(Tree, ItsDepthCanBeLimited) {
    const auto result = succeed("fetch", {{"url", server_.url("/night/")}, {"depth", 0}});
    EXPECT_EQ(result["found"], 2) << result.dump();
}

TEST_F(Fetch, OneFileIsATreeOfOne) {
    server_.put("/data/a.txt", {spectrum(1)});
    const auto result = succeed("fetch", {{"url", server_.url("/data/a.txt")}});
    EXPECT_EQ(result["fetched"], 1) << result.dump();
    EXPECT_EQ(result["imported"], 1);
    EXPECT_TRUE(
        std::filesystem::exists(std::filesystem::path(result["folder"].get<std::string>()) / "a.txt"));
}

TEST_F(Fetch, WhatIsNotThereFails) {
    const auto error = fail("fetch", {{"url", server_.url("/nowhere/")}});
    EXPECT_EQ(error.code(), core::ErrorCode::NotFound) << error.describe();
    EXPECT_EQ(fail("fetch", {{"url", "file:///etc/"}}).code(), core::ErrorCode::InvalidArgument);
}

// ---- names and folders

TEST(Fetching, PatternsAreComparedWithTheNameOrThePath) {
    EXPECT_TRUE(matchesName("*.fits", "a/b/c.fits"));
    EXPECT_TRUE(matchesName("*.fits*", "c.fits.gz"));
    EXPECT_TRUE(matchesName("a/*.fits", "a/b/c.fits"));
    EXPECT_TRUE(matchesName("spec-?.fits", "spec-1.fits"));
    EXPECT_TRUE(matchesName("*", "x"));
    EXPECT_TRUE(matchesName("**", "x"));
    EXPECT_FALSE(matchesName("*.fits", "c.fits.gz"));
    EXPECT_FALSE(matchesName("spec-?.fits", "spec-12.fits"));
    EXPECT_FALSE(matchesName("", "x"));
    EXPECT_FALSE(matchesName("b/*", "a/b"));
    EXPECT_TRUE(matchesName("*a*a*a*a*a*a*a*b", std::string(200, 'a') + "b"));
    EXPECT_FALSE(matchesName("*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

TEST(Fetching, FoldersAreNamedAfterTheServer) {
    EXPECT_EQ(folderForTree("/p", "http://Archive.example.org/dr1/spectra/"),
              "/p/downloads/archive.example.org/dr1/spectra");
    EXPECT_EQ(folderForTree("/p", "http://x.org:8080/"), "/p/downloads/x.org_8080");
    EXPECT_EQ(folderForTree("/p", "ftp://x.org/a%20b/"), "/p/downloads/x.org/a b");
    EXPECT_EQ(folderForList("/p", "https://x.org/ssap?a=1"), "/p/retrieved/x.org");
    EXPECT_EQ(folderForList("/p", "/home/eva/list.vot"), "/p/retrieved/list");
    EXPECT_EQ(folderForList("/p", ""), "/p/retrieved/list");
    const auto odd = folderForTree("/p", "http://x.org/%2e%2e%2fetc/");
    EXPECT_EQ(odd.parent_path(), "/p/downloads/x.org") << odd;
    EXPECT_THAT(odd.filename().string(), SizeIs(16));
}

} // namespace
} // namespace balmer::workflow
