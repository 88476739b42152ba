// The page of figures: what Balmer stands under kills, faults, hostile input and strangers, measured in this
// run.
//
//   balmer-figures [--long] [--json FILE]
//
// Runs the tests that count these things, prints a table, and writes the same as JSON. --long: their long
// form, which takes hours. Exit status: 0 where nothing was lost, crashed, hung or differed; else 1.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/command_line.h"
#include "tests/support/test_support.h"

namespace balmer::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Figure {
    std::string subject, what, value, unit;
    bool mustBeZero = false;
};

constexpr std::chrono::hours endless{24};

class Page {
  public:
    explicit Page(bool isLong) : long_(isLong) {}

    void add(std::string subject, std::string what, std::string value, std::string unit = "",
             bool mustBeZero = false) {
        figures_.push_back(
            {std::move(subject), std::move(what), std::move(value), std::move(unit), mustBeZero});
    }

    /// Runs some tests of a program; properties: those that they record, and what these mean.
    struct Property {
        std::string name, what, unit;
        bool mustBeZero;
    };
    void tests(const std::string& subject, const std::string& program, const std::string& filter,
               const std::vector<Property>& properties) {
        std::cerr << subject << " …" << std::endl;
        const auto report = folder_ / "report.json";
        std::error_code ignored;
        fs::remove(report, ignored);
        const auto ended = runProcess(
            {program, "--gtest_filter=" + filter, "--gtest_output=json:" + report.string()}, endless);
        std::ifstream in(report);
        const auto said = json::parse(in, nullptr, false);
        if (said.is_discarded()) {
            std::cerr << ended.describe() << std::endl;
            add(subject, "crashes of the test", "1", "", true);
            return;
        }
        std::map<std::string, std::string> values;
        std::size_t failed = 0, skipped = 0, ran = 0;
        for (const auto& suite : said["testsuites"])
            for (const auto& test : suite["testsuite"]) {
                ++ran;
                skipped += test.value("result", "") == "SKIPPED";
                if (test.contains("failures")) {
                    ++failed;
                    std::cerr << test["failures"].dump(1) << std::endl;
                }
                for (const auto& [key, value] : test.items())
                    if (value.is_string()) {
                        // What several tests record is added up.
                        auto& sum = values[key];
                        const bool both =
                            !sum.empty() && sum.find_first_not_of("0123456789") == std::string::npos;
                        sum =
                            both
                                ? std::to_string(std::strtoull(sum.c_str(), nullptr, 10) +
                                                 std::strtoull(value.get<std::string>().c_str(), nullptr, 10))
                                : value.get<std::string>();
                    }
            }
        for (const auto& each : properties)
            if (const auto found = values.find(each.name); found != values.end())
                add(subject, each.what, found->second, each.unit, each.mustBeZero);
        add(subject, "tests that failed, of " + std::to_string(ran - skipped), std::to_string(failed), "",
            true);
        if (skipped > 0) add(subject, "tests that could not be run here", std::to_string(skipped));
    }

    /// Mutants of the kept corpus of a reader.
    void reader(const std::string& name, const std::string& program, const std::string& corpus) {
        std::cerr << "mutants of " << name << " …" << std::endl;
        const auto ended =
            runProcess({program, std::string("-mutants=") + (long_ ? "100000" : "1000"), corpus}, endless);
        const auto subject = "reader: " + name;
        const bool hung = ended.signal == SIGVTALRM;
        std::smatch found;
        if (std::regex_search(
                ended.standardOutput, found,
                std::regex(R"re((\d+) mutants, ([\d.]+) MB, ([\d.]+) s a MB, slowest ([\d.]+) s)re"))) {
            add(subject, "mutants", found[1]);
            add(subject, "time a megabyte", found[3], "s");
            add(subject, "the slowest mutant", found[4], "s");
        } else {
            std::cerr << ended.describe() << std::endl;
        }
        add(subject, "crashes", ended.exitStatus != 0 && !hung ? "1" : "0", "", true);
        add(subject, "hangs", hung ? "1" : "0", "", true);
    }

