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

    /// Forgets what it has; the entries asked for from now on are of this queue. dataset: that has their
    /// windows; those that are not in it show a part of the whole spectrum. "": none has.
    void setQueue(const std::string& dataset, Predictions predictions);
    /// In the order of their digits.
    void setClasses(const QStringList& names);
    /// What is shown about the entry: what is ready, or else what can be read at once: its window in the
    /// dataset, or that it is being read. Errors: of an entry that a round asks for, that it has no window.
    core::Result<PreparedItem*> itemFor(const QueueEntry& entry);
    /// What is ready for this spectrum; null for nothing.
    PreparedItem* find(const std::string& id);
    void forget(const std::string& id) { prepared_.erase(id); }
    /// Reads the entries and thumbnails in their order; newest wish wins. `shown` is kept whatever happens.
    void prepare(QueueEntries entries, std::vector<std::string> thumbnails, const std::string& shown);
    std::size_t size() const { return prepared_.size(); }

  Q_SIGNALS:
    /// This spectrum is ready with all that is known of it.
    void ready(const QString& id);
    void thumbnailReady(const QString& id, const std::vector<float>& flux);

  private:
    struct Read;
    static Read read(api::Workbench& workbench, const std::string& dataset, QueueEntry entry);
    widgets::LabelItem itemOf(const QueueEntry& entry) const;
    void say(widgets::LabelItem& item, const QueueEntry& entry) const;
    void keep(Read read);

    bridge::Session& session_;
    std::string dataset_;
    QStringList classes_;
    Predictions predictions_;
    std::uint64_t queue_ = 0;                                ///< counts them
    std::unordered_map<std::string, PreparedItem> prepared_; ///< by spectrum
};

} // namespace balmer::desktop
