// SupportVectors: one support vector machine for each class against the rest, with a Gaussian kernel.
//
// Fitted by libsvm (C-SVC, Chang & Lin 2011, ACM TIST 2, 27), classes weighted to equal sums; evaluated here.
// f(x) = Σ a_i exp(−γ|x − s_i|²) − ρ; γ = 1/(features · variance of the training features). The probability
// of a class is the logistic function of 2f, over the sum of all classes'. No random numbers are drawn.
// A value; const functions from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/learn/model_file.h"

namespace balmer::learn {

class SupportVectors {
  public:
    /// labels: one a row, in [0, classes), with rows of at least two. cost: libsvm's C, > 0.
    static core::Result<SupportVectors> fit(core::FloatView features, std::span<const int> labels,
                                            std::size_t classes, double cost);

    /// Adds each class's probability for a row of features, times weight, to sums [classes].
    void addProbabilities(std::span<const float> features, float weight, std::span<float> sums) const;

    void write(ModelWriter& file) const; ///< its lines
    void writeNumbers(ModelWriter& file) const;
    /// Errors: Format.
    static core::Result<SupportVectors> read(ModelReader& file, std::size_t features, std::size_t classes);

  private:
    float gamma_ = 0;
    core::FloatMatrix vectors_; ///< [vectors × features]: of all classes
    core::FloatMatrix weights_; ///< [machines × vectors]; one machine for two classes, else one a class
    std::vector<float> rho_;    ///< one a machine
};

} // namespace balmer::learn
