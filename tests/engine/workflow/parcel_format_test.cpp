#include "engine/workflow/parcel_format.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "engine/core/random_stream.h"
#include "engine/workflow/parcel.h"

namespace balmer::workflow {
namespace {

store::RoundRecord sampleRound() {
    store::RoundRecord round;
    round.dataset = "w";
    round.number = 3;
    round.classes = {"other", "double \"peak\""};
    round.targets = {"double \"peak\""};
    round.model = std::string(64, 'b');
    round.precision = active::PrecisionEstimate{1, 3, 1.0 / 3, 0.1, 0.95};
    round.items = {{active::RoundList::Oracle, 1, "ä-1", "other", 0.1, 0.7, "not sure"}};
    return round;
}

/// Wrong bytes are a Format error or another right file, and never more than that.
template <typename Decode>
void mutate(const std::string& right, Decode decode) {
    ASSERT_TRUE(decode(right));
    core::RandomStream random(1, 1);
    const auto below = [&](std::size_t n) {
        return std::min(n - 1, static_cast<std::size_t>(random.uniform() * static_cast<double>(n)));
    };
    constexpr std::string_view likely = "{}[]\",:-0123456789eE.tfn\\u";
    for (int i = 0; i < 2000; ++i) {
        auto wrong = right;
        for (std::size_t changes = 1 + below(3); changes > 0 && !wrong.empty(); --changes) {
            const auto place = below(wrong.size());
            switch (below(4)) {
            case 0:
                wrong[place] = static_cast<char>(below(256));
                break;
            case 1:
                wrong[place] = likely[below(likely.size())];
                break;
            case 2:
                wrong.erase(place, 1 + below(8));
                break;
            default:
                wrong.insert(place, wrong.substr(below(wrong.size()), below(16)));
            }
        }
        const auto read = decode(wrong);
        if (!read) {
            EXPECT_EQ(read.error().code(), core::ErrorCode::Format) << wrong;
        }
    }
}

TEST(ParcelFormat, WhatIsWrittenIsReadBack) {
    InputIndex index;
    index.datasets = {{"w", std::string(64, 'a'), "dataset-1"}};
    index.models = {{"model-1", 12, "learn", "mine", {"model", "x/y", std::string(64, 'b'), 3}},
                    {"model-2", 0, "", "", {}}};
    index.files = {"file-1"};
    index.labels = index.spectra = true;
    index.packs = 2;
    EXPECT_EQ(decodeIndex(encodeIndex(index).value()).value(), index);

    jobs::Job job;
    job.id = 7;
    job.spec.kind = "som";
    job.spec.label = "ä";
    job.spec.parameters = R"({"dataset":"w"})";
    job.spec.inputs = {std::string(64, 'a')};
    const auto spec = readSpec(writeSpec(job, "eva"));
    ASSERT_TRUE(spec) << spec.error().describe();
    EXPECT_EQ(spec->job.id, 7);
    EXPECT_EQ(spec->job.spec, job.spec);
    EXPECT_EQ(spec->who, "eva");

    const auto rounds = decodeRounds(encodeRounds({sampleRound()}).value()).value();
    ASSERT_EQ(rounds.size(), 1u);
    EXPECT_EQ(rounds[0].items, sampleRound().items);
    EXPECT_EQ(rounds[0].classes, sampleRound().classes);
    EXPECT_EQ(rounds[0].precision->precision, 1.0 / 3);
}

TEST(ParcelFormat, ANameThatIsNoTextCannotTravel) {
    InputIndex index;
    index.datasets = {{"w\xff", std::string(64, 'a'), "dataset-1"}};
    EXPECT_EQ(encodeIndex(index).error().code(), core::ErrorCode::Unsupported);
}

TEST(ParcelFormat, NamesOfFilesAreFlat) {
    for (const char* name : {"a", "parcel.json", "dataset-1", "0_x"})
        EXPECT_TRUE(isParcelName(name)) << name;
    for (const char* name : {"", ".", "..", ".a", "-a", "a/b", "A", "a b", "ä"})
        EXPECT_FALSE(isParcelName(name)) << name;
    EXPECT_TRUE(isParcelName(std::string(100, 'a')));
    EXPECT_FALSE(isParcelName(std::string(101, 'a')));
}

TEST(ParcelFormat, WrongBytesAreRefusedOrRight) {
    InputIndex index;
    index.datasets = {{"w", std::string(64, 'a'), "dataset-1"}};
    index.models = {{"model-1", 12, "learn", "mine", {"model", "x/y", std::string(64, 'b'), 3}}};
    mutate(encodeIndex(index).value(), &decodeIndex);
    active::LabelEvent event;
    event.spectrum = "a";
    event.className = "x";
    auto undo = event;
    undo.className.clear();
    undo.kind = active::LabelKind::Undo;
    undo.supersedes = 1;
    mutate(encodeLabels({event, undo}).value(), &decodeLabels);
    mutate(encodeRounds({sampleRound()}).value(), &decodeRounds);
    PackedSpectra packed;
    packed.files = {{"/x.fits", 1, 0, 10, {}},
                    {"/y.fits", 0, 0, 0, core::Error(core::ErrorCode::NotFound, "no")}};
    packed.spectra = {{"x", "sim", "d", 0, "", 0}, {"r", "sim", "e", 4, "w", 0}};
    mutate(encodeSpectra(packed).value(), &decodeSpectra);
    OutputIndex outputs;
    outputs.artefacts = {{{"model", "x/y", std::string(64, 'b'), 3}, "artefact-1"}};
    outputs.columns.resize(1);
    outputs.columns[0].info.dataset = "w";
    outputs.columns[0].info.name = "entropy";
    outputs.columns[0].datasetDigest = std::string(64, 'a');
    outputs.columns[0].file = "columns-1";
    outputs.rounds = {sampleRound()};
    event.list = active::RoundList::Oracle;
    outputs.events = {event};
    outputs.judged = {{"w", {"a"}, 1, 1, 2}};
    mutate(encodeOutputs(outputs).value(), &decodeOutputs);
}

} // namespace
} // namespace balmer::workflow
