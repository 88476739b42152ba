#include "app/desktop/workers/worker_form.h"

#include <algorithm>

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include "app/bridge/display_text.h"
#include "app/desktop/jobs/jobs_model.h"
#include "app/desktop/jobs/link_text.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::countText;
using bridge::plain;
using bridge::text;

namespace {

QLabel* sentence(const char* name, widgets::Tone tone) {
    auto* label = new QLabel;
    label->setObjectName(QString::fromLatin1(name));
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    widgets::setTone(*label, tone);
    return label;
}

QPushButton* button(const char* name, const QString& words, const QString& tip, QWidget* parent) {
    auto* made = new QPushButton(words, parent);
    made->setObjectName(QString::fromLatin1(name));
    made->setToolTip(tip);
    made->setAutoDefault(false);
    return made;
}

void mark(QLineEdit* field, bool invalid) {
    field->setProperty("invalid", invalid);
    field->style()->unpolish(field);
    field->style()->polish(field);
}

void frame(QVBoxLayout* column) {
    column->setContentsMargins(3 * widgets::gridStep, 3 * widgets::gridStep, 3 * widgets::gridStep,
                               2 * widgets::gridStep);
    column->setSpacing(2 * widgets::gridStep);
}

} // namespace

WorkerForm::WorkerForm(bridge::Session& session, const api::WorkerInfo* worker, QWidget* parent)
    : QDialog(parent), session_(session), fields_(new QFormLayout), name_(new QLineEdit),
      address_(new QLineEdit), token_(new QLineEdit), atOnce_(new QSpinBox),
      nameError_(sentence("workerNameError", widgets::Tone::Error)),
      addressError_(sentence("workerAddressError", widgets::Tone::Error)),
      found_(sentence("workerFound", widgets::Tone::Normal)) {
    if (worker) before_ = *worker;
    build();
    if (before_) {
        name_->setText(text(before_->name));
        name_->setReadOnly(true);
        name_->setToolTip(tr("The name stays; to change it, remove the worker and add it anew"));
        address_->setText(text(before_->url));
        token_->setText(text(before_->token));
        atOnce_->setValue(before_->jobsAtOnce);
    }
    (before_ ? address_ : name_)->setFocus();
    followAddress();
}

