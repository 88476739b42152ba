#include "app/desktop/label/label_preparer.h"

#include <algorithm>
#include <utility>

#include "app/bridge/display_text.h"
#include "app/bridge/plotted.h"
#include "app/desktop/data/spectrum_facts.h"
#include "app/desktop/label/label_words.h"

namespace balmer::desktop {

using bridge::text;

namespace {
constexpr std::size_t mostPrepared = 64;
}

struct LabelPreparer::Read {
    api::RoundEntry entry;
    core::Result<api::WindowRow> row;
    std::optional<api::SpectrumRow> catalogue;
    std::optional<widgets::PlottedSpectrum> whole;
    QString problem;
};

LabelPreparer::LabelPreparer(bridge::Session& session, QObject* parent)
    : QObject(parent), session_(session) {}

void LabelPreparer::setRound(const api::RoundInfo& info, Predictions predictions) {
    info_ = info;
    predictions_ = std::move(predictions);
    prepared_.clear();
}

PreparedItem* LabelPreparer::find(const std::string& id) {
    const auto found = prepared_.find(id);
    return found == prepared_.end() ? nullptr : &found->second;
}

core::Result<PreparedItem*> LabelPreparer::itemFor(const api::RoundEntry& entry) {
    PreparedItem* prepared = find(entry.id);
    if (!prepared) {
        BALMER_TRY(const auto row, session_.workbench().datasets().row(info_.dataset, entry.id));
        prepared = &prepared_.emplace(entry.id, PreparedItem{itemOf(entry, row), false, {}}).first->second;
    }
    // It may have been prepared for another list on which it stands too.
    prepared->item.list = entry.list;
    prepared->item.predicted = text(entry.predicted);
    prepared->item.entropy = entry.entropy;
    prepared->item.reason = text(entry.reason);
    return prepared;
}

widgets::LabelItem LabelPreparer::itemOf(const api::RoundEntry& entry, const api::WindowRow& row) const {
    widgets::LabelItem item;
    item.id = text(entry.id);
    item.list = entry.list;
    item.window = bridge::plotted(row);
    for (const auto& name : info_.classes)
        item.classNames << text(name);
    item.predicted = text(entry.predicted);
    item.entropy = entry.entropy;
    item.reason = text(entry.reason);
    const auto known = predictions_.find(entry.id);
    if (known == predictions_.end() || known->second.probabilities.empty()) return item;
    const auto& prediction = known->second;
    for (const auto& name : info_.classes) {
        const auto found = std::find(prediction.classes.begin(), prediction.classes.end(), name);
        const auto at = std::size_t(found - prediction.classes.begin());
        item.probabilities.push_back(found == prediction.classes.end() ? 0.0 : prediction.probabilities[at]);
    }
    return item;
}

LabelPreparer::Read LabelPreparer::read(api::Workbench& workbench, const std::string& dataset,
                                        api::RoundEntry entry) {
    Read read{entry, workbench.datasets().row(dataset, entry.id), {}, {}, {}};
    if (auto row = workbench.spectra().row(entry.id)) read.catalogue = std::move(*row);
    if (const auto whole = workbench.spectra().load(entry.id))
        read.whole = bridge::plotted(*whole, text(entry.id));
    else
        read.problem = bridge::errorSentence(whole.error());
    return read;
}

void LabelPreparer::prepare(std::vector<api::RoundEntry> entries, std::vector<std::string> thumbnails,
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
         dataset = info_.dataset](const std::stop_token& stop) {
            Answer answer;
            for (const auto& entry : entries) {
                if (stop.stop_requested()) return answer;
                answer.items.push_back(read(workbench, dataset, entry));
            }
            for (const auto& id : thumbnails) {
                if (stop.stop_requested()) return answer;
                if (const auto row = workbench.datasets().row(dataset, id))
                    answer.thumbnails.emplace_back(text(id), bridge::thumbnail(row->flux));
            }
            return answer;
        },
        [this, shown, job = info_.job](Answer answer) {
            if (info_.job != job) return;
            if (prepared_.size() > mostPrepared)
                std::erase_if(prepared_, [&](const auto& one) { return one.first != shown; });
            for (auto& read : answer.items)
                if (read.row) keep(std::move(read));
            for (const auto& [id, flux] : answer.thumbnails)
                Q_EMIT thumbnailReady(id, flux);
        });
}

void LabelPreparer::keep(Read read) {
    PreparedItem prepared{itemOf(read.entry, *read.row), true, read.problem};
    if (read.catalogue) {
        prepared.item.metadata = observedFacts(*read.catalogue);
        prepared.item.comment = text(read.catalogue->comment);
        prepared.item.noteworthy = isNoteworthy(*read.catalogue);
    }
    prepared.item.whole = std::move(read.whole);
    prepared_.insert_or_assign(read.entry.id, std::move(prepared));
    Q_EMIT ready(text(read.entry.id));
}

} // namespace balmer::desktop
