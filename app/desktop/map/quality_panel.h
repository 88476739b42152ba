// QualityPanel: the errors of a map by epoch, of the one shown or of the one that is being trained. Made by
// the Map place; UI thread.
#pragma once

#include "app/desktop/place/panel.h"

class QLabel;

namespace balmer::widgets {
class QualitySparkline;
}

namespace balmer::desktop {

class QualityPanel : public Panel {
    Q_OBJECT
  public:
    QualityPanel(bridge::Session& session, QWidget* parent);

    void showMap(const api::MapContent& map);
    /// The job that trains a map has been submitted.
    void expectTraining(qint64 job);
    /// A map is being trained.
    bool training() const { return training_ != 0; }

  private:
    void followJobs(const std::vector<jobs::Job>& jobs);
    void loadErrors();

    bridge::Session& session_;
    QLabel* words_;
    widgets::QualitySparkline* errors_;
    qint64 training_ = 0; ///< the job whose errors are being drawn
};

} // namespace balmer::desktop
