// LabelPreparer: reads what the labelling panel is going to show, ahead of the observer, on the cursor's
// thread, and keeps it. Owned by the Label place; UI thread.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include <QObject>

#include "app/bridge/session.h"
#include "app/desktop/label/label_queue.h"
#include "widgets/labelling/label_item.h"

namespace balmer::desktop {

using Predictions = std::unordered_map<std::string, api::Prediction>; ///< by spectrum

struct PreparedItem {
    widgets::LabelItem item;
    bool whole = false; ///< the whole spectrum has been asked for
    QString problem;    ///< why it could not be read
};

class LabelPreparer : public QObject {
    Q_OBJECT
  public:
    LabelPreparer(bridge::Session& session, QObject* parent);

    /// Forgets what it has; the entries asked for from now on are of this round.
    void setRound(const api::RoundInfo& info, Predictions predictions);
    /// What is shown about the entry: what is ready, or else what can be read at once: its window.
    core::Result<PreparedItem*> itemFor(const api::RoundEntry& entry);
    /// What is ready for this spectrum; null for nothing.
    PreparedItem* find(const std::string& id);
    void forget(const std::string& id) { prepared_.erase(id); }
    /// Reads the entries and thumbnails in their order; newest wish wins. `shown` is kept whatever happens.
    void prepare(std::vector<api::RoundEntry> entries, std::vector<std::string> thumbnails,
                 const std::string& shown);
    std::size_t size() const { return prepared_.size(); }

  Q_SIGNALS:
    /// This spectrum is ready with all that is known of it.
    void ready(const QString& id);
    void thumbnailReady(const QString& id, const std::vector<float>& flux);

  private:
    struct Read;
    static Read read(api::Workbench& workbench, const std::string& dataset, api::RoundEntry entry);
    widgets::LabelItem itemOf(const api::RoundEntry& entry, const api::WindowRow& row) const;
    void keep(Read read);

    bridge::Session& session_;
    api::RoundInfo info_;
    Predictions predictions_;
    std::unordered_map<std::string, PreparedItem> prepared_; ///< by spectrum
};

} // namespace balmer::desktop
