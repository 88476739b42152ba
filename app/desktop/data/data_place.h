// DataPlace: collections and saved filters, the plot, the line strip, the table, and what is known of the
// current spectrum. Owned by the window; UI thread.
#pragma once

#include <map>
#include <vector>

#include "app/desktop/data/plot_feeder.h"
#include "app/desktop/data/spectra_model.h"
#include "app/desktop/place/place.h"
#include "widgets/table/spectrum_table.h"

class QAction;
class QMainWindow;
class QSplitter;
class QTreeWidget;
class QTreeWidgetItem;

namespace balmer::widgets {
class LineStrip;
class SpectrumPlot;
} // namespace balmer::widgets

namespace balmer::desktop {

class Inspector;
class ObservatoryWindow;

class DataPlace : public Place {
    Q_OBJECT
  public:
    explicit DataPlace(bridge::Session& session, QWidget* parent = nullptr);

    void enter() override;
    void keep() override;
    void showSomething() override;
    bool settled() const override;
    Sendable sendable() const override;

    /// Shows the spectra that meet this filter, of all collections.
    void showFilter(const QString& expression);
    const SpectraModel& model() const { return *model_; }
    widgets::SpectrumTable* table() const { return table_; }
    /// How many spectra there are in all; for the status bar.
    std::size_t total() const { return total_; }

  public Q_SLOTS:
    void importSpectra();
    /// Spectra from the net, in a window of its own.
    void openObservatory();
    /// The same, on the list of spectra in this file.
    void listSpectra(const QString& file);
    void preprocess();
    void exportPlot();

  Q_SIGNALS:
    void totalChanged();

  private:
    struct SavedFilter {
        QString name, expression;
    };
    void build();
    void restore();
    QString filterOfTable() const;
    void showRowMenu(const QStringList& ids, const QPoint& globalPosition);
    ObservatoryWindow* observatoryWindow();
    void loadCollections();
    void fillTree(const std::vector<api::Collection>& collections);
    void loadRows();
    void showRows(std::vector<api::SpectrumRow> rows);
    void takeUpLabels(const QStringList& ids);
    void followSelection(const QString& origin);
    void toggleOverlay(const QStringList& ids);
    void showPlot();
    void saveFilter();
    void removeFilter();
    void treeItemChosen();
    void openInWindow(const QString& id);

    SpectraModel* model_;
    widgets::SpectrumTable* table_;
    widgets::SpectrumPlot* plot_;
    widgets::LineStrip* strip_;
    PlotFeeder* feeder_;
    Inspector* inspector_;
    ObservatoryWindow* observatory_ = nullptr; ///< once it was opened
    QTreeWidget* tree_;
    QMainWindow* docks_;
    QSplitter* splitter_;
    QAction* saveFilterAction_;
    QAction* removeFilterAction_;
    QString collection_; ///< "" = all
    QStringList overlay_;
    QStringList unread_; ///< labels that changed while the place was not in sight
    std::vector<SavedFilter> filters_;
    std::size_t total_ = 0;
    bool stale_ = true;
    bool behind_ = false; ///< the selection changed while the place was not in sight
    bool loading_ = false;
};

} // namespace balmer::desktop
