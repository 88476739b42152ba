#include "app/desktop/observatory/login_form.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QUrl>

#include "app/bridge/display_text.h"
#include "app/desktop/observatory/form_parts.h"

namespace balmer::desktop {

LoginForm::LoginForm(bridge::Session& session, const QString& address, QWidget* parent)
    : QDialog(parent), session_(session), address_(address),
      user_(
          namedField(QStringLiteral("loginUserField"), tr("User"), {}, tr("Your name on this server"), this)),
      password_(namedField(QStringLiteral("loginPasswordField"), tr("Password"), {},
                           tr("Forgotten when the program ends"), this)),
      error_(namedSentence(QStringLiteral("loginError"), this)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("loginForm"));
    const QString host = QUrl(address).host();
    setWindowTitle(host.isEmpty() ? tr("Log in") : tr("Log in to %1").arg(host));
    password_->setEchoMode(QLineEdit::Password);
    auto* fields = new QFormLayout;
    fields->addRow(tr("User"), user_);
    fields->addRow(tr("Password"), password_);
    auto* cancel = namedButton(QStringLiteral("loginCancelButton"), tr("Cancel"),
                               tr("Close without a login (Esc)"), this);
    auto* keep = namedButton(QStringLiteral("loginKeepButton"), tr("Log in"),
                             tr("Use this login from now on (Enter)"), this);
    layOutForm(*this,
               tr("For all addresses of this server, until the program ends. Over http:// and "
                  "ftp:// a password can be read on its way; https:// and ftps:// hide it."),
               fields, error_, cancel, keep);
    resize(440, 288);
    connect(keep, &QPushButton::clicked, this, &LoginForm::logIn);
}

void LoginForm::logIn() {
    if (user_->text().trimmed().isEmpty()) {
        error_->setText(tr("Type the user's name."));
        user_->setFocus();
        return;
    }
    const auto done = session_.workbench().observatory().logIn(
        bridge::plain(address_), bridge::plain(user_->text().trimmed()), bridge::plain(password_->text()));
    if (!done) {
        error_->setText(bridge::errorSentence(done.error()));
        return;
    }
    Q_EMIT loggedIn(user_->text().trimmed());
    accept();
}

} // namespace balmer::desktop
