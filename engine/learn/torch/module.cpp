// The entry of the shared library that holds the network (classifier_module.h).

#include <array>
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
    const std::map<std::string, std::string>& attributes() const override { return network_->attributes(); }
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

constexpr std::array settings{std::pair{"epochs", &ConvNetworkParameters::epochs},
                              std::pair{"patience", &ConvNetworkParameters::patience},
                              std::pair{"networks", &ConvNetworkParameters::networks},
                              std::pair{"width", &ConvNetworkParameters::width},
                              std::pair{"pairs", &ConvNetworkParameters::pairs},
                              std::pair{"kernel", &ConvNetworkParameters::kernel},
                              std::pair{"batch", &ConvNetworkParameters::batch}};

core::Result<std::unique_ptr<Classifier>> make(const ClassifierParameters& parameters) noexcept {
    return fenced([&]() -> core::Result<std::unique_ptr<Classifier>> {
        ConvNetworkParameters network;
        network.classes = parameters.classes;
        network.columns = parameters.columns;
        network.seed = parameters.seed;
        network.threads = parameters.threads;
        network.balance = parameters.balance;
        network.attributes = parameters.attributes;
        // Of the table in classifiers.cpp, which has checked them.
        for (const auto& [name, field] : settings)
            if (const auto found = parameters.settings.find(name); found != parameters.settings.end())
                network.*field = static_cast<int>(found->second);
        if (const auto found = parameters.settings.find("dropout"); found != parameters.settings.end())
            network.dropout = found->second;
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
