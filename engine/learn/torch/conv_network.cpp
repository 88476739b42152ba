#include "engine/learn/torch/conv_network.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <utility>

#include "engine/core/files.h"
#include "engine/core/random_stream.h"
#include "engine/core/thread_pool.h"
#include "engine/learn/balancing.h"
#include "engine/learn/torch/conv_network_file.h"

namespace balmer::learn {
namespace {

using core::ErrorCode;
using core::fail;

/// Training without a stated length: so many steps of Adam bring the network there, and so many epochs show
/// it every row often enough.
constexpr std::size_t automaticSteps = 240;
constexpr int fewestEpochs = 8;

/// Rows that one thread scores together, and rows between two looks at the wish to stop.
constexpr std::size_t scoringRows = ConvScorer::rowsAtOnce, scoringSlab = 16 * scoringRows;

constexpr std::array<std::pair<InputScaling, std::string_view>, 3> scalingWords{{
    {InputScaling::Automatic, "automatic"},
    {InputScaling::MinMax, "min-max"},
    {InputScaling::MedianStandardised, "median-standardised"},
}};

core::FloatMatrix gather(const core::FloatMatrix& rows, std::span<const std::size_t> chosen) {
    core::FloatMatrix gathered(chosen.size(), rows.columns());
    for (std::size_t i = 0; i < chosen.size(); ++i)
        std::ranges::copy(rows.row(chosen[i]), gathered.row(i).begin());
    return gathered;
}

std::vector<int> gather(const std::vector<int>& labels, std::span<const std::size_t> chosen) {
    std::vector<int> gathered;
    for (const std::size_t i : chosen)
        gathered.push_back(labels[i]);
    return gathered;
}

/// Probabilities of scaled rows, by one model, in blocks of fixed size.
void scaledProbabilities(const ConvModel& model, core::FloatView rows, core::MatrixView<float> output,
                         core::ThreadPool& pool) {
    const auto scorer = model.scorer();
    std::vector<ConvScorer::Workspace> spaces(pool.threads());
    pool.parallelFor(
        (rows.rows() + scoringRows - 1) / scoringRows, [&](std::size_t block, std::size_t worker) {
            const std::size_t first = block * scoringRows, count = std::min(scoringRows, rows.rows() - first);
            scorer.probabilities(rows.block(first, count), output.block(first, count), spaces[worker]);
        });
}

class TrainableNetwork final : public ConvNetwork {
  public:
    explicit TrainableNetwork(ConvNetworkParameters parameters) {
        networks_.parameters = std::move(parameters);
    }
    explicit TrainableNetwork(TrainedNetworks networks) : networks_(std::move(networks)) {}

    const std::vector<std::string>& classes() const override { return networks_.parameters.classes; }
    std::size_t columns() const override { return networks_.parameters.columns; }
    const std::map<std::string, std::string>& attributes() const override {
        return networks_.parameters.attributes;
    }
    const ConvNetworkParameters& parameters() const override { return networks_.parameters; }
    InputScaling inputScaling() const override {
        return networks_.models.empty() ? networks_.parameters.inputScaling : networks_.scaler.scaling;
    }
    void setThreads(std::size_t threads) override { networks_.parameters.threads = threads; }

    core::Result<TrainingReport> train(core::FloatView rows, std::span<const int> labels,
                                       core::TaskContext& task) override;
    core::Result<core::FloatMatrix> predict(core::FloatView rows, core::TaskContext& task) const override;
    core::Status save(const std::filesystem::path& file) const override;

  private:
    core::Result<ConvModel> trainOne(const core::FloatMatrix& scaled, const std::vector<int>& labels,
                                     int number, core::ThreadPool& pool, core::TaskContext task,
                                     TrainingReport& report) const;
    core::Status checkColumns(core::FloatView rows) const;

