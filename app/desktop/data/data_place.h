// DataPlace: the table of spectra with its filter; panels beside it show collections, the chosen spectra and
// what is known of them. Owned by the window; UI thread.
#pragma once

#include "app/desktop/data/spectra_model.h"
#include "app/desktop/place/place.h"
#include "widgets/table/spectrum_table.h"

namespace balmer::desktop {

class CollectionsPanel;
class ObservatoryWindow;

class DataPlace : public Place {
    Q_OBJECT
  public:
    explicit DataPlace(bridge::Session& session, QWidget* parent = nullptr);

    void enter() override;
    void keep() override;
    void showSomething() override;
    Sendable sendable() const override;
    bool labelsSelection() const override { return true; }
    /// The selection where it has several, else all that the table shows, in its order.
    LabelList toLabel() const override;
    QString differs(const Chosen& chosen) const override;

    /// Shows the spectra that meet this filter, of all collections.
    void showFilter(const QString& expression);
    const SpectraModel& model() const { return *model_; }
    widgets::SpectrumTable* table() const { return table_; }
    /// To stand in a dock.
    CollectionsPanel* collections() const { return collections_; }
    /// How many spectra there are in all; for the status bar.
    std::size_t total() const;

  public Q_SLOTS:
    void importSpectra();
    /// Spectra from the net, in a window of its own.
    void openObservatory();
    /// The same, on the list of spectra in this file.
    void listSpectra(const QString& file);
    void preprocess();
    /// Asks for the spectra of a dataset that are most like the current one.
    void findSimilar();
    /// Asks which labels of a dataset are doubtful.
    void auditLabels();

  Q_SIGNALS:
    void totalChanged();
    /// These are to stay in the plot, or to leave it.
    void overlayToggled(const QStringList& ids);

  private:
    void openDatasetForm(const std::string& kind, const QString& title, const QString& submitText,
                         const QString& like = {});
    void buildTable();
    void buildCollections();
    void restore();
    QString filterOfTable() const;
    void showRowMenu(const QStringList& ids, const QPoint& globalPosition);
    ObservatoryWindow* observatoryWindow();
    void loadRows();
    void showRows(std::vector<api::SpectrumRow> rows);
    void showLabels(const QStringList& ids);
    void followSelection(const QString& origin);
    void highlight();
    void saveFilter();
    void openInWindow(const QString& id);

    SpectraModel* model_;
    widgets::SpectrumTable* table_;
    CollectionsPanel* collections_ = nullptr;
    ObservatoryWindow* observatory_ = nullptr; ///< once it was opened
    QStringList unread_;                       ///< labels that changed while the place was not in sight
    bool stale_ = true;
    bool behind_ = false; ///< the selection changed while the place was not in sight
    bool loading_ = false;
    bool neverFilled_ = true; ///< no row has been shown yet
};

} // namespace balmer::desktop
