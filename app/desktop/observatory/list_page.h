// ListPage: a VOTable, from a file or the net, whose rows say where spectra are. Owned by the window; UI
// thread.
#pragma once

#include "app/desktop/observatory/observatory_page.h"

class QComboBox;

namespace balmer::desktop {

class FoundPanel;

class ListPage : public ObservatoryPage {
    Q_OBJECT
  public:
    explicit ListPage(bridge::Session& session, QWidget* parent = nullptr);
    void enter() override;
    /// Lists what this file or address says, at once.
    void read(const QString& place);

  private:
    void ask() override;
    QString address() const override;
    QJsonObject entered() const override;
    void enter(const QJsonObject& entries) override;
    void offerColumns(const vo::SpectrumList& list);
    void chooseFile();

    QLineEdit *place_, *base_;
    QComboBox* column_;
    FoundPanel* found_;
};

} // namespace balmer::desktop
