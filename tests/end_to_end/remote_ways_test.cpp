// The same jobs here and on a worker, by each way in: the same results, to the last bit.
#include "tests/end_to_end/remote_home.h"
#include "tests/support/network.h"

#include <gtest/gtest.h>

namespace balmer::test {
namespace {

using nlohmann::json;

json artefactsOf(const BalmerSession& session, const json& result) {
    return session.succeed({"job", "show", result.value("job", json(0)).dump()}).value("artefacts", json());
}

json datasetsOf(const BalmerSession& session) {
    auto datasets = session.succeed({"dataset", "list"})["datasets"];
    for (auto& each : datasets)
        each.erase("created");
    return datasets;
}

class EachWay : public ::testing::TestWithParam<Way> {};

TEST_P(EachWay, GivesWhatThisComputerGives) {
    RemoteHome home;
    BalmerSession here, there;
    here.succeed(
        {"simulate", "--out", (here / "s").string(), "--spectra", "40", "--targets", "0.3", "--seed", "5"});
    here.succeed({"import", (here / "s").string(), "--recursive"});
    importMatrix(here, 60);
    std::filesystem::copy(here.project(), there.project(), std::filesystem::copy_options::recursive);
    home.add(there, GetParam());

    std::vector<std::vector<std::string>> commands{
        {"preprocess", "--preset", "halpha-140", "--name", "w"},
        {"som", "--dataset", "w", "--grid", "5x4", "--epochs", "3"}};
    if (whyNoNetwork().empty()) {
        commands.push_back({"learn", "--dataset", "m", "--folds", "0", "--epochs", "2", "--networks", "1",
                            "--label", "net"});
        commands.push_back({"score", "--model", "net", "--dataset", "m"});
    }
    for (auto command : commands) {
        const auto one = here.succeed(command);
        command.insert(command.end(), {"--on", "lab"});
        const auto other = there.succeed(command);
        ASSERT_TRUE(one.is_object() && other.is_object());
        EXPECT_EQ(comparable(one), comparable(other)) << command[0];
        EXPECT_EQ(other.value("place", ""), "lab");
        EXPECT_GT(other.value("sent_bytes", 0), 0) << command[0];
        const auto made = artefactsOf(here, one);
        EXPECT_TRUE(command[0] == "preprocess" || command[0] == "score" || !made.empty()) << command[0];
        EXPECT_EQ(made, artefactsOf(there, other)) << command[0];
    }
    EXPECT_EQ(datasetsOf(here), datasetsOf(there));
    EXPECT_EQ(here.rows(), there.rows()) << "labels and predictions";
}

std::string nameOfWay(const ::testing::TestParamInfo<Way>& tested) {
    switch (tested.param) {
    case Way::Unix:
        return "Unix";
    case Way::Tcp:
        return "Tcp";
    case Way::Tls:
        return "Tls";
    case Way::Ssh:
        break;
    }
    return "Ssh";
}

INSTANTIATE_TEST_SUITE_P(Remote, EachWay, ::testing::Values(Way::Unix, Way::Tcp, Way::Tls, Way::Ssh),
                         nameOfWay);

} // namespace
} // namespace balmer::test
