#include "engine/core/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "engine/core/file.h"
#include "engine/core/utf8.h"

namespace balmer::core::log {

namespace {

constexpr std::uint64_t mostBytes = 5u << 20;

/// FILE, and FILE.1 and FILE.2 that came before it. A line that cannot be written is lost: there is no other
/// place to say so, and what is told of goes on.
class FileSink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    explicit FileSink(std::filesystem::path path) : path_(std::move(path)) {}

    Status open() {
        BALMER_TRY(auto file, File::open(path_, File::Use::Append, File::Links::Refuse, 0644));
        BALMER_TRY(const auto stamp, file.stamp());
        size_ = stamp.size;
        file_.emplace(std::move(file));
        return {};
    }

  private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        if (size_ >= mostBytes) turn();
        if (!file_) return;
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        if (file_->write(std::string_view(line.data(), line.size()))) size_ += line.size();
    }
    void flush_() override {}

    void turn() {
        const auto older = [this](const char* number) { return std::filesystem::path(path_) += number; };
        (void)renameFile(older(".1"), older(".2"));
        (void)renameFile(path_, older(".1"));
        file_.reset();
        (void)open();
    }

    std::filesystem::path path_;
    std::optional<File> file_;
    std::uint64_t size_ = 0;
};

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
    auto sink = std::make_shared<FileSink>(file);
    if (const auto opened = sink->open(); !opened) return warning("no log file: " + opened.error().message());
    sink->set_level(spdlog::level::info);
    auto& sinks = logger().sinks();
    sinks.resize(1);
    sinks.push_back(std::move(sink));
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
