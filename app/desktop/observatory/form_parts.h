// What the pages of the Observatory window are put together from, beside the parts of all small forms: the
// place where fetched files go, and the line that follows the job that fetches them. UI thread.
#pragma once

#include <QWidget>

#include "app/bridge/session.h"
#include "app/desktop/place/small_form.h"

class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace balmer::desktop {

/// The address, unless it holds a login: that is not to be kept.
QString withoutSecret(const QString& address);
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
