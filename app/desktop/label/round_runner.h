// RoundRunner: computes rounds from the Label place: the first one by its form, the next with the same
// parameters; one at a time. Owned by the Label place; UI thread.
#pragma once

#include <QJsonObject>
#include <QObject>

#include "app/bridge/session.h"

namespace balmer::desktop {

class RoundRunner : public QObject {
    Q_OBJECT
  public:
    /// Forms stand before `owner`.
    RoundRunner(bridge::Session& session, QWidget* owner);

    /// A round is being computed, or is on its way to where it will be.
    bool running() const { return job_ != 0; }
    /// What it is doing, "" while none is.
    const QString& words() const { return words_; }
    double progress() const { return progress_; }

    /// The round after this one, with the same parameters. batch: where the record of this one names none.
    /// here: on this computer, whatever was chosen for rounds before.
    void computeNext(const api::RoundInfo& before, std::size_t batch, bool here);
    /// Asks for dataset, classes and targets of a first round.
    void start();

  Q_SIGNALS:
    /// running(), words() or progress() changed.
    void changed();
    /// A round is complete and can be shown.
    void completed();
    void failed(const QString& sentence);
    void said(const QString& sentence);

  private:
    void set(qint64 job, const QString& words, double progress = 0);
    /// Questions at once, before the network has anything to say: what the labels alone lead to or, without
    /// labels, what covers the pool. The round with these parameters follows behind the user's back.
    void askAtOnce(QJsonObject parameters);
    void submitNext(const api::RoundInfo& before, std::size_t batch, bool here, const std::string& recorded);
    void followJobs(const std::vector<jobs::Job>& jobs);

    bridge::Session& session_;
    QWidget* owner_;
    qint64 job_ = 0; ///< −1 until it is submitted
    QString words_;
    double progress_ = 0;
    jobs::JobId questions_ = 0;  ///< that asked at once
    QJsonObject afterQuestions_; ///< of the rounds that follow it
};

} // namespace balmer::desktop
