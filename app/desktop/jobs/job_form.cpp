#include "app/desktop/jobs/job_form.h"

#include <algorithm>

#include <QAbstractSpinBox>
#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>

#include "app/bridge/display_text.h"
#include "app/desktop/jobs/submit_job.h"
#include "app/desktop/jobs/where_choice.h"
#include "engine/api/job_kinds.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::plain;
using bridge::text;

namespace {

/// Wants the room that its fields want, and can do with little.
class FieldScroll : public QScrollArea {
  public:
    explicit FieldScroll(QWidget* parent) : QScrollArea(parent) {
        setObjectName(QStringLiteral("formScroll"));
        setFrameShape(QFrame::NoFrame);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setFocusPolicy(Qt::NoFocus);
        setWidgetResizable(true);
    }
    QSize sizeHint() const override { return widget()->sizeHint(); }
    QSize minimumSizeHint() const override {
        return {widget()->minimumSizeHint().width() + verticalScrollBar()->sizeHint().width(),
                10 * widgets::gridStep};
    }
};

} // namespace

JobForm::JobForm(bridge::Session& session, std::string kind, const QString& title, const QString& submitText,
                 QWidget* parent)
    : QDialog(parent), session_(session), kind_(std::move(kind)), scroll_(new FieldScroll(this)),
      fields_(new QFormLayout), label_(new QLineEdit(this)), intro_(new QLabel(this)),
      error_(new QLabel(this)), submit_(new QPushButton(submitText, this)),
      here_(new QPushButton(tr("Run on this computer"), this)), cancel_(new QPushButton(tr("Cancel"), this)),
      where_(new WhereChoice(session, this)), submitText_(submitText) {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(text(kind_.empty() ? "job" : kind_) + QStringLiteral("Form"));
    setWindowTitle(title);
    setMinimumWidth(480);

    intro_->setObjectName(QStringLiteral("formIntro"));
    intro_->setWordWrap(true);
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
    auto* inside = new QWidget;
    inside->setLayout(fields_);
    fields_->setContentsMargins({});
    scroll_->setWidget(inside);
    for (QWidget* see : {inside, scroll_->viewport()})
        see->setAutoFillBackground(false);
    keepFromWheel(where_);
    fields_->addRow(tr("Where"), where_);
    fields_->addRow(tr("Job label"), label_);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * widgets::gridStep, 3 * widgets::gridStep, 3 * widgets::gridStep,
                               2 * widgets::gridStep);
    column->setSpacing(2 * widgets::gridStep);
    column->addWidget(intro_);
    column->addWidget(scroll_, 1);
    column->addWidget(error_);
    column->addLayout(buttons);
    followKind();
    fields_->setRowVisible(where_, where_->hasWorkers() && where_->isEnabled());
}

bool JobForm::eventFilter(QObject* field, QEvent* event) {
    if (event->type() != QEvent::Wheel || static_cast<QWidget*>(field)->hasFocus())
        return QDialog::eventFilter(field, event);
    event->ignore();
    return true;
}

void JobForm::fit(int least) {
    constexpr int titleBar = 5 * widgets::gridStep;
    scroll_->widget()->layout()->activate();
    scroll_->updateGeometry();
    layout()->activate();
    const QRect room = screen()->availableGeometry().adjusted(0, titleBar, 0, 0);
    const int wide = std::max(width(), layout()->totalMinimumSize().width());
    const int wanted = layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(wide)
                                                     : layout()->totalSizeHint().height();
    resize(wide, std::min(std::max(wanted, least), room.height()));
    const int below = geometry().bottom() - room.bottom();
    if (below > 0) move(x(), std::max(0, y() - below));
}

