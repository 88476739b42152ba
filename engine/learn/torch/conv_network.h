// ConvNetwork: the convolutional network of Škoda, Podsztavek & Tvrdík (2020), A&A 643, A122.
//
// Convolutions of 64, 64, 128, 128, 256, 256 channels (kernel 3, valid, ReLU), the maximum of two after each
// pair, two dense layers of 512 with dropout, softmax. Cross-entropy, Adam (Kingma & Ba 2015), batches of 64,
// classes balanced by SMOTE, early stopping with the best weights restored.
//
// Scaling is a part of the model and saved with it: rows are given as the dataset has them.
//
// Reproducible: all randomness comes from the seed, a batch is cut into pieces of fixed size whose gradients
// are added in a fixed order, and each piece is computed by one thread, so that on one machine the same rows
// and parameters give the same weights for every number of threads. Another processor or another libtorch may
// round differently.
//
// Thread rule: that of Classifier. Networks may be trained in several threads at once; the libtorch settings
// of the calling thread are left as they were found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/learn/classifier.h"
#include "engine/learn/torch/conv_shape.h"

namespace balmer::learn {

enum class InputScaling {
    Automatic, ///< MinMax when every training row has minimum −1 and maximum 1 within 1e-4, or more than one
               ///< in a hundred has no median above zero to be divided by; else MedianStandardised
    MinMax, ///< each row to [−1, 1]: keeps the shape of a line, loses its depth; changes nothing the second
            ///< time
    MedianStandardised, ///< each row over its median, then each column less its training mean, over its
                        ///< deviation
};
/// "automatic", "min-max", "median-standardised".
std::string_view toString(InputScaling scaling);
/// Errors: InvalidArgument for another word.
core::Result<InputScaling> inputScalingFrom(std::string_view word);

struct ConvNetworkParameters {
    std::vector<std::string> classes; ///< two or more, all different
    std::size_t columns = 140;        ///< the poolings must leave something: 36 or more for the usual shape
    int width = 64;                   ///< channels of the first pair of convolutions
    int pairs = 3;                    ///< of convolutions, each with twice the channels of the one before
    int kernel = 3;                   ///< samples that a convolution looks at; odd
    std::uint64_t seed = 1;
    int epochs = 0; ///< at most; 0: as many as make 240 steps, 8 or more. The learning rate falls over them.
    int batch = 64; ///< rows a step
    double learningRate = 1e-3; ///< of Adam, at the start
    double dropout = 0.5;       ///< share of dense units switched off while training; [0, 1)
    double weightDecay = 0;     ///< decoupled (Loshchilov & Hutter 2019)
    int patience = 10;          ///< epochs without a gain before it stops; 0 never stops
    double minimumGain = 1e-3;  ///< the loss must fall by so much to count as a gain, nats
    double validationShare = 0; ///< of each class, held out to watch the loss; 0 watches the training loss
    bool balance = true;        ///< SMOTE to equal classes
    int networks = 1;           ///< trained from different seeds; their probabilities are averaged
    InputScaling inputScaling = InputScaling::Automatic;
    std::size_t threads = 0; ///< 0: all processors; does not change the result
    std::map<std::string, std::string>
        attributes; ///< kept with the model: dataset, digest of the wavelengths …

    ConvShape shape() const { return {columns, classes.size(), width, pairs, kernel}; }
    /// Errors: InvalidArgument naming the parameter and its range.
    core::Status validate() const;
};

class ConvNetwork : public Classifier {
  public:
    virtual const ConvNetworkParameters& parameters() const = 0;
    /// The scaling in use: never Automatic once trained or loaded.
    virtual InputScaling inputScaling() const = 0;
    /// Threads for predict() and train() from now on; 0: all processors.
    virtual void setThreads(std::size_t threads) = 0;
};

/// An untrained network. Errors: those of validate().
core::Result<std::unique_ptr<ConvNetwork>> makeConvNetwork(ConvNetworkParameters parameters);

/// A trained one, as save() wrote it. Errors: NotFound, Io, Format (not a model, damaged), Unsupported (newer
/// version).
core::Result<std::unique_ptr<ConvNetwork>> loadConvNetwork(const std::filesystem::path& file);

} // namespace balmer::learn
