// TLS: two of ours meet and see each other's certificates; who speaks less than that gets no further.
// OpenSSL's own client and server, in memory.
#include "engine/remote/transport/tls.h"

#include <memory>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "tests/support/test_support.h"

namespace balmer::remote {
namespace {

using testing::HasSubstr;

template <auto free>
struct Free {
    template <typename T>
    void operator()(T* value) const {
        free(value);
    }
};
using Context = std::unique_ptr<SSL_CTX, Free<&SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Free<&SSL_free>>;

Identity newIdentity(const std::string& name) {
    static const test::TemporaryFolder folder;
    auto identity = identityIn(folder / name, name);
    EXPECT_TRUE(identity) << test::why(identity);
    return identity.value_or(Identity{});
}

Context contextOf(TlsRole role, const Identity& identity) {
    const auto context = newTlsContext(role, identity);
    EXPECT_TRUE(context) << test::why(context);
    return Context(context.value_or(nullptr));
}

/// Not one of ours: a client with as little as it likes.
Context foreignClient(int newestVersion, int key = EVP_PKEY_NONE) {
    Context context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_max_proto_version(context.get(), newestVersion);
    if (key != EVP_PKEY_NONE) {
        EVP_PKEY* const made =
            key == EVP_PKEY_RSA ? EVP_RSA_gen(2048) : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
        X509* const certificate = X509_new();
        X509_set_pubkey(certificate, made);
        X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_sign(certificate, made, EVP_sha256());
        SSL_CTX_use_certificate(context.get(), certificate);
        SSL_CTX_use_PrivateKey(context.get(), made);
        X509_free(certificate);
        EVP_PKEY_free(made);
    }
    return context;
}

/// Client and server joined by two buffers in memory.
struct Meeting {
    Connection client, server;
    unsigned long clientError = 0, serverError = 0;

    Meeting(SSL_CTX* clientContext, SSL_CTX* serverContext)
        : client(SSL_new(clientContext)), server(SSL_new(serverContext)) {
        BIO *left = nullptr, *right = nullptr;
        BIO_new_bio_pair(&left, 1u << 18, &right, 1u << 18);
        SSL_set_bio(client.get(), left, left);
        SSL_set_bio(server.get(), right, right);
        SSL_set_connect_state(client.get());
        SSL_set_accept_state(server.get());
        for (int round = 0; round < 10; ++round) {
            advance(*client, clientError);
            advance(*server, serverError);
        }
    }

    static void advance(SSL& side, unsigned long& error) {
        if (error != 0) return;
        ERR_clear_error();
        const int result =
            SSL_is_init_finished(&side) == 1 ? SSL_read(&side, nullptr, 0) : SSL_do_handshake(&side);
        if (result <= 0 && SSL_get_error(&side, result) == SSL_ERROR_SSL) error = ERR_get_error();
    }

    bool good() const {
        return clientError == 0 && serverError == 0 && SSL_is_init_finished(client.get()) == 1 &&
               SSL_is_init_finished(server.get()) == 1;
    }
};

class TlsTest : public testing::Test {
  protected:
    Identity desktop = newIdentity("desktop"), worker = newIdentity("worker");
    Context client = contextOf(TlsRole::Client, desktop), server = contextOf(TlsRole::Server, worker);
};

TEST_F(TlsTest, ShowsEachSideTheOthersFingerprintAndOneBinding) {
    const Meeting meeting(client.get(), server.get());
    ASSERT_TRUE(meeting.good()) << tlsError(meeting.clientError).message()
                                << tlsError(meeting.serverError).message();
    const auto atClient = peerOf(meeting.client.get()), atServer = peerOf(meeting.server.get());
    ASSERT_TRUE(atClient) << test::why(atClient);
    ASSERT_TRUE(atServer) << test::why(atServer);
    EXPECT_EQ(atClient->fingerprint, worker.fingerprint);
    EXPECT_EQ(atServer->fingerprint, desktop.fingerprint);
    EXPECT_EQ(atClient->binding.size(), 32u);
    EXPECT_EQ(atClient->binding, atServer->binding);

    const Meeting another(client.get(), server.get());
    ASSERT_TRUE(another.good());
    EXPECT_NE(peerOf(another.client.get()).value().binding, atClient->binding);
}

TEST_F(TlsTest, ShowsAnImpostorsOwnFingerprint) {
    const auto impostor = contextOf(TlsRole::Server, newIdentity("impostor"));
    const Meeting meeting(client.get(), impostor.get());
    ASSERT_TRUE(meeting.good());
    EXPECT_NE(peerOf(meeting.client.get()).value().fingerprint, worker.fingerprint);
}

TEST_F(TlsTest, SpeaksNothingOlder) {
    const auto old = foreignClient(TLS1_2_VERSION);
    const Meeting meeting(old.get(), server.get());
    EXPECT_FALSE(meeting.good());
    EXPECT_THAT(tlsError(meeting.serverError).message(), HasSubstr("TLS 1.3"));
    EXPECT_FALSE(peerOf(meeting.server.get()));
    EXPECT_EQ(SSL_version(meeting.client.get()) == TLS1_3_VERSION, false);
}

TEST_F(TlsTest, WantsACertificateOfTheClient) {
    const auto bare = foreignClient(TLS1_3_VERSION);
    const Meeting meeting(bare.get(), server.get());
    EXPECT_NE(meeting.serverError, 0u);
    EXPECT_THAT(tlsError(meeting.serverError).message(), HasSubstr("certificate"));
    EXPECT_FALSE(peerOf(meeting.server.get()));
}

TEST_F(TlsTest, TakesNoOtherKindOfKey) {
    for (const int key : {EVP_PKEY_RSA, EVP_PKEY_EC}) {
        const auto foreign = foreignClient(TLS1_3_VERSION, key);
        const Meeting meeting(foreign.get(), server.get());
        EXPECT_FALSE(meeting.good());
        EXPECT_FALSE(peerOf(meeting.server.get()));
    }
}

TEST_F(TlsTest, ResumesNothing) {
    Meeting first(client.get(), server.get());
    ASSERT_TRUE(first.good());
    SSL_SESSION* const session = SSL_get1_session(first.client.get());
    EXPECT_NE(SSL_SESSION_is_resumable(session), 1) << "a ticket has come";
    SSL_SESSION_free(session);
}

TEST_F(TlsTest, TellsNothingBeforeTheHandshakesEnd) {
    const Connection fresh(SSL_new(client.get()));
    const auto peer = peerOf(fresh.get());
    ASSERT_FALSE(peer);
    EXPECT_EQ(peer.error().code(), core::ErrorCode::Protocol);
}

TEST_F(TlsTest, SaysSoWhereTheOtherSideSpeaksNoTls) {
    const Connection alone(SSL_new(client.get()));
    BIO* const in = BIO_new(BIO_s_mem());
    BIO_puts(in, "HTTP/1.1 400 Bad Request\r\n\r\n");
    SSL_set_bio(alone.get(), in, BIO_new(BIO_s_mem()));
    SSL_set_connect_state(alone.get());
    ERR_clear_error();
    EXPECT_LE(SSL_do_handshake(alone.get()), 0);
    EXPECT_THAT(tlsError(ERR_get_error()).message(), HasSubstr("does not speak TLS"));
}

TEST_F(TlsTest, NeedsAnIdentityThatIsOne) {
    const auto context = newTlsContext(TlsRole::Server, Identity{"rubbish", std::string(64, 'a')});
    ASSERT_FALSE(context);
    EXPECT_EQ(context.error().code(), core::ErrorCode::Internal);
}

} // namespace
} // namespace balmer::remote
