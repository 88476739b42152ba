#include "app/desktop/jobs/link_text.h"

#include <QObject>

#include "app/bridge/display_text.h"

namespace balmer::desktop {

using Link = api::WorkerInfo::Link;

namespace {

QString since(const api::WorkerInfo& worker) {
    return worker.since.empty() ? QString() : QObject::tr(" since %1").arg(bridge::clockText(worker.since));
}

} // namespace

QString linkWord(const api::WorkerInfo& worker) {
    switch (worker.link) {
    case Link::Idle:
        return QObject::tr("idle");
    case Link::Connecting:
        return QObject::tr("connecting");
    case Link::Connected:
        return QObject::tr("connected");
    case Link::Lost:
        return QObject::tr("unreachable");
    }
    return {};
}

QString linkSentence(const api::WorkerInfo& worker) {
    switch (worker.link) {
    case Link::Idle:
        return QObject::tr("idle, connects when a job is sent there");
    case Link::Connecting:
        return QObject::tr("connecting");
    case Link::Connected:
        return QObject::tr("connected") + since(worker);
    case Link::Lost:
        return QObject::tr("not reachable%1, tried again by itself").arg(since(worker));
    }
    return {};
}

QString workerTrouble(const std::string& message) {
    QString words = bridge::text(message);
    if (!words.isEmpty() && !words.endsWith('.') && !words.endsWith('?')) words += '.';
    return words;
}

widgets::Icon linkIcon(Link link) {
    switch (link) {
    case Link::Idle:
        return widgets::Icon::LinkIdle;
    case Link::Connecting:
        return widgets::Icon::LinkConnecting;
    case Link::Connected:
        return widgets::Icon::LinkConnected;
    case Link::Lost:
        return widgets::Icon::LinkLost;
    }
    return widgets::Icon::LinkIdle;
}

} // namespace balmer::desktop
