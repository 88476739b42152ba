#include "engine/learn/committee.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "engine/core/files.h"
#include "engine/core/random_stream.h"
#include "engine/core/thread_pool.h"
#include "engine/learn/forest.h"
#include "engine/learn/spectral_features.h"
#include "engine/learn/support_vectors.h"

namespace balmer::learn {
namespace {

using core::ErrorCode;
using core::fail;

/// Labelled rows that the members are fitted to, drawn at random from those of each class where there are
/// more: both take longer than in proportion.
constexpr std::size_t mostRows = 8'000;
constexpr std::size_t rowsOfABlock = 256;

constexpr std::array<ClassifierSetting, 4> settingsTable{{
    {"components", 20, 1, 200, true, "principal components that are looked at"},
    {"cost", 10, 1e-3, 1e6, false, "of a label on the wrong side (C of the support vector machine)"},
    {"trees", 200, 1, 2000, true, "decision trees"},
    {"depth", 12, 1, 30, true, "splits from a tree's root to its leaf, at most"},
}};

std::string_view kindOf(Members members) {
    return members == Members::Vectors ? "svm" : members == Members::Trees ? "trees" : "committee";
}

class Committee final : public Classifier {
  public:
    Committee(ClassifierParameters parameters, Members members)
        : parameters_(std::move(parameters)), members_(members) {}

    const std::vector<std::string>& classes() const override { return parameters_.classes; }
    std::size_t columns() const override { return parameters_.columns; }
    const std::map<std::string, std::string>& attributes() const override { return parameters_.attributes; }

    core::Status lookAt(core::FloatView pool, core::TaskContext& task) override;
    core::Result<TrainingReport> train(core::FloatView rows, std::span<const int> labels,
                                       core::TaskContext& task) override;
    core::Result<core::FloatMatrix> predict(core::FloatView rows, core::TaskContext& task) const override;
    core::Status save(const std::filesystem::path& file) const override;
    static core::Result<std::unique_ptr<Classifier>> read(ModelReader& file, Members members,
                                                          std::size_t threads);

  private:
    double setting(std::string_view name) const {
        const auto found = parameters_.settings.find(std::string(name));
        if (found != parameters_.settings.end()) return found->second;
        return std::ranges::find(settingsTable, name, &ClassifierSetting::name)->usual;
    }
    core::Status checkColumns(core::FloatView rows) const;

