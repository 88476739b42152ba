// Threads are begun through engine/core alone: it says in words that the system gives none, where the
// standard library's own ways end the program.
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/architecture/source_files.h"

namespace balmer::test {
namespace {

std::vector<std::string> threadsBegunIn(const SourceFile& source) {
    static const std::regex ways(
        R"re(\bstd::j?thread\b(?!::)|\bstd::async\b|\basio::thread_pool\b|\bpthread_create\b|\bQThread\b(?!::)|\bQThreadPool\b|\bQtConcurrent\b|\bstd::execution::par)re");
    std::vector<std::string> all;
    std::stringstream lines(source.text);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (const auto comment = line.find("//"); comment != std::string::npos) line.erase(comment);
        if (line.starts_with("#include")) continue;
        const auto has = [&](const char* word) { return line.find(word) != std::string::npos; };
        // The expression is slow, and few lines are worth it.
        if (!has("hread") && !has("async") && !has("Concurrent") && !has("execution")) continue;
        if (std::smatch what; std::regex_search(line, what, ways))
            all.push_back(source.path + ":" + std::to_string(number) + ": " + what.str());
    }
    return all;
}

TEST(Threads, AreBegunThroughCore) {
    for (const auto& source : sourceFiles({"engine", "widgets", "app"})) {
        if (source.path == "engine/core/thread.h" || source.path == "engine/core/start_thread.cpp") continue;
        for (const auto& each : threadsBegunIn(source))
            ADD_FAILURE() << each << ": use core::startThread, which gives an error where there is no thread";
    }
}

TEST(Threads, AnotherWayIsFound) {
    const auto count = [](const std::string& code) { return threadsBegunIn({"a.cpp", code}).size(); };
    EXPECT_EQ(count("std::thread t(work);\nstd::jthread thread_;\nstd::vector<std::thread> crew;"), 3U);
    EXPECT_EQ(count("auto f = std::async(std::launch::async, g);\nboost::asio::thread_pool pool(2);\n"
                    "::pthread_create(&t, 0, f, 0);\nclass Reader : public QThread {"),
              4U);
    EXPECT_EQ(
        count("std::this_thread::sleep_for(s);\nstd::thread::id id;\nstd::thread::hardware_concurrency();\n"
              "core::Thread thread; // std::thread\nQThread::currentThread();"),
        0U);
}

} // namespace
} // namespace balmer::test
