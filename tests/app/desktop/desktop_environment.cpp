#include "tests/app/desktop/desktop_environment.h"

#include <QApplication>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>

#include "widgets/common/theme.h"

namespace balmer::test {

namespace {

class DesktopEnvironment : public ::testing::Environment {
  public:
    void SetUp() override {
        if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
        QStandardPaths::setTestModeEnabled(true);
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings_.path());
        static int argc = 1;
        static char name[] = "desktop_test";
        static char* argv[] = {name, nullptr};
        application_ = std::make_unique<QApplication>(argc, argv);
        QApplication::setOrganizationName(QStringLiteral("balmer"));
        QApplication::setApplicationName(QStringLiteral("desktop_test"));
        widgets::applyTheme(*application_, widgets::ThemeMode::Light);
    }
    void TearDown() override {
        bridge::Questions::waitForAll();
        application_.reset();
    }

  private:
    QTemporaryDir settings_;
    std::unique_ptr<QApplication> application_;
};

const auto* const environment = ::testing::AddGlobalTestEnvironment(new DesktopEnvironment);

} // namespace

bool soon(const std::function<bool()>& condition) {
    return QTest::qWaitFor(condition, 10000);
}

std::string plainly(QString words) {
    return words.replace(QChar(0xA0), ' ').replace(QChar(0x202F), ' ').toStdString();
}

FakeDesktop::FakeDesktop(const FakeOptions& options, const std::vector<desktop::PlaceRow>& places,
                         const std::vector<desktop::PanelRow>& panels) {
    auto fake = std::make_unique<FakeWorkbench>(options);
    workbench = fake.get();
    window = std::make_unique<desktop::MainWindow>(std::make_unique<bridge::Session>(std::move(fake)),
                                                   QStringList(), places, panels);
    window->resize(1280, 800);
    window->show();
    EXPECT_TRUE(QTest::qWaitForWindowActive(window.get()));
    EXPECT_TRUE(settle());
}

bool FakeDesktop::settle() {
    // What is delivered may ask for more, so quiet must last.
    int quiet = 0;
    return soon([&] {
        quiet = window->settled() ? quiet + 1 : 0;
        return quiet > 3;
    });
}

void FakeDesktop::key(Qt::Key key, Qt::KeyboardModifiers modifiers) {
    QWidget* focus = QApplication::focusWidget();
    QTest::keyClick(focus ? focus : window.get(), key, modifiers);
}

} // namespace balmer::test