    void print() const {
        std::size_t subject = 0, what = 0, value = 0;
        const auto width = [](const std::string& text) {
            return static_cast<std::size_t>(
                std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
        };
        for (const auto& each : figures_) {
            subject = std::max(subject, width(each.subject));
            what = std::max(what, width(each.what));
            value = std::max(value, width(each.value));
        }
        std::string last;
        for (const auto& each : figures_) {
            const auto name = each.subject == last ? std::string() : each.subject;
            last = each.subject;
            std::cout << name << std::string(subject - width(name) + 2, ' ') << each.what
                      << std::string(what - width(each.what) + 2 + value - width(each.value), ' ')
                      << each.value << (each.unit.empty() ? "" : " ") << each.unit
                      << (isBad(each) ? "   !" : "") << "\n";
        }
    }
    void write(const std::string& file) const {
        auto all = json::array();
        for (const auto& each : figures_) {
            char* end = nullptr;
            const double number = std::strtod(each.value.c_str(), &end);
            all.push_back({{"subject", each.subject},
                           {"what", each.what},
                           {"value", *end == '\0' ? json(number) : json(each.value)},
                           {"unit", each.unit},
                           {"good", !isBad(each)}});
        }
        std::ofstream(file) << json{{"figures", std::move(all)}, {"long", long_}}.dump(1) << "\n";
    }
    bool good() const { return std::none_of(figures_.begin(), figures_.end(), isBad); }

  private:
    static bool isBad(const Figure& figure) { return figure.mustBeZero && figure.value != "0"; }
    TemporaryFolder folder_;
    bool long_;
    std::vector<Figure> figures_;
};

std::string computer() {
    double load[1] = {0};
    (void)::getloadavg(load, 1);
    char text[80];
    std::snprintf(text, sizeof text, "%u processors, load %.1f", std::thread::hardware_concurrency(),
                  load[0]);
    return text;
}

std::string today() {
    const auto now = std::time(nullptr);
    char text[40];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", std::gmtime(&now));
    return text;
}

} // namespace
} // namespace balmer::test

int main(int count, char** words) {
    using namespace balmer::test;
    bool isLong = longTests();
    std::string file;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        if (word == "--long")
            isLong = true;
        else if (word == "--json" && i + 1 < count)
            file = words[++i];
        else {
            std::cerr << "balmer-figures [--long] [--json FILE]\n";
            return word == "--help" ? 0 : 2;
        }
    }
    ::setenv("BALMER_LONG_TESTS", isLong ? "1" : "0", 1);
    const auto began = std::time(nullptr);
    Page page(isLong);
    page.add("this run", "date", today());
    page.add("this run", "computer", computer());
    page.tests("kill -9", BALMER_KILLS_TEST, "*",
               {{"kills", "kills", "", false},
                {"labels_acknowledged", "labels acknowledged", "", false},
                {"labels_lost", "of these lost", "", true},
                {"things_lost", "spectra, datasets and maps lost", "", true},
                {"digests_that_differ", "digests that differ", "", true},
                {"projects_damaged", "projects damaged", "", true},
                {"leftovers", "files left behind", "", false}});
    page.tests("faults", BALMER_FAULTS_TEST, "*",
               {{"file_faults", "of files", "", false},
                {"database_faults", "of the database's disk and locks", "", false},
                {"losses_of_power", "losses of power", "", false},
                {"memory_faults", "of memory", "", false},
                {"socket_faults", "of sockets", "", false}});
    for (const std::string name : {BALMER_READERS})
        page.reader(name, std::string(BALMER_FUZZ_FOLDER "/fuzz_") + name,
                    std::string(BALMER_CORPUS "/") + name);
    page.tests("strangers at the worker", BALMER_STRANGERS_TEST, "Strangers.*",
               {{"strangers", "silent and guessing strangers", "", false},
                {"owner_waited_ms", "the owner's longest wait", "ms", false},
                {"jobs_ended_by_strangers", "jobs that they ended", "", true}});
    page.add("this run", "it took", std::to_string(std::time(nullptr) - began), "s");
    page.print();
    if (!file.empty()) page.write(file);
    return page.good() ? 0 : 1;
}
