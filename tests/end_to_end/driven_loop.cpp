#include "tests/end_to_end/driven_loop.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QElapsedTimer>
#include <QFileDialog>
#include <QListWidget>
#include <QMainWindow>
#include <QPointer>
#include <QTest>

#include "app/bridge/session.h"
#include "app/desktop/jobs/job_form.h"
#include "app/desktop/label/label_place.h"
#include "app/desktop/shell/main_window.h"
#include "engine/core/files.h"
#include "widgets/table/spectrum_table.h"

namespace balmer::test {

namespace {

constexpr int patience = 120000; // ms

const std::vector<std::string> classes{"other", "single peak", "double peak"};

/// Sends keys to whatever has the keyboard, as a person's keys go.
class Hands {
  public:
    Hands(desktop::MainWindow& window, const Report& report) : window_(window), report_(report) {}

    static QWidget* keyboard() {
        // What a window manager does where a window has gone: the form below it, else the main window.
        if (!qobject_cast<QDialog*>(QApplication::activeWindow())) {
            QWidget* below = QApplication::activeWindow();
            for (QWidget* top : QApplication::topLevelWidgets())
                if (top->isVisible() &&
                    (qobject_cast<QDialog*>(top) || (!below && qobject_cast<QMainWindow*>(top))))
                    below = top;
            if (below && below != QApplication::activeWindow()) {
                below->activateWindow();
                (void)QTest::qWaitForWindowActive(below, 2000);
            }
        }
        QCoreApplication::processEvents();
        if (QWidget* focus = QApplication::focusWidget()) return focus;
        return QApplication::activeWindow();
    }
    void press(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const {
        QTest::keyClick(keyboard() ? keyboard() : &window_, Qt::Key(key), modifiers);
    }
    static void type(const QString& words) {
        for (const QChar each : words)
            if (each == QLatin1Char('\n'))
                QTest::keyClick(keyboard(), Qt::Key_Return);
            else
                QTest::keyClicks(keyboard(), QString(each));
    }
    /// By the Tab key.
    bool goTo(const char* name) const {
        for (int step = 0; step < 80; ++step) {
            if (keyboard() && keyboard()->objectName() == QLatin1String(name)) return true;
            press(Qt::Key_Tab);
        }
        return false;
    }
    bool settle() const {
        return QTest::qWaitFor([this] { return window_.settled(); }, patience);
    }
    template <typename Condition>
    static bool soon(Condition condition) {
        return QTest::qWaitFor(condition, patience);
    }
    /// The form has appeared and has the keyboard.
    template <typename Form = QDialog>
    Form* form(const char* name) const {
        Form* found = nullptr;
        soon([&] {
            found = window_.findChild<Form*>(QLatin1String(name));
            return found && found->isVisible() && QApplication::activeWindow() == found;
        });
        return found;
    }
    /// Presses the form's button and waits until the form has gone. False where it stays or has no such
    /// button.
    bool submit(QDialog* form, const char* button = "formSubmitButton") const {
        const QPointer<QDialog> there(form);
        if (!form || !goTo(button)) return false;
        press(Qt::Key_Space);
        return soon([&] { return !there || !there->isVisible(); }) && keyboard();
    }
    void command(const QString& words) const {
        press(Qt::Key_K, Qt::ControlModifier);
        type(words);
        press(Qt::Key_Return);
    }
    std::string shown() const { return window_.label()->currentId().toStdString(); }
    int rows() const { return window_.findChild<widgets::SpectrumTable*>()->view()->model()->rowCount(); }
    void tell(const std::string& line) const { report_(line); }
    desktop::MainWindow& window() const { return window_; }

  private:
    desktop::MainWindow& window_;
    const Report& report_;
};

using Truth = std::map<std::string, std::string>;

Truth truthOf(const std::string& survey) {
    Truth truth;
    std::istringstream lines(core::readFile(survey + "/truth.csv").value());
    for (std::string line; std::getline(lines, line);) {
        const auto first = line.find(','), second = line.find(',', first + 1);
        if (second != std::string::npos)
            truth[line.substr(0, first)] = line.substr(first + 1, second - first - 1);
    }
    return truth;
}

/// Chooses a job's folder or file, where the form has a button for it, and starts it.
std::string importFolder(const Hands& hands, const QString& folder) {
    hands.press(Qt::Key_I, Qt::ControlModifier);
    auto* form = hands.form<desktop::JobForm>("importForm");
    if (!form) return "Ctrl+I showed no form";
    if (!hands.goTo("importFolderButton")) return "Tab does not reach the button that adds a folder";
    hands.press(Qt::Key_Space);
    const auto* chooser = hands.soon([form] { return form->findChild<QFileDialog*>() != nullptr; })
                              ? form->findChild<QFileDialog*>()
                              : nullptr;
    if (!chooser || !hands.soon([&] { return QApplication::activeWindow() == chooser; }))
        return "no dialog asks for the folder";
    Hands::type(folder);
    hands.press(Qt::Key_Return);
    auto* paths = form->findChild<QListWidget*>(QStringLiteral("pathsField"));
    if (!hands.soon([&] { return paths->count() == 1 && Hands::keyboard() != nullptr; }))
        return "the folder was not taken";
    if (!hands.submit(form)) return "the form of the import does not start it";
    if (!hands.soon([&] { return hands.rows() > 0; })) return "nothing was imported";
    return {};
}

/// Labels up to `count` spectra as the truth has them.
std::string label(const Hands& hands, const Truth& truth, int count) {
    for (int given = 0; given < count && !hands.shown().empty(); ++given) {
        const std::string id = hands.shown();
        const auto known = truth.find(id);
        if (known == truth.end()) return "the star " + id + " is none of the survey";
        const auto digit = std::ranges::find(classes, known->second) - classes.begin();
        hands.tell("press\t" + id + "\t" + known->second);
        hands.press(Qt::Key_1 + int(digit));
        if (!hands.soon([&] { return hands.shown() != id; })) return "the digit did not label " + id;
    }
    return {};
}

bool nextRoundIsReady(const Hands& hands) {
    const auto* next = hands.window().findChild<QAction*>(QStringLiteral("labellingNextRound"));
    const auto* button = hands.window().label()->panel()->findChild<QAbstractButton*>(
        QStringLiteral("labellingNextRoundButton"));
    return next && next->isEnabled() && button && button->text().contains(QLatin1String("is ready"));
}

} // namespace

std::string driveLoop(desktop::MainWindow& window, const std::string& survey, const std::string& labels,
                      const Report& report) {
    const Hands hands(window, report);
    const auto truth = truthOf(survey);
    hands.press(Qt::Key_1, Qt::ControlModifier);
    if (auto wrong = importFolder(hands, QString::fromStdString(survey)); !wrong.empty()) return wrong;
    if (!hands.soon([&] { return hands.rows() == int(truth.size()) - 1; }) || !hands.settle())
        return "the table does not show what was imported";

    // Without any model: a filter becomes the queue.
    hands.press(Qt::Key_F, Qt::ControlModifier);
    Hands::type(QStringLiteral("snr > 14\n"));
    if (!hands.soon([&] { return hands.rows() < int(truth.size()) - 1; }) || !hands.settle())
        return "the filter was not used";
    hands.press(Qt::Key_Escape);
    hands.press(Qt::Key_Tab);
    hands.press(Qt::Key_L);
    auto* classesForm = hands.form("classesForm");
    if (!classesForm) return "no form asks for the classes";
    for (const auto& name : classes)
        Hands::type(QString::fromStdString(name) + '\n');
    if (!hands.submit(classesForm, "classesKeepButton")) return "the classes are not kept";
    if (!hands.soon([&] { return Hands::keyboard() && !hands.shown().empty(); }) || !hands.settle())
        return "the filter's spectra did not become the queue";
    if (auto wrong = label(hands, truth, 30); !wrong.empty()) return wrong;

    // A dataset, and the first round of it.
    hands.press(Qt::Key_1, Qt::ControlModifier);
    hands.press(Qt::Key_P, Qt::ControlModifier);
    if (!hands.submit(hands.form<desktop::JobForm>("preprocessForm"))) return "Ctrl+P starts nothing";
    const auto datasets = [&] { return window.session().workbench().datasets().list()->size(); };
    if (!hands.soon([&] { return datasets() == 1; }) || !hands.settle()) return "no dataset was made";
    hands.press(Qt::Key_3, Qt::ControlModifier);
    if (!hands.settle()) return "Label does not settle";
    hands.press(Qt::Key_L, Qt::ControlModifier);
    auto* roundForm = hands.form<desktop::JobForm>("roundForm");
    QElapsedTimer since;
    since.start();
    if (!hands.submit(roundForm)) return "Ctrl+L starts no round";
    const auto rounds = [&] { return window.session().workbench().labelling().rounds()->size(); };
    for (int round = 1; round <= 3; ++round) {
        // Labelling goes on until it is there; the star on the screen stays there.
        while (rounds() < std::size_t(round)) {
            if (since.elapsed() > patience) return "round " + std::to_string(round) + " never came";
            if (!hands.shown().empty())
                if (auto wrong = label(hands, truth, 1); !wrong.empty()) return wrong;
            QTest::qWait(500); // a person's pace
        }
        report("ready\t" + std::to_string(round) + "\t" + std::to_string(double(since.elapsed()) / 1000));
        const std::string before = hands.shown();
        if (!hands.settle()) return "Label does not settle";
        if (!before.empty() && hands.shown() != before) return "the round took the star from under the hand";
        if (nextRoundIsReady(hands)) hands.press(Qt::Key_Return, Qt::ControlModifier);
        if (!hands.soon([&] { return !nextRoundIsReady(hands) && !hands.shown().empty(); }) ||
            !hands.settle())
            return "the round does not appear";
        since.restart();
        if (round < 3)
            if (auto wrong = label(hands, truth, 10); !wrong.empty()) return wrong;
    }
    for (int back = 0; back < 5; ++back) {
        hands.press(Qt::Key_Z);
        if (!hands.settle()) return "Z does not settle";
        report("undone\t\t");
    }

    hands.press(Qt::Key_1, Qt::ControlModifier);
    hands.command(QStringLiteral("audit"));
    if (!hands.submit(hands.form<desktop::JobForm>("auditForm"))) return "the audit starts nothing";
    if (!hands.settle()) return "the audit does not settle";

    hands.press(Qt::Key_4, Qt::ControlModifier);
    hands.press(Qt::Key_N, Qt::ControlModifier);
    auto* form = hands.form<desktop::JobForm>("jobForm");
    if (!form || !hands.goTo("jobKindField")) return "Ctrl+N showed no form";
    auto* kinds = form->findChild<QComboBox*>(QStringLiteral("jobKindField"));
    for (int step = 0; step < kinds->count() && kinds->currentText() != QLatin1String("Label export"); ++step)
        hands.press(Qt::Key_Down);
    if (kinds->currentText() != QLatin1String("Label export")) return "no job exports labels";
    if (!hands.goTo("fileField")) return "Tab does not reach the file of the export";
    Hands::type(QString::fromStdString(labels));
    if (!hands.submit(form)) return "the form of the export does not start it";
    if (!hands.soon([&] { return core::readFile(labels).has_value(); }) || !hands.settle())
        return "the labels were not exported";
    return {};
}

} // namespace balmer::test
