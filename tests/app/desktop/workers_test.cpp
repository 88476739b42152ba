#include <QAbstractItemModelTester>
#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <QTreeWidget>

#include "app/desktop/jobs/job_form.h"
#include "app/desktop/jobs/jobs_place.h"
#include "app/desktop/jobs/where_choice.h"
#include "app/desktop/label/label_place.h"
#include "app/desktop/palette/command_palette.h"
#include "app/desktop/workers/worker_card.h"
#include "app/desktop/workers/worker_form.h"
#include "app/desktop/workers/workers_place.h"
#include "tests/app/desktop/desktop_environment.h"

namespace balmer::test {

namespace {

using Link = api::WorkerInfo::Link;

FakeOptions with(std::size_t workers) {
    FakeOptions options;
    options.workers = workers;
    return options;
}

struct Workers : FakeDesktop {
    explicit Workers(std::size_t workers, const char* place = "workers") : FakeDesktop(with(workers)) {
        window->showPlace(QString::fromLatin1(place));
        EXPECT_TRUE(settle());
    }
    desktop::WorkerCard* card(std::size_t i) const { return window->workers()->cards().at(i); }
    QString said(std::size_t i, const char* label) const {
        return card(i)->findChild<QLabel*>(QString::fromLatin1(label))->text();
    }
    template <typename T>
    T* find(const char* name) const {
        return window->findChild<T*>(QString::fromLatin1(name));
    }
    template <typename T>
    T* form(const char* name) const {
        T* found = nullptr;
        EXPECT_TRUE(soon([&] { return (found = find<T>(name)) != nullptr; })) << name;
        return found;
    }
    void trigger(const char* action) const {
        auto* found = find<QAction>(action);
        ASSERT_NE(found, nullptr) << action;
        found->trigger();
    }
};

QString messageOf(const FakeDesktop& desk) {
    return desk.window->findChild<QLabel*>(QStringLiteral("messageText"))->text();
}

} // namespace

// ---- The place

TEST(WorkersPlaceTest, WithoutAWorkerItSaysWhatOneIsAndOffersToAddOne) {
    Workers desk(0);
    auto* button = desk.window->workers()->findChild<QPushButton*>(QStringLiteral("emptyStateButton"));
    ASSERT_TRUE(button && button->isVisible());
    QTest::mouseClick(button, Qt::LeftButton);
    auto* form = desk.form<desktop::WorkerForm>("workerForm");
    EXPECT_FALSE(form->isModal());
    EXPECT_TRUE(form->isVisible());
}

TEST(WorkersPlaceTest, ACardShowsWhatTheWorkerSaysAndTheJobsThere) {
    Workers desk(4);
    ASSERT_EQ(desk.window->workers()->cards().size(), 4U);
    EXPECT_TRUE(desk.said(0, "workerLink").startsWith("connected since"))
        << desk.said(0, "workerLink").toStdString();
    EXPECT_TRUE(desk.said(0, "workerLink").contains("34 ms"));
    EXPECT_EQ(desk.said(0, "workerSlots"), QStringLiteral("2 free of 4"));
    EXPECT_TRUE(desk.said(0, "workerData").contains("312"));
    EXPECT_EQ(desk.card(0)->findChild<QProgressBar*>(QStringLiteral("workerDataBar"))->value(), 248);
    EXPECT_TRUE(desk.said(0, "workerSoftware").contains("0.2.0"));
    EXPECT_TRUE(desk.said(0, "workerProcessor").contains("EPYC"));
    EXPECT_TRUE(desk.said(0, "workerJobCount").startsWith("2 of this project"));
    // Two of this project, two of another; what the worker says of ours is not listed twice.
    auto* list = desk.card(0)->findChild<QTreeWidget*>(QStringLiteral("workerJobs_kepler"));
    EXPECT_EQ(list->topLevelItemCount(), 4);
    EXPECT_TRUE(desk.said(1, "workerLink").startsWith("idle"));
}

TEST(WorkersPlaceTest, ALostWorkerSaysWhyKeepsItsSizeAndIsTriedOnRequest) {
    Workers desk(3);
    EXPECT_TRUE(desk.said(2, "workerLink").startsWith("not reachable since"));
    EXPECT_TRUE(desk.said(2, "workerLink").contains("connection was refused"));
    const int height = desk.card(0)->height();
    desk.workbench->workers().refuse = true;
    desk.workbench->workers().setLink("kepler", Link::Lost,
                                      "kepler does not answer: the network is down; look at it");
    ASSERT_TRUE(soon([&] { return desk.said(0, "workerLink").contains("the network is down"); }));
    ASSERT_TRUE(desk.settle());
    // One row less: what another project has there is not known any more.
    EXPECT_LE(desk.card(0)->height(), height);
    auto* button = desk.card(2)->findChild<QPushButton*>(QStringLiteral("retryWorkerAction_tychoButton"));
    ASSERT_TRUE(button && button->isEnabled());
    QTest::mouseClick(button, Qt::LeftButton);
    EXPECT_EQ(desk.workbench->workers().retried(), std::vector<std::string>{"tycho"});
    EXPECT_TRUE(soon([&] { return !button->isEnabled(); }));
}

TEST(WorkersPlaceTest, AFirstAnswerMovesNothing) {
    FakeDesktop desk(with(2));
    desk.workbench->workers().hold(true);
    desk.window->showPlace(QStringLiteral("workers"));
    ASSERT_TRUE(soon([&] {
        return desk.window->workers()->cards().size() == 2U && desk.workbench->workers().asked >= 2;
    }));
    QTest::qWait(200);
    auto* card = desk.window->workers()->cards()[1];
    const QRect before = card->geometry();
    EXPECT_EQ(card->findChild<QLabel*>(QStringLiteral("workerSlots"))->text(), QStringLiteral("–"));
    desk.workbench->workers().hold(false);
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(card->findChild<QLabel*>(QStringLiteral("workerSlots"))->text(), QStringLiteral("4 free of 4"));
    EXPECT_EQ(card->geometry(), before);
}

TEST(WorkersPlaceTest, AWorkerThatDoesNotAnswerHoldsNothingUp) {
    FakeDesktop desk(with(1));
    desk.workbench->workers().hold(true);
    desk.window->showPlace(QStringLiteral("workers"));
    ASSERT_TRUE(soon([&] { return desk.workbench->workers().asked > 0; }));
    desk.window->showPlace(QStringLiteral("data"));
    ASSERT_TRUE(desk.settle());
    // Nor the end of the window: the question keeps what it needs.
    auto* workbench = desk.workbench;
    desk.window.reset();
    workbench->workers().hold(false);
    bridge::Questions::waitForAll();
}

TEST(WorkersPlaceTest, WorkersComeAndGoWithTheEvents) {
    Workers desk(1);
    api::WorkerInfo added;
    added.name = "added";
    added.url = "unix:/tmp/added.sock";
    ASSERT_TRUE(desk.workbench->workers().put(added));
    ASSERT_TRUE(soon([&] { return desk.window->workers()->cards().size() == 2U; }));
    EXPECT_TRUE(soon([&] { return desk.said(1, "workerSlots") == QStringLiteral("4 free of 4"); }));
    ASSERT_TRUE(desk.workbench->workers().remove("added"));
    EXPECT_TRUE(soon([&] { return desk.window->workers()->cards().size() == 1U; }));
}

TEST(WorkersPlaceTest, AWorkerThatHasJobsIsForgottenAfterItIsSaidWhatIsLost) {
    Workers desk(2);
    desk.trigger("removeWorkerAction_kepler");
    auto* box = desk.form<QMessageBox>("removeWorkerBox");
    EXPECT_EQ(box->findChild<QPushButton*>(QStringLiteral("removeWorkerYes")), nullptr);
    EXPECT_TRUE(box->informativeText().contains("end here as aborted"));
    EXPECT_TRUE(box->informativeText().contains("is lost"));
    QTest::keyClick(box, Qt::Key_Return);
    ASSERT_TRUE(soon([&] { return desk.find<QMessageBox>("removeWorkerBox") == nullptr; }));
    EXPECT_EQ(desk.workbench->workers().list()->size(), 2U) << "the Enter key loses nothing";
    desk.trigger("removeWorkerAction_kepler");
    box = desk.form<QMessageBox>("removeWorkerBox");
    QTest::mouseClick(box->findChild<QPushButton*>(QStringLiteral("forgetWorkerYes")), Qt::LeftButton);
    EXPECT_TRUE(soon([&] { return desk.window->workers()->cards().size() == 1U; }));
    EXPECT_TRUE(soon([&] { return messageOf(desk).contains("kepler was removed"); }));
}

TEST(WorkersPlaceTest, RemovalIsAskedAbout) {
    Workers desk(2);
    desk.trigger("removeWorkerAction_hale");
    auto* box = desk.form<QMessageBox>("removeWorkerBox");
    QTest::keyClick(box, Qt::Key_Escape);
    EXPECT_EQ(desk.workbench->workers().list()->size(), 2U);
    ASSERT_TRUE(soon([&] { return desk.find<QMessageBox>("removeWorkerBox") == nullptr; }));
    desk.trigger("removeWorkerAction_hale");
    box = desk.form<QMessageBox>("removeWorkerBox");
    QTest::mouseClick(box->findChild<QPushButton*>(QStringLiteral("removeWorkerYes")), Qt::LeftButton);
    EXPECT_TRUE(soon([&] { return desk.window->workers()->cards().size() == 1U; }));
}

TEST(WorkersPlaceTest, EveryWorkersActionsAreInThePalette) {
    Workers desk(2, "data");
    auto* palette = desk.window->commandPalette();
    desk.key(Qt::Key_K, Qt::ControlModifier);
    for (const char* title : {"Workers: Add a worker…", "Workers: Edit hale…", "Workers: Try kepler now",
                              "Workers: Pair with kepler…", "Workers: Remove kepler…",
                              "Try the lost workers now", "Label: Compute the next round on this computer"})
        EXPECT_TRUE(palette->titles().contains(QString::fromUtf8(title))) << title;
    palette->field()->setText("edit hale");
    desk.key(Qt::Key_Return);
    EXPECT_EQ(desk.window->currentPlace()->key(), QStringLiteral("workers"));
    desk.form<desktop::WorkerForm>("workerForm");
}

// ---- The forms

TEST(WorkerFormTest, AddsByKeyboardAlone) {
    Workers desk(0);
    desk.key(Qt::Key_N, Qt::ControlModifier);
    auto* form = desk.form<desktop::WorkerForm>("workerForm");
    ASSERT_TRUE(QTest::qWaitForWindowActive(form));
    ASSERT_TRUE(soon([&] { return QApplication::activeWindow() == form; }));
    ASSERT_NE(form->focusWidget(), nullptr);
    QTest::keyClicks(QApplication::focusWidget(), "kepler");
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    QTest::keyClicks(QApplication::focusWidget(), "tcp://127.0.0.1:7077");
    auto* token = form->findChild<QLineEdit*>(QStringLiteral("workerTokenField"));
    EXPECT_TRUE(token->isVisible());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    EXPECT_EQ(QApplication::focusWidget(), token);
    QTest::keyClicks(token, "secret");
    QTest::keyClick(token, Qt::Key_Return);
    ASSERT_EQ(desk.workbench->workers().list()->size(), 1U);
    const auto added = desk.workbench->workers().list()->front();
    EXPECT_EQ(added.name, "kepler");
    EXPECT_EQ(added.url, "tcp://127.0.0.1:7077");
    EXPECT_EQ(added.token, "secret");
    EXPECT_EQ(added.jobsAtOnce, 4);
    EXPECT_TRUE(soon([&] { return desk.window->workers()->cards().size() == 1U; }));
    EXPECT_TRUE(soon([&] { return desk.find<desktop::WorkerForm>("workerForm") == nullptr; }));
}

TEST(WorkerFormTest, AnAddressThatCannotBeStaysWithTheReasonUnderItsField) {
    Workers desk(1);
    auto* form = desk.window->workers()->addWorker();
    auto* name = form->findChild<QLineEdit*>(QStringLiteral("workerNameField"));
    auto* address = form->findChild<QLineEdit*>(QStringLiteral("workerAddressField"));
    auto* nameError = form->findChild<QLabel*>(QStringLiteral("workerNameError"));
    auto* addressError = form->findChild<QLabel*>(QStringLiteral("workerAddressError"));
    const QSize size = form->size();
    address->setText("example.org");
    name->setText("new");
    QTest::keyClick(address, Qt::Key_Return);
    EXPECT_TRUE(form->isVisible());
    EXPECT_TRUE(addressError->isVisible() && addressError->text().contains("no scheme"));
    EXPECT_FALSE(nameError->isVisible());
    EXPECT_EQ(form->size(), size);
    address->setText("unix:/tmp/new.sock");
    EXPECT_FALSE(addressError->isVisible());
    name->setText("two words");
    QTest::keyClick(address, Qt::Key_Return);
    EXPECT_TRUE(nameError->isVisible() && nameError->text().contains("letters, digits"));
    // A worker that there is is not written over by chance.
    name->setText("kepler");
    QTest::keyClick(address, Qt::Key_Return);
    EXPECT_TRUE(nameError->isVisible() && nameError->text().contains("already"));
    EXPECT_EQ(desk.workbench->workers().list()->front().url, "ssh://observer@kepler.example.org");
    QTest::keyClick(form, Qt::Key_Escape);
    EXPECT_TRUE(soon([&] { return desk.find<desktop::WorkerForm>("workerForm") == nullptr; }));
    EXPECT_EQ(desk.workbench->workers().list()->size(), 1U);
}

TEST(WorkerFormTest, TheTestSaysWhatItFoundAndTheFormStaysAlive) {
    Workers desk(0);
    auto* form = desk.window->workers()->addWorker();
    auto* address = form->findChild<QLineEdit*>(QStringLiteral("workerAddressField"));
    auto* test = form->findChild<QPushButton*>(QStringLiteral("workerTestButton"));
    auto* found = form->findChild<QLabel*>(QStringLiteral("workerFound"));
    address->setText("ssh://kepler.example.org");
    desk.workbench->workers().hold(true);
    QTest::mouseClick(test, Qt::LeftButton);
    EXPECT_FALSE(test->isEnabled());
    EXPECT_TRUE(found->text().contains("Connecting"));
    // An answer about an address that was changed meanwhile is about nothing.
    address->setText("ssh://nowhere.example.org");
    EXPECT_TRUE(test->isEnabled());
    QTest::mouseClick(test, Qt::LeftButton);
    desk.workbench->workers().hold(false);
    ASSERT_TRUE(soon([&] { return found->text().contains("connection was refused"); }));
    QTest::qWait(100);
    EXPECT_TRUE(found->text().contains("nowhere"));
    address->setText("ssh://kepler.example.org");
    EXPECT_TRUE(found->text().isEmpty());
    QTest::mouseClick(test, Qt::LeftButton);
    ASSERT_TRUE(soon([&] { return found->text().contains("0.2.0"); }));
    EXPECT_TRUE(found->text().contains("4 of 4\u00A0slots free"));
    EXPECT_TRUE(found->text().contains("run by observer"));
    EXPECT_TRUE(desk.workbench->workers().list()->empty());
}

TEST(WorkerFormTest, EditingKeepsTheNameAndTheRest) {
    Workers desk(1);
    desk.trigger("editWorkerAction_kepler");
    auto* form = desk.form<desktop::WorkerForm>("workerForm");
    EXPECT_TRUE(form->findChild<QLineEdit*>(QStringLiteral("workerNameField"))->isReadOnly());
    form->findChild<QSpinBox*>(QStringLiteral("workerAtOnceField"))->setValue(2);
    QTest::mouseClick(form->findChild<QPushButton*>(QStringLiteral("workerKeepButton")), Qt::LeftButton);
    ASSERT_EQ(desk.workbench->workers().list()->size(), 1U);
    EXPECT_EQ(desk.workbench->workers().list()->front().jobsAtOnce, 2);
    EXPECT_EQ(desk.workbench->workers().list()->front().url, "ssh://observer@kepler.example.org");
}

TEST(WorkerFormTest, AWorkerOverTlsIsPairedNextWithItsCode) {
    Workers desk(0);
    auto* form = desk.window->workers()->addWorker();
    form->findChild<QLineEdit*>(QStringLiteral("workerNameField"))->setText("tycho");
    form->findChild<QLineEdit*>(QStringLiteral("workerAddressField"))->setText("tls://tycho:7077");
    QTest::mouseClick(form->findChild<QPushButton*>(QStringLiteral("workerKeepButton")), Qt::LeftButton);
    auto* pair = desk.form<desktop::PairForm>("pairForm");
    EXPECT_FALSE(pair->isModal());
    auto* code = pair->findChild<QLineEdit*>(QStringLiteral("pairCodeField"));
    auto* error = pair->findChild<QLabel*>(QStringLiteral("pairError"));
    code->setText("abc");
    QTest::keyClick(code, Qt::Key_Return);
    ASSERT_TRUE(soon([&] { return error->text().contains("not a pairing code"); }));
    EXPECT_FALSE(desk.workbench->workers().list()->front().paired);
    code->setText("ABCD-EFGH-JKLM-NPQR");
    QTest::keyClick(code, Qt::Key_Return);
    ASSERT_TRUE(soon([&] { return desk.find<desktop::PairForm>("pairForm") == nullptr; }));
    EXPECT_TRUE(desk.workbench->workers().list()->front().paired);
}

// ---- Jobs on workers

TEST(RemoteJobsTest, TheTableSaysWhereAndHowItStandsWithTheLink) {
    Workers desk(3, "jobs");
    const auto& model = desk.window->jobs()->model();
    const auto cell = [&](int id, int column, int role = Qt::DisplayRole) {
        return model.index(model.rowOf(id), column).data(role);
    };
    using Model = desktop::JobsModel;
    EXPECT_EQ(cell(7, Model::Place).toString(), QStringLiteral("this computer"));
    EXPECT_TRUE(cell(7, Model::Place, Qt::DecorationRole).isNull());
    EXPECT_EQ(cell(9, Model::Place).toString(), QStringLiteral("kepler: connected"));
    EXPECT_FALSE(cell(9, Model::Place, Qt::DecorationRole).isNull());
    EXPECT_EQ(cell(11, Model::Place).toString(), QStringLiteral("tycho: unreachable"));
    EXPECT_TRUE(cell(11, Model::Place, Qt::ToolTipRole).toString().contains("tried again by itself"));
    // Unreachable is not a phase: the job executes as far as is known.
    EXPECT_EQ(cell(11, Model::Phase).toString(), QStringLiteral("executing"));
    EXPECT_EQ(cell(10, Model::Phase).toString(), QStringLiteral("pending"));
    EXPECT_EQ(cell(10, Model::Progress).toString(), QStringLiteral("sending 12.0 MB of 43.1 MB"));
    const QString heard = QStringLiteral("last heard ") + bridge::clockText("2026-11-21T10:02:00.000Z");
    EXPECT_EQ(cell(11, Model::Progress).toString(), QStringLiteral("block 12 of 30, ") + heard);
    EXPECT_TRUE(cell(12, Model::Progress).toString().endsWith("not heard of yet"));
    EXPECT_EQ(cell(12, Model::Phase).toString(), QStringLiteral("stopping…"));
    desk.window->jobs()->showJob(11);
    auto* facts = desk.find<QLabel>("jobFacts");
    EXPECT_TRUE(facts->text().contains("tycho: not reachable since"));
    EXPECT_TRUE(facts->text().contains(heard));
    desk.workbench->workers().setLink("tycho", Link::Connected);
    EXPECT_TRUE(soon([&] { return facts->text().contains("tycho: connected"); }));
    EXPECT_EQ(cell(11, Model::Place).toString(), QStringLiteral("tycho: connected"));
    EXPECT_EQ(cell(11, Model::Progress).toString(), QStringLiteral("block 12 of 30"));
    desk.workbench->jobs().advance(11, jobs::Phase::Completed, 1);
    EXPECT_TRUE(soon([&] { return cell(11, Model::Place).toString() == QStringLiteral("tycho"); }));
}

TEST(RemoteJobsTest, AnAbortThatTheWorkerHasNotHeardIsSaidAndNotAskedTwice) {
    Workers desk(3, "jobs");
    desk.window->jobs()->showJob(9);
    auto* abort = desk.find<QAction>("abortJobAction");
    ASSERT_TRUE(abort->isEnabled());
    abort->trigger();
    const auto& model = desk.window->jobs()->model();
    EXPECT_TRUE(soon([&] {
        return model.index(model.rowOf(9), desktop::JobsModel::Phase).data().toString() ==
               QStringLiteral("stopping…");
    }));
    EXPECT_FALSE(abort->isEnabled());
    desk.workbench->jobs().advance(9, jobs::Phase::Aborted, 0.4);
    EXPECT_TRUE(soon([&] {
        return model.index(model.rowOf(9), desktop::JobsModel::Phase).data().toString() ==
               QStringLiteral("aborted");
    }));
}

TEST(RemoteJobsTest, TheModelStaysSoundWhileWorkersAndJobsChange) {
    FakeWorkbench workbench(with(4));
    desktop::JobsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setWorkers(*workbench.workers().list());
    model.setJobs(*workbench.jobs().list());
    model.setWorkers({});
    EXPECT_EQ(model.index(model.rowOf(9), desktop::JobsModel::Place).data().toString(),
              QStringLiteral("kepler"));
    model.setWorkers(*workbench.workers().list());
    model.update(*workbench.jobs().list());
    EXPECT_EQ(model.index(model.rowOf(9), desktop::JobsModel::Place).data().toString(),
              QStringLiteral("kepler: connected"));
}

TEST(RemoteJobsTest, OneQuietLineTellsOfALostWorkerWithJobs) {
    Workers desk(4, "data");
    auto* button = desk.find<QToolButton>("lostWorkersButton");
    ASSERT_TRUE(soon([&] { return button->isVisible(); }));
    EXPECT_TRUE(button->text().contains("tycho"));
    EXPECT_EQ(QApplication::activeModalWidget(), nullptr);
    // Lost without a job there is nobody's trouble.
    desk.workbench->workers().setLink("hale", Link::Lost, "gone");
    QTest::qWait(300);
    EXPECT_FALSE(button->text().contains("2 workers"));
    desk.trigger("retryWorkersAction");
    EXPECT_EQ(desk.workbench->workers().retried(), std::vector<std::string>{"tycho"});
    EXPECT_TRUE(soon([&] { return !button->isVisible(); }));
    desk.workbench->workers().setLink("tycho", Link::Lost, "gone again");
    ASSERT_TRUE(soon([&] { return button->isVisible(); }));
    QTest::mouseClick(button, Qt::LeftButton);
    EXPECT_EQ(desk.window->currentPlace()->key(), QStringLiteral("workers"));
}

// ---- Where a job is to run

namespace {

desktop::JobForm* runMapAgain(Workers& desk) {
    desk.window->jobs()->showJob(3);
    return desk.window->jobs()->runAgain();
}

QComboBox* whereOf(desktop::JobForm* form) {
    return form->findChild<QComboBox*>(QStringLiteral("whereField"));
}

void choose(QComboBox* box, const char* where) {
    box->setCurrentIndex(box->findData(QString::fromLatin1(where)));
}

} // namespace

TEST(WhereTest, WithoutWorkersThereIsNothingToChoose) {
    Workers desk(0, "jobs");
    EXPECT_FALSE(whereOf(runMapAgain(desk))->isVisible());
}

TEST(WhereTest, AFormSendsToTheChosenWorkerAndRemembersItForTheKind) {
    Workers desk(2, "jobs");
    auto* form = runMapAgain(desk);
    auto* where = whereOf(form);
    ASSERT_TRUE(where->isVisible());
    EXPECT_EQ(where->count(), 4);
    EXPECT_EQ(where->currentData().toString(), QStringLiteral("here"));
    choose(where, "hale");
    QTest::mouseClick(form->submitButton(), Qt::LeftButton);
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.workbench->jobs().submittedTo(), std::vector<std::string>{"hale"});
    EXPECT_EQ(whereOf(runMapAgain(desk))->currentData().toString(), QStringLiteral("hale"));
    EXPECT_EQ(desktop::WhereChoice::lastChoice(desk.window->session(), "learn"), "here");
    // A worker that is no more is not chosen.
    ASSERT_TRUE(desk.workbench->workers().remove("hale"));
    EXPECT_EQ(whereOf(runMapAgain(desk))->currentData().toString(), QStringLiteral("here"));
}

