// The table over a model of the application.
#include <QAbstractItemModelTester>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>

#include <gtest/gtest.h>

#include "widgets/table/spectrum_table.h"

namespace balmer::widgets {
namespace {

class SpectrumTableTest : public ::testing::Test {
  protected:
    void SetUp() override {
        model.setHorizontalHeaderLabels({"id", "S/N", "label"});
        for (int i = 0; i < 20; ++i) {
            auto* first = new QStandardItem(QString("row %1").arg(i));
            first->setData(QString("spec-%1").arg(i), SpectrumTable::idRole);
            model.appendRow({first, new QStandardItem(QString::number(i)), new QStandardItem});
        }
        table.setModel(&model);
        table.resize(600, 400);
        table.show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(&table));
    }

    QStandardItemModel model;
    SpectrumTable table{"dataTable"};
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(SpectrumTableTest, ArrowsWalkAndTellTheId) {
    table.view()->setCurrentIndex(model.index(3, 0));
    QSignalSpy told(&table, &SpectrumTable::currentIdChanged);
    QTest::keyClick(table.view(), Qt::Key_Down);
    ASSERT_EQ(told.count(), 1);
    EXPECT_EQ(told.at(0).at(0).toString(), "spec-4");
    EXPECT_EQ(table.currentId(), "spec-4");
    EXPECT_EQ(table.selectedIds(), QStringList("spec-4"));
}

TEST_F(SpectrumTableTest, SpaceAsksForTheOverlayAndEnterOpens) {
    table.view()->setCurrentIndex(model.index(2, 0));
    QTest::keyClick(table.view(), Qt::Key_Down, Qt::ShiftModifier);
    QSignalSpy overlay(&table, &SpectrumTable::overlayToggled), opened(&table, &SpectrumTable::opened);
    QTest::keyClick(table.view(), Qt::Key_Space);
    QTest::keyClick(table.view(), Qt::Key_Return);
    ASSERT_EQ(overlay.count(), 1);
    EXPECT_EQ(overlay.at(0).at(0).toStringList(), QStringList({"spec-2", "spec-3"}));
    ASSERT_EQ(opened.count(), 1);
    EXPECT_EQ(opened.at(0).at(0).toString(), "spec-3");
}

TEST_F(SpectrumTableTest, AProgramMovesTheRowWithoutTelling) {
    QSignalSpy told(&table, &SpectrumTable::currentIdChanged);
    EXPECT_TRUE(table.setCurrentId("spec-12"));
    EXPECT_EQ(table.currentId(), "spec-12");
    EXPECT_FALSE(table.setCurrentId("spec-unknown"));
    EXPECT_EQ(told.count(), 0);
}

TEST_F(SpectrumTableTest, TheFilterIsToldOnceAtRest) {
    QSignalSpy told(&table, &SpectrumTable::filterChanged);
    QTest::keyClicks(table.filterEdit(), "snr > 10");
    ASSERT_TRUE(QTest::qWaitFor([&] { return told.count() > 0; }, 3000));
    EXPECT_EQ(told.last().at(0).toString(), "snr > 10");
    const auto before = told.count();
    QTest::keyClick(table.filterEdit(), Qt::Key_Return);
    EXPECT_EQ(told.count(), before + 1) << "Enter does not wait";
}

TEST_F(SpectrumTableTest, ErrorsAndCountsAreSaidInWords) {
    auto* error = table.findChild<QLabel*>("dataTableFilterError");
    table.setFilterError("There is no column “snrr”; did you mean “snr”?");
    EXPECT_TRUE(error->isVisible());
    table.setFilterError({});
    EXPECT_FALSE(error->isVisible());
    auto* count = table.findChild<QLabel*>("dataTableCount");
    EXPECT_EQ(count->text(), "20 spectra");
    table.setCounts(3, 20);
    EXPECT_EQ(count->text(), "3 of 20 spectra");
    table.setCounts(0, 20);
    EXPECT_TRUE(table.view()->isVisible()) << "a filter that leaves nothing keeps the table";
    table.setCounts(0, 0);
    EXPECT_TRUE(table.emptyState()->isVisible());
}

TEST_F(SpectrumTableTest, TheLayoutComesBack) {
    table.view()->setColumnHidden(2, true);
    table.view()->setColumnWidth(0, 177);
    const QByteArray layout = table.saveLayout();
    SpectrumTable other("otherTable");
    other.setModel(&model);
    ASSERT_TRUE(other.restoreLayout(layout));
    EXPECT_TRUE(other.view()->isColumnHidden(2));
    EXPECT_EQ(other.view()->columnWidth(0), 177);
    EXPECT_FALSE(other.restoreLayout("no layout"));
}

TEST_F(SpectrumTableTest, WithoutAModelNothingBreaks) {
    table.setModel(nullptr);
    EXPECT_TRUE(table.currentId().isEmpty());
    EXPECT_TRUE(table.selectedIds().isEmpty());
    EXPECT_FALSE(table.setCurrentId("spec-1"));
}

} // namespace
} // namespace balmer::widgets
