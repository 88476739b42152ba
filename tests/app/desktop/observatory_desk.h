// What the tests of the window "From the Observatory" share: a desktop with that window open, and what the
// net may answer.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

#include "app/desktop/observatory/observatory_window.h"
#include "engine/api/observatory.h"
#include "tests/app/desktop/desktop_environment.h"

namespace balmer::test {

enum Page { Tree, List, Ssap };

struct Observatory : FakeDesktop {
    explicit Observatory(Page page, const FakeOptions& options = {}) : FakeDesktop(options) {
        openWindow();
        child<QTabWidget>("observatoryTabs")->setCurrentIndex(page);
    }
    void openWindow() {
        window->findChild<QAction*>(QStringLiteral("observatoryAction"))->trigger();
        asked = window->findChild<desktop::ObservatoryWindow*>(QStringLiteral("observatoryWindow"));
        ASSERT_NE(asked, nullptr);
        ASSERT_TRUE(QTest::qWaitForWindowExposed(asked));
    }
    FakeObservatory& net() const { return workbench->observatory(); }
    template <typename T>
    T* child(const char* name) const {
        auto* found = asked->findChild<T*>(QString::fromLatin1(name));
        EXPECT_NE(found, nullptr) << name;
        return found;
    }
    void type(const char* field, const char* words) const {
        auto* edit = child<QLineEdit>(field);
        edit->clear();
        QTest::keyClicks(edit, QString::fromUtf8(words));
    }
    void click(const char* name) const {
        auto* button = child<QAbstractButton>(name);
        ASSERT_TRUE(button->isEnabled()) << name;
        ASSERT_TRUE(button->isVisible()) << name;
        QTest::mouseClick(button, Qt::LeftButton);
    }
    std::string said(const char* label) const { return plainly(child<QLabel>(label)->text()); }
    std::string words(const char* button) const { return plainly(child<QAbstractButton>(button)->text()); }
    bool can(const char* button) const { return child<QAbstractButton>(button)->isEnabled(); }
    void choose(const char* box, const char* words) const {
        auto* combo = child<QComboBox>(box);
        const int at = combo->findText(QString::fromUtf8(words));
        ASSERT_GE(at, 0) << words;
        combo->setCurrentIndex(at);
    }
    bool answered() {
        return soon([this] { return !asked->asking(); }) && settle();
    }
    void ask(const char* button) {
        click(button);
        ASSERT_TRUE(answered());
    }
    QTableView* table(const char* panel) const {
        return asked->findChild<QTableView*>(QString::fromLatin1(panel) + QStringLiteral("TableView"));
    }
    QString cell(const char* panel, int row, int column) const {
        return table(panel)->model()->index(row, column).data().toString();
    }
    void chooseRows(const char* panel, const std::vector<int>& rows) const {
        auto* view = table(panel);
        view->clearSelection();
        for (const int row : rows)
            view->selectionModel()->select(view->model()->index(row, 0),
                                           QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }

    desktop::ObservatoryWindow* asked = nullptr;
};

/// Six rows: free, in the project, another form of the first, without an address, free and free.
inline api::MarkedList someList() {
    api::MarkedList marked;
    auto& list = marked.list;
    list.source = "http://archive.example.org/ssap?";
    list.accessColumn = "accref";
    list.addressColumns = {"accref"};
    list.columns = {{"access", "accref", "utype"}};
    const char* const titles[] = {"Vega 1", "Deneb 1", "Vega 1", "Altair 1", "Gamma Cas 1", "Gamma Cas 2"};
    for (std::size_t i = 0; i < 6; ++i) {
        vo::ListedSpectrum row;
        row.row = i;
        row.title = titles[i];
        row.format = i == 2 ? "application/x-votable+xml" : "application/fits";
        row.url = "http://archive.example.org/get/" + std::to_string(i);
        row.bytes = 10000 * (6 - i);
        row.observed = "2014-0" + std::to_string(i + 1) + "-02T03:04:05.000Z";
        row.position = spectrum::SkyPosition{10.0 * double(i + 1), 20};
        row.firstWavelengthAngstrom = 6280;
        row.lastWavelengthAngstrom = 6730;
        list.rows.push_back(row);
    }
    list.rows[3].url.clear();
    list.rows[3].trouble = "the row has no address";
    marked.inProject = {"", "deneb", "", "", "", ""};
    marked.standsFor = {0, 1, 0, 3, 4, 5};
    return marked;
}

inline vo::Service ondrejov() {
    return {"ondrejov", "http://archive.example.org/ssap?", "ssap", "near Prague"};
}

} // namespace balmer::test
