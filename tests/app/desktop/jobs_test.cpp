#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScreen>
#include <QSpinBox>
#include <QWheelEvent>

#include "app/desktop/jobs/job_form.h"
#include "app/desktop/jobs/jobs_place.h"
#include "app/desktop/label/label_place.h"
#include "engine/api/job_kinds.h"
#include "tests/app/desktop/desktop_environment.h"

namespace balmer::test {

namespace {

struct Jobs : FakeDesktop {
    explicit Jobs(const FakeOptions& options = {}) : FakeDesktop(options) {
        window->showPlace(QStringLiteral("jobs"));
        EXPECT_TRUE(settle());
    }
    QAction* action(const char* name) const { return window->findChild<QAction*>(QString::fromLatin1(name)); }
};

void submit(Jobs& desk, desktop::JobForm* form) {
    form->submitButton()->click();
    ASSERT_TRUE(desk.settle());
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
    submit(desk, form);
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
    submit(desk, form);
    EXPECT_TRUE(error->isVisible());
    EXPECT_TRUE(error->text().contains("line 1")) << error->text().toStdString();
    json->setPlainText(QString(parameters).replace("16x12", "0x0"));
    submit(desk, form);
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

namespace {

desktop::JobForm* newJob(Jobs& desk, const char* kind) {
    desk.window->jobs()->newJob();
    auto* form = desk.window->findChild<desktop::JobForm*>(QStringLiteral("jobForm"));
    auto* box = form->findChild<QComboBox*>(QStringLiteral("jobKindField"));
    box->setCurrentIndex(box->findData(QString::fromLatin1(kind)));
    QCoreApplication::processEvents(); // a layout shows what is new in it by an event
    return form;
}

QJsonObject submittedParameters(Jobs& desk) {
    return QJsonDocument::fromJson(
               QByteArray::fromStdString(desk.workbench->jobs().submitted().back().parameters))
        .object();
}

} // namespace

TEST(JobsPlaceTest, WhatAnAuditListsIsLabelledOneAfterTheOther) {
    Jobs desk;
    auto* action = desk.action("labelListedAction");
    desk.window->jobs()->showJob(3);
    EXPECT_FALSE(action->isVisible()) << "a map lists no spectra";
    jobs::JobSpec spec;
    spec.kind = "audit";
    spec.parameters = R"({"dataset":"lamost halpha"})";
    const auto audit = desk.workbench->jobs().submit(spec);
    ASSERT_TRUE(audit);
    desk.workbench->jobs().finish(*audit, R"({"list":[{"id":")" + survey::idOf(7) + R"("},{"id":")" +
                                              survey::idOf(3) + R"("}]})");
    desk.window->jobs()->showJob(*audit);
    ASSERT_TRUE(soon([&] { return action->isVisible(); }));
    action->trigger();
    ASSERT_TRUE(soon([&] { return desk.window->label()->currentId().toStdString() == survey::idOf(7); }));
    ASSERT_EQ(desk.window->label()->queue().size(), 2);
    EXPECT_EQ(desk.window->label()->queue().at(1).id, survey::idOf(3));
}

TEST(DataPlaceTest, MoreLikeThisAsksForTheCurrentSpectrum) {
    FakeDesktop desk;
    ASSERT_TRUE(desk.settle());
    const auto trigger = [&](const char* name) {
        desk.window->findChild<QAction*>(QString::fromLatin1(name))->trigger();
    };
    desk.window->session().selection().setCurrent(QString::fromStdString(survey::idOf(12)),
                                                  QStringLiteral("test"));
    trigger("findSimilarAction");
    desktop::JobForm* form = nullptr;
    ASSERT_TRUE(soon([&] {
        form = desk.window->findChild<desktop::JobForm*>(QStringLiteral("similarForm"));
        return form != nullptr;
    }));
    EXPECT_EQ(form->findChild<QLineEdit*>(QStringLiteral("likeField"))->text().toStdString(),
              survey::idOf(12));
    form->submitButton()->click();
    ASSERT_TRUE(soon([&] { return desk.workbench->jobs().submitted().size() == 1U; }));
    EXPECT_EQ(desk.workbench->jobs().submitted()[0].kind, "similar");
    trigger("auditLabelsAction");
    EXPECT_TRUE(soon(
        [&] { return desk.window->findChild<desktop::JobForm*>(QStringLiteral("auditForm")) != nullptr; }));
}

