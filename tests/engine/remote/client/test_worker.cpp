// A worker that can be killed: test_worker FOLDER ATTEMPTS. Runs until it is.

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <thread>

#include <sys/prctl.h>
#include <unistd.h>

#include "tests/engine/remote/client/worker_with_home.h"

int main(int count, char** words) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (count != 3) return 2;
    balmer::test::RunningWorker::Options options;
    options.attempts = std::atoi(words[2]);
    std::unique_ptr<balmer::test::RunningWorker> worker;
    // A child that its killed predecessor was just starting may hold the folder's lock for a moment.
    for (int i = 0; i < 200 && !worker; ++i)
        try {
            worker = std::make_unique<balmer::test::RunningWorker>(words[1], options);
        } catch (const std::runtime_error& error) {
            if (i > 0) std::cerr << error.what() << std::endl;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    if (!worker) return 1;
    while (true)
        ::pause();
}
