// LabelClasses: which class each digit means wherever spectra are labelled outside a round: the classes that
// were named in this window or any before it, or else those of the newest round; then those that labels of
// the project have beside them. What a digit means changes only when the user asks for it.
//
// Owned by the Session; UI thread; asks the project on balmer-lists.
#pragma once

#include <QObject>
#include <QStringList>

namespace balmer::bridge {

class Session;

class LabelClasses : public QObject {
    Q_OBJECT
  public:
    explicit LabelClasses(Session& session);

    /// In the order of their digits; empty until somebody has named any.
    const QStringList& names() const { return names_; }
    /// As the user wants them, kept in the project; those that labels have come back.
    void set(const QStringList& names);
    /// These first, as in a round that is shown, so that its digits mean the same everywhere.
    void putFirst(const QStringList& names);

  Q_SIGNALS:
    void changed();

  private:
    /// Without blanks and doubles.
    void keep(const QStringList& names);
    void addThoseOfTheProject();

    Session& session_;
    QStringList names_;
};

} // namespace balmer::bridge