TEST(JobFormTest, FieldsAreMadeOfWhatTheKindDeclares) {
    Jobs desk;
    auto* form = newJob(desk, "learn");
    const auto* kind = api::findJobKind("learn");
    ASSERT_NE(kind, nullptr);
    for (const auto& field : kind->fields) {
        const auto* editor = form->findChild<QWidget*>(QString::fromStdString(field.name + "Field"));
        ASSERT_NE(editor, nullptr) << field.name;
        EXPECT_FALSE(editor->toolTip().isEmpty()) << field.name;
        EXPECT_EQ(editor->isVisible(), !field.more) << field.name;
    }
    auto* folds = form->findChild<QSpinBox*>(QStringLiteral("foldsField"));
    EXPECT_EQ(folds->value(), 5);
    EXPECT_EQ(folds->minimum(), 0);
    form->findChild<QCheckBox*>(QStringLiteral("moreFieldsSwitch"))->setChecked(true);
    EXPECT_TRUE(form->findChild<QWidget*>(QStringLiteral("patienceField"))->isVisible());
    // Another kind, other fields.
    auto* box = form->findChild<QComboBox*>(QStringLiteral("jobKindField"));
    box->setCurrentIndex(box->findData(QStringLiteral("som")));
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    EXPECT_EQ(form->findChild<QWidget*>(QStringLiteral("foldsField")), nullptr);
    auto* topology = form->findChild<QComboBox*>(QStringLiteral("topologyField"));
    ASSERT_NE(topology, nullptr);
    EXPECT_EQ(topology->currentData().toString(), QStringLiteral("hexagonal"));
}

TEST(JobFormTest, AFormOfManyFieldsStaysOnTheScreenAndTheWheelChangesNoneOfThem) {
    Jobs desk;
    auto* form = newJob(desk, "active-benchmark");
    form->findChild<QCheckBox*>(QStringLiteral("moreFieldsSwitch"))->setChecked(true);
    const QRect screen = form->screen()->availableGeometry();
    const auto* start = form->findChild<QPushButton*>(QStringLiteral("formSubmitButton"));
    const auto* error = form->findChild<QLabel*>(QStringLiteral("formError"));
    submit(desk, form);
    ASSERT_TRUE(soon([&] { return error->isVisible(); }));
    QCoreApplication::processEvents();
    EXPECT_LE(form->geometry().bottom(), screen.bottom());
    EXPECT_TRUE(form->rect().contains(QRect(start->mapTo(form, QPoint()), start->size())));
    EXPECT_GE(error->height(), error->heightForWidth(error->width())) << "not squeezed";
    auto* model = form->findChild<QComboBox*>(QStringLiteral("modelField"));
    ASSERT_FALSE(model->hasFocus());
    const QString chosen = model->currentText();
    QWheelEvent turn(QPointF(5, 5), model->mapToGlobal(QPointF(5, 5)), {}, {0, -120}, Qt::NoButton,
                     Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(model, &turn);
    EXPECT_EQ(model->currentText(), chosen);
}

TEST(JobFormTest, AListTakesQuotesAndWhatNobodyLookedAtIsLeftToTheKind) {
    Jobs desk;
    auto* form = newJob(desk, "learn");
    form->findChild<QLineEdit*>(QStringLiteral("classesField"))
        ->setText(QStringLiteral("other, \"peak, double\""));
    submit(desk, form);
    ASSERT_EQ(desk.workbench->jobs().submitted().size(), 1U);
    const auto parameters = submittedParameters(desk);
    EXPECT_EQ(parameters["classes"].toArray(), (QJsonArray{"other", "peak, double"}));
    EXPECT_EQ(parameters["folds"].toInt(), 5);
    EXPECT_FALSE(parameters.contains("patience"));
}

TEST(JobFormTest, ARefusedFieldIsCalledByItsTitle) {
    Jobs desk;
    auto* form = newJob(desk, "som");
    form->findChild<QLineEdit*>(QStringLiteral("gridField"))->setText(QStringLiteral("0x0"));
    submit(desk, form);
    const auto* error = form->findChild<QLabel*>(QStringLiteral("formError"));
    EXPECT_TRUE(error->text().contains(QStringLiteral("“Grid”"))) << error->text().toStdString();
    EXPECT_FALSE(error->text().contains("parameters."));
}

} // namespace balmer::test
