// Result<T>: a value or an Error, the one way in which Balmer's functions fail.
//
// No exception leaves a module. A function that can fail returns Result<T> (or Status, when there is nothing
// to return); third-party exceptions end in the .cpp file that calls the library. Values; no thread rule.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace balmer::core {

/// Stable codes: part of the command line's JSON, of the store and of the protocol. Append only.
enum class ErrorCode {
    InvalidArgument,   ///< the caller's value is wrong; the message says which and what would be right
    NotFound,          ///< a named thing does not exist
    Io,                ///< the operating system refused to read or write
    Format,            ///< the bytes are not what their kind promises
    Unsupported,       ///< understood, but not done by this build or version
    Cancelled,         ///< somebody asked to stop
    DeadlineExceeded,  ///< took longer than allowed
    ResourceExhausted, ///< memory, disk, quota
    Device,            ///< an accelerator failed
    Store,             ///< the project's database failed
    Protocol,          ///< a peer broke the protocol
    Remote,            ///< a peer reported a failure
    Internal           ///< a defect of Balmer
};

/// "invalid-argument", "not-found" …: the spelling used outside the program.
std::string_view toString(ErrorCode code);
/// The inverse; Internal for a word it does not know.
ErrorCode errorCodeFrom(std::string_view word);

/// A failure: a code for programs, a sentence that the user can act on, and where it happened, innermost
/// first.
class [[nodiscard]] Error {
  public:
    Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

    ErrorCode code() const { return code_; }
    const std::string& message() const { return message_; }
    const std::vector<std::string>& context() const { return context_; }

    /// Adds what was being done: error.during("reading HDU 2 of spec-55859.fits").
    Error& during(std::string doing) {
        context_.push_back(std::move(doing));
        return *this;
    }

    /// "message (doing this; doing that)".
    std::string describe() const;

  private:
    ErrorCode code_;
    std::string message_;
    std::vector<std::string> context_;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// return fail(ErrorCode::NotFound, "no dataset is called \"x\"; `balmer dataset list` shows those that
/// exist");
inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
    return tl::unexpected<Error>(Error(code, std::move(message)));
}
inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

} // namespace balmer::core

#define BALMER_JOIN_(a, b) a##b
#define BALMER_JOIN(a, b) BALMER_JOIN_(a, b)

/// BALMER_TRY(auto file, openFile(path)): binds the value, or returns the error from the enclosing function.
#define BALMER_TRY(declaration, expression)                                                                  \
    BALMER_TRY_IMPL_(BALMER_JOIN(tried_, __LINE__), declaration, expression)
#define BALMER_TRY_IMPL_(name, declaration, expression)                                                      \
    auto name = (expression);                                                                                \
    if (!name) return ::tl::unexpected<::balmer::core::Error>(std::move(name).error());                      \
    declaration = std::move(*name)

/// BALMER_CHECK(ctx.checkpoint(0.5, "reading")): returns the error of a Status, if there is one.
#define BALMER_CHECK(expression)                                                                             \
    do {                                                                                                     \
        auto checked_ = (expression);                                                                        \
        if (!checked_) return ::tl::unexpected<::balmer::core::Error>(std::move(checked_).error());          \
    } while (false)
