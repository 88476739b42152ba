#include "engine/learn/classifiers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/files.h"
#include "engine/learn/classifier_module.h"

namespace balmer::learn {

using core::ErrorCode;
using core::fail;

namespace {

/// The convolutional network of learn/torch.
struct Network {
    static core::Result<const ClassifierModule*> module() {
        return openClassifierModule(
            {"the network", "libbalmer_torch.so", "BALMER_TORCH_MODULE",
             "install Balmer with its network (built with -DBALMER_TORCH=ON) and the Debian package "
             "libtorch1.13"});
    }
    static core::Result<std::unique_ptr<Classifier>> make(const ClassifierParameters& parameters) {
        BALMER_TRY(const auto* const found, module());
        return found->make(parameters);
    }
    static core::Result<std::unique_ptr<Classifier>> load(const std::filesystem::path& file,
                                                          std::size_t threads) {
        BALMER_TRY(const auto* const found, module());
        return found->load(file, threads);
    }
    static core::Status available() {
        BALMER_TRY([[maybe_unused]] const auto* const found, module());
        return {};
    }
};

constexpr std::array kinds{
    ClassifierKind{"network", "application/x-balmer-network", "Balmer network ", &Network::make,
                   &Network::load, &Network::available},
};

} // namespace

core::Result<const ClassifierKind*> classifierNamed(std::string_view name) {
    std::string known;
    for (const auto& kind : kinds) {
        if (kind.name == name) return &kind;
        known += (known.empty() ? "" : ", ") + std::string(kind.name);
    }
    return fail(ErrorCode::NotFound,
                "no classifier is called \"" + std::string(name) + "\"; there are: " + known);
}

namespace {

/// A model whose weights are numbers may still reckon beyond them: it must give some for a plain spectrum.
core::Status checkReckoning(const Classifier& model, const std::filesystem::path& file) {
    core::FloatMatrix plain(1, model.columns());
    for (std::size_t i = 0; i < plain.columns(); ++i)
        plain(0, i) = static_cast<float>(i % 7);
    core::TaskContext task;
    BALMER_TRY(const auto probabilities, model.predict(plain.view(), task));
    const auto row = probabilities.view().row(0);
    if (std::ranges::all_of(row, [](float value) { return std::isfinite(value); })) return {};
    return fail(ErrorCode::Format, "the model " + file.string() +
                                       " gives no probabilities even for a plain spectrum: its weights are "
                                       "damaged; train it again");
}

} // namespace

core::Result<std::unique_ptr<Classifier>> loadClassifier(const std::filesystem::path& file,
                                                         std::size_t threads) {
    BALMER_TRY(const std::string beginning, core::readBeginning(file, 64));
    for (const auto& kind : kinds)
        if (beginning.starts_with(kind.beginning)) {
            BALMER_TRY(auto model, kind.load(file, threads));
            BALMER_CHECK(checkReckoning(*model, file));
            return model;
        }
    return fail(ErrorCode::Format,
                file.string() + " is not a model that this Balmer knows; give one that `balmer learn` wrote");
}

} // namespace balmer::learn
