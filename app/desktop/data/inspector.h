// Inspector: what is known of one spectrum: metadata, the whole header with a search, and what was said about
// it. Owned by the place; UI thread.
#pragma once

#include <QTabWidget>

#include "app/bridge/session.h"

class QFormLayout;
class QLabel;
class QLineEdit;
class QTableWidget;
class QTreeWidget;

namespace balmer::desktop {

class Inspector : public QTabWidget {
    Q_OBJECT
  public:
    explicit Inspector(bridge::Session& session, QWidget* parent = nullptr);

    void show(const QString& id);
    /// Reads the labels of the spectrum shown anew.
    void refresh() { show(id_); }

  private:
    struct Facts;
    void fill(const Facts& facts);
    void filterHeader();

    bridge::Session& session_;
    QString id_;
    std::vector<QLabel*> values_;
    QLineEdit* search_;
    QTableWidget* header_;
    QTreeWidget* history_;
};

/// A spectrum's metadata in words, in the order shown: {"object", "HD 190603"} …; "–" for what is not known.
std::vector<std::pair<QString, QString>> metadataOf(const api::SpectrumRow& row);

} // namespace balmer::desktop
