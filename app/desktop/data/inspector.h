// Inspector: what is known of the current spectrum: metadata, the whole header with a search, and what was
// said about it. Follows the shared selection. UI thread.
#pragma once

#include <vector>

#include "app/desktop/place/panel.h"

class QLabel;
class QLineEdit;
class QTableWidget;
class QTabWidget;
class QTreeWidget;

namespace balmer::desktop {

class Inspector : public FollowingPanel {
    Q_OBJECT
  public:
    explicit Inspector(bridge::Session& session, QWidget* parent = nullptr);
    QString differs(const Chosen& chosen) const override;

  private:
    struct Facts;
    void follow() override;
    QWidget* metadataPage();
    QWidget* headerPage();
    void fill(const Facts& facts);
    void filterHeader();

    QString shown_; ///< whose facts these are; "": nobody's
    std::vector<QLabel*> values_;
    QTabWidget* tabs_;
    QLineEdit* search_;
    QTableWidget* header_;
    QTreeWidget* history_;
    int historyTab_ = 0;
};

} // namespace balmer::desktop
