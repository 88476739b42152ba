// What small forms are put together from: named fields and buttons, and their layout. UI thread.
#pragma once

#include <QString>

class QDialog;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QWidget;

namespace balmer::desktop {

QPushButton* namedButton(const QString& name, const QString& words, const QString& tip, QWidget* parent);
QLineEdit* namedField(const QString& name, const QString& title, const QString& placeholder,
                      const QString& tip, QWidget* parent);
/// A label that wraps and can be copied from.
QLabel* namedSentence(const QString& name, QWidget* parent);
/// The field shows that what it holds cannot be used, or no longer that.
void markInvalid(QWidget& field, bool invalid);

/// Lays out a small form: what it is for, its fields, why it is refused, and its two buttons, of which the
/// second is pressed by Enter.
void layOutForm(QDialog& form, const QString& intro, QFormLayout* fields, QLabel* error, QPushButton* cancel,
                QPushButton* keep);

} // namespace balmer::desktop