    TrainedNetworks networks_;
};

core::Status TrainableNetwork::checkColumns(core::FloatView rows) const {
    if (rows.columns() == columns()) return {};
    return fail(ErrorCode::InvalidArgument, "the network takes spectra of " + std::to_string(columns()) +
                                                " columns, not of " + std::to_string(rows.columns()) +
                                                "; use a dataset of the same preprocessing");
}

core::Result<TrainingReport> TrainableNetwork::train(core::FloatView rows, std::span<const int> labels,
                                                     core::TaskContext& task) {
    const auto start = std::chrono::steady_clock::now();
    const ConvNetworkParameters& p = networks_.parameters;
    BALMER_CHECK(checkColumns(rows));
    BALMER_CHECK(checkLabels(rows, labels, p.classes));
    TrainingReport report;
    const InputScaling scaling = RowScaler::resolve(p.inputScaling, rows);
    std::vector<std::size_t> usable;
    std::vector<int> usableLabels;
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        if (!RowScaler::usable(scaling, rows.row(r))) continue;
        usable.push_back(r);
        usableLabels.push_back(labels[r]);
    }
    if (std::set<int>(usableLabels.begin(), usableLabels.end()).size() < 2)
        return fail(
            ErrorCode::InvalidArgument,
            usable.empty()
                ? "there is no usable labelled spectrum to train with (finite and not constant); label "
                  "some first"
                : "all usable labelled spectra are of one class (" +
                      p.classes[static_cast<std::size_t>(usableLabels[0])] +
                      "); label some of another class before training");
    report.rows = rows.rows();
    report.rowsLeftOut = rows.rows() - usable.size();
    report.inputScaling = toString(scaling);

    RowScaler scaler = RowScaler::learn(scaling, rows);
    core::FloatMatrix scaled(usable.size(), rows.columns());
    for (std::size_t i = 0; i < usable.size(); ++i)
        scaler.apply(rows.row(usable[i]), scaled.row(i));

