// LinesForm: a small form for names of which each stands in a line of its own: classes, spectra. Not modal;
// deletes itself. UI thread.
#pragma once

#include <QDialog>
#include <QStringList>

class QLabel;
class QPlainTextEdit;

namespace balmer::desktop {

class LinesForm : public QDialog {
    Q_OBJECT
  public:
    struct Words {
        QString name; ///< prefix of the object names: "classes" gives "classesForm", "classesField" …
        QString title, intro, field, tip, button;
    };
    LinesForm(const Words& words, const QStringList& lines, QWidget* parent);

    /// Why what was given cannot be used; the form stays.
    void refuse(const QString& sentence);

  Q_SIGNALS:
    /// The lines that are not empty. The receiver accepts or refuses.
    void given(const QStringList& lines);

  private:
    QPlainTextEdit* field_;
    QLabel* error_;
};

} // namespace balmer::desktop
