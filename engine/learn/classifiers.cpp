#include "engine/learn/classifiers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/files.h"
#include "engine/core/text_number.h"
#include "engine/learn/classifier_module.h"
#include "engine/learn/committee.h"

namespace balmer::learn {

using core::ErrorCode;
using core::fail;

namespace {

constexpr std::array networkSettings{
    ClassifierSetting{"epochs", 0, 0, 100000, true,
                      "passes over the training rows, at most; 0: as many as 240 steps need"},
    ClassifierSetting{"patience", 10, 0, 100000, true,
                      "epochs without a gain before training stops; 0: never"},
    ClassifierSetting{"networks", 1, 1, 16, true, "networks whose probabilities are averaged"},
    ClassifierSetting{"width", 64, 4, 256, true,
                      "channels of the first pair of convolutions; 16 is ten times as fast"},
    ClassifierSetting{"pairs", 3, 1, 5, true,
                      "pairs of convolutions, each with twice the channels of the one before"},
    ClassifierSetting{"kernel", 3, 3, 15, true, "samples that a convolution looks at; odd"},
    ClassifierSetting{"dropout", 0.5, 0, 0.95, false, "share of dense units switched off while training"},
    ClassifierSetting{"batch", 64, 1, 65536, true, "rows that a step of training looks at"},
};

/// The convolutional network of learn/torch.
struct Network {
    static core::Result<const ClassifierModule*> module() {
        return openClassifierModule(
            {"the network", "libbalmer_torch.so", "BALMER_TORCH_MODULE",
             "install Balmer with its network (built with -DBALMER_TORCH=ON) and the Debian package "
             "libtorch1.13"});
    }
    static core::Result<std::unique_ptr<Classifier>> make(const ClassifierParameters& parameters) {
        BALMER_CHECK(checkSettings(parameters.settings, networkSettings));
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

/// A committee's members, which need no module.
template <Members members>
struct CommitteeOf {
    static core::Result<std::unique_ptr<Classifier>> make(const ClassifierParameters& parameters) {
        return makeCommittee(parameters, members);
    }
    static core::Result<std::unique_ptr<Classifier>> load(const std::filesystem::path& file,
                                                          std::size_t threads) {
        return loadCommittee(file, members, threads);
    }
    static core::Status available() { return {}; }
    static ClassifierKind kind(std::string_view name, std::string_view goodFor, std::string_view mediaType,
                               std::string_view beginning) {
        return {name, goodFor, true, mediaType, beginning, committeeSettings(), &make, &load, &available};
    }
};

const std::array<ClassifierKind, 4>& kinds() {
    static const std::array<ClassifierKind, 4> table{
        ClassifierKind{
            "network",
            "a convolutional network: for hundreds of labels, or simulated lines in your own spectra", false,
            "application/x-balmer-network", "Balmer network ", networkSettings, &Network::make,
            &Network::load, &Network::available},
        CommitteeOf<Members::Both>::kind(
            "committee", "a support vector machine and trees together: for few labels, in a second",
            "application/x-balmer-committee", "Balmer committee "),
        CommitteeOf<Members::Vectors>::kind("svm", "a support vector machine: for few labels, smooth borders",
                                            "application/x-balmer-svm", "Balmer svm "),
        CommitteeOf<Members::Trees>::kind("trees", "decision trees: for few labels and many odd spectra",
                                          "application/x-balmer-trees", "Balmer trees "),
    };
    return table;
}

} // namespace

std::span<const ClassifierKind> classifierKinds() {
    return kinds();
}

core::Status checkSettings(const std::map<std::string, double>& settings,
                           std::span<const ClassifierSetting> table) {
    for (const auto& [name, value] : settings) {
        const auto found = std::ranges::find(table, name, &ClassifierSetting::name);
        if (found == table.end()) {
            std::string known;
            for (const auto& each : table)
                known += (known.empty() ? "" : ", ") + std::string(each.name);
            return fail(ErrorCode::InvalidArgument,
                        "there is no setting \"" + name + "\" of this classifier; it has: " + known);
        }
        if (!(value >= found->minimum && value <= found->maximum) ||
            (found->whole && value != std::trunc(value)))
            return fail(ErrorCode::InvalidArgument,
                        name + " must be a " + (found->whole ? "whole number" : "number") + " from " +
                            core::formatDouble(found->minimum) + " to " + core::formatDouble(found->maximum));
    }
    return {};
}

core::Result<const ClassifierKind*> classifierNamed(std::string_view name) {
    std::string known;
    for (const auto& kind : kinds()) {
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

core::Result<LoadedClassifier> loadClassifier(const std::filesystem::path& file, std::size_t threads) {
    BALMER_TRY(const std::string beginning, core::readBeginning(file, 64));
    for (const auto& kind : kinds())
        if (beginning.starts_with(kind.beginning)) {
            BALMER_TRY(auto model, kind.load(file, threads));
            BALMER_CHECK(checkReckoning(*model, file));
            return LoadedClassifier{&kind, std::move(model)};
        }
    return fail(ErrorCode::Format,
                file.string() + " is not a model that this Balmer knows; give one that `balmer learn` wrote");
}

} // namespace balmer::learn
