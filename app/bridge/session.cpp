#include "app/bridge/session.h"

#include "app/bridge/display_text.h"
#include "engine/core/log.h"

namespace balmer::bridge {

Session::Session(std::unique_ptr<api::Workbench> workbench, QObject* parent)
    : QObject(parent), workbench_(std::move(workbench)), events_(std::make_unique<EventRelay>(*workbench_)),
      lists_(std::make_unique<Background>("balmer-lists")),
      cursor_(std::make_unique<Background>("balmer-cursor")),
      labels_(std::make_unique<Background>("balmer-labels", Background::AtEnd::Finish)) {}

Session::~Session() {
    labels_.reset();
    lists_.reset();
    cursor_.reset();
    events_.reset();
}

QString Session::setting(const QString& key) const {
    const auto value = workbench_->settings().get(plain(key));
    if (!value) core::log::warning(value.error().describe());
    return value ? text(*value) : QString();
}

void Session::setSetting(const QString& key, const QString& value) {
    if (const auto kept = workbench_->settings().set(plain(key), plain(value)); !kept)
        core::log::warning(kept.error().describe());
}

} // namespace balmer::bridge
