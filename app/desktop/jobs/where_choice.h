// WhereChoice: on which computer a job is to run: this one, any worker, or one by name. Remembers the last
// choice of each kind of job in the project. Owned by the form that shows it; UI thread.
#pragma once

#include <QComboBox>

#include "app/bridge/session.h"

namespace balmer::desktop {

class WhereChoice : public QComboBox {
    Q_OBJECT
  public:
    explicit WhereChoice(bridge::Session& session, QWidget* parent = nullptr);

    /// Takes up what was chosen for this kind before; a kind that must run here can only be here, and the
    /// tooltip says why.
    void setKind(const std::string& kind);
    /// There is something to choose between.
    bool hasWorkers() const { return count() > 2; }
    /// As Workbench::submit() takes it: "here", "auto" or a worker's name.
    std::string where() const;
    /// For the next time.
    void keep();

    /// What was chosen last for this kind, "here" where that is not possible any more.
    static std::string lastChoice(bridge::Session& session, const std::string& kind);

  private:
    bridge::Session& session_;
    std::string kind_;
};

} // namespace balmer::desktop
