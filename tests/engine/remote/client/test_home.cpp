// A home that can be killed: test_home FOLDER LIST. LIST has a line for each job, its name and its
// parameters, and may grow; the line "end" is its last. What it names is submitted unless the store has it.
// Ends when the list has, all jobs have ended, and nothing of them is under way any more.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include <sys/prctl.h>

#include "tests/engine/remote/client/worker_with_home.h"

using balmer::jobs::isFinal;

int main(int count, char** words) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (count != 3) return 2;
    balmer::test::Home home{std::filesystem::path(words[1])};
    home.remote();
    std::set<std::string> known;
    auto all = home.store().list({});
    if (!all) return 1;
    for (const auto& job : *all)
        known.insert(job.spec.label);
    while (true) {
        bool ended = false;
        std::ifstream list(words[2]);
        for (std::string line;
             std::getline(list, line) && !list.eof();) { // a line without its end is not there yet
            ended = line == "end";
            const auto space = line.find(' ');
            if (!ended && known.insert(line.substr(0, space)).second)
                home.submit(nlohmann::json::parse(line.substr(space)), "lab", line.substr(0, space));
        }
        all = home.store().list({});
        const bool done =
            all && std::all_of(all->begin(), all->end(), [](const auto& job) { return isFinal(job.phase); });
        const auto underWay = [&] {
            for (const auto& each : std::filesystem::directory_iterator(home.remoteFolder()))
                if (each.path().filename().string().size() == 32) return true;
            return false;
        };
        if (ended && done && !underWay()) return 0;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}
