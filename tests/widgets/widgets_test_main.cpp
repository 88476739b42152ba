// One QApplication without a screen for all tests of widgets/.
#include <QApplication>

#include <gtest/gtest.h>

#include "widgets/common/theme.h"

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    ::testing::InitGoogleTest(&argc, argv);
    QApplication application(argc, argv);
    balmer::widgets::applyTheme(application, balmer::widgets::ThemeMode::Light);
    return RUN_ALL_TESTS();
}
