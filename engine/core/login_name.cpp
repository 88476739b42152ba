#include "engine/core/login_name.h"

#include <vector>

#include <pwd.h>
#include <unistd.h>

namespace balmer::core {

std::string loginName() {
    passwd entry{}, *user = nullptr;
    std::vector<char> words(16384);
    if (::getpwuid_r(::getuid(), &entry, words.data(), words.size(), &user) == 0 && user != nullptr &&
        user->pw_name != nullptr)
        return user->pw_name;
    return "uid-" + std::to_string(::getuid());
}

} // namespace balmer::core
