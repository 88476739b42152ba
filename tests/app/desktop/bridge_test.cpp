#include <atomic>
#include <latch>

#include "app/bridge/background.h"
#include "app/bridge/display_text.h"
#include "app/bridge/event_relay.h"
#include "app/bridge/plotted.h"
#include "tests/app/desktop/desktop_environment.h"

namespace balmer::test {

using bridge::Background;

TEST(BackgroundTest, WorksOnItsThreadAndDeliversOnOurs) {
    Background background("balmer-test");
    QObject receiver;
    const auto here = std::this_thread::get_id();
    std::thread::id worked, delivered;
    background.run(
        &receiver, [](const std::stop_token&) { return std::this_thread::get_id(); },
        [&](std::thread::id id) {
            worked = id;
            delivered = std::this_thread::get_id();
        });
    ASSERT_TRUE(soon([&] { return background.idle(); }));
    EXPECT_NE(worked, here);
    EXPECT_EQ(delivered, here);
}

TEST(BackgroundTest, OnlyTheNewestRequestOfAKeyIsDelivered) {
    Background background("balmer-test");
    QObject receiver;
    std::latch held(1);
    std::vector<int> delivered;
    std::atomic<bool> askedToStop = false;
    background.latest(
        &receiver, "cursor",
        [&](const std::stop_token& stop) {
            held.wait();
            askedToStop = stop.stop_requested();
            return 0;
        },
        [&](int value) { delivered.push_back(value); });
    QTest::qWait(20);
    for (int i = 1; i <= 5; ++i)
        background.latest(
            &receiver, "cursor", [i](const std::stop_token&) { return i; },
            [&](int value) { delivered.push_back(value); });
    held.count_down();
    ASSERT_TRUE(soon([&] { return background.idle(); }));
    EXPECT_EQ(delivered, std::vector<int>{5});
    EXPECT_TRUE(askedToStop);
}

TEST(BackgroundTest, NothingIsDeliveredToTheDeadOrTheForgetful) {
    Background background("balmer-test");
    auto receiver = std::make_unique<QObject>();
    QObject other;
    bool delivered = false;
    background.run(
        receiver.get(), [](const std::stop_token&) { return 1; }, [&](int) { delivered = true; });
    background.latest(
        &other, "key", [](const std::stop_token&) { return 1; }, [&](int) { delivered = true; });
    receiver.reset();
    background.forget(&other, "key");
    ASSERT_TRUE(soon([&] { return background.idle(); }));
    EXPECT_FALSE(delivered);
}

TEST(BackgroundTest, LabelsThatWaitAreWrittenBeforeItEnds) {
    std::atomic<int> written = 0;
    QObject receiver;
    {
        bridge::Background labels("balmer-labels", bridge::Background::AtEnd::Finish);
        for (int i = 0; i < 100; ++i)
            labels.run(
                &receiver, [&](const std::stop_token& stop) { return stop.stop_requested() ? 0 : ++written; },
                [](int) {});
    }
    EXPECT_EQ(written, 100);
}

TEST(EventRelayTest, ManyEventsBecomeFewSignalsWithTheNewestStates) {
    FakeWorkbench workbench;
    bridge::EventRelay relay(workbench);
    int signalCount = 0;
    double progress = 0;
    QObject::connect(&relay, &bridge::EventRelay::jobsChanged, &relay,
                     [&](const std::vector<jobs::Job>& jobs) {
                         ++signalCount;
                         for (const auto& job : jobs)
                             if (job.id == 7) progress = job.progress;
                     });
    std::thread worker([&] {
        for (int i = 0; i <= 2000; ++i)
            workbench.jobs().advance(7, jobs::Phase::Executing, i / 2000.0);
    });
    worker.join();
    ASSERT_TRUE(soon([&] { return progress == 1.0; }));
    EXPECT_LE(signalCount, 3);
}

TEST(EventRelayTest, NamesEverySpectrumThatWasLabelled) {
    FakeWorkbench workbench;
    bridge::EventRelay relay(workbench);
    QStringList seen;
    QObject::connect(&relay, &bridge::EventRelay::labelsChanged, &relay,
                     [&](const QStringList& ids) { seen += ids; });
    for (int i = 0; i < 30; ++i) {
        active::LabelEvent event;
        event.spectrum = survey::idOf(std::size_t(i));
        event.className = "other";
        ASSERT_TRUE(workbench.labelling().label(event));
    }
    ASSERT_TRUE(soon([&] { return seen.size() == 30; }));
}

TEST(DisplayTextTest, WritesNumbersAndTimesAsPeopleReadThem) {
    EXPECT_EQ(bridge::countText(12936), QStringLiteral("12\u202f936"));
    EXPECT_EQ(bridge::countText(1, "spectrum", "spectra"), QStringLiteral("1\u00a0spectrum"));
    EXPECT_EQ(bridge::numberText(-1.25, 1).left(1), QStringLiteral("\u2212"));
    EXPECT_EQ(bridge::numberText(std::nullopt, 1), QString());
    EXPECT_EQ(bridge::durationText(0.34), QStringLiteral("0.3 s"));
    EXPECT_EQ(bridge::durationText(185), QStringLiteral("3 min 05 s"));
    EXPECT_EQ(bridge::durationText(8040), QStringLiteral("2 h 14 min"));
    EXPECT_EQ(bridge::secondsBetween("2026-11-22T10:00:00.000Z", "2026-11-22T10:01:30.500Z"), 90.5);
    EXPECT_FALSE(bridge::secondsBetween("never", ""));
    EXPECT_EQ(bridge::listItems(" a, b ,,a"), (QStringList{"a", "b"}));
}

TEST(PlottedTest, WritesUnitsWithRaisedPowers) {
    EXPECT_EQ(bridge::fluxLabel("10^-17 erg s^-1 cm^-2 Angstrom^-1"),
              QStringLiteral("flux [10⁻¹⁷ erg s⁻¹ cm⁻² Å⁻¹]"));
    EXPECT_EQ(bridge::fluxLabel("1E-17 erg/cm^2/s/Ang"), QStringLiteral("flux [10⁻¹⁷ erg/cm²/s/Å]"));
    EXPECT_EQ(bridge::fluxLabel(""), QStringLiteral("flux [arbitrary units]"));
}

TEST(PlottedTest, ShowsAirWavelengthsInVacuumAndBadSamplesMasked) {
    spectrum::Spectrum made;
    made.axis = *spectrum::SpectralAxis::make({6562.80, 6563.80}, spectrum::Medium::Air);
    made.flux = {1, 2};
    made.inverseVariance = {4, 0};
    const auto plot = bridge::plotted(made, "x");
    EXPECT_NEAR(plot.wavelength[0], 6564.61, 0.01);
    EXPECT_FLOAT_EQ(plot.error[0], 0.5F);
    EXPECT_EQ(plot.mask, (std::vector<std::uint8_t>{0, 1}));
}

} // namespace balmer::test
