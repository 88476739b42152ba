#include "app/bridge/label_classes.h"

#include <utility>

#include <QJsonArray>
#include <QJsonDocument>

#include "app/bridge/display_text.h"
#include "app/bridge/session.h"
#include "engine/core/utf8.h"

namespace balmer::bridge {

namespace {

const QString settingKey = QStringLiteral("desktop.classes");

/// As the project keeps names of classes, each once.
QStringList tidied(const QStringList& names) {
    QStringList tidy;
    for (const QString& name : names)
        if (const auto kept = core::tidyName(plain(name)); kept && !kept->empty()) tidy << text(*kept);
    tidy.removeDuplicates();
    return tidy;
}

QStringList texts(const std::vector<std::string>& names) {
    QStringList all;
    for (const auto& name : names)
        all << text(name);
    return all;
}

} // namespace

LabelClasses::LabelClasses(Session& session) : session_(session) {
    for (const auto& name : QJsonDocument::fromJson(session.setting(settingKey).toUtf8()).array())
        names_ << name.toString();
    connect(&session.events(), &EventRelay::roundsChanged, this, &LabelClasses::addThoseOfTheProject);
    connect(&session.events(), &EventRelay::labelsChanged, this, [this](const QStringList& spectra) {
        // Those that are given one by one are of a class that is known here.
        if (spectra.contains(QString())) addThoseOfTheProject();
    });
    addThoseOfTheProject();
}

void LabelClasses::set(const QStringList& names) {
    keep(names);
    addThoseOfTheProject();
}

void LabelClasses::putFirst(const QStringList& names) {
    keep(names + names_);
}

void LabelClasses::keep(const QStringList& names) {
    const QStringList wanted = tidied(names);
    if (wanted == names_) return;
    names_ = wanted;
    session_.setSetting(
        settingKey,
        QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(names_)).toJson(QJsonDocument::Compact)));
    Q_EMIT changed();
}

void LabelClasses::addThoseOfTheProject() {
    struct Answer {
        QStringList ofRound, ofLabels;
    };
    session_.lists().latest(
        this, "classes",
        [&workbench = session_.workbench()](const std::stop_token&) {
            Answer answer;
            if (const auto rounds = workbench.labelling().rounds(); rounds && !rounds->empty())
                answer.ofRound = texts(rounds->front().classes);
            if (const auto counts = workbench.labelling().counts())
                for (const auto& [name, number] : counts->byClass)
                    answer.ofLabels << text(name);
            return answer;
        },
        [this](const Answer& answer) {
            keep((names_.isEmpty() ? answer.ofRound : names_) + answer.ofLabels);
        });
}

} // namespace balmer::bridge
