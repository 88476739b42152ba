// What comes home from a worker that means no good: nothing of it gets further than the job's error.
#include <cstring>
#include <functional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/remote/objects/manifest.h"
#include "engine/remote/protocol/handshake.h"
#include "engine/remote/protocol/messages.h"
#include "engine/remote/protocol/messages.pb.h"
#include "tests/engine/remote/client/worker_with_home.h"
#include "tests/support/test_support.h"

namespace balmer::test {
namespace {

using jobs::Phase;
using remote::FrameType;
using ::testing::HasSubstr;

/// Takes any job, says at once that it has ended, and gives back what it is told to.
class HostileWorker {
  public:
    remote::wire::ResultResponse result;                     ///< the answer to RESULT
    std::map<std::string, remote::wire::Manifest> manifests; ///< by the object's bytes
    std::function<std::string(std::uint32_t chunk)> chunk;   ///< what GET brings

    explicit HostileWorker(std::filesystem::path socket) : path_(std::move(socket)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
        listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        EXPECT_EQ(::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(::listen(listening_, 10), 0);
    }
    void begin() {
        thread_ = std::thread([this] {
            while (true) {
                const int client = ::accept(listening_, nullptr, nullptr);
                if (client < 0) return;
                serve(client);
                ::close(client);
            }
        });
    }
    ~HostileWorker() {
        ::shutdown(listening_, SHUT_RDWR);
        if (thread_.joinable()) thread_.join();
        ::close(listening_);
    }
    std::string url() const { return "unix:" + path_.string(); }

  private:
    static void send(int client, const std::vector<std::byte>& bytes) {
        for (std::size_t done = 0; done < bytes.size();) {
            const auto sent = ::send(client, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
            if (sent <= 0) return;
            done += static_cast<std::size_t>(sent);
        }
    }

    void serve(int client) {
        remote::ServerHandshake::Settings settings;
        settings.software = settings.name = "hostile";
        settings.storeId = settings.instanceId = std::string(32, 'a');
        settings.capabilities = {"kind:test"};
        settings.trust.user = "tester";
        remote::ServerHandshake handshake(std::move(settings));
        send(client, handshake.begin());
        std::string arrived;
        bool shaken = false;
        std::array<std::byte, 65536> buffer{};
        while (true) {
            const auto count = ::recv(client, buffer.data(), buffer.size(), 0);
            if (count <= 0) return;
            const auto bytes = remote::Bytes(buffer).first(static_cast<std::size_t>(count));
            if (!shaken) {
                const auto step = handshake.feed(bytes);
                send(client, step.send);
                if (step.refused) return;
                if (!step.done) continue;
                shaken = true;
                const auto rest = handshake.rest();
                arrived.assign(reinterpret_cast<const char*>(rest.data()), rest.size());
            } else {
                arrived.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            }
            while (arrived.size() >= remote::frameHeaderSize) {
                std::array<std::byte, remote::frameHeaderSize> head{};
                std::memcpy(head.data(), arrived.data(), head.size());
                const auto header = remote::decodeFrameHeader(head, remote::Stage::Open);
                if (!header) return;
                if (arrived.size() < head.size() + header->length) break;
                const auto payload = arrived.substr(head.size(), header->length);
                arrived.erase(0, head.size() + header->length);
                if (header->type == FrameType::Request) answer(client, header->stream, payload);
            }
        }
    }

    void answer(int client, std::uint32_t stream, const std::string& payload) {
        remote::wire::Request request;
        if (!request.ParseFromString(payload)) return;
        remote::wire::Response response;
        const auto respond = [&] {
            send(client, remote::encodeFrame(FrameType::Response, 0, stream, response).value());
        };
        if (request.has_submit()) {
            response.mutable_submit()->set_phase("COMPLETED");
        } else if (request.has_watch()) {
            response.mutable_watch();
            respond();
            remote::wire::Event event;
            event.set_sequence(request.watch().after() + 1);
            event.set_phase("COMPLETED");
            event.set_final(true);
            return send(client, remote::encodeFrame(FrameType::Event, 0, stream, event).value());
        } else if (request.has_result()) {
            *response.mutable_result() = result;
        } else if (request.has_manifest()) {
            *response.mutable_manifest()->mutable_manifest() = manifests[request.manifest().object()];
        } else if (request.has_get()) {
            const auto bytes = chunk(request.get().chunk());
            response.mutable_get()->set_bytes(static_cast<std::uint32_t>(bytes.size()));
            respond();
            return send(client, remote::encodeFrame(FrameType::Data, remote::flagEnd, stream,
                                                    std::as_bytes(std::span(bytes))));
        } else if (request.has_cancel()) {
            response.mutable_cancel()->set_phase("COMPLETED");
        } else if (request.has_release()) {
            response.mutable_release();
        }
        respond();
    }

    std::filesystem::path path_;
    int listening_ = -1;
    std::thread thread_;
};

class FromAHostileWorker : public ::testing::Test {
  protected:
    TemporaryFolder folder_;
    const std::string bytes_ = noise(100'000);
    const remote::Manifest manifest_ = remote::manifestOf(std::as_bytes(std::span(bytes_)));
    std::unique_ptr<HostileWorker> worker_ = std::make_unique<HostileWorker>(folder_ / "socket");
    Home home_{folder_ / "home"}; // goes first, and with it the connection

    void SetUp() override {
        worker_->result.set_phase("COMPLETED");
        worker_->result.set_result("{}");
        worker_->chunk = [this](std::uint32_t) { return bytes_; };
        offer(remote::objectIdOf(manifest_), manifest_);
    }
    void offer(const remote::ObjectId& id, const remote::Manifest& manifest) {
        auto& to = worker_->manifests[remote::digestToBytes(id).value()];
        to.Clear();
        to.set_bytes(manifest.size);
        for (const auto& digest : manifest.chunks)
            to.mutable_chunks()->append(reinterpret_cast<const char*>(digest.data()), digest.size());
    }
    void output(const std::string& name, std::uint64_t bytes) {
        auto& entry = *worker_->result.add_outputs();
        entry.set_name(name);
        entry.set_object(remote::digestToBytes(remote::objectIdOf(manifest_)).value());
        entry.set_bytes(bytes);
    }
    /// Runs a job there and gives its end; nothing else is left of it.
    jobs::Job run() {
        worker_->begin();
        home_.addWorker("lab", worker_->url());
        const auto id = home_.submit({{"do", "copy"}});
        const auto job = home_.wait(id);
        if (job.phase != Phase::Completed) {
            EXPECT_EQ(home_.commits(id), 0);
            std::size_t files = 0;
            for (const auto& each :
                 std::filesystem::recursive_directory_iterator(home_.remoteFolder() / "incoming"))
                files += remote::isObjectId(each.path().filename().string()) ? 1 : 0;
            EXPECT_EQ(files, 0u) << "what is not what it was said to be is no object";
        }
        for (const auto& each : std::filesystem::directory_iterator(folder_.path()))
            EXPECT_THAT((std::vector<std::string>{"home", "socket"}),
                        ::testing::Contains(each.path().filename()));
        return job;
    }
    void expectRefused(const std::string& words) {
        const auto job = run();
        EXPECT_EQ(job.phase, Phase::Error);
        ASSERT_TRUE(job.error);
        EXPECT_THAT(job.error->describe(), HasSubstr(words));
    }
};

TEST_F(FromAHostileWorker, WhatIsRightIsTaken) {
    output("data", bytes_.size());
    EXPECT_EQ(run().phase, Phase::Completed);
}

TEST_F(FromAHostileWorker, ChunkWithAnotherDigest) {
    output("data", bytes_.size());
    worker_->chunk = [this](std::uint32_t) { return std::string(bytes_.size(), 'x'); };
    expectRefused("not what its manifest says");
}

TEST_F(FromAHostileWorker, ChunkOfAnotherLength) {
    output("data", bytes_.size());
    worker_->chunk = [this](std::uint32_t) { return bytes_.substr(1); };
    expectRefused("bytes, not");
}

TEST_F(FromAHostileWorker, ManifestOfAnotherObject) {
    output("data", bytes_.size());
    auto other = manifest_;
    other.chunks.front() = {};
    offer(remote::objectIdOf(manifest_), other);
    expectRefused("manifest of another object");
}

TEST_F(FromAHostileWorker, TwoSizesOfOneFile) {
    output("data", bytes_.size() + 1);
    expectRefused("two sizes");
}

TEST_F(FromAHostileWorker, FileThatIsTooLarge) {
    output("data", remote::objectSizeLimit + 1);
    expectRefused("too large");
}

TEST_F(FromAHostileWorker, OddNames) {
    output("../../../stolen", bytes_.size());
    expectRefused("names a file that it may not");
}

TEST_F(FromAHostileWorker, AbsoluteNames) {
    output((folder_ / "stolen").string(), bytes_.size());
    expectRefused("names a file that it may not");
}

TEST_F(FromAHostileWorker, OneNameTwice) {
    output("data", bytes_.size());
    output("data", bytes_.size());
    expectRefused("twice");
}

TEST_F(FromAHostileWorker, TooManyFiles) {
    for (int i = 0; i < 10'001; ++i)
        output("f" + std::to_string(i), bytes_.size());
    expectRefused("more than 10 000 files");
}

} // namespace
} // namespace balmer::test
