#include "app/desktop/place/small_form.h"

#include <QDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStyle>
#include <QVBoxLayout>

#include "widgets/common/theme.h"

namespace balmer::desktop {

QPushButton* namedButton(const QString& name, const QString& words, const QString& tip, QWidget* parent) {
    auto* made = new QPushButton(words, parent);
    made->setObjectName(name);
    made->setToolTip(tip);
    made->setAutoDefault(false);
    return made;
}

QLineEdit* namedField(const QString& name, const QString& title, const QString& placeholder,
                      const QString& tip, QWidget* parent) {
    auto* made = new QLineEdit(parent);
    made->setObjectName(name);
    made->setAccessibleName(title);
    made->setPlaceholderText(placeholder);
    made->setToolTip(tip);
    return made;
}

QLabel* namedSentence(const QString& name, QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setObjectName(name);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

void markInvalid(QWidget& field, bool invalid) {
    field.setProperty("invalid", invalid);
    field.style()->unpolish(&field);
    field.style()->polish(&field);
}

void layOutForm(QDialog& form, const QString& intro, QFormLayout* fields, QLabel* error, QPushButton* cancel,
                QPushButton* keep) {
    auto* words = new QLabel(intro, &form);
    words->setWordWrap(true);
    fields->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    fields->setHorizontalSpacing(2 * widgets::gridStep);
    fields->setVerticalSpacing(widgets::gridStep);
    error->setMinimumHeight(2 * form.fontMetrics().lineSpacing());
    error->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    widgets::setTone(*error, widgets::Tone::Error);
    keep->setDefault(true);
    keep->setProperty("primary", true);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(keep);
    auto* column = new QVBoxLayout(&form);
    column->setContentsMargins(3 * widgets::gridStep, 3 * widgets::gridStep, 3 * widgets::gridStep,
                               2 * widgets::gridStep);
    column->setSpacing(2 * widgets::gridStep);
    column->addWidget(words);
    column->addLayout(fields);
    column->addWidget(error, 1);
    column->addLayout(buttons);
    QObject::connect(cancel, &QPushButton::clicked, &form, &QDialog::reject);
}

} // namespace balmer::desktop
