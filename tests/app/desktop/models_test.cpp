#include <QAbstractItemModelTester>

#include "app/desktop/data/spectra_model.h"
#include "app/desktop/jobs/jobs_model.h"
#include "app/desktop/map/members_model.h"
#include "tests/app/desktop/desktop_environment.h"
#include "widgets/table/spectrum_table.h"

namespace balmer::test {

using desktop::JobsModel;
using desktop::MembersModel;
using desktop::SpectraModel;

TEST(SpectraModelTest, KeepsItsPromisesAsAModelWhileItIsFilledSortedAndChanged) {
    FakeWorkbench workbench;
    bridge::Background background("balmer-test");
    SpectraModel model(background);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    auto rows = *workbench.spectra().list("", 0);
    model.setRows(rows);
    EXPECT_EQ(model.rowCount(), 600);
    model.sort(SpectraModel::SignalToNoise, Qt::DescendingOrder);
    ASSERT_TRUE(soon([&] { return background.idle(); }));
    double last = 1e9;
    for (int row = 0; row < model.rowCount(); ++row) {
        const double now = *model.rowOf(model.idAt(row))->signalToNoise;
        EXPECT_LE(now, last);
        last = now;
    }
    rows[3].label = "double peak";
    model.updateRows({rows[3]});
    const int shown = model.indexOf(QString::fromStdString(rows[3].id));
    EXPECT_EQ(model.index(shown, SpectraModel::Label).data().toString(), QStringLiteral("double peak"));
    model.setRows({});
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(SpectraModelTest, SortingKeepsThePersistentIndexOnItsSpectrum) {
    FakeWorkbench workbench;
    bridge::Background background("balmer-test");
    SpectraModel model(background);
    model.setRows(*workbench.spectra().list("", 0));
    const QPersistentModelIndex kept = model.index(17, 0);
    const QString id = kept.data(widgets::SpectrumTable::idRole).toString();
    model.sort(SpectraModel::Magnitude, Qt::AscendingOrder);
    ASSERT_TRUE(soon([&] { return background.idle(); }));
    EXPECT_EQ(kept.data(widgets::SpectrumTable::idRole).toString(), id);
    EXPECT_EQ(model.indexOf(id), kept.row());
}

TEST(SpectraModelTest, AbsentValuesStandAtTheEndInEitherDirection) {
    bridge::Background background("balmer-test");
    SpectraModel model(background);
    std::vector<api::SpectrumRow> rows(3);
    rows[0].id = "none";
    rows[1].id = "low";
    rows[1].signalToNoise = 1;
    rows[2].id = "high";
    rows[2].signalToNoise = 2;
    model.setRows(rows);
    for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        model.sort(SpectraModel::SignalToNoise, order);
        ASSERT_TRUE(soon([&] { return background.idle(); }));
        EXPECT_EQ(model.idAt(2), QStringLiteral("none"));
    }
}

TEST(MembersModelTest, KeepsItsPromisesAsAModel) {
    MembersModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setMembers({{"b", 0.2, {}, {}, {}}, {"a", 0.5, {}, {}, {}}});
    model.sort(MembersModel::Id, Qt::AscendingOrder);
    EXPECT_EQ(model.index(0, 0).data().toString(), QStringLiteral("a"));
    api::SpectrumRow row;
    row.id = "a";
    row.label = "other";
    model.setDetails({row});
    EXPECT_EQ(model.index(0, MembersModel::Label).data().toString(), QStringLiteral("other"));
    model.setMembers({});
}

TEST(JobsModelTest, TakesUpChangesAndNewJobsNewestFirst) {
    FakeWorkbench workbench;
    JobsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setJobs(*workbench.jobs().list());
    const int rows = model.rowCount();
    jobs::Job fresh;
    fresh.id = 99;
    fresh.spec.kind = "learn";
    model.update({fresh});
    EXPECT_EQ(model.rowCount(), rows + 1);
    EXPECT_EQ(model.rowOf(99), 0);
    fresh.phase = jobs::Phase::Completed;
    model.update({fresh});
    EXPECT_EQ(model.rowCount(), rows + 1);
    EXPECT_EQ(model.index(0, JobsModel::Phase).data().toString(), QStringLiteral("completed"));
}

} // namespace balmer::test
