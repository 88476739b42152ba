// SpectrumTable: a table of spectra over the application's model, with filter line, counts, column chooser
// and an empty state. Arrow keys walk, Space asks to add to the overlay, double click or Enter opens. UI
// thread only; the model is the application's and is not owned.
#pragma once

#include <QAbstractItemModel>
#include <QPointer>
#include <QWidget>

#include "widgets/common/empty_state.h"
#include "widgets/common/progress_line.h"

class QLabel;
class QLineEdit;
class QStackedWidget;
class QTableView;
class QTimer;
class QToolButton;

namespace balmer::widgets {

class SpectrumTable : public QWidget {
    Q_OBJECT
  public:
    /// Role of column 0 under which the model gives the spectrum's id.
    static constexpr int idRole = Qt::UserRole + 1;

    /// `name` is the prefix of all object names in it: "dataTable" gives "dataTableFilter", "dataTableView" …
    explicit SpectrumTable(const QString& name, QWidget* parent = nullptr);

    /// Columns take the width of their first rows; restoreLayout() after it. Alignment of cells and headers
    /// is the model's (Qt::TextAlignmentRole): numbers right, their header too.
    void setModel(QAbstractItemModel* model);
    QTableView* view() const { return view_; }
    QLineEdit* filterEdit() const { return filter_; }
    EmptyState* emptyState() const { return empty_; }
    ProgressLine* progressLine() const { return progress_; }
    void setFilterVisible(bool visible);

    /// "1 403 of 2 830 spectra"; without a call the rows of the model are counted.
    void setCounts(qint64 shown, qint64 total);
    /// Why the filter cannot be used and how to mend it; empty: it can.
    void setFilterError(const QString& message);
    QString filterText() const;
    /// Emits filterChanged as typing does.
    void setFilterText(const QString& text);

    QString currentId() const;
    /// Makes the row of this id the current one and shows it; false where the model has no such row. Emits
    /// nothing.
    bool setCurrentId(const QString& id);
    QStringList selectedIds() const;
    /// Selects these rows and no others, makes one of them the current one (−1: none) and shows it. Emits
    /// nothing.
    void selectRows(QList<int> rows, int current);

    /// Header order, widths and hidden columns, to be kept between sessions.
    QByteArray saveLayout() const;
    bool restoreLayout(const QByteArray& layout);

  Q_SIGNALS:
    /// Typed, at rest for 0.15 s, or Enter.
    void filterChanged(const QString& text);
    void currentIdChanged(const QString& id);
    void selectedIdsChanged(const QStringList& ids);
    /// Space: add to or take from the overlay.
    void overlayToggled(const QStringList& ids);
    void opened(const QString& id);
    /// A right click on rows.
    void contextMenuRequested(const QStringList& ids, const QPoint& globalPosition);
    void emptyActionTriggered();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    QString idOfRow(int row) const;
    void updateCounts();
    void fitNames();
    void showColumnMenu(const QPoint& globalPosition);
    void applyFont();

    QLineEdit* filter_;
    QLabel* error_;
    QLabel* count_;
    QToolButton* columns_;
    QTableView* view_;
    QStackedWidget* stack_;
    EmptyState* empty_;
    ProgressLine* progress_;
    QTimer* typing_;
    QPointer<QAbstractItemModel> model_;
    bool countsGiven_ = false;
    bool namesFitted_ = false;
    bool silent_ = false;
};

} // namespace balmer::widgets