void JobForm::showEvent(QShowEvent* event) {
    if (!event->spontaneous()) fit(json_ ? height() : 0);
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

const jobs::Kind* JobForm::kind() const {
    return api::findJobKind(kind_);
}

void JobForm::setExplanation(const QString& sentence) {
    intro_->setText(sentence);
    intro_->setVisible(!sentence.isEmpty());
}

void JobForm::followKind() {
    where_->setKind(kind_);
    here_->hide();
    const auto* const known = kind();
    QString help = known ? text(known->help) + '.' : QString();
    if (!help.isEmpty()) help[0] = help[0].toUpper();
    setExplanation(help);
    const QString why = session_.onlyReads();
    const bool refused = known && !known->changes.empty() && !why.isEmpty();
    submit_->setEnabled(!refused);
    submit_->setToolTip(refused ? why : tr("Start the job; its progress stands in Jobs (Enter)"));
}

void JobForm::showWhere() {
    fields_->setRowVisible(where_, where_->hasWorkers());
}

void JobForm::keepFromWheel(QWidget* widget) {
    if (!qobject_cast<QComboBox*>(widget) && !qobject_cast<QAbstractSpinBox*>(widget)) return;
    widget->setFocusPolicy(Qt::StrongFocus);
    widget->installEventFilter(this);
}

void JobForm::insertRow(const QString& label, QWidget* widget) {
    keepFromWheel(widget);
    fields_->insertRow(fields_->rowCount() - 2, label, widget); // above where and label
}

void JobForm::fix(const std::string& field, const QJsonValue& value) {
    fixed_[field] = value;
}

void JobForm::offer(const std::string& field, const Choices& choices, const QString& chosen) {
    if (const auto* const known = kind(); known && known->field(field))
        own_.insert_or_assign(field, choiceEditor(*known->field(field), choices, chosen, this));
}

void JobForm::replace(const std::string& field, QWidget* widget, std::function<QJsonValue()> value) {
    if (const auto* const known = kind(); known && known->field(field))
        own_.insert_or_assign(field,
                              FieldEditor{fieldTitle(*known->field(field)), widget, std::move(value), {}});
}

void JobForm::showFields() {
    const auto* const known = kind();
    if (!known) return;
    const auto show = [&](const jobs::Field& field) {
        if (fixed_.contains(field.name)) return;
        const auto own = own_.find(field.name);
        rows_.push_back({&field, own == own_.end() ? fieldEditor(field, session_, this) : own->second});
        insertRow(rows_.back().editor.label, rows_.back().editor.widget);
    };
    std::vector<const jobs::Field*> further;
    for (const auto& field : known->fields) {
        if (field.more)
            further.push_back(&field);
        else
            show(field);
    }
    if (further.empty()) return;
    more_ = new QCheckBox(tr("All fields"), this);
    more_->setObjectName(QStringLiteral("moreFieldsSwitch"));
    more_->setToolTip(tr("Shows the fields that can mostly be left as they are"));
    insertRow({}, more_);
    for (const auto* const field : further)
        show(*field);
    const auto follow = [this](bool all) {
        for (const auto& row : rows_)
            if (row.field->more) fields_->setRowVisible(row.editor.widget, all);
        if (isVisible()) fit();
    };
    connect(more_, &QCheckBox::toggled, this, follow);
    follow(false);
}

void JobForm::clearFields() {
    for (const auto& row : rows_)
        fields_->removeRow(row.editor.widget);
    rows_.clear();
    if (more_) fields_->removeRow(more_);
    more_ = nullptr;
}

void JobForm::setValue(const std::string& field, const QJsonValue& value) {
    for (const auto& row : rows_)
        if (row.field->name == field && row.editor.setValue) row.editor.setValue(value);
}

void JobForm::showJson(const std::string& parameters) {
    json_ = new QPlainTextEdit(bridge::indentedJson(parameters), this);
    json_->setObjectName(QStringLiteral("jobParametersField"));
    json_->setToolTip(tr("The job's parameters, one JSON object"));
    json_->setFont(widgets::tabularFont(font()));
    json_->setMinimumHeight(200);
    insertRow(tr("Parameters"), json_);
    if (const auto* const known = kind(); known && !known->explanation.empty()) {
        auto* note = new QLabel(text(known->explanation), this);
        note->setWordWrap(true);
        note->setFont(widgets::smallFont(font()));
        note->setTextInteractionFlags(Qt::TextSelectableByMouse);
        note->setObjectName(QStringLiteral("jobHelp"));
        insertRow(QString(), note);
    }
    resize(600, 520);
}

void JobForm::showKindChoice() {
    auto* box = new QComboBox(this);
    box->setObjectName(QStringLiteral("jobKindField"));
    box->setToolTip(tr("What is to be done"));
    for (const auto& kind : api::jobKinds())
        if (kind.changes.empty() || session_.onlyReads().isEmpty())
            box->addItem(text(kind.title), text(kind.kind));
    const auto follow = [this, box] {
        kind_ = plain(box->currentData().toString());
        clearFields();
        followKind();
        showFields();
        if (isVisible()) fit();
    };
    connect(box, &QComboBox::currentIndexChanged, this, follow);
    keepFromWheel(box);
    fields_->insertRow(0, tr("Kind"), box);
    follow();
}

void JobForm::setJobLabel(const QString& label) {
    label_->setText(label);
}

void JobForm::refuse(const QString& sentence) {
    error_->setText(sentence);
    error_->show();
    fit(height());
}

void JobForm::setBusy(bool busy, const std::string& where) {
    submit_->setEnabled(!busy);
    submit_->setText(busy && where == "auto" ? tr("Looking for a worker…") : submitText_);
    here_->setEnabled(!busy);
    where_->setEnabled(!busy);
}

void JobForm::done(int result) {
    if (submission_) submission_->withdraw();
    QDialog::done(result);
}

/// Those of the JSON, or of the fields; nothing, with the reason shown, where the JSON cannot be read.
std::optional<QJsonObject> JobForm::parameters() {
    QJsonObject parameters;
    if (json_) {
        QJsonParseError problem;
        const auto document = QJsonDocument::fromJson(json_->toPlainText().toUtf8(), &problem);
        if (document.isObject()) return document.object();
        const QString before = json_->toPlainText().toUtf8().left(problem.offset);
        refuse(problem.error == QJsonParseError::NoError
                   ? tr("The parameters must be one JSON object, in braces.")
                   : tr("The parameters cannot be read at line %1: %2.")
                         .arg(before.count('\n') + 1)
                         .arg(problem.errorString()));
        return std::nullopt;
    }
    for (const auto& [name, value] : fixed_)
        parameters[text(name)] = value;
    for (const auto& row : rows_) {
        const QJsonValue value = row.editor.value();
        // What nobody looked at is left to the kind.
        if (row.field->more && !more_->isChecked()) continue;
        parameters[text(row.field->name)] = value;
    }
    return parameters;
}

core::Error JobForm::spelt(const core::Error& error) const {
    const auto* const known = kind();
    if (!known || json_) return error;
    const auto title = [](const jobs::Field& field) { return "“" + jobs::titleOf(field) + "”"; };
    core::Error same(error.code(), jobs::withFieldsSpelt(error.message(), known->fields, title));
    for (const auto& doing : error.context())
        same.during(jobs::withFieldsSpelt(doing, known->fields, title));
    return same;
}

void JobForm::submit(const std::string& where) {
    if (submission_) return;
    const auto given = parameters();
    if (!given) return;

    jobs::JobSpec spec;
    spec.kind = kind_;
    spec.label = plain(label_->text().trimmed());
    spec.parameters = QJsonDocument(*given).toJson(QJsonDocument::Compact).toStdString();
    spec.parent = parent_;
    const bool chosen = where == where_->where();
    Q_EMIT submitting(*given, text(where));
    submission_ = submitJob(
        session_, this, std::move(spec), where, [this, where, chosen](const core::Result<jobs::JobId>& job) {
            submission_ = nullptr;
            setBusy(false);
            if (!job) {
                refuse(bridge::errorText(spelt(job.error())));
                // What is wrong with the parameters is wrong here, too.
                here_->setVisible(where != "here" && job.error().code() != core::ErrorCode::InvalidArgument);
                return;
            }
            if (chosen) where_->keep();
            Q_EMIT submitted(*job);
            accept();
        });
    error_->hide();
    here_->hide();
    setBusy(true, where);
}

} // namespace balmer::desktop
