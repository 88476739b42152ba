#include "app/desktop/place/lines_form.h"

#include <QFormLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>

#include "app/desktop/place/small_form.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

LinesForm::LinesForm(const Words& words, const QStringList& lines, QWidget* parent)
    : QDialog(parent), field_(new QPlainTextEdit(lines.join('\n'), this)),
      error_(namedSentence(words.name + QStringLiteral("Error"), this)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(words.name + QStringLiteral("Form"));
    setWindowTitle(words.title);
    field_->setObjectName(words.name + QStringLiteral("Field"));
    field_->setAccessibleName(words.field);
    field_->setPlaceholderText(words.field);
    field_->setToolTip(words.tip);
    field_->setTabChangesFocus(true);
    field_->setMinimumHeight(29 * widgets::gridStep);
    auto* cancel = namedButton(words.name + QStringLiteral("CancelButton"), tr("Cancel"),
                               tr("Close and change nothing (Esc)"), this);
    auto* keep = namedButton(words.name + QStringLiteral("KeepButton"), words.button, words.tip, this);
    auto* fields = new QFormLayout;
    fields->addRow(field_);
    layOutForm(*this, words.intro, fields, error_, cancel, keep);
    resize(440, 400);
    connect(keep, &QPushButton::clicked, this, [this] {
        QStringList kept;
        for (const QString& line : field_->toPlainText().split('\n'))
            if (const QString name = line.trimmed(); !name.isEmpty()) kept << name;
        if (kept.isEmpty())
            refuse(tr("Write at least one name, each in a line of its own."));
        else
            Q_EMIT given(kept);
    });
    field_->setFocus();
}

void LinesForm::refuse(const QString& sentence) {
    error_->setText(sentence);
    field_->setFocus();
}

} // namespace balmer::desktop
