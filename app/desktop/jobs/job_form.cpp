#include "app/desktop/jobs/job_form.h"

#include <QComboBox>
#include <QFormLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>

#include "app/bridge/display_text.h"
#include "app/desktop/jobs/submit_job.h"
#include "app/desktop/jobs/where_choice.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::plain;
using bridge::text;

JobForm::JobForm(bridge::Session& session, std::string kind, const QString& title, const QString& explanation,
                 const QString& submitText, QWidget* parent)
    : QDialog(parent), session_(session), kind_(std::move(kind)), fields_(new QFormLayout),
      label_(new QLineEdit(this)), error_(new QLabel(this)), submit_(new QPushButton(submitText, this)),
      here_(new QPushButton(tr("Run on this computer"), this)), cancel_(new QPushButton(tr("Cancel"), this)),
      where_(new WhereChoice(session, this)), submitText_(submitText) {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(text(kind_.empty() ? "job" : kind_) + QStringLiteral("Form"));
    setWindowTitle(title);
    setMinimumWidth(480);

    auto* intro = new QLabel(explanation, this);
    intro->setWordWrap(true);
    error_->setObjectName(QStringLiteral("formError"));
    error_->setWordWrap(true);
    error_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    error_->hide();
    QPalette red = error_->palette();
    red.setColor(QPalette::WindowText, widgets::theme().error);
    error_->setPalette(red);
    label_->setObjectName(QStringLiteral("jobLabelField"));
    label_->setPlaceholderText(tr("a short name for the list of jobs, optional"));
    label_->setToolTip(tr("Stands in the list of jobs"));

    cancel_->setObjectName(QStringLiteral("formCancelButton"));
    cancel_->setToolTip(tr("Close without starting anything (Esc)"));
    cancel_->setAutoDefault(false);
    submit_->setObjectName(QStringLiteral("formSubmitButton"));
    submit_->setToolTip(tr("Start the job; its progress stands in Jobs (Enter)"));
    submit_->setDefault(true);
    submit_->setProperty("primary", true);
    connect(cancel_, &QPushButton::clicked, this, &QDialog::reject);
    connect(submit_, &QPushButton::clicked, this, [this] { submit(where_->where()); });
    here_->setObjectName(QStringLiteral("formHereButton"));
    here_->setToolTip(tr("Start this job on this computer instead, this once"));
    here_->setAutoDefault(false);
    here_->hide();
    connect(here_, &QPushButton::clicked, this, [this] { submit("here"); });

    auto* buttons = new QHBoxLayout;
    buttons->addWidget(here_);
    buttons->addStretch();
    buttons->addWidget(cancel_);
    buttons->addWidget(submit_);
    fields_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    fields_->setHorizontalSpacing(2 * widgets::gridStep);
    fields_->setVerticalSpacing(widgets::gridStep);
    fields_->addRow(tr("Where"), where_);
    fields_->addRow(tr("Job label"), label_);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * widgets::gridStep, 3 * widgets::gridStep, 3 * widgets::gridStep,
                               2 * widgets::gridStep);
    column->setSpacing(2 * widgets::gridStep);
    if (!explanation.isEmpty()) column->addWidget(intro);
    column->addLayout(fields_, 1);
    column->addWidget(error_);
    column->addLayout(buttons);
    followKind();
    fields_->setRowVisible(where_, where_->hasWorkers() && where_->isEnabled());
}

void JobForm::showEvent(QShowEvent* event) {
    QDialog::showEvent(event);
    // Tab goes as the eye does, whenever the fields were made.
    QWidget* last = nullptr;
    const auto follow = [&last](QWidget* next) {
        if (!next) return;
        if (last) setTabOrder(last, next);
        last = next;
    };
    for (int row = 0; row < fields_->rowCount(); ++row)
        if (auto* item = fields_->itemAt(row, QFormLayout::FieldRole)) {
            QWidget* field = item->widget();
            if (!last && field) field->setFocus();
            follow(field);
        }
    for (QWidget* button : {here_, cancel_, submit_})
        follow(button);
}

void JobForm::followKind() {
    where_->setKind(kind_);
    here_->hide();
}

void JobForm::showWhere() {
    fields_->setRowVisible(where_, where_->hasWorkers());
}

void JobForm::addField(const QString& label, QWidget* field, std::function<void(QJsonObject&)> write) {
    fields_->insertRow(fields_->rowCount() - 2, label, field);
    writers_.push_back(std::move(write));
}

QLineEdit* JobForm::addText(const QString& parameter, const QString& label, const QString& value,
                            const QString& tip) {
    auto* edit = new QLineEdit(value, this);
    edit->setObjectName(parameter + QStringLiteral("Field"));
    edit->setToolTip(tip);
    addField(label, edit,
             [edit, parameter](QJsonObject& object) { object[parameter] = edit->text().trimmed(); });
    return edit;
}

QLineEdit* JobForm::addList(const QString& parameter, const QString& label, const QStringList& values,
                            const QString& tip) {
    auto* edit = new QLineEdit(values.join(QStringLiteral(", ")), this);
    edit->setObjectName(parameter + QStringLiteral("Field"));
    edit->setToolTip(tip);
    addField(label, edit, [edit, parameter](QJsonObject& object) {
        object[parameter] = QJsonArray::fromStringList(bridge::listItems(edit->text()));
    });
    return edit;
}

