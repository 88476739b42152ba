// Identities: made once, kept from other users, and never taken from a damaged file.
#include "engine/remote/transport/identity.h"

#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "engine/core/files.h"
#include "tests/support/test_support.h"

namespace balmer::remote {
namespace {

using core::ErrorCode;
using std::filesystem::perms;
using testing::HasSubstr;

perms modeOf(const std::filesystem::path& path) {
    return std::filesystem::status(path).permissions() & perms::all;
}

class IdentityTest : public testing::Test {
  protected:
    test::TemporaryFolder temporary;
    std::filesystem::path folder = temporary / "worker" / "tls";
    std::filesystem::path file = folder / "identity.pem";

    Identity made() {
        auto identity = identityIn(folder, "tower");
        EXPECT_TRUE(identity) << test::why(identity);
        return identity.value_or(Identity{});
    }
};

TEST_F(IdentityTest, IsMadeOnceAndStaysTheSame) {
    const auto first = made(), second = made();
    EXPECT_EQ(first.pem, second.pem);
    EXPECT_EQ(first.fingerprint, second.fingerprint);
    EXPECT_EQ(first.fingerprint.size(), 64u);
    EXPECT_NE(first.fingerprint, identityIn(temporary / "other", "tower").value().fingerprint);
}

TEST_F(IdentityTest, IsForItsOwnersEyes) {
    made();
    EXPECT_EQ(modeOf(folder), perms::owner_all);
    EXPECT_EQ(modeOf(file), perms::owner_read | perms::owner_write);
}

TEST_F(IdentityTest, IsValidForTwentyYears) {
    const auto identity = made();
    BIO* const text = BIO_new_mem_buf(identity.pem.data(), static_cast<int>(identity.pem.size()));
    X509* const certificate = PEM_read_bio_X509(text, nullptr, nullptr, nullptr);
    ASSERT_NE(certificate, nullptr);
    int days = 0, seconds = 0;
    ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate));
    EXPECT_GE(days, 20 * 365);
    EXPECT_LT(X509_cmp_current_time(X509_get0_notBefore(certificate)), 0);
    EXPECT_EQ(X509_verify(certificate, X509_get0_pubkey(certificate)), 1);
    X509_free(certificate);
    BIO_free_all(text);
}

TEST_F(IdentityTest, IsOneForAllWhoAskAtOnce) {
    std::vector<std::string> fingerprints(8);
    std::vector<std::thread> threads;
    for (auto& fingerprint : fingerprints)
        threads.emplace_back([&] { fingerprint = made().fingerprint; });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(std::set<std::string>(fingerprints.begin(), fingerprints.end()).size(), 1u);
}

TEST_F(IdentityTest, IsMadeAnewWhereTheFirstWriterDied) {
    std::filesystem::create_directories(folder);
    std::ofstream(file.string() + ".part") << "-----BEGIN PRIV";
    EXPECT_EQ(made().fingerprint.size(), 64u);
    EXPECT_EQ(modeOf(file), perms::owner_read | perms::owner_write);
}

TEST_F(IdentityTest, ThatIsDamagedIsRefusedAndLeftAlone) {
    const auto identity = made();
    const auto half = identity.pem.substr(0, identity.pem.find("-----BEGIN CERT"));
    const auto other = identityIn(temporary / "other", "tower").value().pem;
    const auto mixed = half + other.substr(other.find("-----BEGIN CERT"));
    for (const auto& content : {std::string(), std::string("rubbish"), half, mixed}) {
        std::ofstream(file) << content;
        const auto loaded = identityIn(folder, "tower");
        ASSERT_FALSE(loaded);
        EXPECT_EQ(loaded.error().code(), ErrorCode::Format);
        EXPECT_THAT(loaded.error().message(), HasSubstr(file.string()));
        EXPECT_EQ(core::readFile(file).value(), content);
    }
}

TEST_F(IdentityTest, ThatOthersMayReadIsRefused) {
    made();
    std::filesystem::permissions(file, perms::group_read, std::filesystem::perm_options::add);
    const auto loaded = identityIn(folder, "tower");
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code(), ErrorCode::InvalidArgument);
    EXPECT_THAT(loaded.error().message(), HasSubstr("chmod 600"));
}

TEST_F(IdentityTest, InAFolderThatOthersMayWriteIsRefused) {
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, perms::others_write, std::filesystem::perm_options::add);
    const auto loaded = identityIn(folder, "tower");
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code(), ErrorCode::InvalidArgument);
    EXPECT_THAT(loaded.error().message(), HasSubstr("chmod 700"));
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(IdentityTest, WhereNoFolderCanBeIsRefused) {
    std::ofstream(temporary / "file") << "x";
    const auto loaded = identityIn(temporary / "file" / "tls", "tower");
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code(), ErrorCode::Io);
}

} // namespace
} // namespace balmer::remote
