// Made-up spectra, maps and lists for the gallery and the widgets' tests. The same at every call.
#pragma once

#include <vector>

#include "widgets/labelling/label_item.h"
#include "widgets/som/map_view.h"
#include "widgets/spectrum/plotted_spectrum.h"

namespace balmer::widgets::gallery {

enum class Profile { Absorption, SinglePeak, DoublePeak };

/// 3 700 to 9 100 Å in 3 900 steps, with Balmer lines, noise, a masked stretch.
PlottedSpectrum wholeSpectrum(int seed, Profile profile);
/// 6519 to 6732 Å in 140 steps, scaled to [-1, 1].
PlottedSpectrum windowSpectrum(int seed, Profile profile);
LabelItem labelItem(int seed);
/// Of a class, to stand behind labelItem(seed).
BehindCurves classMean(int seed);
std::vector<QueueEntry> queue(int entries);

struct MadeUpMap {
    MapShape shape;
    NeuronValues uMatrix;
    std::vector<int> hits;
    std::vector<std::vector<int>> classCounts;
    std::vector<double> quantisationError, topographicError;
};
MadeUpMap map(Lattice lattice, int rows, int columns);

} // namespace balmer::widgets::gallery
