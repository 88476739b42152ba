#include "engine/learn/classifiers.h"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>

#include <gmock/gmock.h>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/learn/metrics.h"
#include "tests/support/network.h"
#include "tests/support/test_support.h"

namespace balmer::learn {
namespace {

using core::ErrorCode;
using testing::HasSubstr;

/// While it lives, the network's module is this file.
class OtherModule {
  public:
    explicit OtherModule(const char* file) { ::setenv("BALMER_TORCH_MODULE", file, 1); }
    ~OtherModule() { ::unsetenv("BALMER_TORCH_MODULE"); }
    OtherModule(const OtherModule&) = delete;
    OtherModule& operator=(const OtherModule&) = delete;
};

const ClassifierKind& network() {
    return **classifierNamed("network");
}

/// Two classes, each with a line of its own.
void fill(core::FloatMatrix& rows, std::vector<int>& labels) {
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        labels.push_back(static_cast<int>(r % 2));
        for (std::size_t c = 0; c < rows.columns(); ++c)
            rows(r, c) = static_cast<float>((c * 7 + r * 3) % 5) * 0.01f;
        rows(r, r % 2 == 0 ? 10 : 30) = 1;
    }
}

TEST(Classifiers, AreFoundByNameAndTheOthersAreNamed) {
    EXPECT_EQ(network().mediaType, "application/x-balmer-network");
    const auto none = classifierNamed("oracle");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), ErrorCode::NotFound);
    EXPECT_THAT(none.error().message(), HasSubstr("network"));
}

TEST(Classifiers, FileOfNoKnownKindIsRefusedWithoutAModule) {
    const OtherModule nowhere("/nowhere.so");
    const test::TemporaryFolder folder;
    std::ofstream(folder / "m") << "some text";
    const auto text = loadClassifier(folder / "m", 1);
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code(), ErrorCode::Format);
    EXPECT_THAT(text.error().message(), HasSubstr((folder / "m").string()));
    EXPECT_EQ(loadClassifier(folder / "none", 1).error().code(), ErrorCode::NotFound);
    std::ofstream(folder / "n") << "Balmer network 1\n";
    EXPECT_EQ(loadClassifier(folder / "n", 1).error().code(), ErrorCode::Unsupported);
}

TEST(ClassifierModule, ThatIsMissingOrDoesNotFitIsNamedWithTheRemedy) {
    for (const auto& [file, why] : {std::pair{"/nowhere/module.so", "No such file"},
                                    {"libm.so.6", "not a classifier"},
                                    {BALMER_OTHER_MODULE, "other sources"}}) {
        const OtherModule other(file);
        const auto there = network().available();
        ASSERT_FALSE(there) << file;
        EXPECT_EQ(there.error().code(), ErrorCode::Unsupported);
        EXPECT_THAT(there.error().message(), HasSubstr(file));
        EXPECT_THAT(there.error().message(), HasSubstr(why));
        EXPECT_THAT(there.error().message(), HasSubstr("BALMER_TORCH_MODULE"));
        EXPECT_FALSE(network().make({.classes = {"a", "b"}, .columns = 40}));
    }
}

TEST(ClassifierModule, NetworkLearnsStopsAndIsReadBack) {
    BALMER_NEEDS_NETWORK();
    core::FloatMatrix rows(24, 40);
    std::vector<int> labels;
    fill(rows, labels);
    ClassifierParameters parameters{.classes = {"a", "b"}, .columns = 40, .threads = 2};
    parameters.settings = {{"epochs", 120}, {"patience", 120}, {"networks", 1}};
    auto made = network().make(parameters);
    ASSERT_TRUE(made) << test::why(made);

    std::stop_source stop;
    stop.request_stop();
    core::TaskContext stopped(stop.get_token(), [](double, std::string_view) {});
    const auto cancelled = (*made)->train(rows.view(), labels, stopped);
    ASSERT_FALSE(cancelled);
    EXPECT_EQ(cancelled.error().code(), ErrorCode::Cancelled);

    double reached = 0;
    core::TaskContext task({}, [&](double fraction, std::string_view) { reached = fraction; });
    const auto report = (*made)->train(rows.view(), labels, task);
    ASSERT_TRUE(report) << test::why(report);
    EXPECT_GT(reached, 0.5);
    const auto probabilities = (*made)->predict(rows.view(), task);
    ASSERT_TRUE(probabilities) << test::why(probabilities);
    EXPECT_EQ(mostProbable(probabilities->view()), labels);

    const test::TemporaryFolder folder;
    ASSERT_TRUE((*made)->save(folder / "model"));
    const auto read = loadClassifier(folder / "model", 1);
    ASSERT_TRUE(read) << test::why(read);
    EXPECT_EQ(read->model->classes(), parameters.classes);
    EXPECT_EQ(read->model->predict(rows.view(), task).value(), *probabilities);

    // Weights that are numbers, and lead beyond them.
    auto content = core::readFile(folder / "model").value();
    content.resize(content.size() - 64); // the digest
    const float huge = std::numeric_limits<float>::max();
    for (std::size_t i = 1; i <= 2000; ++i)
        std::memcpy(content.data() + content.size() - sizeof huge * i, &huge, sizeof huge);
    content += core::digestOf(std::string_view(content));
    ASSERT_TRUE(core::writeFile(folder / "huge", content));
    const auto refused = loadClassifier(folder / "huge", 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::Format);
    EXPECT_NE(refused.error().message().find("weights are damaged"), std::string::npos) << test::why(refused);
}

TEST(ClassifierModule, SettingsThatAreNoneAreRefused) {
    BALMER_NEEDS_NETWORK();
    ClassifierParameters parameters{.classes = {"a", "b"}, .columns = 40};
    parameters.settings = {{"depth", 3}};
    const auto unknown = network().make(parameters);
    ASSERT_FALSE(unknown);
    EXPECT_THAT(unknown.error().message(), HasSubstr("depth"));
    EXPECT_THAT(unknown.error().message(), HasSubstr("epochs"));
    parameters.settings = {{"epochs", 2.5}};
    EXPECT_FALSE(network().make(parameters));
}

} // namespace
} // namespace balmer::learn
