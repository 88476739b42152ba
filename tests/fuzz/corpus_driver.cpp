// Gives each file of a folder to a fuzz target: what libFuzzer does with -runs=0, for compilers without it.
// And mutants of them: a few, or many where BALMER_LONG_TESTS=1 is in the environment.
//
//   fuzz_frame [-ignored=…] [-mutants=FEW[,MANY]] [-only=NUMBER] FOLDER
//
// A mutant that ends the program, or takes a minute of the processor, is named by its number; -only runs it
// again. The last line of mutants says how many there were, how many megabytes, how many seconds of the
// processor a megabyte took, and how long the slowest.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <sys/time.h>
#include <unistd.h>

#include "tests/support/mutant.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

volatile std::uint64_t current = 0; ///< the mutant

extern "C" void nameCulprit(int signal) {
    char text[64] = "the culprit is the mutant ";
    std::size_t end = std::string_view(text).size();
    char digits[24];
    std::size_t count = 0;
    for (std::uint64_t rest = current; count == 0 || rest > 0; rest /= 10)
        digits[count++] = static_cast<char>('0' + rest % 10);
    while (count > 0)
        text[end++] = digits[--count];
    text[end++] = '\n';
    (void)!::write(STDERR_FILENO, text, end);
    ::signal(signal, SIG_DFL);
    ::raise(signal);
}

void give(const std::string& bytes) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

double processorSeconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void giveMutants(const std::vector<std::string>& corpus, std::uint64_t from, std::uint64_t count) {
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGVTALRM})
        std::signal(signal, &nameCulprit);
    std::size_t bytes = 0;
    double all = 0, slowest = 0;
    for (std::uint64_t number = from; number < from + count; ++number) {
        current = number;
        const auto mutant = balmer::test::mutantOf(corpus[number % corpus.size()], number);
        const itimerval minute{{}, {60, 0}};
        ::setitimer(ITIMER_VIRTUAL, &minute, nullptr);
        const double began = processorSeconds();
        give(mutant);
        const double took = processorSeconds() - began;
        bytes += mutant.size();
        all += took;
        slowest = std::max(slowest, took);
    }
    const double megabytes = static_cast<double>(bytes) / 1e6;
    std::printf("%llu mutants, %.3f MB, %.4f s a MB, slowest %.4f s\n",
                static_cast<unsigned long long>(count), megabytes, all / std::max(megabytes, 1e-6), slowest);
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::filesystem::path> files;
    std::uint64_t from = 0, mutants = 0;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word.starts_with("-mutants=")) {
            const char* const wanted = std::getenv("BALMER_LONG_TESTS");
            const auto many = word.find(',');
            const bool isLong =
                wanted != nullptr && std::string_view(wanted) == "1" && many != std::string_view::npos;
            mutants = std::strtoull(argv[i] + (isLong ? many + 1 : 9), nullptr, 10);
        } else if (word.starts_with("-only=")) {
            from = std::strtoull(argv[i] + 6, nullptr, 10);
            mutants = 1;
        } else if (!word.starts_with('-')) {
            for (const auto& entry : std::filesystem::directory_iterator(argv[i]))
                files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    std::vector<std::string> corpus;
    for (const auto& file : files) {
        std::ifstream in(file, std::ios::binary);
        corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
        if (mutants > 0) continue;
        std::printf("%s\n", file.filename().c_str()); // the last one named is the culprit
        std::fflush(stdout);
        give(corpus.back());
    }
    if (files.empty()) std::puts("the corpus is empty");
    if (mutants > 0 && !files.empty()) giveMutants(corpus, from, mutants);
    return files.empty() ? 1 : 0;
}
