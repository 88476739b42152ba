// MembersPanel: the spectra of the chosen neurons, nearest to their prototypes first: a plot over a table.
// Made by the Map place; UI thread.
#pragma once

#include <memory>
#include <vector>

#include "app/desktop/map/members_model.h"
#include "app/desktop/place/panel.h"
#include "engine/api/maps.h"

class QSplitter;

namespace balmer::widgets {
class SpectrumPlot;
class SpectrumTable;
} // namespace balmer::widgets

namespace balmer::desktop {

class PlotFeeder;

class MembersPanel : public Panel {
    Q_OBJECT
  public:
    MembersPanel(bridge::Session& session, QWidget* parent);

    bool settled() const override;
    QString differs(const Chosen& chosen) const override;
    void setMap(std::shared_ptr<const api::MapContent> map);
    /// Lists the members of these neurons; their ids in the order shown. No signal.
    QStringList showNeurons(const std::vector<int>& neurons);
    /// Highlights the rows of these spectra, this one as the current. No signal.
    void highlight(const QStringList& ids, const QString& current);
    /// Draws the neuron's prototype and its spectra, `current` strongest; "" where it is not on the map.
    void draw(int neuron, const QString& current);
    const std::vector<MemberRow>& members() const { return model_->members(); }

    QByteArray saveLayout() const;
    void restoreLayout(const QByteArray& layout);

  Q_SIGNALS:
    void currentChanged(const QString& id);
    void selectedChanged(const QStringList& ids);
    /// It is to be shown alone.
    void opened(const QString& id);

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void buildPlot();
    void buildTable();
    void loadDetails();
    /// Those among the members have other labels.
    void showLabels(const QStringList& spectra);

    bridge::Session& session_;
    widgets::SpectrumPlot* plot_;
    PlotFeeder* feeder_;
    widgets::SpectrumTable* table_;
    MembersModel* model_;
    QSplitter* splitter_;
    std::shared_ptr<const api::MapContent> map_;
    int neuron_ = -1; ///< drawn, or to be drawn once in sight
    QString current_;
    bool behind_ = false; ///< what is to be drawn changed while the panel was not in sight
    bool silent_ = false;
};

} // namespace balmer::desktop
