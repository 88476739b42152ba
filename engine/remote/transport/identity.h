// Identity: who this program is on TLS connections: a key and a certificate that it signed itself.
//
// Made once for each folder and then the same for ever; others know it by its fingerprint. A value, no thread
// rule; several processes may ask for the same folder at once and get the same identity.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::remote {

struct Identity {
    std::string pem;         ///< the private key (Ed25519), then the certificate; secret
    std::string fingerprint; ///< SHA-256 of the certificate's DER form, 64 hexadecimal digits
};

/// Loads `folder`/identity.pem, or makes it (folder 0700, file 0600, certificate valid for 20 years and made
/// out to `name`, which only people read). Errors: Io; Format (the file is damaged); InvalidArgument (folder
/// or file belong to somebody else, or others may write the one or read the other).
core::Result<Identity> identityIn(const std::filesystem::path& folder, std::string_view name);

} // namespace balmer::remote