    ClassifierParameters parameters_;
    Members members_;
    std::optional<SpectralFeatures> features_;
    std::optional<SupportVectors> vectors_;
    std::optional<Forest> forest_;
};

core::Status Committee::checkColumns(core::FloatView rows) const {
    if (rows.columns() == columns()) return {};
    return fail(ErrorCode::InvalidArgument, "the model takes spectra of " + std::to_string(columns()) +
                                                " columns, not of " + std::to_string(rows.columns()) +
                                                "; use a dataset of the same preprocessing");
}

core::Status Committee::lookAt(core::FloatView pool, core::TaskContext& task) {
    BALMER_CHECK(checkColumns(pool));
    FeatureParameters wanted;
    wanted.components = static_cast<std::size_t>(setting("components"));
    wanted.continuum = continuumFor(columns());
    wanted.seed = parameters_.seed;
    wanted.threads = parameters_.threads;
    BALMER_TRY(features_, SpectralFeatures::learn(pool, wanted, task));
    return {};
}

core::Result<TrainingReport> Committee::train(core::FloatView rows, std::span<const int> labels,
                                              core::TaskContext& task) {
    const auto start = std::chrono::steady_clock::now();
    BALMER_CHECK(checkColumns(rows));
    BALMER_CHECK(checkLabels(rows, labels, classes()));
    if (!features_) {
        auto part = task.part(0, 0.5);
        BALMER_CHECK(lookAt(rows, part));
    }
    auto part = task.part(0.5, 0.6);
    BALMER_TRY(const auto all, features_->of(rows, parameters_.threads, part));
    TrainingReport report;
    report.rows = rows.rows();
    report.inputScaling = "continuum";
    std::vector<std::vector<std::size_t>> members(classes().size());
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        if (std::isfinite(all(r, 0)))
            members[static_cast<std::size_t>(labels[r])].push_back(r);
        else
            ++report.rowsLeftOut;
    }
    if (std::ranges::count_if(members, [](const auto& of) { return !of.empty(); }) < 2)
        return fail(ErrorCode::InvalidArgument,
                    "all usable labelled spectra are of one class; label some of another class before "
                    "training");
    core::RandomStream random(parameters_.seed, 0x5A3E);
    core::FloatMatrix chosen;
    std::vector<int> chosenLabels;
    for (std::size_t k = 0; k < members.size(); ++k) {
        random.shuffle(std::span(members[k]));
        members[k].resize(std::min(members[k].size(), mostRows / members.size()));
        std::ranges::sort(members[k]);
        for (const std::size_t r : members[k]) {
            chosen.appendRow(all.row(r));
            chosenLabels.push_back(static_cast<int>(k));
        }
    }
    report.rowsBalanced = chosenLabels.size();
    BALMER_CHECK(task.checkpoint(0.6, "fitting"));
    vectors_.reset();
    forest_.reset();
    if (members_ != Members::Trees) {
        BALMER_TRY(vectors_,
                   SupportVectors::fit(chosen.view(), chosenLabels, classes().size(), setting("cost")));
    }
    BALMER_CHECK(task.checkpoint(0.8, "fitting"));
    if (members_ != Members::Vectors) {
        BALMER_TRY(forest_, Forest::fit(chosen.view(), chosenLabels, classes().size(),
                                        {static_cast<int>(setting("trees")),
                                         static_cast<int>(setting("depth")), parameters_.seed}));
    }
    BALMER_CHECK(task.checkpoint(1, "fitting"));
    report.epochs = report.bestEpoch = 1;
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
}

core::Result<core::FloatMatrix> Committee::predict(core::FloatView rows, core::TaskContext& task) const {
    if (!vectors_ && !forest_)
        return fail(ErrorCode::InvalidArgument, "the model is not trained yet; train it before it predicts");
    BALMER_CHECK(checkColumns(rows));
    core::FloatMatrix output(rows.rows(), classes().size());
    core::ThreadPool pool(parameters_.threads, "balmer-score");
    constexpr std::size_t slabRows = 64 * rowsOfABlock;
    const float weight = vectors_ && forest_ ? 0.5f : 1.0f;
    for (std::size_t slab = 0; slab < rows.rows(); slab += slabRows) {
        BALMER_CHECK(
            task.checkpoint(static_cast<double>(slab) / static_cast<double>(rows.rows()), "scoring"));
        const auto part = rows.block(slab, std::min(slabRows, rows.rows() - slab));
        core::TaskContext quiet(task.stopToken(), {});
        BALMER_TRY(const auto features, features_->of(part, parameters_.threads, quiet));
        pool.parallelFor(
            (part.rows() + rowsOfABlock - 1) / rowsOfABlock, [&](std::size_t block, std::size_t) {
                const std::size_t end = std::min(part.rows(), (block + 1) * rowsOfABlock);
                for (std::size_t r = block * rowsOfABlock; r < end && !task.stopRequested(); ++r) {
                    const auto row = features.row(r);
                    const auto sums = output.row(slab + r);
                    if (!std::isfinite(row[0])) {
                        std::ranges::fill(sums, std::numeric_limits<float>::quiet_NaN());
                        continue;
                    }
                    if (vectors_) vectors_->addProbabilities(row, weight, sums);
                    if (forest_) forest_->addProbabilities(row, weight, sums);
                }
            });
    }
    BALMER_CHECK(task.checkpoint(1, "scoring"));
    return output;
}

core::Status Committee::save(const std::filesystem::path& file) const {
    if (!vectors_ && !forest_)
        return fail(ErrorCode::InvalidArgument, "the model is not trained yet; train it before saving it");
    ModelWriter writer(kindOf(members_));
    for (const auto& name : classes())
        writer.line("class", name);
    writer.line("columns", std::to_string(columns()));
    writer.line("seed", std::to_string(static_cast<std::int64_t>(parameters_.seed)));
    for (const auto& [name, value] : parameters_.attributes)
        writer.line("attribute", {name, value});
    features_->write(writer);
    if (vectors_) vectors_->write(writer);
    if (forest_) forest_->write(writer);
    features_->writeNumbers(writer);
    if (vectors_) vectors_->writeNumbers(writer);
    if (forest_) forest_->writeNumbers(writer);
    return core::writeFile(file, std::move(writer).finish());
}

core::Result<std::unique_ptr<Classifier>> Committee::read(ModelReader& file, Members members,
                                                          std::size_t threads) {
    ClassifierParameters parameters;
    parameters.classes = file.all("class");
    parameters.threads = threads;
    std::int64_t seed = 0;
    const std::set<std::string> different(parameters.classes.begin(), parameters.classes.end());
    if (different.size() < 2 || different.size() != parameters.classes.size() || different.size() > 1000 ||
        !file.read("columns", parameters.columns) || parameters.columns == 0 || !file.read("seed", seed) ||
        !file.read("attribute", parameters.attributes))
        return file.damaged("a parameter is missing or out of range");
    parameters.seed = static_cast<std::uint64_t>(seed);
    auto made = std::make_unique<Committee>(std::move(parameters), members);
    const std::size_t classes = made->classes().size();
    BALMER_TRY(made->features_, SpectralFeatures::read(file, made->columns()));
    if (members != Members::Trees) {
        BALMER_TRY(made->vectors_, SupportVectors::read(file, made->features_->count(), classes));
    }
    if (members != Members::Vectors) {
        BALMER_TRY(made->forest_, Forest::read(file, made->features_->count(), classes));
    }
    if (file.left() != 0) return file.damaged("it has more numbers than it says");
    return made;
}

} // namespace

core::Result<std::unique_ptr<Classifier>> makeCommittee(const ClassifierParameters& parameters,
                                                        Members members) {
    BALMER_CHECK(checkClassNames(parameters.classes));
    BALMER_CHECK(checkSettings(parameters.settings, settingsTable));
    return std::make_unique<Committee>(parameters, members);
}

core::Result<std::unique_ptr<Classifier>> loadCommittee(const std::filesystem::path& file, Members members,
                                                        std::size_t threads) {
    BALMER_TRY(auto bytes, core::readFile(file));
    const auto read = [&]() -> core::Result<std::unique_ptr<Classifier>> {
        BALMER_TRY(auto reader, ModelReader::open(std::move(bytes), kindOf(members)));
        return Committee::read(reader, members, threads);
    };
    auto made = read();
    if (!made) made.error().during("reading the model " + file.string());
    return made;
}

std::span<const ClassifierSetting> committeeSettings() {
    return settingsTable;
}

} // namespace balmer::learn