QSpinBox* JobForm::addNumber(const QString& parameter, const QString& label, int value, int least,
                             int greatest, const QString& tip) {
    auto* box = new QSpinBox(this);
    box->setObjectName(parameter + QStringLiteral("Field"));
    box->setToolTip(tip);
    box->setRange(least, greatest);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setValue(value);
    addField(label, box, [box, parameter](QJsonObject& object) { object[parameter] = box->value(); });
    return box;
}

QComboBox* JobForm::addChoice(const QString& parameter, const QString& label,
                              const std::vector<std::pair<QString, QString>>& choices, const QString& value,
                              const QString& tip) {
    auto* box = new QComboBox(this);
    box->setObjectName(parameter + QStringLiteral("Field"));
    box->setToolTip(tip);
    for (const auto& [shown, meant] : choices)
        box->addItem(shown, meant);
    if (const int at = box->findData(value); at >= 0) box->setCurrentIndex(at);
    addField(label, box,
             [box, parameter](QJsonObject& object) { object[parameter] = box->currentData().toString(); });
    return box;
}

QPlainTextEdit* JobForm::addJson(const std::string& parameters, const QString& help) {
    json_ = new QPlainTextEdit(bridge::indentedJson(parameters), this);
    json_->setObjectName(QStringLiteral("jobParametersField"));
    json_->setToolTip(tr("The job's parameters, one JSON object"));
    json_->setFont(widgets::tabularFont(font()));
    json_->setMinimumHeight(200);
    fields_->insertRow(fields_->rowCount() - 2, tr("Parameters"), json_);
    if (!help.isEmpty()) {
        auto* note = new QLabel(help, this);
        note->setWordWrap(true);
        note->setFont(widgets::smallFont(font()));
        note->setTextInteractionFlags(Qt::TextSelectableByMouse);
        note->setObjectName(QStringLiteral("jobHelp"));
        fields_->insertRow(fields_->rowCount() - 2, QString(), note);
    }
    resize(600, 520);
    return json_;
}

void JobForm::addKindChoice(const std::vector<api::JobKind>& kinds, QPlainTextEdit* json) {
    auto* box = new QComboBox(this);
    box->setObjectName(QStringLiteral("jobKindField"));
    box->setToolTip(tr("What is to be done"));
    for (const auto& kind : kinds)
        box->addItem(text(kind.title), text(kind.kind));
    auto* note = findChild<QLabel*>(QStringLiteral("jobHelp"));
    const auto follow = [this, box, json, kinds, note](int index) {
        if (index < 0 || std::size_t(index) >= kinds.size()) return;
        kind_ = kinds[std::size_t(index)].kind;
        json->setPlainText(bridge::indentedJson(kinds[std::size_t(index)].parameters));
        if (note) note->setText(text(kinds[std::size_t(index)].help));
        followKind();
    };
    connect(box, &QComboBox::currentIndexChanged, this, follow);
    fields_->insertRow(0, tr("Kind"), box);
    follow(box->currentIndex());
}

void JobForm::setJobLabel(const QString& label) {
    label_->setText(label);
}

void JobForm::refuse(const QString& sentence) {
    error_->setText(sentence);
    error_->show();
}

void JobForm::setBusy(bool busy) {
    submit_->setEnabled(!busy);
    submit_->setText(busy ? tr("Looking for a worker…") : submitText_);
    here_->setEnabled(!busy);
    where_->setEnabled(!busy);
}

void JobForm::done(int result) {
    if (submission_) submission_->withdraw();
    QDialog::done(result);
}

void JobForm::submit(const std::string& where) {
    if (submission_) return;
    QJsonObject parameters;
    if (json_) {
        QJsonParseError problem;
        const auto document = QJsonDocument::fromJson(json_->toPlainText().toUtf8(), &problem);
        if (!document.isObject()) {
            const QString before = json_->toPlainText().toUtf8().left(problem.offset);
            refuse(problem.error == QJsonParseError::NoError
                       ? tr("The parameters must be one JSON object, in braces.")
                       : tr("The parameters cannot be read at line %1: %2.")
                             .arg(before.count('\n') + 1)
                             .arg(problem.errorString()));
            return;
        }
        parameters = document.object();
    }
    for (const auto& write : writers_)
        write(parameters);

    jobs::JobSpec spec;
    spec.kind = kind_;
    spec.label = plain(label_->text().trimmed());
    spec.parameters = QJsonDocument(parameters).toJson(QJsonDocument::Compact).toStdString();
    spec.seed = quint64(std::max<qint64>(0, parameters.value(QStringLiteral("seed")).toInteger()));
    spec.parent = parent_;
    const bool chosen = where == where_->where();
    submission_ = submitJob(
        session_, this, std::move(spec), where, [this, where, chosen](const core::Result<jobs::JobId>& job) {
            if (std::exchange(submission_, nullptr)) setBusy(false);
            if (!job) {
                refuse(bridge::errorText(job.error()));
                // What is wrong with the parameters is wrong here, too.
                here_->setVisible(where != "here" && job.error().code() != core::ErrorCode::InvalidArgument);
                return;
            }
            if (chosen) where_->keep();
            Q_EMIT submitted(*job);
            accept();
        });
    if (submission_) {
        error_->hide();
        here_->hide();
        setBusy(true);
    }
}

} // namespace balmer::desktop
