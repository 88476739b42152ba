#include "engine/workflow/net_access.h"

#include "engine/http/url.h"

namespace balmer::workflow {

core::Status NetAccess::logIn(const std::string& url, Login login) {
    BALMER_TRY(const auto parsed, http::parseUrl(url));
    const core::LockGuard lock(mutex_);
    logins_[parsed.origin()] = std::move(login);
    return {};
}

Login NetAccess::loginFor(const std::string& url) const {
    const auto parsed = http::parseUrl(url);
    if (!parsed) return {};
    const core::LockGuard lock(mutex_);
    const auto found = logins_.find(parsed->origin());
    return found == logins_.end() ? Login() : found->second;
}

core::Result<std::string> NetAccess::withoutLogin(const std::string& url) {
    BALMER_TRY(const auto parsed, http::parseUrl(url));
    if (!parsed.user.empty() || !parsed.password.empty())
        BALMER_CHECK(logIn(url, {parsed.user, parsed.password}));
    return parsed.text();
}

} // namespace balmer::workflow
