// SsapPage: a question to a Simple Spectral Access service, and the user's list of services. Owned by the
// window; UI thread.
#pragma once

#include <vector>

#include "app/desktop/observatory/observatory_page.h"
#include "app/desktop/observatory/ssap_entries.h"

class QComboBox;
class QPlainTextEdit;
class QSpinBox;

namespace balmer::desktop {

class FoundPanel;

class SsapPage : public ObservatoryPage {
    Q_OBJECT
  public:
    explicit SsapPage(bridge::Session& session, QWidget* parent = nullptr);
    void enter() override;

  private:
    void build();
    void ask() override;
    QString address() const override;
    QJsonObject entered() const override;
    void enter(const QJsonObject& entries) override;
    SsapEntries entries() const;
    QWidget* fieldNamed(const QString& field) const;

    /// Reads the list anew and chooses the service of this name; "": the typed address.
    void loadServices(const QString& choose);
    const vo::Service* chosenService() const;
    void serviceChosen();
    void addService();
    void changeService();
    void removeService();

    std::vector<vo::Service> services_;
    vo::Service removed_; ///< the last one, so that it can be added again
    QComboBox *service_, *sizeUnit_, *bandUnit_, *format_;
    QLineEdit *address_, *size_, *from_, *to_, *time_, *target_, *collection_;
    QPlainTextEdit* positions_;
    QSpinBox* most_;
    QPushButton *change_, *remove_;
    FoundPanel* found_;
};

} // namespace balmer::desktop
