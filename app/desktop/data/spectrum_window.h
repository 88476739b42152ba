// A spectrum in a window of its own: plot and line strip. UI thread.
#pragma once

#include <functional>

#include "app/bridge/session.h"

class QWidget;

namespace balmer::desktop {

/// Shown at once; belongs to `owner` and deletes itself when it is closed. said: what became of an export.
void openSpectrumWindow(bridge::Session& session, const QString& id, QWidget* owner,
                        const std::function<void(const QString& sentence)>& said);

} // namespace balmer::desktop
