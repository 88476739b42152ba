// A project of its own for one test, the command `balmer` on it, and small inputs whose answers are known.
//
// Owner: the test. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/support/command_line.h"
#include "tests/support/test_support.h"

namespace balmer::test {

class BalmerSession {
  public:
    const std::filesystem::path& folder() const { return folder_.path(); }
    std::filesystem::path project() const { return folder_ / "test.balmer"; }
    std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

    /// `balmer --project P --json ARGUMENTS…`, as a list that starts with the program.
    std::vector<std::string> command(const std::vector<std::string>& arguments) const;
    ProcessResult run(const std::vector<std::string>& arguments,
                      std::chrono::seconds limit = std::chrono::seconds(240)) const;
    /// The JSON that a command printed; the test fails here (and null comes back) when it did not succeed.
    nlohmann::json succeed(const std::vector<std::string>& arguments,
                           std::chrono::seconds limit = std::chrono::seconds(240)) const;
    /// The `error` object that a command printed; the test fails here when it is not as promised: exit status
    /// 1 or 2, and a code, a message and a context.
    nlohmann::json fail(const std::vector<std::string>& arguments) const;

    /// id → row of `list`.
    std::map<std::string, nlohmann::json> rows(const std::string& where = "") const;

    std::filesystem::path write(const std::string& name, const std::string& text) const;

  private:
    TemporaryFolder folder_;
};

/// A CSV of `rows` spectra × 140 wavelengths around Hα in the classes named, in turn: the k-th class has its
/// line at a place of its own, so that any classifier tells them apart. No class: no label column.
std::string lineMatrix(std::size_t rows, const std::vector<std::string>& classes);

/// A table of truth as `balmer simulate` wrote it: id → class. The most frequent class is the one not
/// searched for.
struct TruthTable {
    std::filesystem::path file;
    std::map<std::string, std::string> classOf;
    std::vector<std::string> classes; ///< most frequent first
};
TruthTable readTruth(const std::filesystem::path& folder);

/// "a,b,c".
std::string joined(const std::vector<std::string>& words);

} // namespace balmer::test
