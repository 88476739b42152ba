// A child of a worker, for tests (engine/remote/server/job_runner.h says what one does). The job's parameters
// say what happens: {"do": "copy"} gives every input back as an output, each byte changed by "add";
// "sleep_ms" first; "fail", "die" and "wait" (until it is stopped) instead; "result_bytes" makes a long
// result; "lines" logs.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

std::mutex mutex;
std::condition_variable came;
std::optional<json> order;
bool over = false;
std::atomic<bool> stopped = false;

void tell(const json& line) {
    std::cout << line.dump() << "\n" << std::flush;
}

json run(const fs::path& folder) {
    json spec;
    std::ifstream(folder / "spec.json") >> spec;
    const auto what = spec.value("do", "copy");
    // Every beginning of a job leaves a trace outside the job's folder.
    if (spec.contains("trace")) std::ofstream(spec["trace"].get<std::string>(), std::ios::app) << "began\n";
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(spec.value("sleep_ms", 0));
    double fraction = 0;
    while (what == "wait" || std::chrono::steady_clock::now() < until) {
        if (stopped)
            return {{"error",
                     {{"code", "cancelled"}, {"message", "stopped on request"}, {"context", json::array()}}}};
        tell({{"progress", fraction = std::min(0.99, fraction + 0.01)}, {"stage", "working"}});
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    for (int i = 0; i < spec.value("lines", 0); ++i) {
        tell({{"log", "line " + std::to_string(i)}, {"time", "2026-01-01T00:00:00.000Z"}});
        tell({{"series", {"loss", i, 0.5 * i}}});
    }
    if (what == "die") ::raise(SIGKILL);
    if (what == "fail")
        return {{"error",
                 {{"code", "format"}, {"message", "the data are no good"}, {"context", {"reading row 7"}}}}};
    fs::remove_all(folder / "outputs");
    fs::create_directories(folder / "outputs");
    json outputs = json::array();
    for (const auto& file : fs::directory_iterator(folder / "inputs")) {
        std::ifstream in(file.path(), std::ios::binary);
        std::string bytes((std::istreambuf_iterator<char>(in)), {});
        for (char& byte : bytes)
            byte = static_cast<char>(byte + spec.value("add", 0));
        const auto name = file.path().filename().string();
        std::ofstream(folder / "outputs" / name, std::ios::binary) << bytes;
        outputs.push_back(name);
    }
    std::sort(outputs.begin(), outputs.end());
    const std::string result =
        spec.contains("result_bytes")
            ? json{{"filler", std::string(spec["result_bytes"].get<std::size_t>(), 'x')}}.dump()
            : json{{"files", outputs.size()}}.dump();
    std::ofstream(folder / "result.part") << json{{"result", result}, {"outputs", outputs}}.dump();
    fs::rename(folder / "result.part", folder / "result.json");
    return json::object();
}

} // namespace

int main() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    pollfd orders{STDIN_FILENO, POLLIN, 0};
    if (::poll(&orders, 1, 0) > 0 && (orders.revents & POLLHUP) != 0) return 0; // its worker had gone before
    std::thread listening([] {
        for (std::string line; std::getline(std::cin, line);) {
            auto object = json::parse(line, nullptr, false);
            const std::lock_guard lock(mutex);
            if (object.contains("stop")) stopped = true;
            if (object.contains("job")) {
                stopped = false;
                order = object;
                came.notify_one();
            }
        }
        const std::lock_guard lock(mutex);
        over = true;
        stopped = true;
        came.notify_one();
    });
    while (true) {
        std::unique_lock lock(mutex);
        came.wait(lock, [] { return order || over; });
        if (!order) break;
        const auto object = *std::exchange(order, std::nullopt);
        lock.unlock();
        tell({{"done", run(object["job"].get<std::string>())}});
    }
    listening.join();
}
