// ServiceForm: the name, address and remark of a service that the user wants to ask again. Not modal; deletes
// itself. UI thread.
#pragma once

#include <optional>

#include <QDialog>

#include "app/bridge/session.h"

class QLabel;
class QLineEdit;

namespace balmer::desktop {

class ServiceForm : public QDialog {
    Q_OBJECT
  public:
    /// service: what the fields begin with; isKnown: it is in the list already and is to be changed.
    ServiceForm(bridge::Session& session, const vo::Service& service, bool isKnown, QWidget* parent);

  Q_SIGNALS:
    void kept(const QString& name);

  private:
    void keep();
    void refuse(const QString& sentence, QLineEdit* field);

    bridge::Session& session_;
    vo::Service before_;
    bool isKnown_;
    QLineEdit *name_, *address_, *remark_;
    QLabel* error_;
};

} // namespace balmer::desktop
