// What the desktop's tests share: the application, offscreen, with settings of its own, and a window on a
// fake project.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include <QTest>

#include "app/bridge/session.h"
#include "app/desktop/shell/main_window.h"
#include "tests/app/desktop/fake_workbench.h"

namespace balmer::test {

/// True once the condition holds; waits for it in the event loop, ten seconds at most.
bool soon(const std::function<bool()>& condition);
/// With ordinary blanks.
std::string plainly(QString words);

/// A shown, active and settled window.
struct FakeDesktop {
    explicit FakeDesktop(const FakeOptions& options = {},
                         const std::vector<desktop::PlaceRow>& places = desktop::placeTable(),
                         const std::vector<desktop::PanelRow>& panels = desktop::panelTable());
    FakeWorkbench* workbench; ///< the window's
    std::unique_ptr<desktop::MainWindow> window;
    bool settle();
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
};

} // namespace balmer::test
