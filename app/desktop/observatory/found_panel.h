// FoundPanel: a list of spectra from the net as a table, what its service says beside the rows, and the jobs
// that fetch chosen rows or all. Owned by its page; UI thread.
#pragma once

#include <memory>
#include <set>

#include <QWidget>

#include "app/bridge/session.h"
#include "app/desktop/observatory/found_model.h"

class QCheckBox;
class QLabel;
class QPushButton;

namespace balmer::widgets {
class SpectrumTable;
} // namespace balmer::widgets

namespace balmer::desktop {

class DestinationFields;
class JobLine;

class FoundPanel : public QWidget {
    Q_OBJECT
  public:
    /// name: prefix of all object names in it.
    FoundPanel(bridge::Session& session, const QString& name, const QString& emptySentence,
               QWidget* parent = nullptr);

    /// askedFor: as FoundModel::setList; subject: what jobs from this list are called.
    void showList(api::MarkedList list, std::vector<std::string> askedFor, const QString& subject);
    const FoundModel& model() const { return *model_; }
    widgets::SpectrumTable* table() const { return table_; }

  Q_SIGNALS:
    void jobRequested(qint64 job);
    /// A row that the project has was opened.
    void spectrumRequested(const QString& id);

  private:
    void fetch(const std::vector<std::size_t>& rows);
    std::vector<std::size_t> chosenRows() const;
    void showNotices();
    void showCounts();
    void followJobs(const std::vector<jobs::Job>& jobs);
    void markAnew();
    void open(const QString& row);

    bridge::Session& session_;
    FoundModel* model_;
    widgets::SpectrumTable* table_;
    QLabel *notices_, *facts_, *refusal_;
    QCheckBox* repeated_;
    DestinationFields* to_;
    QPushButton *chosen_, *all_;
    JobLine* job_;
    QString emptySentence_, subject_;
    std::set<jobs::JobId> running_;
    bool submitting_ = false;      ///< a job is on its way into the project
    std::uint64_t generation_ = 0; ///< of the list in sight
};

} // namespace balmer::desktop
