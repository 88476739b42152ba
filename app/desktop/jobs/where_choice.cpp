#include "app/desktop/jobs/where_choice.h"

#include "app/bridge/display_text.h"
#include "app/desktop/jobs/link_text.h"
#include "engine/api/job_kinds.h"

namespace balmer::desktop {

using bridge::text;

namespace {

const QString here = QStringLiteral("here");
const QString any = QStringLiteral("auto");

QString settingKey(const std::string& kind) {
    return QStringLiteral("desktop.where.") + text(kind);
}

QString whyItStays(const std::string& kind) {
    const auto* const known = api::findJobKind(kind);
    return known ? text(known->stays) : QString();
}

} // namespace

WhereChoice::WhereChoice(bridge::Session& session, QWidget* parent) : QComboBox(parent), session_(session) {
    setObjectName(QStringLiteral("whereField"));
    setAccessibleName(tr("Where the job runs"));
    addItem(tr("This computer"), here);
    addItem(tr("Automatic: where the data and a free slot are"), any);
    if (const auto workers = session.workbench().workers().list())
        for (const auto& worker : *workers) {
            addItem(widgets::icon(linkIcon(worker.link)), text(worker.name), text(worker.name));
            setItemData(count() - 1, QStringLiteral("%1, %2").arg(text(worker.url), linkWord(worker)),
                        Qt::ToolTipRole);
        }
}

void WhereChoice::setKind(const std::string& kind) {
    kind_ = kind;
    const QString stays = whyItStays(kind);
    setEnabled(stays.isEmpty());
    setToolTip(stays.isEmpty() ? tr("The computer that does the work; the result comes to this project")
                               : tr("This kind of job runs on this computer: %1").arg(stays));
    setCurrentIndex(std::max(0, findData(text(lastChoice(session_, kind)))));
}

std::string WhereChoice::where() const {
    return isEnabled() ? bridge::plain(currentData().toString()) : bridge::plain(here);
}

void WhereChoice::keep() {
    if (isEnabled() && !kind_.empty()) session_.setSetting(settingKey(kind_), currentData().toString());
}

std::string WhereChoice::lastChoice(bridge::Session& session, const std::string& kind) {
    const QString kept = session.setting(settingKey(kind));
    if (kept.isEmpty() || kept == here || !whyItStays(kind).isEmpty()) return bridge::plain(here);
    const auto workers = session.workbench().workers().list();
    if (!workers || workers->empty()) return bridge::plain(here);
    if (kept == any) return bridge::plain(any);
    for (const auto& worker : *workers)
        if (text(worker.name) == kept) return worker.name;
    return bridge::plain(here);
}

} // namespace balmer::desktop