TEST(WhereTest, AutomaticIsFoundInTheBackgroundAndTheFormSaysSo) {
    Workers desk(2, "jobs");
    auto* form = runMapAgain(desk);
    const QPointer<desktop::JobForm> alive(form);
    choose(whereOf(form), "auto");
    desk.workbench->workers().hold(true);
    const QString words = form->submitButton()->text();
    QTest::mouseClick(form->submitButton(), Qt::LeftButton);
    EXPECT_FALSE(form->submitButton()->isEnabled());
    EXPECT_NE(form->submitButton()->text(), words);
    EXPECT_TRUE(desk.workbench->jobs().submitted().empty());
    desk.workbench->workers().hold(false);
    ASSERT_TRUE(soon([&] { return desk.workbench->jobs().submitted().size() == 1U && !alive; }));
    EXPECT_EQ(desk.workbench->jobs().submittedTo(), std::vector<std::string>{"kepler"});
}

TEST(WhereTest, WhereNoWorkerTakesItThisComputerIsOfferedByAClick) {
    Workers desk(2, "jobs");
    desk.workbench->jobs().refuseAuto = true;
    auto* form = runMapAgain(desk);
    auto* here = form->findChild<QPushButton*>(QStringLiteral("formHereButton"));
    choose(whereOf(form), "auto");
    QTest::mouseClick(form->submitButton(), Qt::LeftButton);
    ASSERT_TRUE(soon([&] { return here->isVisible(); }));
    EXPECT_TRUE(form->findChild<QLabel*>(QStringLiteral("formError"))->text().contains("No worker answers"));
    EXPECT_TRUE(form->submitButton()->isEnabled());
    EXPECT_TRUE(desk.workbench->jobs().submitted().empty());
    QTest::mouseClick(here, Qt::LeftButton);
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.workbench->jobs().submittedTo(), std::vector<std::string>{""});
    // Once is not always.
    EXPECT_EQ(desktop::WhereChoice::lastChoice(desk.window->session(), "som"), "here");
}