void WorkerForm::build() {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("workerForm"));
    setWindowTitle(before_ ? tr("Worker %1").arg(text(before_->name)) : tr("Add a worker"));
    auto* intro =
        new QLabel(tr("A computer that runs jobs for you: install Balmer there, and tell how to reach "
                      "it. With ssh nothing needs to run there beforehand."));
    intro->setWordWrap(true);

    name_->setObjectName(QStringLiteral("workerNameField"));
    name_->setAccessibleName(tr("Name"));
    name_->setToolTip(tr("A short name for it: letters, digits, '.', '_', '-'"));
    name_->setPlaceholderText(tr("as kepler"));
    name_->setMaxLength(60);
    address_->setObjectName(QStringLiteral("workerAddressField"));
    address_->setAccessibleName(tr("Address"));
    address_->setToolTip(tr("How this computer reaches it, in one of the four forms below"));
    address_->setPlaceholderText(QStringLiteral("ssh://observer@kepler.example.org"));
    auto* forms = new QLabel(tr(
        "<table cellspacing='0' cellpadding='1'>"
        "<tr><td>ssh://user@host&nbsp;&nbsp;</td><td>over your login there; as "
        "ssh://observer@kepler:22</td></tr>"
        "<tr><td>unix:/path&nbsp;&nbsp;</td><td>a worker on this computer; as unix:/run/balmer.sock</td></tr>"
        "<tr><td>tls://host:port&nbsp;&nbsp;</td><td>over the network, paired once by a code; as "
        "tls://kepler:7077</td></tr>"
        "<tr><td>tcp://127.0.0.1:port&nbsp;&nbsp;</td><td>through a tunnel of your own, with a "
        "token</td></tr>"
        "</table>"));
    forms->setObjectName(QStringLiteral("workerAddressForms"));
    forms->setFont(widgets::smallFont(font()));
    forms->setForegroundRole(QPalette::PlaceholderText);
    forms->setTextInteractionFlags(Qt::TextSelectableByMouse);
    token_->setObjectName(QStringLiteral("workerTokenField"));
    token_->setAccessibleName(tr("Token"));
    token_->setToolTip(
        tr("What `balmer-worker` shows where it listens on tcp; kept where only you can read it"));
    token_->setEchoMode(QLineEdit::Password);
    atOnce_->setObjectName(QStringLiteral("workerAtOnceField"));
    atOnce_->setAccessibleName(tr("Jobs at once"));
    atOnce_->setToolTip(tr("So many of your jobs are sent there at once; more wait here"));
    atOnce_->setRange(1, 64);
    atOnce_->setValue(4);
    atOnce_->setButtonSymbols(QAbstractSpinBox::NoButtons);

    const auto under = [](QWidget* field, std::initializer_list<QWidget*> below) {
        auto* column = new QVBoxLayout;
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(widgets::gridStep / 2);
        column->addWidget(field);
        for (QWidget* one : below)
            column->addWidget(one);
        return column;
    };
    fields_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    fields_->setHorizontalSpacing(2 * widgets::gridStep);
    fields_->setVerticalSpacing(widgets::gridStep);
    fields_->addRow(tr("Name"), under(name_, {nameError_}));
    fields_->addRow(tr("Address"), under(address_, {addressError_, forms}));
    fields_->addRow(tr("Token"), token_);
    fields_->addRow(tr("Jobs at once"), atOnce_);

    test_ = button("workerTestButton", tr("Test connection"),
                   tr("Connect now and say what is found there; adds nothing (Alt+T)"), this);
    test_->setShortcut(QKeySequence(Qt::ALT | Qt::Key_T));
    auto* cancel = button("workerCancelButton", tr("Cancel"), tr("Close without a change (Esc)"), this);
    keep_ = button("workerKeepButton", before_ ? tr("Keep") : tr("Add"),
                   before_ ? tr("Keep what was changed (Enter)")
                           : tr("Add the worker, whether it answers now or not (Enter)"),
                   this);
    keep_->setDefault(true);
    keep_->setProperty("primary", true);
    found_->setMinimumHeight(5 * fontMetrics().lineSpacing());
    found_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(test_);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(keep_);
    auto* column = new QVBoxLayout(this);
    frame(column);
    column->addWidget(intro);
    column->addLayout(fields_);
    column->addWidget(found_, 1);
    column->addLayout(buttons);
    const std::vector<QWidget*> order{name_, address_, token_, atOnce_, test_, cancel, keep_};
    for (std::size_t i = 1; i < order.size(); ++i)
        setTabOrder(order[i - 1], order[i]);
    clearErrors();
    // Room for the token and an error from the start: the form does not grow under the hand.
    resize(600, 460);

    connect(address_, &QLineEdit::textChanged, this, &WorkerForm::followAddress);
    connect(name_, &QLineEdit::textChanged, this, &WorkerForm::clearErrors);
    connect(token_, &QLineEdit::textChanged, this, &WorkerForm::clearErrors);
    connect(test_, &QPushButton::clicked, this, &WorkerForm::test);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(keep_, &QPushButton::clicked, this, &WorkerForm::keep);
}

api::WorkerInfo WorkerForm::entered() const {
    api::WorkerInfo worker;
    if (before_) worker = *before_;
    worker.name = plain(name_->text().trimmed());
    worker.url = plain(address_->text().trimmed());
    worker.token = address_->text().trimmed().startsWith(QLatin1String("tcp://"))
                       ? plain(token_->text().trimmed())
                       : std::string();
    worker.jobsAtOnce = atOnce_->value();
    return worker;
}

void WorkerForm::followAddress() {
    fields_->setRowVisible(token_, address_->text().trimmed().startsWith(QLatin1String("tcp://")));
    clearErrors();
}

void WorkerForm::clearErrors() {
    for (QLabel* label : {nameError_, addressError_})
        label->hide();
    mark(name_, false);
    mark(address_, false);
    found_->clear();
    // What a test finds out now is about another address.
    session_.questions().forget(this, "test");
    test_->setEnabled(true);
}

void WorkerForm::refuse(const core::Error& error) {
    const QString words = workerTrouble(error.message());
    const QString name = QStringLiteral("\"%1\"").arg(name_->text().trimmed());
    const bool ofName = name_->text().trimmed().isEmpty() ? !words.contains(address_->text().trimmed())
                                                          : words.startsWith(name);
    QLineEdit* field = ofName ? name_ : address_;
    QLabel* label = ofName ? nameError_ : addressError_;
    label->setText(words);
    label->show();
    mark(field, true);
    field->setFocus();
}

void WorkerForm::keep() {
    const auto worker = entered();
    clearErrors();
    if (worker.name.empty()) {
        nameError_->setText(tr("The worker needs a name; take letters, digits, '.', '_', '-'."));
        nameError_->show();
        mark(name_, true);
        name_->setFocus();
        return;
    }
    if (!before_)
        if (const auto all = session_.workbench().workers().list())
            for (const auto& one : *all)
                if (one.name == worker.name) {
                    nameError_->setText(
                        tr("There is a worker of this name already; take another name, or edit that one."));
                    nameError_->show();
                    mark(name_, true);
                    name_->setFocus();
                    return;
                }
    if (const auto kept = session_.workbench().workers().put(worker); !kept) {
        refuse(kept.error());
        return;
    }
    Q_EMIT this->kept(text(worker.name));
    accept();
}

