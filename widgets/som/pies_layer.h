// PiesLayer: the classes of each neuron's spectra as a pie of the size of its bubble.
#pragma once

#include <QStringList>

#include "widgets/som/hits_layer.h"

namespace balmer::widgets {

class PiesLayer : public MapLayer {
  public:
    /// The hits, which give the size, must outlive the layer.
    explicit PiesLayer(const HitsLayer& hits) : hits_(hits) {}
    /// counts[class][neuron]
    void setCounts(std::vector<std::vector<int>> counts, QStringList classNames);

    void draw(QPainter& painter, const LatticeGeometry& geometry) const override;
    std::vector<LegendEntry> legend() const override;
    QString pick(int neuron) const override;
    void reset() override { counts_.clear(); }

  private:
    int countOf(std::size_t classIndex, int neuron) const;
    const HitsLayer& hits_;
    std::vector<std::vector<int>> counts_;
    QStringList classNames_;
};

} // namespace balmer::widgets
