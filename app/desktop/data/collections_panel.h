// CollectionsPanel: the collections of the project and the filters that were kept: what the table of spectra
// can show. Made by the Data place; UI thread.
#pragma once

#include <vector>

#include "app/desktop/place/panel.h"

class QAction;
class QTreeWidget;
class QTreeWidgetItem;

namespace balmer::desktop {

class CollectionsPanel : public Panel {
    Q_OBJECT
  public:
    /// Buttons of `below` stand under the tree; `save` and `remove` in its context menu.
    CollectionsPanel(bridge::Session& session, const std::vector<QAction*>& below, QAction* save,
                     QAction* remove, QWidget* parent);

    /// Reads the collections anew.
    void load();
    /// How many spectra there are in all.
    std::size_t total() const { return total_; }
    /// The chosen collection; "" for all.
    const QString& collection() const { return collection_; }
    /// The one chosen in an earlier session, before the first load.
    void setCollection(const QString& name) { collection_ = name; }
    /// "All spectra", without a signal.
    void chooseAll();

    void saveFilter(const QString& expression);
    void removeChosenFilter();

  Q_SIGNALS:
    void loaded();
    void collectionChosen();
    void filterChosen(const QString& expression);

  private:
    struct SavedFilter {
        QString name, expression;
    };
    void fill(const std::vector<api::Collection>& collections);
    QTreeWidgetItem* add(QTreeWidgetItem* parent, const QString& name, int kind, const QString& value);
    void itemChosen();
    void readFilters();
    void keepFilters();

    bridge::Session& session_;
    QTreeWidget* tree_;
    QAction* remove_;
    std::vector<SavedFilter> filters_;
    QString collection_;
    std::size_t total_ = 0;
};

} // namespace balmer::desktop
