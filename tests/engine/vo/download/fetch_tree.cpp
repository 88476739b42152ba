// Fetches a tree into a folder, as a process that a test can kill:  fetch-tree URL FOLDER
#include <cstdio>

#include "engine/vo/download/tree_download.h"
#include "engine/vo/download/tree_listing.h"

int main(int argc, char** argv) {
    using namespace balmer;
    if (argc != 3) return 2;
    http::Client client;
    core::TaskContext task;
    const auto listing = vo::listTree(client, {.url = argv[1]}, task);
    const auto report = listing ? vo::downloadTree(client, *listing, argv[2], {}, task)
                                : core::Result<vo::TreeReport>(core::fail(listing.error()));
    if (!report) std::fprintf(stderr, "%s\n", report.error().describe().c_str());
    return report && report->failed + report->notTried == 0 ? 0 : 1;
}
