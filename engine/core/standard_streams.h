// Standard output and standard error, as every program of Balmer writes them.
//
// The first error of standard output is kept until finishOutput() says it, so that no result is lost in
// silence; a reader that goes away (`| head -1`) is no error. Any thread; a call's text stays together.
#pragma once

#include <string_view>

#include "engine/core/result.h"

namespace balmer::core {

/// For main() to begin with: a pipe that nobody reads any more does not end the program, and a stream that
/// was closed is no place for the next file that is opened.
void prepareStreams();

/// The text as it is. After an error nothing more is written.
void writeOutput(std::string_view text);
/// The same on standard error, whose errors nobody could be told.
void writeErrors(std::string_view text);

/// What became of standard output. Errors: as systemError().
Status finishOutput();

} // namespace balmer::core
