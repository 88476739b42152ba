#include "app/cli/console.h"

#include <algorithm>
#include <array>
#include <csignal>

#include <pthread.h>
#include <unistd.h>

#include "engine/core/json_text.h"
#include "engine/core/standard_streams.h"
#include "engine/core/start_thread.h"
#include "engine/core/text_number.h"

namespace balmer::cli {

namespace {

volatile std::sig_atomic_t interrupted = 0;
int wakeUp = -1; ///< what is written here wakes the watcher

/// Lives as long as the process, like its watcher.
std::stop_source& interruption() {
    static auto& source = *new std::stop_source;
    return source;
}

extern "C" void onInterrupt(int) {
    // A second Ctrl+C ends the program at once.
    if (interrupted != 0) ::_exit(Aborted);
    interrupted = 1;
    [[maybe_unused]] const auto written = ::write(wakeUp, "", 1);
}

/// A task is asked to stop at once, also while it waits for the net and reports nothing; a handler of signals
/// may not ask it, so that a thread does.
void watchInterruption() {
    std::array<int, 2> ends{};
    if (wakeUp >= 0 || ::pipe(ends.data()) != 0) return;
    wakeUp = ends[1];
    auto watcher = core::startThread([from = ends[0]] {
        ::pthread_setname_np(::pthread_self(), "balmer-signals");
        char byte = 0;
        while (::read(from, &byte, 1) != 1) {
        }
        interruption().request_stop();
    });
    if (watcher) watcher->detach(); // without it, the next word about progress asks
}

/// Columns on the screen: bytes that begin a character.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string asLine(const nlohmann::json& object) {
    return core::visible(core::jsonText(object)) + '\n';
}

} // namespace

int exitFor(const core::Error& error) {
    if (error.code() == core::ErrorCode::Cancelled) return Aborted;
    return error.code() == core::ErrorCode::InvalidArgument ? WrongUse : Failed;
}

void Console::put(const std::string& text) const {
    if (aside_)
        core::writeErrors(text);
    else
        core::writeOutput(text);
}

void Console::say(const Said& words) const {
    if (!json_) put(words.text() + '\n');
}

void Console::warn(std::string_view line) const {
    if (!json_)
        core::writeErrors(core::visible(line) + '\n');
    else
        core::writeErrors(asLine({{"warning", line}}));
}

void Console::event(const nlohmann::json& object) const {
    if (json_) core::writeErrors(asLine(object));
}

void Console::result(const nlohmann::json& object) const {
    if (json_) put(asLine(object));
}

int Console::fail(const core::Error& error) const {
    if (json_)
        result({{"error",
                 {{"code", core::toString(error.code())},
                  {"message", error.message()},
                  {"context", error.context()}}}});
    else
        core::writeErrors("balmer: " + core::visible(error.describe()) + '\n');
    return exitFor(error);
}

int Console::finish(int exit) const {
    const auto written = core::finishOutput();
    if (written && exit == Done) return wellDone_;
    if (written || (exit != Done && !json_)) return exit; // standard error has said why
    core::writeErrors("balmer: " + core::visible(written.error().describe()) + '\n');
    return exit == Done ? Failed : exit;
}

core::TaskContext Console::task() {
    watchInterruption();
    std::signal(SIGINT, onInterrupt);
    std::signal(SIGTERM, onInterrupt);
    stage_.clear();
    return core::TaskContext(interruption().get_token(),
                             [this](double fraction, std::string_view stage) { progress(fraction, stage); });
}

void Console::progress(double fraction, std::string_view stage) {
    if (interrupted != 0) interruption().request_stop();
    const auto now = std::chrono::steady_clock::now();
    if (stage == stage_ && now - said_ < std::chrono::milliseconds(100)) return;
    stage_ = stage;
    said_ = now;
    if (json_) {
        core::writeErrors(asLine({{"progress", fraction}, {"stage", stage}}));
        return;
    }
    if (::isatty(STDERR_FILENO) == 0) return;
    constexpr int cells = 30;
    const int full = static_cast<int>(fraction * cells);
    std::string bar;
    for (int i = 0; i < cells; ++i)
        bar += i < full ? "█" : "░";
    core::writeErrors("\r\033[K" + bar + ' ' + core::formatFixed(100 * fraction, 0) + " %  " +
                      core::visible(stage));
    barShown_ = true;
}

void Console::endProgress() {
    if (barShown_) core::writeErrors("\r\033[K");
    barShown_ = false;
}

Said inColumns(std::vector<std::vector<std::string>> rows) {
    for (auto& row : rows)
        for (auto& cell : row)
            cell = core::visible(cell);
    std::vector<std::size_t> widths;
    for (const auto& row : rows)
        for (std::size_t c = 0; c < row.size(); ++c) {
            if (widths.size() <= c) widths.push_back(0);
            widths[c] = std::max(widths[c], width(row[c]));
        }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t c = 0; c < row.size(); ++c) {
            line += row[c];
            if (c + 1 < row.size()) line.append(widths[c] - width(row[c]) + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    if (!text.empty()) text.pop_back();
    return Said::lines(text);
}

} // namespace balmer::cli
