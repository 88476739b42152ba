#include "app/bridge/neighbour_link.h"

#include <mutex>
#include <utility>

#include "app/bridge/display_text.h"
#include "app/bridge/session.h"
#include "engine/spectrum/sky_position.h"

namespace balmer::bridge {

namespace {

const QString origin = QStringLiteral("neighbours");

QString spectra(std::size_t count) {
    return countText(count, QObject::tr("spectrum"), QObject::tr("spectra"));
}

/// A sentence's end, unless it has one.
QString ended(const std::string& sentence) {
    QString words = text(sentence).trimmed();
    if (!words.isEmpty() && !words.endsWith('.') && !words.endsWith('?')) words += '.';
    return words;
}

} // namespace

/// The way from the engine's threads, closed when the link ends.
struct NeighbourLink::Post {
    std::mutex mutex;
    NeighbourLink* to = nullptr;

    template <typename News>
    void carry(News news) {
        const std::lock_guard lock(mutex);
        if (!to) return;
        QMetaObject::invokeMethod(
            to, [link = to, news = std::move(news)] { link->take(news); }, Qt::QueuedConnection);
    }
};

NeighbourLink::NeighbourLink(Session& session, QObject* parent)
    : QObject(parent), session_(session), post_(std::make_shared<Post>()) {
    post_->to = this;
    connect(&session.selection(), &widgets::SelectionModel::changed, this, &NeighbourLink::followSelection);
}

NeighbourLink::~NeighbourLink() {
    {
        const std::lock_guard lock(post_->mutex);
        post_->to = nullptr;
    }
    if (!neighbours_) return;
    session_.questions().ask(
        &session_, "leave-hub",
        [workbench = session_.sharedWorkbench(),
         neighbours = std::shared_ptr<api::Neighbours>(std::move(neighbours_))]() mutable {
            neighbours.reset();
            return true;
        },
        [](bool) {});
}

void NeighbourLink::connectToHub() {
    if (!neighbours_) {
        api::Neighbours::Handlers handlers;
        handlers.stateChanged = [post = post_](const api::NeighbourState& state) { post->carry(state); };
        handlers.delivered = [post = post_](const api::Delivery& delivery) { post->carry(delivery); };
        handlers.arrived = [post = post_](const api::Arrival& arrival) { post->carry(arrival); };
        neighbours_ = session_.workbench().neighbours({}, std::move(handlers));
    }
    wanted_ = true;
    neighbours_->connect();
    Q_EMIT stateChanged();
}

void NeighbourLink::leaveHub() {
    wanted_ = false;
    if (neighbours_) neighbours_->disconnect();
    Q_EMIT stateChanged();
}

// ---- Sending

bool NeighbourLink::ready() {
    if (neighbours_) return true;
    Q_EMIT said(tr("Not connected to other programs; connect first, with SAMP in the status bar"));
    return false;
}

void NeighbourLink::sendSpectrum(const QString& id, const std::vector<std::string>& to) {
    if (ready()) sent_[neighbours_->sendSpectrum(plain(id), to)] = tr("the spectrum %1").arg(id);
}

void NeighbourLink::sendTable(const api::TableChoice& table, const std::vector<std::string>& to) {
    if (ready()) sent_[neighbours_->sendTable(table, to)] = tr("the table “%1”").arg(text(table.name));
}

void NeighbourLink::pointAt(const QString& id, const std::vector<std::string>& to) {
    if (ready()) sent_[neighbours_->pointAt(plain(id), to)] = tr("the place of %1").arg(id);
}

void NeighbourLink::selectThere(const QStringList& ids) {
    if (!ready()) return;
    std::vector<std::string> plainIds;
    for (const QString& id : ids)
        plainIds.push_back(plain(id));
    sent_[neighbours_->select(std::move(plainIds))] = tr("the selection");
}

void NeighbourLink::followSelection(const QString& from) {
    const QString current = session_.selection().current();
    if (current.isEmpty() || current == cursor_) return;
    cursor_ = current;
    if (from != origin && connected() && sharesCursor_) neighbours_->highlight(plain(current));
}

void NeighbourLink::take(const api::Delivery& delivery) {
    const auto known = sent_.find(delivery.ticket);
    if (known == sent_.end()) return;
    const QString what = known->second, to = text(delivery.to);
    QString why = ended(delivery.text);
    if (why.startsWith(to + QStringLiteral(": "))) why.remove(0, to.size() + 2);
    if (delivery.last) sent_.erase(known);
    using Outcome = api::Delivery::Outcome;
    switch (delivery.outcome) {
    case Outcome::Arrived:
        Q_EMIT said(tr("%1 has %2").arg(to, what));
        break;
    case Outcome::Warned:
        Q_EMIT said(tr("%1 has %2, with a remark: %3").arg(to, what, why));
        break;
    case Outcome::Refused:
        Q_EMIT said(tr("%1 could not take %2: %3").arg(to, what, why));
        break;
    case Outcome::Lost:
        Q_EMIT said(tr("What became of %1 is not known: %2").arg(what, why));
        break;
    case Outcome::NotSent:
        Q_EMIT said(tr("Not sent, %1: %2").arg(what, why));
        break;
    }
}

// ---- What comes

void NeighbourLink::take(const api::NeighbourState& state) {
    state_ = state;
    // Turned out: nobody looks for the hub any more.
    if (state.hub == api::NeighbourState::Hub::Off && !state.why.empty()) wanted_ = false;
    Q_EMIT stateChanged();
}

void NeighbourLink::take(const api::Arrival& arrival) {
    std::visit([&](const auto& came) { takeUp(text(arrival.from), came); }, arrival.what);
}

void NeighbourLink::takeUp(const QString& from, const api::CameSpectrum& came) {
    const QString name = text(came.name.empty() ? came.file.filename().string() : came.name);
    Q_EMIT said(came.import > 0
                    ? tr("%1 sent the spectrum %2; job %3 imports it").arg(from, name).arg(came.import)
                    : tr("%1 sent the spectrum %2").arg(from, name));
}

void NeighbourLink::takeUp(const QString& from, const api::CameTable& came) {
    Q_EMIT said(tr("%1 sent the table “%2”").arg(from, text(came.name)));
    Q_EMIT tableCame(from, came);
}

void NeighbourLink::goTo(const QString& id) {
    // A cursor that moves leaves what several spectra were selected for.
    auto& selection = session_.selection();
    if (selection.size() > 1)
        selection.setCurrent(id, origin);
    else
        selection.select({id}, origin);
}

void NeighbourLink::takeUp(const QString&, const api::CameHighlight& came) {
    if (sharesCursor_) goTo(text(came.id));
}

void NeighbourLink::takeUp(const QString& from, const api::CameSelection& came) {
    QStringList ids;
    for (const auto& id : came.ids)
        ids << text(id);
    if (ids.isEmpty() && came.outside > 0) {
        Q_EMIT said(
            tr("None of the %1 rows that %2 selected is a spectrum here").arg(countText(came.outside), from));
        return;
    }
    if (sharesCursor_) session_.selection().select(ids, origin);
    if (ids.isEmpty())
        Q_EMIT said(tr("%1 cleared the selection").arg(from));
    else if (came.outside == 0)
        Q_EMIT said(tr("%1 selected %2").arg(from, spectra(came.ids.size())));
    else
        Q_EMIT said(tr("%1 selected %2, and %3 that name none here")
                        .arg(from, spectra(came.ids.size()), countText(came.outside, tr("row"), tr("rows"))));
}

void NeighbourLink::takeUp(const QString& from, const api::CamePosition& came) {
    const QString place = text(spectrum::formatPosition(came.position));
    if (came.id.empty()) {
        Q_EMIT said(tr("%1 points at %2, where the project has no spectrum").arg(from, place));
        return;
    }
    if (sharesCursor_) goTo(text(came.id));
    Q_EMIT said(tr("%1 points at %2: %3, %4″ away")
                    .arg(from, place, text(came.id), QString::number(came.separationArcsec, 'f', 1)));
}

void NeighbourLink::takeUp(const QString& from, const api::CameToNothing& came) {
    Q_EMIT said(tr("What %1 sent was not taken: %2").arg(from, ended(came.text)));
}

} // namespace balmer::bridge
