// What the tests of a project's neighbours share: a project of four spectra at a SAMP hub of this process,
// and programs at the same hub.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/api/neighbour_trust.h"
#include "engine/api/workbench.h"
#include "engine/core/files.h"
#include "engine/core/task_context.h"
#include "engine/http/client.h"
#include "engine/vo/samp/mtypes.h"
#include "tests/support/samp_hub.h"
#include "tests/support/test_support.h"

namespace balmer::api {

/// A program at the hub that fetches what it is sent, and answers as it is told to.
class Program {
  public:
    Program(test::SampHub& hub, const std::string& name,
            const std::vector<std::string>& mtypes = {"spectrum.load.*", "table.*", "coord.pointAt.sky"}) {
        // The hub may still be delivering to it at the end.
        id_ = hub.addNeighbour(name, mtypes,
                               [memory = memory_](const std::string&, const vo::SampMessage& message) {
                                   return memory->take(message);
                               });
    }

    const std::string& id() const { return id_; }
    /// The answer to the next messages of this type; as often as there are answers.
    void answer(std::string_view type, std::vector<vo::SampResponse> responses) {
        const std::lock_guard lock(memory_->mutex);
        memory_->answers[std::string(type)] = std::move(responses);
    }
    std::vector<vo::SampRequest> of(std::string_view type) const {
        const std::lock_guard lock(memory_->mutex);
        std::vector<vo::SampRequest> found;
        for (const auto& message : memory_->messages)
            if (message.mtype == type) found.push_back(decodeRequest(message).value());
        return found;
    }
    bool gets(std::string_view type, std::size_t number) const {
        return test::eventually([&] { return of(type).size() >= number; });
    }
    /// What was behind the nth URL.
    std::string content(std::size_t n) const {
        const std::lock_guard lock(memory_->mutex);
        return memory_->contents.at(n);
    }

  private:
    struct Memory {
        std::mutex mutex;
        std::vector<vo::SampMessage> messages;
        std::vector<std::string> contents;
        std::map<std::string, std::vector<vo::SampResponse>> answers;

        std::optional<vo::SampResponse> take(const vo::SampMessage& message) {
            std::string content;
            if (const auto url = vo::textOr(message.params, "url"); url.starts_with("http:")) {
                http::Client client;
                http::Request request;
                request.url = url;
                const auto fetched = client.send(request, {});
                content = fetched ? fetched->body : fetched.error().describe();
            }
            const std::lock_guard lock(mutex);
            messages.push_back(message);
            if (!content.empty()) contents.push_back(content);
            auto& next = answers[message.mtype];
            if (next.empty()) return vo::SampResponse::ok();
            auto response = next.front();
            next.erase(next.begin());
            return response;
        }
    };
    std::shared_ptr<Memory> memory_ = std::make_shared<Memory>();
    std::string id_;
};

class NeighboursTest : public testing::Test {
  protected:
    NeighboursTest() : hub(folder / "lock") {}
    void SetUp() override {
        auto opened = openWorkbench(folder / "test.balmer", OpenOptions{true, "tester", 2, true});
        ASSERT_TRUE(opened) << test::why(opened);
        bench = std::move(*opened);
        // Text spectra have no positions; a FITS header has.
        std::filesystem::create_directories(folder / "stars");
        for (int i = 0; i < 4; ++i)
            ASSERT_TRUE(core::writeFile(folder / "stars" / ("s" + std::to_string(i) + ".vot"), star(i)));
        run("import", {{"paths", {(folder / "stars").string()}},
                       {"origins", nlohmann::json::array({"http://x.org/all"})}});
        ASSERT_EQ(bench->spectra().list("")->size(), 4u);
        join();
    }
    void TearDown() override {
        neighbours.reset();
        bench.reset();
    }

    /// A spectrum at (10 + i, 20).
    static std::string star(int i) {
        std::string rows;
        for (int k = 0; k < 40; ++k)
            rows += "<TR><TD>" + std::to_string(6540 + k) + "</TD><TD>" + std::to_string(5 + (i * k) % 7) +
                    "</TD><TD>0.5</TD></TR>";
        return "<VOTABLE version=\"1.4\"><RESOURCE><TABLE><PARAM name=\"TargetPos\" "
               "utype=\"spec:Target.Pos\" datatype=\"double\" arraysize=\"2\" value=\"" +
               std::to_string(10 + i) +
               " 20\"/><PARAM name=\"t\" utype=\"spec:Target.Name\" datatype=\"char\" arraysize=\"*\" "
               "value=\"Star &amp; " +
               std::to_string(i) +
               "\"/><FIELD name=\"WAVE\" unit=\"Angstrom\" ucd=\"em.wl\" datatype=\"double\"/><FIELD "
               "name=\"FLUX\" unit=\"Jy\" ucd=\"phot.flux.density\" datatype=\"double\"/><FIELD name=\"ERR\" "
               "ucd=\"stat.error;phot.flux.density\" datatype=\"double\"/><DATA><TABLEDATA>" +
               rows + "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
    }

