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
            to, [link = to, news = std::move(news)] { link->handle(news); }, Qt::QueuedConnection);
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
        [workbench = session_.sharedWorkbench(), neighbours = std::move(neighbours_)]() mutable {
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
        api::Neighbours::Options options;
        options.asks = true;
        neighbours_ = session_.workbench().neighbours(std::move(options), std::move(handlers));
    }
    changeTrust({});
    wanted_ = true;
    neighbours_->connect();
    Q_EMIT stateChanged();
}

void NeighbourLink::leaveHub() {
    wanted_ = false;
    if (neighbours_) neighbours_->disconnect();
    requests_.clear();
    Q_EMIT requestsChanged();
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

void NeighbourLink::handle(const api::Delivery& delivery) {
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

void NeighbourLink::handle(const api::NeighbourState& state) {
    state_ = state;
    // Turned out: nobody looks for the hub any more.
    if (state.hub == api::NeighbourState::Hub::Off && !state.why.empty()) wanted_ = false;
    Q_EMIT stateChanged();
}

void NeighbourLink::handle(const api::Arrival& arrival) {
    std::visit([&](const auto& received) { handle(text(arrival.from), received); }, arrival.what);
}

void NeighbourLink::handle(const QString& from, const api::ReceivedSpectrum& received) {
    const QString name = text(received.name.empty() ? received.file.filename().string() : received.name);
    Q_EMIT said(received.import > 0
                    ? tr("%1 sent the spectrum %2; job %3 imports it").arg(from, name).arg(received.import)
                    : tr("%1 sent the spectrum %2").arg(from, name));
}

void NeighbourLink::handle(const QString& from, const api::ReceivedTable& received) {
    Q_EMIT said(tr("%1 sent the table “%2”").arg(from, text(received.name)));
    Q_EMIT tableReceived(from, received);
}

// ---- Who may send

QString NeighbourLink::Request::words() const {
    const QString name = text(what.name);
    if (what.table)
        return name.isEmpty() ? tr("%1 wants to send a table").arg(from)
                              : tr("%1 wants to send the table “%2”").arg(from, name);
    return name.isEmpty() ? tr("%1 wants to send a spectrum").arg(from)
                          : tr("%1 wants to send the spectrum %2").arg(from, name);
}

void NeighbourLink::handle(const QString& from, const api::ReceivedRequest& received) {
    requests_.push_back({from, received});
    Q_EMIT said(tr("%1; answer under SAMP, here at the right").arg(requests_.back().words()));
    Q_EMIT requestsChanged();
}

void NeighbourLink::decide(api::Neighbours::Decision decision) {
    if (requests_.empty() || !neighbours_) return;
    const auto first = requests_.front();
    std::erase_if(requests_, [&](const Request& each) { return each.from == first.from; });
    Q_EMIT requestsChanged();
    changeTrust([number = first.what.number, decision](api::Neighbours& neighbours) {
        return neighbours.decide(number, decision);
    });
}

void NeighbourLink::forgetTrust(const std::string& name) {
    changeTrust([name](api::Neighbours& neighbours) { return neighbours.setTrust(name, api::Trust::Ask); });
}

void NeighbourLink::changeTrust(std::function<core::Status(api::Neighbours&)> change) {
    if (!neighbours_) return;
    session_.questions().ask(
        this, "trust",
        [workbench = session_.sharedWorkbench(), neighbours = neighbours_,
         change = std::move(change)]() -> core::Result<api::NeighbourTrust> {
            if (change) BALMER_CHECK(change(*neighbours));
            return neighbours->trust();
        },
        [this](const core::Result<api::NeighbourTrust>& trust) {
            if (trust)
                trust_ = *trust;
            else
                Q_EMIT said(errorSentence(trust.error()));
        });
}

void NeighbourLink::goTo(const QString& id) {
    // A cursor that moves leaves what several spectra were selected for.
    auto& selection = session_.selection();
    if (selection.size() > 1)
        selection.setCurrent(id, origin);
    else
        selection.select({id}, origin);
}

void NeighbourLink::handle(const QString&, const api::ReceivedHighlight& received) {
    if (sharesCursor_) goTo(text(received.id));
}

void NeighbourLink::handle(const QString& from, const api::ReceivedSelection& received) {
    QStringList ids;
    for (const auto& id : received.ids)
        ids << text(id);
    if (ids.isEmpty() && received.outside > 0) {
        Q_EMIT said(tr("%2 selected %1, but no spectrum of this project")
                        .arg(countText(received.outside, tr("row"), tr("rows")), from));
        return;
    }
    if (sharesCursor_) session_.selection().select(ids, origin);
    if (ids.isEmpty())
        Q_EMIT said(tr("%1 cleared the selection").arg(from));
    else if (received.outside == 0)
        Q_EMIT said(tr("%1 selected %2").arg(from, spectra(received.ids.size())));
    else
        Q_EMIT said(
            tr("%1 selected %2, and %3 that name none here")
                .arg(from, spectra(received.ids.size()), countText(received.outside, tr("row"), tr("rows"))));
}

void NeighbourLink::handle(const QString& from, const api::ReceivedPosition& received) {
    const QString place = text(spectrum::formatPosition(received.position));
    if (received.id.empty()) {
        Q_EMIT said(tr("%1 points at %2, where the project has no spectrum").arg(from, place));
        return;
    }
    if (sharesCursor_) goTo(text(received.id));
    Q_EMIT said(tr("%1 points at %2: %3, %4″ away")
                    .arg(from, place, text(received.id), QString::number(received.separationArcsec, 'f', 1)));
}

void NeighbourLink::handle(const QString& from, const api::ReceiveFailure& received) {
    Q_EMIT said(tr("What %1 sent was not taken: %2").arg(from, ended(received.text)));
}

} // namespace balmer::bridge
