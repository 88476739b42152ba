// What OpenSSL hands out, owned. Private to remote.
#pragma once

#include <memory>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace balmer::remote {

template <auto free>
struct Freed {
    template <typename T>
    void operator()(T* value) const {
        free(value);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<&X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<&BIO_free_all>>;

} // namespace balmer::remote
