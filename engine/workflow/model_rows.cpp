#include "engine/workflow/model_rows.h"

#include <algorithm>
#include <cmath>

#include "engine/core/text_number.h"

namespace balmer::workflow {
namespace {

constexpr std::size_t rowsOfAPiece = 16'384;

} // namespace

ModelRows::ModelRows(const dataset::Dataset& dataset, const learn::ClassifierKind& kind) : dataset_(dataset) {
    if (!kind.unscaled) return;
    const auto minima = dataset.column("scale_minimum"), maxima = dataset.column("scale_maximum");
    if (!minima || !maxima) return;
    minima_ = *minima;
    maxima_ = *maxima;
}

void ModelRows::undoScaling(std::size_t row, std::span<float> values) const {
    if (minima_.empty()) return;
    const double low = minima_[row], extent = maxima_[row] - low;
    for (float& value : values)
        value = static_cast<float>(low + (double(value) + 1) / 2 * extent);
}

void ModelRows::append(std::size_t row, core::FloatMatrix& rows) const {
    rows.appendRow(dataset_.flux().row(row));
    undoScaling(row, rows.row(rows.rows() - 1));
}

core::FloatMatrix ModelRows::sample(std::size_t most) const {
    core::FloatMatrix rows;
    const std::size_t wanted = std::min(most, count());
    for (std::size_t i = 0; i < wanted; ++i)
        append(i * count() / wanted, rows);
    return rows;
}

core::Result<learn::SpectralFeatures> ModelRows::features(std::size_t components, std::size_t threads,
                                                          core::TaskContext& task) const {
    learn::FeatureParameters wanted;
    wanted.components = components;
    wanted.continuum = learn::continuumFor(dataset_.columns());
    wanted.threads = threads;
    return learn::SpectralFeatures::learn(sample(mostLookedAt).view(), wanted, task);
}

core::Status
ModelRows::inPieces(const std::function<core::Status(std::size_t first, core::FloatView rows)>& work) const {
    core::FloatMatrix piece;
    for (std::size_t first = 0; first < count(); first += rowsOfAPiece) {
        const std::size_t end = std::min(first + rowsOfAPiece, count());
        piece = {};
        for (std::size_t row = first; row < end; ++row)
            append(row, piece);
        BALMER_CHECK(work(first, piece.view()));
    }
    return {};
}

core::Result<core::FloatMatrix> ModelRows::predict(const learn::Classifier& model,
                                                   core::TaskContext& task) const {
    if (minima_.empty()) return model.predict(dataset_.flux(), task);
    core::FloatMatrix probabilities(count(), model.classes().size());
    BALMER_CHECK(inPieces([&](std::size_t first, core::FloatView piece) -> core::Status {
        auto part =
            task.part(double(first) / double(count()), double(first + piece.rows()) / double(count()));
        BALMER_TRY(const auto found, model.predict(piece, part));
        for (std::size_t row = 0; row < piece.rows(); ++row)
            std::ranges::copy(found.row(row), probabilities.row(first + row).begin());
        return {};
    }));
    return probabilities;
}

std::map<std::string, std::string> describeInput(const std::string& name, const dataset::Dataset& dataset) {
    const auto axis = dataset.wavelengthAngstrom();
    return {{"dataset", name},
            {"dataset_digest", dataset.digest()},
            {"first_wavelength", core::formatDouble(axis.front())},
            {"last_wavelength", core::formatDouble(axis.back())},
            {"medium", dataset.medium() == spectrum::Medium::Air ? "air" : "vacuum"}};
}

core::Status checkFits(const learn::Classifier& model, const std::string& modelName,
                       const dataset::Dataset& dataset, const std::string& datasetName) {
    const auto refuse = [&](const std::string& has, const std::string& reads) {
        return core::fail(core::ErrorCode::InvalidArgument,
                          "the model " + modelName + " reads " + reads + " and the dataset " + datasetName +
                              " has " + has + "; preprocess the spectra as for the model");
    };
    if (model.columns() != dataset.columns())
        return refuse(std::to_string(dataset.columns()), std::to_string(model.columns()) + " samples");
    const auto axis = dataset.wavelengthAngstrom();
    const auto kept = [&](const char* which) {
        const auto found = model.attributes().find(which);
        return found == model.attributes().end() ? std::nullopt : core::parseDouble(found->second);
    };
    const auto first = kept("first_wavelength"), last = kept("last_wavelength");
    if (!first || !last) return {}; // made before models kept them
    // As far as a tenth of a sample is the same grid, written otherwise.
    const double tenth = 0.1 * (axis.back() - axis.front()) / static_cast<double>(axis.size() - 1);
    if (std::abs(*first - axis.front()) > tenth || std::abs(*last - axis.back()) > tenth)
        return refuse(core::formatFixed(axis.front(), 1) + " to " + core::formatFixed(axis.back(), 1),
                      core::formatFixed(*first, 1) + " to " + core::formatFixed(*last, 1) + " Å");
    return {};
}

} // namespace balmer::workflow
