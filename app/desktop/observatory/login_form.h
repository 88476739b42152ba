// LoginForm: a user and a password for one server on the net. They are kept until the program ends, and
// nowhere else. Not modal; deletes itself. UI thread.
#pragma once

#include <QDialog>

#include "app/bridge/session.h"

class QLabel;
class QLineEdit;

namespace balmer::desktop {

class LoginForm : public QDialog {
    Q_OBJECT
  public:
    LoginForm(bridge::Session& session, const QString& address, QWidget* parent);

  Q_SIGNALS:
    void loggedIn(const QString& user);

  private:
    void logIn();

    bridge::Session& session_;
    QString address_;
    QLineEdit *user_, *password_;
    QLabel* error_;
};

} // namespace balmer::desktop
