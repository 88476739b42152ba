// A GAVO DaCHS that publishes real spectra: what Balmer finds there is what pyvo and STILTS find, and it
// arrives.
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>

#include "engine/core/files.h"
#include "tests/support/balmer_session.h"

namespace balmer::test {
namespace {

using nlohmann::json;

/// The server, from the first test that needs it to the end of this process.
class Dachs {
  public:
    explicit Dachs(const std::vector<std::string>& spectra) {
        std::vector<std::string> command{
            "/bin/bash", (sourceRoot() / "tests/vo_peers/dachs_peer.sh").string(), folder_.path().string(),
            (realData().parent_path() / "vo-fixtures/dachs").string()};
        command.insert(command.end(), spectra.begin(), spectra.end());
        process_ = std::make_unique<BackgroundProcess>(command);
        if (process_->says("ready ", std::chrono::seconds(240)) &&
            process_->says("\n", std::chrono::seconds(5))) {
            const auto at = process_->said().find("ready ") + 6;
            url_ = process_->said().substr(at, process_->said().find('\n', at) - at);
        }
    }
    ~Dachs() {
        process_->signal(SIGTERM);
        process_->wait(std::chrono::seconds(30));
    }

    const std::string& url() const { return url_; } ///< "" where it did not start
    std::string ssap() const { return url_ + "/spec/q/ssa/ssap.xml"; }
    const std::string& said() const { return process_->said(); }
    std::string log() const { return core::readFile(folder_ / "log").value_or("no log"); }

  private:
    TemporaryFolder folder_;
    std::unique_ptr<BackgroundProcess> process_;
    std::string url_;
};

std::multiset<std::string> lines(const std::string& text) {
    std::multiset<std::string> all;
    std::stringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        if (!line.empty()) all.insert(line);
    return all;
}

std::multiset<std::string> addressesIn(const json& list) {
    std::multiset<std::string> all;
    for (const auto& row : list["rows"])
        all.insert(row["url"].get<std::string>());
    return all;
}

std::string spaced(double value) {
    std::ostringstream text;
    text.precision(10);
    text << value;
    return text.str();
}

TEST(Dachs, SsapFindsWhatPyvoAndStiltsFindAndBringsIt) {
    BALMER_NEEDS_REAL_DATA();
    std::vector<std::string> spectra;
    const std::regex usable("(u|v|td|rd).*\\.fits|spec-5952.*\\.fits\\.gz|spec-5955.*\\.fits\\.gz");
    for (const char* kind : {"ondrejov", "lamost_lrs_dr10_bintable"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(realData() / kind))
            if (std::regex_match(entry.path().filename().string(), usable))
                spectra.push_back(entry.path().string());
    ASSERT_GT(spectra.size(), 10u);
    const Dachs dachs(spectra);
    if (const auto missing = dachs.said().find("missing "); missing != std::string::npos)
        GTEST_SKIP() << "Debian packages are missing: " << dachs.said().substr(missing + 8);
    ASSERT_NE(dachs.url(), "") << "DaCHS did not start: " << dachs.said() << dachs.log();

    const BalmerSession session;
    const std::string script = (sourceRoot() / "tests/vo_peers/pyvo_rows.py").string();
    const auto pyvo = [&](const std::vector<std::string>& region) {
        std::vector<std::string> command{"/usr/bin/python3", script, dachs.ssap()};
        command.insert(command.end(), region.begin(), region.end());
        const auto run = runProcess(command);
        EXPECT_EQ(run.exitStatus, 0) << run.describe();
        return lines(run.standardOutput);
    };

    // Everything.
    const auto all = session.succeed({"vo", "ssap", dachs.ssap(), "--list", "--maxrec", "10000"});
    EXPECT_EQ(addressesIn(all).size(), spectra.size());
    EXPECT_EQ(addressesIn(all), pyvo({}));
    EXPECT_EQ(all["overflow"], false);

    // A region around one of them that holds some and not all.
    std::optional<std::pair<double, double>> centre;
    for (const auto& row : all["rows"]) {
        ASSERT_TRUE(row["ra"].is_number()) << row.dump();
        if (!centre && row["collection"] == "LAMOST DR10")
            centre.emplace(row["ra"].get<double>(), row["dec"].get<double>());
    }
    ASSERT_TRUE(centre);
    const auto ra = spaced(centre->first), dec = spaced(centre->second);
    const auto near =
        session.succeed({"vo", "ssap", dachs.ssap(), "--list", "--pos", ra + " " + dec, "--size", "6"});
    EXPECT_FALSE(addressesIn(near).empty());
    EXPECT_LT(addressesIn(near).size(), spectra.size());
    EXPECT_EQ(addressesIn(near), pyvo({ra, dec, "6"}));
    const auto stilts =
        runProcess({"/usr/bin/stilts", "cone", "servicetype=ssa", "serviceurl=" + dachs.ssap(), "lon=" + ra,
                    "lat=" + dec, "radius=3", "ocmd=keepcols accref", "out=-", "ofmt=csv(header=false)"});
    ASSERT_EQ(stilts.exitStatus, 0) << stilts.describe();
    EXPECT_EQ(addressesIn(near), lines(stilts.standardOutput));

    // Two positions at once, a band, a format, too few rows.
    const auto two = session.succeed({"vo", "ssap", dachs.ssap(), "--list", "--pos", ra + " " + dec, "--pos",
                                      ra + " " + dec, "--size", "6"});
    EXPECT_EQ(addressesIn(two), addressesIn(near));
    const auto red = session.succeed({"vo", "ssap", dachs.ssap(), "--list", "--band", "8900/9000"});
    for (const auto& row : red["rows"])
        EXPECT_GT(row["last_wavelength"].get<double>(), 8900) << row.dump();
    EXPECT_FALSE(red["rows"].empty());
    EXPECT_LT(red["rows"].size(), spectra.size());
    const auto few = session.succeed({"vo", "ssap", dachs.ssap(), "--list", "--maxrec", "3"});
    EXPECT_EQ(few["rows"].size(), 3u);
    EXPECT_EQ(few["overflow"], true);
    EXPECT_EQ(session.fail({"vo", "ssap", dachs.ssap(), "--param", "TIME=never"})["code"], "remote");

    // They arrive, byte for byte, gzipped ones among them, and are spectra.
    const auto fetched = session.succeed({"vo", "ssap", dachs.ssap(), "--maxrec", "10000"});
    EXPECT_EQ(fetched["fetched"], spectra.size()) << fetched.dump();
    EXPECT_EQ(fetched["imported"], spectra.size()) << fetched.dump();
    EXPECT_EQ(fetched["refused"].size(), 0u) << fetched.dump();
    const auto folder = std::filesystem::path(fetched["folder"].get<std::string>());
    for (const auto& original : spectra) {
        const auto name = std::filesystem::path(original).filename();
        EXPECT_EQ(core::readFile(folder / name).value_or("absent"), core::readFile(original).value()) << name;
    }
    EXPECT_EQ(session.rows().size(), spectra.size());

    // And the project knows them, by address and by the publisher's identifier.
    const auto marked = session.succeed({"vo", "ssap", dachs.ssap(), "--list", "--maxrec", "10000"});
    for (const auto& row : marked["rows"])
        EXPECT_TRUE(row["in_project"].is_string()) << row.dump();
    const auto again = session.succeed({"vo", "ssap", dachs.ssap(), "--maxrec", "10000"});
    EXPECT_EQ(again["chosen"], 0) << again.dump();
}

} // namespace
} // namespace balmer::test