    jobs::Job run(const std::string& kind, const nlohmann::json& parameters) {
        core::TaskContext task;
        jobs::JobSpec spec;
        spec.kind = kind;
        spec.parameters = parameters.dump();
        const auto job = bench->jobs().runHere(spec, task);
        EXPECT_TRUE(job && job->phase == jobs::Phase::Completed) << test::why(job);
        return job ? *job : jobs::Job();
    }

    std::vector<std::string> allow = {"SPLAT/VO", "SPLAT", "topcat"};
    bool asks = false;
    NeighbourTrustFile trust() const { return NeighbourTrustFile(trustFile()); }
    std::filesystem::path trustFile() const { return folder / "config" / "neighbours.json"; }

    void join(bool import = true) {
        Neighbours::Options options;
        options.hub = hub.setting();
        options.look = std::chrono::milliseconds(50);
        options.echo = std::chrono::hours(1);
        options.import = import;
        options.allow = allow;
        options.asks = asks;
        options.trustFile = trustFile();
        Neighbours::Handlers handlers;
        handlers.delivered = [this](const Delivery& delivery) {
            const std::lock_guard lock(mutex);
            deliveries.push_back(delivery);
        };
        handlers.arrived = [this](const Arrival& arrival) {
            const std::lock_guard lock(mutex);
            arrivals.push_back(arrival);
        };
        neighbours = bench->neighbours(options, handlers);
        neighbours->connect();
        ASSERT_TRUE(
            test::eventually([&] { return neighbours->state().hub == NeighbourState::Hub::Connected; }));
    }
    /// Sees the program and what it takes.
    bool sees(const Program& program) {
        return test::eventually([&] {
            for (const auto& each : neighbours->state().neighbours)
                if (each.id == program.id() && (each.tables || each.spectra)) return true;
            return false;
        });
    }

    /// All that became of a ticket.
    std::vector<Delivery> became(std::uint64_t ticket) {
        std::vector<Delivery> mine;
        EXPECT_TRUE(test::eventually([&] {
            const std::lock_guard lock(mutex);
            mine.clear();
            for (const auto& each : deliveries)
                if (each.ticket == ticket) mine.push_back(each);
            return !mine.empty() && mine.back().last;
        }));
        return mine;
    }
    Delivery one(std::uint64_t ticket) {
        const auto all = became(ticket);
        EXPECT_EQ(all.size(), 1u);
        return all.empty() ? Delivery() : all.front();
    }
    template <typename What>
    std::vector<What> came() {
        const std::lock_guard lock(mutex);
        std::vector<What> found;
        for (const auto& each : arrivals)
            if (const auto* what = std::get_if<What>(&each.what)) found.push_back(*what);
        return found;
    }
    template <typename What>
    What next(std::size_t number = 1) {
        EXPECT_TRUE(test::eventually([&] { return came<What>().size() >= number; }));
        const auto all = came<What>();
        return all.size() < number ? What() : all[number - 1];
    }

    /// What was highlighted is on its way: it is not overtaken by the next.
    void stepsAreSent() { one(neighbours->sendSpectrum("nobody")); }

    vo::SampResponse call(const Program& from, const vo::SampRequest& request) {
        const auto response = hub.callFrom(from.id(), encodeRequest(request));
        EXPECT_TRUE(response);
        return response.value_or(vo::SampResponse());
    }
    std::string tableIdAt(const Program& program, std::size_t n = 0) {
        return std::get<vo::LoadTable>(program.of(vo::mtype::tableLoadVotable).at(n)).tableId;
    }

    test::TemporaryFolder folder;
    test::SampHub hub;
    std::unique_ptr<Workbench> bench;
    std::mutex mutex; ///< guards the next two
    std::vector<Delivery> deliveries;
    std::vector<Arrival> arrivals;
    std::unique_ptr<Neighbours> neighbours;
};

} // namespace balmer::api
