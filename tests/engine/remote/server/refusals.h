// What the tests of a worker's refusals share: a worker, clients that break its rules, and objects to send.
#pragma once

#include <chrono>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include "engine/core/log.h"
#include "engine/remote/objects/manifest.h"
#include "engine/remote/protocol/messages.h"
#include "tests/engine/remote/client/worker_with_home.h"
#include "tests/engine/remote/server/raw_client.h"
#include "tests/support/test_support.h"

namespace balmer::test {

using Clock = std::chrono::steady_clock;

/// Bytes of this process that lie in memory.
inline std::size_t residentBytes() {
    ::malloc_trim(0);
    std::ifstream in("/proc/self/statm");
    std::size_t all = 0, resident = 0;
    in >> all >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

inline long since(Clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
}

inline std::string keyOf(unsigned number) {
    std::string key(16, 'k');
    std::memcpy(key.data(), &number, sizeof number);
    return key;
}

inline std::string digestBytes(const remote::ObjectId& id) {
    return remote::digestToBytes(id).value_or("");
}

/// An object of given content, as an upload needs it.
struct Sample {
    std::string bytes;
    remote::Manifest manifest;
    remote::ObjectId id;
    explicit Sample(std::string content) : bytes(std::move(content)) {
        manifest.size = bytes.size();
        for (std::size_t at = 0; at < bytes.size(); at += remote::chunkSize)
            manifest.chunks.push_back(core::digestBytesOf(
                std::as_bytes(std::span(bytes))
                    .subspan(at, std::min<std::size_t>(remote::chunkSize, bytes.size() - at))));
        id = remote::objectIdOf(manifest);
    }
    remote::wire::Request offer() const {
        remote::wire::Request request;
        request.mutable_offer()->set_object(digestBytes(id));
        auto& to = *request.mutable_offer()->mutable_manifest();
        to.set_bytes(manifest.size);
        for (const auto& digest : manifest.chunks)
            to.mutable_chunks()->append(reinterpret_cast<const char*>(digest.data()), digest.size());
        return request;
    }
    remote::wire::Request put(std::uint32_t chunk, std::uint32_t size) const {
        remote::wire::Request request;
        request.mutable_put()->set_object(digestBytes(id));
        request.mutable_put()->set_chunk(chunk);
        request.mutable_put()->set_bytes(size);
        return request;
    }
};

inline remote::wire::Request submission(unsigned key, const std::string& spec,
                                        const std::vector<const Sample*>& inputs = {}) {
    remote::wire::Request request;
    auto& submit = *request.mutable_submit();
    submit.set_key(keyOf(key));
    submit.set_spec(spec);
    for (const auto* input : inputs) {
        auto& entry = *submit.add_inputs();
        entry.set_name("data-" + std::to_string(submit.inputs_size()));
        entry.set_object(digestBytes(input->id));
        entry.set_bytes(input->bytes.size());
    }
    return request;
}

class Refusals : public ::testing::Test {
  protected:
    TemporaryFolder folder_;
    std::unique_ptr<RunningWorker> worker_;

    std::filesystem::path log_ = folder_ / "log";
    std::streamoff read_ = 0; // bytes of the log that were asked for already

    void SetUp() override { core::log::alsoTo(log_); }

    void start(RunningWorker::Options options = {}) {
        worker_.reset();
        worker_ = std::make_unique<RunningWorker>(folder_ / "worker", options);
    }
    /// What the worker has logged since it was asked last; waits for the words.
    std::string logged(const std::string& words) {
        std::string all;
        for (int i = 0; i < 15000; ++i) {
            std::ifstream file(log_, std::ios::binary);
            file.seekg(read_);
            all.assign(std::istreambuf_iterator<char>(file), {});
            if (all.find(words) != std::string::npos) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        read_ += static_cast<std::streamoff>(all.size());
        return all;
    }
    std::unique_ptr<RawClient> meet() {
        auto client = RawClient::toSocket(worker_->socket());
        const auto met = client->shakeHands();
        EXPECT_TRUE(met) << why(met);
        return client;
    }
    std::unique_ptr<RawClient> meetAs(const std::string& user) {
        const auto token =
            remote::workerToken(worker_->folder(), user); // read by the worker at each connection
        auto client = RawClient::toPort(worker_->tcpPort());
        const auto met = client->shakeHands(token.value_or(""));
        EXPECT_TRUE(met) << why(met);
        return client;
    }
    /// The connection ends with these words, which the worker's log has, too; another client is served.
    void expectEnded(RawClient& client, const std::string& words) {
        EXPECT_THAT(client.lastWords(), ::testing::HasSubstr(words));
        EXPECT_THAT(logged(words), ::testing::HasSubstr(words));
        EXPECT_TRUE(meet()->alive());
    }
    RawClient::Answer upload(RawClient& client, const Sample& sample) {
        auto answer = client.ask(sample.offer());
        for (std::uint32_t chunk = 0; chunk < sample.manifest.chunks.size() && !answer.problem; ++chunk) {
            const auto bytes = sample.bytes.substr(std::size_t{chunk} * remote::chunkSize, remote::chunkSize);
            const auto stream = client.begin(sample.put(chunk, static_cast<std::uint32_t>(bytes.size())));
            for (std::size_t at = 0; at < bytes.size(); at += remote::dataFrameSize)
                client.send(remote::FrameType::Data,
                            at + remote::dataFrameSize >= bytes.size() ? remote::flagEnd : 0, stream,
                            bytes.substr(at, remote::dataFrameSize));
            answer = client.answer(stream);
        }
        return answer;
    }
};

} // namespace balmer::test
