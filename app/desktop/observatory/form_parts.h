// What the pages of the Observatory window are put together from: named fields and buttons, the place where
// fetched files go, and the line that follows the job that fetches them. UI thread.
#pragma once

#include <QWidget>

#include "app/bridge/session.h"

class QDialog;
class QFormLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace balmer::desktop {

QPushButton* namedButton(const QString& name, const QString& words, const QString& tip, QWidget* parent);
QLineEdit* namedField(const QString& name, const QString& title, const QString& placeholder,
                      const QString& tip, QWidget* parent);
/// A label that wraps and can be copied from.
QLabel* namedSentence(const QString& name, QWidget* parent);
/// The address, unless it holds a login: that is not to be kept.
QString withoutSecret(const QString& address);
/// The field shows that what it holds cannot be used, or no longer that.
void markInvalid(QWidget& field, bool invalid);

/// Lays out a small form: what it is for, its fields, why it is refused, and its two buttons, of which the
/// second is pressed by Enter.
void layOutForm(QDialog& form, const QString& intro, QFormLayout* fields, QLabel* error, QPushButton* cancel,
                QPushButton* keep);

/// Where what is fetched goes: a collection, and a folder for the files.
class DestinationFields : public QWidget {
    Q_OBJECT
  public:
    explicit DestinationFields(const QString& name, QWidget* parent = nullptr);
    api::Destination destination() const;

  private:
    void chooseFolder();
    QLineEdit *collection_, *folder_;
};

/// How it stands with the newest job that was submitted here.
class JobLine : public QWidget {
    Q_OBJECT
  public:
    JobLine(bridge::Session& session, const QString& name, QWidget* parent = nullptr);
    void follow(jobs::JobId job, const QString& subject);

  Q_SIGNALS:
    void jobRequested(qint64 job);

  private:
    void showJob(const jobs::Job& job);

    jobs::JobId job_ = 0;
    QString subject_;
    QLabel* words_;
    QProgressBar* bar_;
    QPushButton* show_;
};

/// "12 files fetched, 12 spectra imported, 1 failed" of a finished job's result; "" where it says nothing.
QString fetchedWords(const std::string& result);

} // namespace balmer::desktop