TEST(WhereTest, AFormClosedMeanwhileLeavesNoJobRunning) {
    Workers desk(2, "jobs");
    auto* form = runMapAgain(desk);
    choose(whereOf(form), "auto");
    desk.workbench->workers().hold(true);
    QTest::mouseClick(form->submitButton(), Qt::LeftButton);
    QTest::keyClick(form, Qt::Key_Escape);
    desk.workbench->workers().hold(false);
    ASSERT_TRUE(soon([&] {
        const auto all = *desk.workbench->jobs().list();
        return desk.workbench->jobs().submitted().size() == 1U && all.front().remote &&
               all.front().remote->abortWanted;
    }));
}

TEST(WhereTest, AKindThatMustStayShowsNoChoiceButTheReason) {
    Workers desk(2, "jobs");
    desk.window->jobs()->newJob();
    auto* form = desk.form<desktop::JobForm>("jobForm");
    auto* kind = form->findChild<QComboBox*>(QStringLiteral("jobKindField"));
    kind->setCurrentIndex(kind->findData(QStringLiteral("som")));
    EXPECT_TRUE(whereOf(form)->isEnabled());
    kind->setCurrentIndex(kind->findData(QStringLiteral("import")));
    EXPECT_FALSE(whereOf(form)->isEnabled());
    EXPECT_EQ(whereOf(form)->currentData().toString(), QStringLiteral("here"));
    EXPECT_TRUE(whereOf(form)->toolTip().contains("files of this computer"));
    desk.window->showPlace(QStringLiteral("data"));
    desk.trigger("importAction");
    auto* import = desk.form<desktop::JobForm>("importForm");
    EXPECT_FALSE(whereOf(import)->isVisible());
}

