// Memory runs out at any allocation of a job: an error, not a crash; nothing that was there is lost, and the
// same job afterwards gives the same.
#include "tests/faults/scarce_memory.h"
#include "tests/faults/workplace.h"
#include "tests/support/network.h"

namespace balmer::test {
namespace {

class MemoryFaults : public WithWorkplaces {
  protected:
    /// A job as it runs in the program: submitted with memory enough, then carried out with what there is.
    core::Status runWith(std::size_t fromBytes, std::size_t at, bool forEver,
                         const std::filesystem::path& project, const std::string& kind,
                         const nlohmann::json& parameters) {
        BALMER_TRY(const auto place, Workplace::open(project, 1));
        BALMER_TRY(auto spec, place->prepare(kind, parameters));
        core::Result<jobs::Job> done;
        {
            const ScarceMemory scarce(fromBytes, at, forEver);
            done = place->queue().runHere(std::move(spec));
        }
        BALMER_TRY(const auto job, std::move(done));
        if (job.phase != jobs::Phase::Completed)
            return core::fail(job.error.value_or(core::Error(core::ErrorCode::Internal, "")));
        if (const auto result = nlohmann::json::parse(job.result);
            result.contains("refused") && !result["refused"].empty())
            return core::fail(core::ErrorCode::ResourceExhausted, result["refused"].dump());
        return {};
    }
};

TEST_F(MemoryFaults, EndAJobInWords) {
    const auto in = [&](const std::string& name) { return (folder_ / name).string(); };
    std::vector<std::pair<std::string, nlohmann::json>> jobs{
        {"import", {{"paths", {in("second")}}}},
        {"label-import", {{"file", in("labels.csv")}, {"replace", true}}},
        {"preprocess", {{"name", "q"}, {"collection", "first"}, {"bridge_masked", true}}},
        {"dataset-import", {{"file", in("n.csv")}, {"name", "n"}}},
        {"som", {{"dataset", "m"}, {"grid", "2x2"}, {"epochs", 2}, {"seed", 1}, {"threads", 1}}},
        {"export", {{"file", in("out.csv")}}}};
    if (whyNoNetwork().empty())
        jobs.push_back({"score", {{"model", "learn-5"}, {"dataset", "m"}, {"threads", 1}}});
    int refusals = 0;
    for (const auto& [kind, parameters] : jobs) {
        SCOPED_TRACE(kind);
        const Act act{kind,
                      [&kind = kind, &parameters = parameters](Workplace& place) -> core::Status {
                          BALMER_TRY([[maybe_unused]] const auto result, place.run(kind, parameters));
                          return {};
                      },
                      kind == "export" ? in("out.csv") : ""};
        const auto good = expected(act);
        for (const std::size_t bytes : {512, 4096, 50'000}) {
            auto copy = copyOfBase();
            const auto untouched = runWith(bytes, ScarceMemory::never, false, copy, kind, parameters);
            const auto allocations = ScarceMemory::allocations();
            expectWhole(copy, act, untouched, good);
            for (const auto at : placesOf(allocations, 3, 1000))
                for (const bool forEver : {false, true}) {
                    SCOPED_TRACE("allocation " + std::to_string(at) + " of " + std::to_string(allocations) +
                                 " of " + std::to_string(bytes) + " bytes and more" +
                                 (forEver ? ", and all after it" : ""));
                    copy = copyOfBase();
                    const auto ended = runWith(bytes, at, forEver, copy, kind, parameters);
                    refusals += ScarceMemory::refused();
                    expectWhole(copy, act, ended, good);
                    if (HasFailure()) return;
                }
        }
    }
    RecordProperty("memory_faults", refusals);
}

} // namespace
} // namespace balmer::test
