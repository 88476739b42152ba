#include "app/desktop/observatory/service_form.h"

#include <algorithm>

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include "app/bridge/display_text.h"
#include "app/desktop/observatory/form_parts.h"

namespace balmer::desktop {

using bridge::plain;
using bridge::text;

ServiceForm::ServiceForm(bridge::Session& session, const vo::Service& service, bool isKnown, QWidget* parent)
    : QDialog(parent), session_(session), before_(service), isKnown_(isKnown),
      name_(namedField(QStringLiteral("serviceNameField"), tr("Name"), tr("as ondrejov"),
                       tr("A short name for it, in this list"), this)),
      address_(namedField(QStringLiteral("serviceAddressField"), tr("Address"),
                          QStringLiteral("https://archive.example.org/ssap?"),
                          tr("The access URL of the service, as registries give it"), this)),
      remark_(namedField(QStringLiteral("serviceRemarkField"), tr("Remark"), tr("optional"),
                         tr("What you want to remember about it"), this)),
      error_(namedSentence(QStringLiteral("serviceError"), this)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("serviceForm"));
    setWindowTitle(isKnown ? tr("Service %1").arg(text(service.name)) : tr("Add a service"));
    name_->setText(text(service.name));
    address_->setText(text(service.url));
    remark_->setText(text(service.remark));
    auto* fields = new QFormLayout;
    fields->addRow(tr("Name"), name_);
    fields->addRow(tr("Address"), address_);
    fields->addRow(tr("Remark"), remark_);
    auto* cancel = namedButton(QStringLiteral("serviceCancelButton"), tr("Cancel"),
                               tr("Close without a change (Esc)"), this);
    auto* keep =
        namedButton(QStringLiteral("serviceKeepButton"), isKnown ? tr("Keep") : tr("Add"),
                    isKnown ? tr("Keep what was changed (Enter)") : tr("Add it to your list (Enter)"), this);
    layOutForm(*this,
               tr("Services are yours, not the project's: every project offers them. Nothing is "
                  "asked of the service now."),
               fields, error_, cancel, keep);
    resize(560, 280);
    connect(keep, &QPushButton::clicked, this, &ServiceForm::keep);
    name_->setFocus();
    name_->selectAll();
}

void ServiceForm::refuse(const QString& sentence, QLineEdit* field) {
    error_->setText(sentence);
    markInvalid(*field, true);
    field->setFocus();
}

void ServiceForm::keep() {
    error_->clear();
    for (QLineEdit* field : {name_, address_})
        markInvalid(*field, false);
    vo::Service service = before_;
    service.name = plain(name_->text().trimmed());
    service.url = plain(address_->text().trimmed());
    service.remark = plain(remark_->text().trimmed());
    if (service.name.empty()) {
        refuse(tr("The service needs a name, such as ondrejov."), name_);
        return;
    }
    auto& observatory = session_.workbench().observatory();
    const bool renamed = isKnown_ && service.name != before_.name;
    if (!isKnown_ || renamed)
        if (const auto all = observatory.services())
            if (std::any_of(all->begin(), all->end(),
                            [&](const auto& one) { return one.name == service.name; })) {
                refuse(tr("There is a service of this name already; take another name, or change that one."),
                       name_);
                return;
            }
    if (const auto put = observatory.putService(service); !put) {
        const bool ofName = put.error().message().find(service.url) == std::string::npos &&
                            put.error().message().find(service.name) != std::string::npos;
        refuse(bridge::errorSentence(put.error()), ofName ? name_ : address_);
        return;
    }
    // The new name stands before the old one goes, so that nothing is lost on the way.
    if (renamed) (void)observatory.removeService(before_.name);
    Q_EMIT kept(text(service.name));
    accept();
}

} // namespace balmer::desktop
