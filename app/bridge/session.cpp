#include "app/bridge/session.h"

#include "app/bridge/display_text.h"
#include "engine/core/log.h"

namespace balmer::bridge {

Session::Session(std::unique_ptr<api::Workbench> workbench, QObject* parent)
    : QObject(parent), workbench_(std::move(workbench)), events_(std::make_unique<EventRelay>(*workbench_)),
      lists_(std::make_unique<Background>("balmer-lists")),
      cursor_(std::make_unique<Background>("balmer-cursor")),
      labels_(std::make_unique<Background>("balmer-labels", Background::AtEnd::Finish)),
      changes_(std::make_unique<Background>("balmer-changes", Background::AtEnd::Finish)) {
    if (auto settings = workbench_->settings().all())
        settings_ = std::move(*settings);
    else
        core::log::warning(settings.error().describe());
    classes_ = std::make_unique<LabelClasses>(*this);
}

Session::~Session() {
    classes_.reset();
    labels_.reset();
    changes_.reset();
    lists_.reset();
    cursor_.reset();
    events_.reset();
}

QString Session::onlyReads() const {
    const auto why = workbench_->onlyReads();
    return why.empty() ? QString() : errorSentence(core::Error(core::ErrorCode::Io, why));
}

QString Session::setting(const QString& key) const {
    const auto found = settings_.find(plain(key));
    return found == settings_.end() ? QString() : text(found->second);
}

void Session::setSetting(const QString& key, const QString& value) {
    auto& now = settings_[plain(key)];
    if (now == plain(value)) return;
    now = plain(value);
    if (!workbench_->onlyReads().empty()) return; // known until the end
    changes_->run(
        this,
        [workbench = workbench_, key = plain(key), value = now](const std::stop_token&) {
            return workbench->settings().set(key, value);
        },
        [](const core::Status& kept) {
            if (!kept) core::log::warning(kept.error().describe());
        });
}

} // namespace balmer::bridge
