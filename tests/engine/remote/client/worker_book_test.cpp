#include "engine/remote/client/worker_book.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/test_support.h"

namespace balmer::test {
namespace {

using remote::WorkerBook;
using remote::WorkerUrl;
using ::testing::HasSubstr;

TEST(WorkerUrl, IsReadInItsFourForms) {
    const auto ssh = WorkerUrl::parse("ssh://me@big.example.org:2222/opt/balmer/bin/balmer-worker");
    ASSERT_TRUE(ssh) << why(ssh);
    EXPECT_EQ(ssh->user, "me");
    EXPECT_EQ(ssh->host, "big.example.org");
    EXPECT_EQ(ssh->port, 2222);
    EXPECT_EQ(ssh->path, "/opt/balmer/bin/balmer-worker");
    EXPECT_EQ(WorkerUrl::parse("unix:/run/w/socket")->path, "/run/w/socket");
    EXPECT_EQ(WorkerUrl::parse("tls://[fe80::1]:7350")->host, "fe80::1");
    EXPECT_EQ(WorkerUrl::parse("tcp://127.0.0.1:7351")->port, 7351);
}

TEST(WorkerUrl, IsWrittenAsItWasRead) {
    for (const char* text : {"ssh://host", "ssh://me@host:22/bin/w", "unix:/a/b", "tls://host:1",
                             "tls://[::1]:7350", "tcp://127.0.0.1:7351"})
        EXPECT_EQ(WorkerUrl::parse(text)->toText(), text);
}

TEST(WorkerUrl, WhatWouldBeAnOptionOrACommandIsRefused) {
    for (const char* text :
         {"", "lab", "http://host:80", "ssh://", "ssh://-oProxyCommand=evil", "ssh://me@-host",
          "ssh://-u@host", "ssh://host/bin/w;reboot", "ssh://host/bin/$(w)", "ssh://ho st", "tls://host",
          "tls://host:0", "tls://host:65536", "tls://host:1/x", "tcp://u@host:1", "unix:relative",
          "unix:", "tls://[::1:5", "tls://[::1]5"}) {
        const auto url = WorkerUrl::parse(text);
        ASSERT_FALSE(url) << text;
        EXPECT_THAT(url.error().message(), HasSubstr("ssh://")) << "says what would be right";
    }
}

TEST(WorkerBook, KeepsWhatWasAddedForItsOwnerAlone) {
    const TemporaryFolder folder;
    const WorkerBook book(folder / "cfg" / "workers.json");
    EXPECT_TRUE(book.all()->empty());
    ASSERT_TRUE(book.put({"lab", "tcp://127.0.0.1:7351", "secret", "", 2}));
    ASSERT_TRUE(book.put({"big", "ssh://big", "", "", 8}));
    ASSERT_TRUE(book.put({"lab", "tcp://127.0.0.1:7352", "other", "", 3}));
    const auto all = book.all();
    ASSERT_EQ(all->size(), 2u);
    EXPECT_EQ((*all)[0], (remote::WorkerEntry{"lab", "tcp://127.0.0.1:7352", "other", "", 3}));
    EXPECT_EQ(std::filesystem::status(book.file()).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    ASSERT_TRUE(book.remove("lab"));
    EXPECT_THAT(book.get("lab").error().message(), HasSubstr("big")) << "names those that there are";
}

TEST(WorkerBook, NamesThatMeanSomethingElseAreRefused) {
    const TemporaryFolder folder;
    const WorkerBook book(folder / "workers.json");
    for (const char* name : {"", "auto", "here", "a b", "-x", "a/b", "../x"})
        EXPECT_FALSE(book.put({name, "ssh://h", "", "", 4})) << name;
}

} // namespace
} // namespace balmer::test