void WorkerForm::test() {
    const auto worker = entered();
    clearErrors();
    test_->setEnabled(false);
    found_->setText(tr("Connecting to %1…").arg(address_->text().trimmed()));
    session_.questions().ask(
        this, "test",
        [workbench = session_.sharedWorkbench(), worker] { return workbench->workers().ask(worker); },
        [this, address = address_->text().trimmed()](const core::Result<api::WorkerReport>& report) {
            test_->setEnabled(true);
            showReport(report, address);
        });
}

void WorkerForm::showReport(const core::Result<api::WorkerReport>& report, const QString& address) {
    if (!report) {
        found_->setText(QStringLiteral("▲ ") + workerTrouble(report.error().message()));
        widgets::setTone(*found_, widgets::Tone::Warning);
        return;
    }
    QStringList lines;
    lines << tr("✓ %1 answers, within %2 ms")
                 .arg(address, bridge::numberText(report->answeredMilliseconds,
                                                  report->answeredMilliseconds < 10 ? 1 : 0));
    QString computer = text(report->host);
    if (!report->processor.empty()) computer += QStringLiteral(", ") + text(report->processor);
    lines << tr("✓ %1 on %2").arg(text(report->software), computer);
    lines << tr("✓ %1 of %2 free; it is run by %3")
                 .arg(QString::number(report->freeSlots), countText(report->slots, tr("slot"), tr("slots")),
                      text(report->owner));
    QStringList kinds;
    for (const auto& kind : report->kinds)
        kinds << jobKindTitle(kind).toLower();
    if (!kinds.isEmpty()) lines << tr("✓ it does: %1").arg(kinds.join(QStringLiteral(", ")));
    found_->setText(lines.join('\n'));
    widgets::setTone(*found_, widgets::Tone::Normal);
}

PairForm::PairForm(bridge::Session& session, const api::WorkerInfo& worker, QWidget* parent)
    : QDialog(parent), session_(session), worker_(worker.name), code_(new QLineEdit),
      error_(sentence("pairError", widgets::Tone::Error)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("pairForm"));
    setWindowTitle(tr("Pair with %1").arg(text(worker.name)));
    auto* intro =
        new QLabel(tr("Run `balmer-worker pair` on the worker's computer and type the code that it shows. "
                      "It is good once, for ten minutes; from then on both computers know each other."));
    intro->setWordWrap(true);
    intro->setTextFormat(Qt::PlainText);
    intro->setTextInteractionFlags(Qt::TextSelectableByMouse);
    code_->setObjectName(QStringLiteral("pairCodeField"));
    code_->setAccessibleName(tr("Pairing code"));
    code_->setToolTip(tr("Four groups of four letters and digits; small letters and blanks do not matter"));
    code_->setPlaceholderText(QStringLiteral("XXXX-XXXX-XXXX-XXXX"));
    code_->setFont(widgets::tabularFont(code_->font()));
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(2 * widgets::gridStep);
    form->addRow(tr("Code"), code_);
    error_->setMinimumHeight(3 * fontMetrics().lineSpacing());
    error_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto* cancel = button("pairCancelButton", tr("Cancel"), tr("Close without pairing (Esc)"), this);
    pair_ = button("pairButton", tr("Pair"), tr("Prove the code to the worker (Enter)"), this);
    pair_->setDefault(true);
    pair_->setProperty("primary", true);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(pair_);
    auto* column = new QVBoxLayout(this);
    frame(column);
    column->addWidget(intro);
    column->addLayout(form);
    column->addWidget(error_, 1);
    column->addLayout(buttons);
    resize(480, 260);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(pair_, &QPushButton::clicked, this, &PairForm::pair);
}

void PairForm::pair() {
    if (code_->text().trimmed().isEmpty()) {
        error_->setText(tr("Type the code that `balmer-worker pair` shows."));
        code_->setFocus();
        return;
    }
    error_->clear();
    pair_->setEnabled(false);
    pair_->setText(tr("Pairing…"));
    session_.questions().ask(
        this, "pair",
        [workbench = session_.sharedWorkbench(), name = worker_, code = plain(code_->text().trimmed())] {
            return workbench->workers().pair(name, code);
        },
        [this](const core::Status& status) {
            pair_->setEnabled(true);
            pair_->setText(tr("Pair"));
            if (!status) {
                error_->setText(workerTrouble(status.error().message()));
                code_->setFocus();
                code_->selectAll();
                return;
            }
            Q_EMIT paired(text(worker_));
            accept();
        });
}

} // namespace balmer::desktop