TEST(WhereTest, TheNextRoundGoesWhereRoundsWentAndSaysWhatElseCanBeDone) {
    Workers desk(2, "label");
    desk.window->session().setSetting(QStringLiteral("desktop.where.round"), QStringLiteral("auto"));
    desk.workbench->jobs().refuseAuto = true;
    desk.key(Qt::Key_1);
    ASSERT_TRUE(desk.settle());
    desk.key(Qt::Key_Return, Qt::ControlModifier);
    auto* error = desk.find<QLabel>("labellingError");
    ASSERT_TRUE(soon([&] { return error->text().contains("on this computer"); }));
    EXPECT_TRUE(desk.workbench->jobs().submitted().empty());
    desk.trigger("computeNextRoundHereAction");
    ASSERT_TRUE(soon([&] { return desk.workbench->jobs().submitted().size() == 1U; }));
    EXPECT_EQ(desk.workbench->jobs().submittedTo(), std::vector<std::string>{""});
}

// ---- Questions

TEST(QuestionsTest, NoneWaitsBehindAnotherAndTheNewestAnswerWins) {
    bridge::Questions questions;
    QObject first, second;
    std::atomic<bool> go = false;
    std::vector<int> delivered;
    questions.ask(
        &first, "key",
        [&] {
            go.wait(false);
            return 1;
        },
        [&](int value) { delivered.push_back(value); });
    questions.ask(
        &second, "key", [] { return 2; }, [&](int value) { delivered.push_back(value); });
    ASSERT_TRUE(soon([&] { return delivered == std::vector<int>{2}; }));
    EXPECT_TRUE(questions.asking(&first, "key"));
    questions.ask(
        &first, "key", [] { return 3; }, [&](int value) { delivered.push_back(value); });
    ASSERT_TRUE(soon([&] { return !questions.asking(&first, "key"); }));
    go = true;
    go.notify_all();
    bridge::Questions::waitForAll();
    QTest::qWait(20);
    EXPECT_EQ(delivered, (std::vector<int>{2, 3}));
}

} // namespace balmer::test
