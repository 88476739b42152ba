#include "widgets/spectrum/velocity_ticker.h"

#include "widgets/plot/custom_plot.h"
#include "widgets/plot/house_style.h"
#include "widgets/spectrum/plotted_spectrum.h"

namespace balmer::widgets {

namespace {

class VelocityTicker : public QCPAxisTicker {
  public:
    explicit VelocityTicker(double rest) : rest_(rest), inVelocity_(houseTicker()) {}

    void generate(const QCPRange& range, const QLocale& locale, QChar format, int precision,
                  QVector<double>& ticks, QVector<double>* subTicks, QVector<QString>* labels) override {
        inVelocity_->setTickCount(tickCount());
        inVelocity_->generate({velocity(range.lower, rest_), velocity(range.upper, rest_)}, locale, format,
                              precision, ticks, subTicks, labels);
        for (double& tick : ticks)
            tick = wavelengthAt(tick, rest_);
        if (subTicks)
            for (double& tick : *subTicks)
                tick = wavelengthAt(tick, rest_);
    }

  private:
    double rest_;
    QSharedPointer<QCPAxisTicker> inVelocity_;
};

} // namespace

QSharedPointer<QCPAxisTicker> velocityTicker(double restWavelength) {
    return QSharedPointer<QCPAxisTicker>(new VelocityTicker(restWavelength));
}

} // namespace balmer::widgets
