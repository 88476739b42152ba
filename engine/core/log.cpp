#include "engine/core/log.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

#include "engine/core/utf8.h"

namespace balmer::core::log {

namespace {

std::shared_ptr<spdlog::sinks::stderr_color_sink_mt> console() {
    static const auto sink = [] {
        auto made = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
        made->set_level(spdlog::level::warn);
        made->set_pattern("%^%l%$: %v");
        return made;
    }();
    return sink;
}

spdlog::logger& logger() {
    static const auto made = [] {
        auto instance = std::make_shared<spdlog::logger>("balmer", console());
        instance->set_level(spdlog::level::debug);
        instance->flush_on(spdlog::level::info); // what was said before a kill is in the file
        return instance;
    }();
    return *made;
}

void say(spdlog::level::level_enum level, std::string_view line) {
    logger().log(level, spdlog::string_view_t(visible(line)));
}

} // namespace

void alsoTo(const std::filesystem::path& file) {
    try {
        auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file.string(), 5u << 20, 2);
        sink->set_level(spdlog::level::info);
        auto& sinks = logger().sinks();
        sinks.resize(1);
        sinks.push_back(std::move(sink));
    } catch (const std::exception& problem) {
        warning(std::string("no log file: ") + problem.what());
    }
}

void debug(std::string_view line) {
    say(spdlog::level::debug, line);
}
void info(std::string_view line) {
    say(spdlog::level::info, line);
}
void warning(std::string_view line) {
    say(spdlog::level::warn, line);
}
void error(std::string_view line) {
    say(spdlog::level::err, line);
}

} // namespace balmer::core::log
