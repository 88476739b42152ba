#include "engine/vo/samp/lock_file.h"

#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "engine/vo/samp/file_url.h"
#include "engine/vo/samp/lock_place.h"
#include "tests/support/test_support.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using test::why;

// As the two hubs write it.
constexpr std::string_view lockOfJsamp = "# SAMP lockfile written Sun Nov 22 11:58:40 UTC 2026\n"
                                         "# Note contact URL hostname may be configured using\n"
                                         "# jsamp.localhost property\n"
                                         "samp.secret=ce9415ffceb2a4b6\n"
                                         "samp.hub.xmlrpc.url=http://127.0.0.1:42671/xmlrpc\n"
                                         "samp.profile.version=1.3\n"
                                         "hub.impl=org.astrogrid.samp.hub.Hub\n";
constexpr std::string_view lockOfAstropy = "# SAMP lockfile written on 2026-11-22T12:01:02.351322\n"
                                           "# Standard Profile required keys\n"
                                           "samp.secret=d5e2ccbc-e66e-11f1-812b-02fc00000001\n"
                                           "samp.hub.xmlrpc.url=http://127.0.0.1:39291\n"
                                           "samp.profile.version=1.3\n"
                                           "hub.id=balmer-1\nhub.label=Hub 1\n";

TEST(LockFile, BothHubsLocksAreRead) {
    EXPECT_EQ(parseLock(lockOfJsamp).value(),
              (SampLock{"ce9415ffceb2a4b6", "http://127.0.0.1:42671/xmlrpc", "1.3"}));
    EXPECT_EQ(parseLock(lockOfAstropy).value(),
              (SampLock{"d5e2ccbc-e66e-11f1-812b-02fc00000001", "http://127.0.0.1:39291", "1.3"}));
}

TEST(LockFile, LinesEndAsTheyLikeAndValuesMayHoldEqualSigns) {
    EXPECT_EQ(parseLock("samp.secret=a=b \r\nno line of ours\r\n\r\nsamp.hub.xmlrpc.url=http://h/?x=1\r\n"
                        "#samp.secret=z\r\nsamp.profile.version=1.3")
                  .value(),
              (SampLock{"a=b ", "http://h/?x=1", "1.3"}));
}

TEST(LockFile, AMissingKeyIsNamed) {
    const std::string secret = "samp.secret=a\n", url = "samp.hub.xmlrpc.url=http://h/\n",
                      version = "samp.profile.version=1.3\n";
    const auto names = [](const std::string& text, const std::string& key) {
        const auto lock = parseLock(text);
        return !lock && lock.error().code() == ErrorCode::Format &&
               lock.error().message().find(key) != std::string::npos;
    };
    EXPECT_TRUE(names(url + version, "samp.secret"));
    EXPECT_TRUE(names(secret + version, "samp.hub.xmlrpc.url"));
    EXPECT_TRUE(names(secret + url, "samp.profile.version"));
    EXPECT_TRUE(names(secret + version + "samp.hub.xmlrpc.url=file:///etc/passwd\n", "samp.hub.xmlrpc.url"));
    EXPECT_FALSE(parseLock(""));
    EXPECT_FALSE(parseLock(secret + url + version + std::string(sampLockLimit, '#')));
}

TEST(LockFile, IsReadFromItsFile) {
    test::TemporaryFolder folder;
    const auto missing = readLock(folder / ".samp");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), ErrorCode::NotFound);
    ASSERT_TRUE(core::writeFile(folder / ".samp", lockOfJsamp));
    EXPECT_EQ(readLock(folder / ".samp").value().secret, "ce9415ffceb2a4b6");
    ASSERT_TRUE(core::writeFile(folder / "half", lockOfJsamp.substr(0, lockOfJsamp.find("samp.hub"))));
    const auto half = readLock(folder / "half");
    ASSERT_FALSE(half);
    EXPECT_NE(half.error().describe().find("half"), std::string::npos);
    EXPECT_FALSE(readLock(folder.path()));
}

TEST(LockPlace, FollowsSampHubAndOtherwiseTheHomeFolder) {
    EXPECT_EQ(lockPlace(std::nullopt, "/home/x").value().file, "/home/x/.samp");
    EXPECT_EQ(lockPlace("", "/home/x").value().file, "/home/x/.samp");
    EXPECT_EQ(lockPlace("std-lockurl:file:///tmp/a%20b/lock", "/home/x").value().file, "/tmp/a b/lock");
    EXPECT_EQ(lockPlace("std-lockurl:file://localhost/tmp/lock", "/home/x").value().file, "/tmp/lock");
    EXPECT_EQ(lockPlace("std-lockurl:http://127.0.0.1:7/lock", "/home/x").value().url,
              "http://127.0.0.1:7/lock");
    for (const std::string other :
         {"jsamp-class:org.example.Profile", "web-appname:x", "std-lockurl:ftp://h/l", "std-lockurl:lock",
          "std-lockurl:file://elsewhere/lock"}) {
        const auto place = lockPlace(other, "/home/x");
        ASSERT_FALSE(place) << other;
        EXPECT_EQ(place.error().code(), ErrorCode::Unsupported);
        EXPECT_NE(place.error().message().find(other), std::string::npos);
    }
}

TEST(FileUrl, IsReadInAllItsForms) {
    for (const std::string url :
         {"file:///tmp/x%23y.vot", "file://localhost/tmp/x%23y.vot", "file:/tmp/x%23y.vot",
          "FILE:///tmp/x%23y.vot", "file:///tmp/x%23y.vot?a#b"})
        EXPECT_EQ(fileOfUrl(url), std::filesystem::path("/tmp/x#y.vot")) << url;
    for (const std::string url : {"", "file:", "file://", "file:tmp", "file://elsewhere/tmp/x",
                                  "http://h/tmp", "/tmp/x", "file:///tmp/%00x"})
        EXPECT_EQ(fileOfUrl(url), std::nullopt) << url;
}

TEST(FileUrl, IsWrittenSoThatItReadsBack) {
    const std::filesystem::path path = "/tmp/a b/100% #1 č+?&.fits";
    EXPECT_EQ(urlOfFile(path), "file:///tmp/a%20b/100%25%20%231%20%C4%8D%2B%3F%26.fits");
    EXPECT_EQ(fileOfUrl(urlOfFile(path)), path);
}

} // namespace
} // namespace balmer::vo
