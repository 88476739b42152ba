#include "app/desktop/label/label_preparer.h"

#include <algorithm>
#include <utility>

#include "app/bridge/display_text.h"
#include "app/bridge/plotted.h"
#include "app/desktop/data/spectrum_facts.h"
#include "app/desktop/label/label_words.h"

namespace balmer::desktop {

using bridge::plain;
using bridge::text;

namespace {
constexpr std::size_t mostPrepared = 64;
/// About Hα, where no dataset has the spectrum's window, ångström.
constexpr double halfWindow = 106;
} // namespace

struct LabelPreparer::Read {
    QueueEntry entry;
    std::optional<api::WindowRow> row;
    std::optional<api::SpectrumRow> catalogue;
    std::optional<widgets::PlottedSpectrum> whole;
    QString problem;
};

LabelPreparer::LabelPreparer(bridge::Session& session, QObject* parent)
    : QObject(parent), session_(session) {}

void LabelPreparer::setQueue(const std::string& dataset, Predictions predictions) {
    ++queue_;
    dataset_ = dataset;
    predictions_ = std::move(predictions);
    prepared_.clear();
}

void LabelPreparer::setClasses(const QStringList& names) {
    classes_ = names;
    for (auto& [id, prepared] : prepared_)
        prepared.item.classNames = names;
}

PreparedItem* LabelPreparer::find(const std::string& id) {
    const auto found = prepared_.find(id);
    return found == prepared_.end() ? nullptr : &found->second;
}

core::Result<PreparedItem*> LabelPreparer::itemFor(const QueueEntry& entry) {
    PreparedItem* prepared = find(entry.id);
    if (!prepared) {
        PreparedItem made{itemOf(entry), false, {}};
        core::Result<api::WindowRow> row = core::fail(core::ErrorCode::NotFound, "no dataset has it");
        if (!dataset_.empty()) row = session_.workbench().datasets().row(dataset_, entry.id);
        if (!row && entry.asked) return core::fail(std::move(row).error());
        if (row)
            made.item.window = bridge::plotted(*row);
        else
            made.item.reading = true;
        prepared = &prepared_.emplace(entry.id, std::move(made)).first->second;
    }
    say(prepared->item, entry);
    return prepared;
}

/// It may have been prepared for another list on which it stands too.
void LabelPreparer::say(widgets::LabelItem& item, const QueueEntry& entry) const {
    item.list = entry.list();
    item.predicted = entry.asked ? text(entry.asked->predicted) : QString();
    item.entropy = entry.asked ? entry.asked->entropy : 0;
    item.reason = text(entry.asked ? entry.asked->reason : entry.reason);
}

widgets::LabelItem LabelPreparer::itemOf(const QueueEntry& entry) const {
    widgets::LabelItem item;
    item.id = text(entry.id);
    item.classNames = classes_;
    say(item, entry);
    const auto known = predictions_.find(entry.id);
    if (known == predictions_.end() || known->second.probabilities.empty()) return item;
    const auto& prediction = known->second;
    for (const QString& name : classes_) {
        const auto found = std::find(prediction.classes.begin(), prediction.classes.end(), plain(name));
        const auto at = std::size_t(found - prediction.classes.begin());
        item.probabilities.push_back(found == prediction.classes.end() ? 0.0 : prediction.probabilities[at]);
    }
    return item;
}

LabelPreparer::Read LabelPreparer::read(api::Workbench& workbench, const std::string& dataset,
                                        QueueEntry entry) {
    Read read{std::move(entry), {}, {}, {}, {}};
    const std::string& id = read.entry.id;
    if (!dataset.empty())
        if (auto row = workbench.datasets().row(dataset, id)) read.row = std::move(*row);
    if (auto row = workbench.spectra().row(id)) read.catalogue = std::move(*row);
    if (const auto whole = workbench.spectra().load(id))
        read.whole = bridge::plotted(*whole, text(id));
    else
        read.problem = bridge::errorSentence(whole.error());
    return read;
}

void LabelPreparer::prepare(QueueEntries entries, std::vector<std::string> thumbnails,
                            const std::string& shown) {
    std::erase_if(entries, [this](const auto& entry) {
        const PreparedItem* found = find(entry.id);
        return found && found->whole;
    });
    struct Answer {
        std::vector<Read> items;
        std::vector<std::pair<QString, std::vector<float>>> thumbnails;
    };
    session_.cursor().latest(
        this, "prepare",
        [&workbench = session_.workbench(), entries = std::move(entries), thumbnails = std::move(thumbnails),
         dataset = dataset_](const std::stop_token& stop) {
            Answer answer;
            for (const auto& entry : entries) {
                if (stop.stop_requested()) return answer;
                answer.items.push_back(read(workbench, dataset, entry));
            }
            for (const auto& id : thumbnails) {
                if (stop.stop_requested() || dataset.empty()) return answer;
                if (const auto row = workbench.datasets().row(dataset, id))
                    answer.thumbnails.emplace_back(text(id), bridge::thumbnail(row->flux));
            }
            return answer;
        },
        [this, shown, queue = queue_](Answer answer) {
            if (queue_ != queue) return;
            if (prepared_.size() > mostPrepared)
                std::erase_if(prepared_, [&](const auto& one) { return one.first != shown; });
            for (auto& read : answer.items)
                if (read.row || !read.entry.asked) keep(std::move(read));
            for (const auto& [id, flux] : answer.thumbnails)
                Q_EMIT thumbnailReady(id, flux);
        });
}

void LabelPreparer::keep(Read read) {
    PreparedItem prepared{itemOf(read.entry), true, read.problem};
    widgets::LabelItem& item = prepared.item;
    if (read.catalogue) {
        item.metadata = observedFacts(*read.catalogue);
        item.comment = text(read.catalogue->comment);
        item.noteworthy = isNoteworthy(*read.catalogue);
    }
    if (read.row) {
        item.window = bridge::plotted(*read.row);
    } else if (read.whole) {
        item.window = widgets::scaledPart(*read.whole, widgets::hAlphaVacuum - halfWindow,
                                          widgets::hAlphaVacuum + halfWindow);
        Q_EMIT thumbnailReady(item.id, bridge::thumbnail(item.window.flux));
    }
    item.whole = std::move(read.whole);
    const QString id = item.id;
    prepared_.insert_or_assign(read.entry.id, std::move(prepared));
    Q_EMIT ready(id);
}

} // namespace balmer::desktop
