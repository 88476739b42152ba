#include <QAction>
#include <QDialog>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>

#include "app/desktop/jobs/job_form.h"
#include "app/desktop/jobs/jobs_place.h"
#include "tests/app/desktop/desktop_environment.h"

namespace balmer::test {

namespace {

struct Jobs : FakeDesktop {
    explicit Jobs(FakeOptions options = {}) : FakeDesktop(std::move(options)) {
        window->showPlace(QStringLiteral("jobs"));
        EXPECT_TRUE(settle());
    }
    QAction* action(const char* name) const { return window->findChild<QAction*>(QString::fromLatin1(name)); }
};

void submit(desktop::JobForm* form) {
    form->submitButton()->click();
}

} // namespace

TEST(JobsPlaceTest, RunAgainCarriesTheParentAndTheChangedParameters) {
    Jobs desk;
    desk.window->jobs()->showJob(3);
    auto* form = desk.window->jobs()->runAgain();
    ASSERT_NE(form, nullptr);
    EXPECT_FALSE(form->isModal());
    auto* json = form->findChild<QPlainTextEdit*>(QStringLiteral("jobParametersField"));
    json->setPlainText(json->toPlainText().replace("16x12", "20x20"));
    submit(form);
    const auto submitted = desk.workbench->jobs().submitted();
    ASSERT_EQ(submitted.size(), 1U);
    EXPECT_EQ(submitted[0].parent, 3);
    EXPECT_EQ(submitted[0].kind, "som");
    EXPECT_EQ(submitted[0].label, "first map");
    EXPECT_NE(submitted[0].parameters.find("20x20"), std::string::npos);
}

TEST(JobsPlaceTest, ARefusedJobKeepsTheFormOpenWithTheReason) {
    Jobs desk;
    desk.window->jobs()->showJob(3);
    auto* form = desk.window->jobs()->runAgain();
    auto* json = form->findChild<QPlainTextEdit*>(QStringLiteral("jobParametersField"));
    const QString parameters = json->toPlainText();
    auto* error = form->findChild<QLabel*>(QStringLiteral("formError"));
    json->setPlainText(QStringLiteral("{\"grid\": "));
    submit(form);
    EXPECT_TRUE(error->isVisible());
    EXPECT_TRUE(error->text().contains("line 1")) << error->text().toStdString();
    json->setPlainText(QString(parameters).replace("16x12", "0x0"));
    submit(form);
    EXPECT_TRUE(form->isVisible());
    EXPECT_TRUE(error->text().contains("no neuron"));
    EXPECT_TRUE(desk.workbench->jobs().submitted().empty());
}

TEST(JobsPlaceTest, ActionsFollowThePhaseOfTheChosenJob) {
    Jobs desk;
    desk.window->jobs()->showJob(7);
    EXPECT_TRUE(desk.action("abortJobAction")->isEnabled());
    EXPECT_FALSE(desk.action("deleteJobAction")->isEnabled());
    desk.action("abortJobAction")->trigger();
    ASSERT_TRUE(soon([&] { return desk.action("deleteJobAction")->isEnabled(); }));
    EXPECT_FALSE(desk.action("abortJobAction")->isEnabled());
    desk.action("deleteJobAction")->trigger();
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.window->jobs()->model().rowOf(7), -1);
}

TEST(JobsPlaceTest, AFailedJobShowsItsSentenceAndContext) {
    Jobs desk;
    desk.window->jobs()->showJob(4);
    auto* error = desk.window->findChild<QLabel*>(QStringLiteral("jobError"));
    EXPECT_TRUE(error->isVisible());
    EXPECT_TRUE(error->text().contains("balmer learn"));
    EXPECT_TRUE(error->text().contains("While scoring the dataset"));
}

TEST(JobsPlaceTest, ProgressArrivesByEvents) {
    Jobs desk;
    auto* button = desk.window->findChild<QPushButton*>(QStringLiteral("runningJobsButton"));
    desk.workbench->jobs().advance(8, jobs::Phase::Aborted, 0);
    desk.workbench->jobs().advance(7, jobs::Phase::Executing, 0.93);
    EXPECT_TRUE(soon([&] { return button->text().contains("93"); }));
    desk.workbench->jobs().advance(7, jobs::Phase::Completed, 1);
    EXPECT_TRUE(soon([&] { return button->text().contains("no job"); }));
}

} // namespace balmer::test
