// The entry of the shared library that holds the network (classifier_module.h).

#include <array>
#include <cmath>
#include <new>
#include <utility>

#include "engine/learn/classifier_module.h"
#include "engine/learn/torch/conv_network.h"

namespace balmer::learn {
namespace {

using core::ErrorCode;
using core::fail;

/// No exception leaves the library.
template <typename Work>
auto fenced(const Work& work) noexcept -> decltype(work()) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::ResourceExhausted,
                    "there is not enough memory for the network; give it fewer rows or shorter spectra");
    } catch (const std::exception& problem) {
        return fail(ErrorCode::Internal, std::string("the network failed: ") + problem.what());
    } catch (...) {
        return fail(ErrorCode::Internal, "the network failed without saying why");
    }
}

class FencedNetwork final : public Classifier {
  public:
    explicit FencedNetwork(std::unique_ptr<ConvNetwork> network) : network_(std::move(network)) {}

    const std::vector<std::string>& classes() const override { return network_->classes(); }
    std::size_t columns() const override { return network_->columns(); }
    core::Result<TrainingReport> train(core::FloatView rows, std::span<const int> labels,
                                       core::TaskContext& task) override {
        return fenced([&] { return network_->train(rows, labels, task); });
    }
    core::Result<core::FloatMatrix> predict(core::FloatView rows, core::TaskContext& task) const override {
        return fenced([&] { return network_->predict(rows, task); });
    }
    core::Status save(const std::filesystem::path& file) const override {
        return fenced([&] { return network_->save(file); });
    }

  private:
    std::unique_ptr<ConvNetwork> network_;
};

using Setting = std::pair<std::string_view, int ConvNetworkParameters::*>;
constexpr std::array settings{Setting{"epochs", &ConvNetworkParameters::epochs},
                              Setting{"patience", &ConvNetworkParameters::patience},
                              Setting{"networks", &ConvNetworkParameters::networks}};

core::Status set(ConvNetworkParameters& network, std::string_view name, double value) {
    std::string known;
    for (const auto& [each, field] : settings) {
        known += (known.empty() ? "" : ", ") + std::string(each);
        if (each != name) continue;
        if (value != std::trunc(value) || std::abs(value) > 1e9)
            return fail(ErrorCode::InvalidArgument, std::string(name) + " must be a whole number");
        network.*field = static_cast<int>(value);
        return {};
    }
    return fail(ErrorCode::InvalidArgument,
                "the network has no setting \"" + std::string(name) + "\"; it has: " + known);
}

core::Result<std::unique_ptr<Classifier>> make(const ClassifierParameters& parameters) noexcept {
    return fenced([&]() -> core::Result<std::unique_ptr<Classifier>> {
        ConvNetworkParameters network;
        network.classes = parameters.classes;
        network.columns = parameters.columns;
        network.seed = parameters.seed;
        network.threads = parameters.threads;
        network.balance = parameters.balance;
        network.attributes = parameters.attributes;
        for (const auto& [name, value] : parameters.settings)
            BALMER_CHECK(set(network, name, value));
        BALMER_TRY(auto made, makeConvNetwork(std::move(network)));
        return std::make_unique<FencedNetwork>(std::move(made));
    });
}

core::Result<std::unique_ptr<Classifier>> load(const std::filesystem::path& file,
                                               std::size_t threads) noexcept {
    return fenced([&]() -> core::Result<std::unique_ptr<Classifier>> {
        BALMER_TRY(auto loaded, loadConvNetwork(file));
        loaded->setThreads(threads);
        return std::make_unique<FencedNetwork>(std::move(loaded));
    });
}

} // namespace
} // namespace balmer::learn

extern "C" const balmer::learn::ClassifierModule* balmer_classifier_module() {
    static const balmer::learn::ClassifierModule module{balmer::learn::classifierInterface(),
                                                        &balmer::learn::make, &balmer::learn::load};
    return &module;
}
