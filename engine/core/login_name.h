// The name of the user who runs this program. Any thread.
#pragma once

#include <string>

namespace balmer::core {

/// "uid-1000" where the system knows no name.
std::string loginName();

} // namespace balmer::core
