// From spectrum to spectrum in the Label place; which queue is in label_place.cpp.
#include "app/desktop/label/label_place.h"

#include <QPlainTextEdit>

#include "app/desktop/label/label_behind.h"
#include "app/desktop/label/label_words.h"
#include "widgets/labelling/contact_sheet.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::desktop {

namespace {
const QString origin = QStringLiteral("label");
constexpr int preparedAhead = 8, preparedBehind = 2, thumbnailsAround = 40;
} // namespace

void LabelPlace::go(int index, bool rescale) {
    queue_.setCurrent(index);
    if (queue_.current() < 0) {
        showEmpty();
        showStatus();
        return;
    }
    const auto& entry = queue_.at(index);
    const auto prepared = preparer_->itemFor(entry);
    if (!prepared) {
        panel_->setError(errorSentence(prepared.error()));
        return;
    }
    auto& item = (*prepared)->item;
    item.given = answerOf(queue_.verdict(entry.id));
    showProblem((*prepared)->problem);
    panel_->setCurrent(item, rescale);
    behind_->show(item);
    showStatus();
    // What is not needed for this frame waits until it is drawn.
    QMetaObject::invokeMethod(
        this,
        [this, shown = item.id] {
            if (currentId() != shown) return;
            session_.selection().select({shown}, origin);
            prepareAround(queue_.current());
        },
        Qt::QueuedConnection);
}

void LabelPlace::showProblem(const QString& problem) {
    const QString words = problem.isEmpty() ? tr("The spectrum is being read") : problem;
    for (auto* plot : {panel_->wholePlot(), panel_->windowPlot()})
        plot->setEmptyText(words);
}

void LabelPlace::prepareAround(int index) {
    QueueEntries wanted;
    const int ahead = panel_->showsSheet() ? widgets::ContactSheet::tiles : preparedAhead;
    for (const int at : queue_.around(index, ahead, preparedBehind))
        wanted.push_back(queue_.at(at));
    std::vector<std::string> thumbnails;
    for (int at = index - thumbnailsAround; at < index + thumbnailsAround; ++at)
        if (queue_.contains(at)) thumbnails.push_back(queue_.at(at).id);
    preparer_->prepare(std::move(wanted), std::move(thumbnails), plain(currentId()));
}

void LabelPlace::showPrepared(const QString& id) {
    PreparedItem* prepared = preparer_->find(plain(id));
    if (id != currentId() || queue_.current() < 0 || !prepared) return;
    auto& item = prepared->item;
    item.given = answerOf(queue_.verdict(plain(id)));
    item.list = queue_.at(queue_.current()).list();
    showProblem(prepared->problem);
    // A comment that is being written must not be replaced.
    const auto* field = qobject_cast<const QPlainTextEdit*>(panel_->focusWidget());
    if (!field || !field->hasFocus())
        panel_->setCurrent(item);
    else if (item.whole)
        panel_->setWholeSpectrum(id, *item.whole);
    behind_->show(item);
}

void LabelPlace::advance() {
    go(queue_.afterCurrent());
}

void LabelPlace::goToList(active::RoundList list) {
    if (!round_) return;
    if (const int index = queue_.firstOf(list); index >= 0)
        go(index);
    else
        Q_EMIT said(tr("This list is empty in this round"));
    showStatus(); // which also sets the buttons' marks right
}

} // namespace balmer::desktop
