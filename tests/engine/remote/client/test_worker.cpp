// A worker that can be killed: test_worker FOLDER ATTEMPTS [FILES PORTS]. Runs until it is. FILES: as many
// files and sockets as it may have open; then it listens on TCP and TLS too, and writes both ports into the
// file PORTS.

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <thread>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/engine/remote/client/worker_with_home.h"

int main(int count, char** words) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (count != 3 && count != 5) return 2;
    balmer::test::RunningWorker::Options options;
    options.attempts = std::atoi(words[2]);
    if (count == 5) {
        rlimit files{};
        files.rlim_max = static_cast<rlim_t>(std::atoi(words[3]));
        files.rlim_cur = files.rlim_max / 2; // which the worker raises
        if (::setrlimit(RLIMIT_NOFILE, &files) != 0) return 1;
        options.tcp = options.tls = true;
    }
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
    if (count == 5) {
        const std::string ports = words[4];
        std::ofstream(ports + ".part") << worker->tcpPort() << " " << worker->tlsPort() << "\n";
        std::filesystem::rename(ports + ".part", ports);
    }
    while (true)
        ::pause();
}