    core::ThreadPool pool(p.threads, "balmer-learn");
    std::vector<ConvModel> models;
    for (int n = 0; n < p.networks; ++n) {
        BALMER_TRY(ConvModel model,
                   trainOne(scaled, usableLabels, n, pool,
                            task.part(double(n) / p.networks, double(n + 1) / p.networks), report));
        models.push_back(std::move(model));
    }
    networks_.scaler = std::move(scaler);
    networks_.models = std::move(models);
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
}

core::Result<ConvModel> TrainableNetwork::trainOne(const core::FloatMatrix& scaled,
                                                   const std::vector<int>& labels, int number,
                                                   core::ThreadPool& pool, core::TaskContext task,
                                                   TrainingReport& report) const {
    const ConvNetworkParameters& p = networks_.parameters;
    const std::uint64_t seed = core::RandomStream(p.seed, static_cast<std::uint64_t>(number)).bits();
    core::RandomStream random(seed, 0x7124);

    // Hold out a share of each class, never all of one.
    std::vector<std::size_t> training, validation;
    for (int label = 0; label < static_cast<int>(p.classes.size()); ++label) {
        std::vector<std::size_t> members;
        for (std::size_t i = 0; i < labels.size(); ++i)
            if (labels[i] == label) members.push_back(i);
        random.shuffle(std::span(members));
        const auto held =
            static_cast<std::ptrdiff_t>(p.validationShare * static_cast<double>(members.size()));
        validation.insert(validation.end(), members.begin(), members.begin() + held);
        training.insert(training.end(), members.begin() + held, members.end());
    }
    std::ranges::sort(training);
    const core::FloatMatrix validationRows = gather(scaled, validation);
    const std::vector<int> validationLabels = gather(labels, validation);
    LabelledRows data{gather(scaled, training), gather(labels, training)};
    if (p.balance) {
        SmoteParameters smoteParameters;
        smoteParameters.seed = seed;
        smoteParameters.threads = p.threads;
        BALMER_TRY(data, smote(data.rows.view(), data.labels, smoteParameters, task));
    }
    const std::size_t rows = data.labels.size(), batch = std::min(rows, static_cast<std::size_t>(p.batch));
    const std::size_t batches = (rows + batch - 1) / batch;
    const int epochs =
        p.epochs > 0 ? p.epochs
                     : std::max(fewestEpochs, static_cast<int>((automaticSteps + batches - 1) / batches));

    ConvModel model(p.shape());
    model.initialise(seed);
    std::vector<float> best(model.weights().begin(), model.weights().end());
    double bestLoss = std::numeric_limits<double>::infinity(), gainedLoss = bestLoss;
    int bestEpoch = 0, gainedEpoch = 0, epoch = 0;
    std::vector<EpochStatistics> history;
    core::FloatMatrix batchRows(batch, scaled.columns());
    std::vector<int> batchLabels(batch);
    const std::string stage = p.networks == 1 ? "training"
                                              : "training network " + std::to_string(number + 1) + " of " +
                                                    std::to_string(p.networks);
    bool stopped = false;
    while (epoch < epochs && !stopped) {
        // The learning rate falls along half a cosine (Loshchilov & Hutter 2017) to a hundredth.
        const double way = static_cast<double>(epoch) / epochs;
        ConvModel::Step step{p.learningRate * (0.01 + 0.99 * (1 + std::cos(std::numbers::pi * way)) / 2),
                             p.weightDecay, p.dropout, seed};
        const std::vector<std::size_t> order = random.permutation(rows);
        EpochStatistics statistics{++epoch, 0, std::numeric_limits<double>::quiet_NaN()};
        for (std::size_t b = 0; b < batches; ++b) {
            const double inEpoch = static_cast<double>(b) / static_cast<double>(batches);
            BALMER_CHECK(task.checkpoint((epoch - 1 + inEpoch) / epochs, stage));
            const std::size_t first = b * batch, count = std::min(batch, rows - first);
            for (std::size_t i = 0; i < count; ++i) {
                std::ranges::copy(data.rows.row(order[first + i]), batchRows.row(i).begin());
                batchLabels[i] = data.labels[order[first + i]];
            }
            BALMER_TRY(const double loss, model.step(batchRows.view().block(0, count),
                                                     std::span(batchLabels).first(count), step, pool));
            statistics.trainingLoss += loss * static_cast<double>(count) / static_cast<double>(rows);
        }
        if (!std::isfinite(statistics.trainingLoss))
            return fail(ErrorCode::InvalidArgument, "the training diverged in epoch " +
                                                        std::to_string(epoch) + "; lower the learning rate");
        if (!validation.empty()) {
            core::FloatMatrix output(validation.size(), p.classes.size());
            scaledProbabilities(model, validationRows.view(), output.view(), pool);
            double sum = 0;
            for (std::size_t i = 0; i < validation.size(); ++i)
                sum -= std::log(
                    std::max(1e-12, double(output(i, static_cast<std::size_t>(validationLabels[i])))));
            statistics.validationLoss = sum / static_cast<double>(validation.size());
        }
        task.report("training loss", epoch, statistics.trainingLoss);
        if (!validation.empty()) task.report("validation loss", epoch, statistics.validationLoss);
        history.push_back(statistics);

        const double watched = validation.empty() ? statistics.trainingLoss : statistics.validationLoss;
        if (watched < bestLoss) {
            bestLoss = watched;
            bestEpoch = epoch;
            std::ranges::copy(model.weights(), best.begin());
        }
        if (watched < gainedLoss - p.minimumGain) {
            gainedLoss = watched;
            gainedEpoch = epoch;
        }
        stopped = p.patience > 0 && epoch - gainedEpoch >= p.patience;
    }
    std::ranges::copy(best, model.weights().begin());
    model.endTraining();
    if (epoch >= report.epochs) {
        report.rowsBalanced = rows;
        report.epochs = epoch;
        report.bestEpoch = bestEpoch;
        report.stoppedEarly = stopped;
        report.history = std::move(history);
    }
    return model;
}

core::Result<core::FloatMatrix> TrainableNetwork::predict(core::FloatView rows,
                                                          core::TaskContext& task) const {
    if (networks_.models.empty())
        return fail(ErrorCode::InvalidArgument,
                    "the network is not trained yet; train it before it predicts");
    BALMER_CHECK(checkColumns(rows));
    const std::size_t classCount = classes().size();
    core::FloatMatrix output(rows.rows(), classCount);
    core::ThreadPool pool(networks_.parameters.threads, "balmer-score");
    std::vector<ConvScorer> scorers;
    for (const ConvModel& model : networks_.models)
        scorers.push_back(model.scorer());
    std::vector<ConvScorer::Workspace> spaces(pool.threads());
    for (std::size_t slab = 0; slab < rows.rows(); slab += scoringSlab) {
        BALMER_CHECK(
            task.checkpoint(static_cast<double>(slab) / static_cast<double>(rows.rows()), "scoring"));
        const std::size_t slabRows = std::min(scoringSlab, rows.rows() - slab);
        const std::size_t blocks = (slabRows + scoringRows - 1) / scoringRows;
        pool.parallelFor(blocks, [&](std::size_t block, std::size_t worker) {
            const std::size_t first = slab + block * scoringRows,
                              count = std::min(scoringRows, slab + slabRows - first);
            core::FloatMatrix scaled(count, rows.columns()), part(count, classCount);
            std::vector<char> usable(count);
            for (std::size_t i = 0; i < count; ++i)
                usable[i] = networks_.scaler.apply(rows.row(first + i), scaled.row(i));
            auto result = output.view().block(first, count);
            for (const ConvScorer& scorer : scorers) {
                scorer.probabilities(scaled.view(), part.view(), spaces[worker]);
                for (std::size_t i = 0; i < count; ++i)
                    for (std::size_t c = 0; c < classCount; ++c)
                        result(i, c) += part(i, c) / static_cast<float>(networks_.models.size());
            }
            for (std::size_t i = 0; i < count; ++i)
                if (!usable[i]) std::ranges::fill(result.row(i), std::numeric_limits<float>::quiet_NaN());
        });
    }
    BALMER_CHECK(task.checkpoint(1, "scoring"));
    return output;
}

core::Status TrainableNetwork::save(const std::filesystem::path& file) const {
    if (networks_.models.empty())
        return fail(ErrorCode::InvalidArgument, "the network is not trained yet; train it before saving it");
    return core::writeFile(file, encode(networks_));
}

} // namespace

