// NetAccess: what jobs use to reach the net: one HTTP client, and the logins that the user gave in this run
// of the program.
//
// Logins are kept in memory alone: a job's record is kept, so that no password may stand in it. Thread rule:
// any thread.
#pragma once

#include <map>
#include <string>

#include "engine/core/mutex.h"
#include "engine/core/result.h"
#include "engine/http/client.h"

namespace balmer::workflow {

struct Login {
    std::string user, password;
};

class NetAccess {
  public:
    explicit NetAccess(http::ClientSettings settings = {}) : client_(std::move(settings)) {}

    http::Client& client() { return client_; }

    /// For all addresses of the server of this one. Errors: InvalidArgument for an address that is none.
    core::Status logIn(const std::string& url, Login login);
    /// Empty where none was given.
    Login loginFor(const std::string& url) const;
    /// The address without the login that stands in it, which is remembered. Errors: as logIn.
    core::Result<std::string> withoutLogin(const std::string& url);

  private:
    http::Client client_;
    mutable core::Mutex mutex_;
    std::map<std::string, Login> logins_ BALMER_GUARDED_BY(mutex_); ///< by http::Url::origin()
};

} // namespace balmer::workflow
