#include "engine/remote/server/gate.h"

#include <array>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace balmer::remote;

namespace {

/// The worker's end of a connection, and whether the stranger at the other end sees it closed.
class Connection {
  public:
    Connection() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()), 0); }
    ~Connection() {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    int socket() const { return ends_[0]; }
    bool ended() const {
        pollfd seen{ends_[1], POLLIN, 0};
        return ::poll(&seen, 1, 0) == 1;
    }

  private:
    std::array<int, 2> ends_{};
};

struct GateTest : testing::Test {
    boost::asio::io_context io;
    Gate gate{io.get_executor(), {.all = 6, .each = 4}};
    std::vector<std::unique_ptr<Connection>> connections;
    std::vector<Gate::Place> places;
    void come(const std::string& peer, Gate::Standing standing = Gate::Standing::Silent) {
        connections.push_back(std::make_unique<Connection>());
        places.push_back(gate.enter(peer, connections.back()->socket(), standing));
    }
    std::vector<std::size_t> ended() const {
        std::vector<std::size_t> numbers;
        for (std::size_t i = 0; i < connections.size(); ++i)
            if (connections[i]->ended()) numbers.push_back(i);
        return numbers;
    }
};

using Numbers = std::vector<std::size_t>;

} // namespace

TEST_F(GateTest, OldestOfThePeerGivesWay) {
    come("other");
    for (int i = 0; i < 6; ++i)
        come("many");
    EXPECT_EQ(ended(), (Numbers{1, 2})) << "four of one peer";
    EXPECT_EQ(gate.size(), 5u);
}

TEST_F(GateTest, WhenItIsFullTheOldestOfTheLargestCrowdGivesWay) {
    come("owner");
    for (int i = 0; i < 4; ++i)
        come("many");
    come("a");
    come("b");
    EXPECT_EQ(ended(), (Numbers{1}));
    come("c");
    EXPECT_EQ(ended(), (Numbers{1, 2}));
    EXPECT_EQ(gate.size(), 6u);
}

TEST_F(GateTest, WhoWasRefusedGoesBeforeWhoIsSilentAndThoseBeforeWhoSpeaks) {
    come("peer");
    come("peer", Gate::Standing::Speaking);
    come("peer");
    come("peer", Gate::Standing::Speaking);
    places[2].becomes(Gate::Standing::Refused);
    come("peer", Gate::Standing::Speaking);
    EXPECT_EQ(ended(), (Numbers{2}));
    come("peer", Gate::Standing::Speaking);
    EXPECT_EQ(ended(), (Numbers{0, 2}));
    come("peer", Gate::Standing::Known);
    EXPECT_EQ(ended().size(), 3u) << "one of those who speak";
    for (int i = 0; i < 100; ++i)
        come("peer", Gate::Standing::Speaking);
    EXPECT_FALSE(connections[6]->ended()) << "it is known";
}

TEST_F(GateTest, NoOrderDrivesOutWhoSpeaks) {
    std::size_t kept = 0;
    constexpr std::size_t tries = 500, crowd = 4;
    for (std::size_t i = 0; i < tries; ++i) {
        places.clear();
        connections.clear();
        for (std::size_t each = 0; each < crowd; ++each)
            come("peer", Gate::Standing::Speaking);
        come("peer", Gate::Standing::Speaking); // the owner
        come("peer", Gate::Standing::Speaking);
        EXPECT_FALSE(connections[crowd]->ended()) << "it has just come";
        for (std::size_t each = 0; each < crowd; ++each)
            come("peer", Gate::Standing::Speaking);
        kept += !connections[crowd]->ended();
    }
    EXPECT_GT(kept, 0u) << "of 500; at least one chance in eight each time";
    EXPECT_LT(kept, tries);
}

TEST_F(GateTest, WhoHasLeftIsNotCounted) {
    for (int i = 0; i < 100; ++i) {
        come("peer");
        places.back().leave();
        places.back().leave();
    }
    EXPECT_EQ(ended(), Numbers());
    come("peer");
    places.clear();
    EXPECT_EQ(gate.size(), 0u);
    come("peer");
    gate.closeAll();
    EXPECT_EQ(ended(), (Numbers{101}));
}

TEST(GatePeers, NetworkOfV6IsOnePeer) {
    const auto name = [](const char* text) { return peerName(boost::asio::ip::make_address(text)); };
    EXPECT_EQ(name("2001:db8:1:2::7"), name("2001:db8:1:2:ffff::1"));
    EXPECT_NE(name("2001:db8:1:2::7"), name("2001:db8:1:3::7"));
    EXPECT_EQ(name("::ffff:192.0.2.7"), name("192.0.2.7"));
    EXPECT_NE(name("192.0.2.8"), name("192.0.2.7"));
}