std::string_view toString(InputScaling scaling) {
    for (const auto& [value, word] : scalingWords)
        if (value == scaling) return word;
    return "automatic";
}

core::Result<InputScaling> inputScalingFrom(std::string_view word) {
    for (const auto& [value, known] : scalingWords)
        if (known == word) return value;
    return fail(ErrorCode::InvalidArgument,
                "\"" + std::string(word) +
                    "\" is not a way to scale rows; there are automatic, min-max and "
                    "median-standardised");
}

core::Status ConvNetworkParameters::validate() const {
    const auto refuse = [](const std::string& what) { return fail(ErrorCode::InvalidArgument, what); };
    BALMER_CHECK(checkClassNames(classes));
    if (width < 4 || width > 256) return refuse("width must lie between 4 and 256 channels");
    if (pairs < 1 || pairs > 5) return refuse("pairs must lie between 1 and 5 of convolutions");
    if (kernel < 3 || kernel > 15 || kernel % 2 == 0)
        return refuse("kernel must be an odd number of samples from 3 to 15");
    if (shape().positionsLeft() < 1)
        return refuse("spectra of " + std::to_string(columns) +
                      " columns are too short for the network; it "
                      "needs " +
                      std::to_string(shape().fewestColumns()) + " or more");
    if (columns > 8192)
        return refuse("spectra of " + std::to_string(columns) +
                      " columns are too long for the network; cut them to a window of 8192 columns or fewer");
    const auto inside = [](double value, double low, double high) { return value >= low && value <= high; };
    if (epochs < 0 || epochs > 100000)
        return refuse("epochs must lie between 1 and 100000, or be 0 (as many as are needed)");
    if (batch < 1 || batch > 65536) return refuse("batch must lie between 1 and 65536 rows");
    if (!inside(learningRate, 1e-9, 1)) return refuse("learningRate must lie between 1e-9 and 1");
    if (!inside(dropout, 0, 0.95)) return refuse("dropout must lie between 0 and 0.95");
    if (!inside(weightDecay, 0, 10)) return refuse("weightDecay must lie between 0 and 10");
    if (patience < 0) return refuse("patience must be 0 (never stop early) or a number of epochs");
    if (!inside(minimumGain, 0, 10)) return refuse("minimumGain must lie between 0 and 10");
    if (!inside(validationShare, 0, 0.5)) return refuse("validationShare must lie between 0 and 0.5");
    if (networks < 1 || networks > 16) return refuse("networks must lie between 1 and 16");
    if (threads > 4096) return refuse("threads must lie between 0 (all processors) and 4096");
    return {};
}

core::Result<std::unique_ptr<ConvNetwork>> makeConvNetwork(ConvNetworkParameters parameters) {
    BALMER_CHECK(parameters.validate());
    return std::make_unique<TrainableNetwork>(std::move(parameters));
}

core::Result<std::unique_ptr<ConvNetwork>> loadConvNetwork(const std::filesystem::path& file) {
    const auto reading = [&] { return "reading the network " + file.string(); };
    auto bytes = core::readFile(file);
    if (!bytes) return fail(std::move(bytes.error().during(reading())));
    auto networks = decode(*bytes);
    if (!networks) return fail(std::move(networks.error().during(reading())));
    return std::make_unique<TrainableNetwork>(std::move(*networks));
}

} // namespace balmer::learn
