// plot: spectra as a picture, drawn by the desktop's own plot without opening a window.

#include <CLI/CLI.hpp>

#include <filesystem>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/cli/session.h"
#include "engine/core/output_file.h"

extern char** environ;

namespace balmer::cli {

namespace {

/// balmer-desktop beside this program, in the build tree beside its folder, or on the PATH.
std::string desktopProgram() {
    std::error_code error;
    const auto here = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    for (const auto& place : {here / "balmer-desktop", here / "../desktop/balmer-desktop"})
        if (std::filesystem::exists(place, error)) return place.lexically_normal().string();
    return "balmer-desktop";
}

core::Status runDesktop(std::vector<std::string> words) {
    words.insert(words.begin(), desktopProgram());
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::setenv("QT_QPA_PLATFORM", "offscreen", 1);
    pid_t child = 0;
    if (::posix_spawnp(&child, words[0].c_str(), nullptr, nullptr, arguments.data(), environ) != 0)
        return core::fail(core::ErrorCode::Unsupported,
                          "pictures are drawn by balmer-desktop, which is not installed; build Balmer with "
                          "-DBALMER_DESKTOP=ON");
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    if (WIFEXITED(status) && WEXITSTATUS(status) == WrongUse)
        return core::fail(core::ErrorCode::InvalidArgument,
                          "the picture cannot be drawn as it is asked for: --out ends in .png, .svg or .pdf, "
                          "and --range is LOWER:UPPER in ångström");
    return core::fail(core::ErrorCode::Internal, "balmer-desktop could not draw the picture");
}

} // namespace

void addPlotCommand(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("plot", "spectra as a picture: PNG, SVG or PDF by the file's ending");
    auto ids = std::make_shared<std::vector<std::string>>();
    auto file = std::make_shared<std::string>(), range = std::make_shared<std::string>();
    command.add_option("id", *ids, "the spectra, drawn over each other")->required();
    command.add_option("--out", *file, "the picture to write; - writes a PNG to standard output")->required();
    command.add_option("--range", *range, "wavelengths, e.g. 6400:6700");
    command.callback([&chosen, ids, file, range] {
        chosen = [ids, file, range](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            for (const auto& id : *ids) {
                BALMER_TRY([[maybe_unused]] const auto row, bench->spectra().row(id));
            }
            std::vector<std::string> words{"--project", bench->folder().string(), "--out",
                                           *file == "-" ? *file : std::filesystem::absolute(*file).string()};
            if (core::OutputFile::isStandardOutput(*file)) session.console.sayAside();
            if (!range->empty()) words.insert(words.end(), {"--range", *range});
            words.push_back("--plot");
            words.insert(words.end(), ids->begin(), ids->end());
            BALMER_CHECK(runDesktop(std::move(words)));
            session.console.result({{"file", *file}, {"spectra", *ids}});
            session.console.say("Written: " + *file + ".");
            return {};
        };
    });
}

} // namespace balmer::cli
