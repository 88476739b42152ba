#include "app/desktop/observatory/observatory_page.h"

#include <QFormLayout>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QStyle>
#include <QVBoxLayout>

#include "app/desktop/observatory/login_form.h"
#include "widgets/common/progress_line.h"

namespace balmer::desktop {

namespace {
constexpr int fieldsWidth = 46 * widgets::gridStep;
} // namespace

ObservatoryPage::ObservatoryPage(bridge::Session& session, const QString& key, const QString& explanation,
                                 const QString& askWords, const QString& askTip, QWidget* parent)
    : QWidget(parent), session_(session), question_(session), key_(key), askWords_(askWords),
      left_(new QScrollArea(this)), form_(new QFormLayout), content_(new QVBoxLayout),
      ask_(namedButton(key + QStringLiteral("AskButton"), askWords, askTip, this)),
      cancel_(namedButton(key + QStringLiteral("CancelButton"), tr("Cancel"),
                          tr("Let go of the question; what was found before stays (Esc)"), this)),
      logIn_(namedButton(key + QStringLiteral("LogInButton"), tr("Log in…"),
                         tr("Give a user and password for this server, until the program ends"), this)),
      notice_(namedSentence(key + QStringLiteral("Notice"), this)),
      progress_(new widgets::ProgressLine(this)) {
    setObjectName(key + QStringLiteral("Page"));
    ask_->setProperty("primary", true);
    progress_->setObjectName(key + QStringLiteral("Progress"));
    notice_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto* intro = new QLabel(explanation, this);
    intro->setWordWrap(true);
    widgets::setTone(*intro, widgets::Tone::Muted);
    form_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form_->setHorizontalSpacing(widgets::gridStep);
    form_->setVerticalSpacing(widgets::gridStep);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(widgets::gridStep);
    buttons->addWidget(ask_, 1);
    buttons->addWidget(cancel_);
    buttons->addWidget(logIn_);
    auto* inside = new QWidget;
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(2 * widgets::gridStep, 2 * widgets::gridStep, widgets::gridStep,
                               2 * widgets::gridStep);
    column->setSpacing(widgets::gridStep);
    column->addWidget(intro);
    column->addSpacing(widgets::gridStep / 2);
    column->addLayout(form_);
    column->addSpacing(widgets::gridStep / 2);
    column->addLayout(buttons);
    column->addWidget(progress_);
    column->addWidget(notice_);
    column->addStretch(1);
    left_->setObjectName(key + QStringLiteral("Fields"));
    left_->setFrameShape(QFrame::NoFrame);
    left_->setWidgetResizable(true);
    left_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    left_->setFocusPolicy(Qt::NoFocus);
    left_->setWidget(inside);
    content_->setContentsMargins(widgets::gridStep, 2 * widgets::gridStep, 2 * widgets::gridStep,
                                 2 * widgets::gridStep);
    auto* across = new QHBoxLayout(this);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(widgets::gridStep);
    across->addWidget(left_);
    across->addLayout(content_, 1);

    connect(ask_, &QPushButton::clicked, this, [this] {
        clearTrouble();
        ask();
    });
    connect(cancel_, &QPushButton::clicked, this, &ObservatoryPage::cancel);
    connect(logIn_, &QPushButton::clicked, this, &ObservatoryPage::logIn);
    connect(&question_, &NetQuestion::started, this, [this] { setAsking(true); });
    connect(&question_, &NetQuestion::ended, this, [this] { setAsking(false); });
    connect(&question_, &NetQuestion::progressed, this, [this](double fraction, const QString& stage) {
        progress_->setFraction(fraction > 0 ? fraction : -1);
        if (!stage.isEmpty()) say(stage + QChar(0x2026), widgets::Tone::Muted);
    });
    setAsking(false);
}

void ObservatoryPage::setAsking(bool asking) {
    // The keyboard stays with whichever of the two can be pressed.
    const auto swap = [](QPushButton* from, QPushButton* to) {
        to->setEnabled(true);
        if (from->hasFocus()) to->setFocus();
        from->setEnabled(false);
    };
    if (asking) {
        swap(ask_, cancel_);
        progress_->setFraction(-1);
    } else {
        swap(cancel_, ask_);
        progress_->finish();
    }
    // The sentence of the work that has ended.
    notice_->clear();
}

void ObservatoryPage::cancel() {
    if (!question_.asking()) return;
    question_.cancel();
    say(tr("Cancelled; nothing was fetched."), widgets::Tone::Muted);
}

void ObservatoryPage::addRow(const QString& label, QWidget* field) {
    form_->addRow(label, field);
}

void ObservatoryPage::addRow(const QString& label, QLayout* fields, QWidget* buddy) {
    auto* words = new QLabel(label, this);
    words->setBuddy(buddy);
    form_->addRow(words, fields);
}

void ObservatoryPage::asksOnEnter(QLineEdit* field) {
    connect(field, &QLineEdit::returnPressed, ask_, &QPushButton::click);
}

void ObservatoryPage::setContent(QWidget* content) {
    content_->addWidget(content);
}

void ObservatoryPage::say(const QString& sentence, widgets::Tone tone) {
    notice_->setText(sentence);
    widgets::setTone(*notice_, tone);
}

void ObservatoryPage::clearTrouble() {
    say({});
    if (invalid_) markInvalid(*std::exchange(invalid_, nullptr), false);
}

void ObservatoryPage::refuse(const QString& sentence, QWidget* field) {
    clearTrouble();
    say(sentence, widgets::Tone::Error);
    if (!field) return;
    invalid_ = field;
    markInvalid(*field, true);
    field->setFocus();
}

void ObservatoryPage::refuse(const core::Error& error, QWidget* field) {
    refuse(bridge::errorText(error), error.code() == core::ErrorCode::InvalidArgument ? field : nullptr);
}

void ObservatoryPage::logIn() {
    if (address().isEmpty()) {
        refuse(tr("Type the address first: a login is for one server."), nullptr);
        return;
    }
    auto* form = new LoginForm(session_, address(), this);
    connect(form, &LoginForm::loggedIn, this, [this](const QString& user) {
        clearTrouble();
        say(tr("Logged in as %1. “%2” asks with this login.").arg(user, askWords_));
    });
    form->show();
}

void ObservatoryPage::orderTabs() {
    // As the eye goes: the fields, the buttons under them, what was found.
    QWidget* last = nullptr;
    const auto follow = [&last](QWidget* next) {
        if (!(next->focusPolicy() & Qt::TabFocus) || next->focusProxy()) return;
        if (last) setTabOrder(last, next);
        last = next;
    };
    for (int row = 0; row < form_->rowCount(); ++row) {
        auto* item = form_->itemAt(row, QFormLayout::FieldRole);
        if (QWidget* field = item->widget()) follow(field);
        for (int i = 0; item->layout() && i < item->layout()->count(); ++i)
            if (QWidget* field = item->layout()->itemAt(i)->widget()) follow(field);
    }
    for (QPushButton* button : {ask_, cancel_, logIn_})
        follow(button);
    for (int i = 0; i < content_->count(); ++i)
        for (QWidget* one : content_->itemAt(i)->widget()->findChildren<QWidget*>())
            follow(one);
}

void ObservatoryPage::restore() {
    orderTabs();
    // Wide enough for every row beside the scroll bar that a low window needs.
    left_->setFixedWidth(
        std::max(fieldsWidth, left_->widget()->minimumSizeHint().width() +
                                  style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, left_)));
    enter(QJsonDocument::fromJson(session_.setting(QStringLiteral("desktop.") + key_).toUtf8()).object());
}

void ObservatoryPage::keep() {
    session_.setSetting(QStringLiteral("desktop.") + key_,
                        QString::fromUtf8(QJsonDocument(entered()).toJson(QJsonDocument::Compact)));
}

} // namespace balmer::desktop
