#include "app/desktop/answers/answer_words.h"

#include <algorithm>

#include <QObject>

#include "app/bridge/display_text.h"

namespace balmer::desktop {

using active::LabelKind;
using bridge::text;

LabelKind kindOf(widgets::LabelKind kind) {
    switch (kind) {
    case widgets::LabelKind::Class:
        return LabelKind::Class;
    case widgets::LabelKind::NotSure:
        return LabelKind::NotSure;
    case widgets::LabelKind::Bad:
        return LabelKind::Bad;
    case widgets::LabelKind::Artefact:
        return LabelKind::Artefact;
    case widgets::LabelKind::Noteworthy:
        return LabelKind::Noteworthy;
    }
    return LabelKind::NotSure;
}

QString kindWords(LabelKind kind) {
    switch (kind) {
    case LabelKind::NotSure:
        return widgets::displayName(widgets::LabelKind::NotSure);
    case LabelKind::Bad:
        return widgets::displayName(widgets::LabelKind::Bad);
    case LabelKind::Artefact:
        return widgets::displayName(widgets::LabelKind::Artefact);
    case LabelKind::Noteworthy:
        return widgets::displayName(widgets::LabelKind::Noteworthy);
    case LabelKind::Class:
        return QObject::tr("class");
    case LabelKind::Comment:
        return QObject::tr("comment");
    case LabelKind::Skip:
        return QObject::tr("skip");
    case LabelKind::Undo:
        return QObject::tr("undo");
    }
    return {};
}

QString takenBackWords(const std::vector<active::LabelEvent>& taken) {
    const active::LabelEvent& newest = taken.front();
    const QString what = newest.kind == LabelKind::Class ? text(newest.className) : kindWords(newest.kind);
    if (taken.size() == 1) return QObject::tr("Taken back: %1 of %2").arg(what, text(newest.spectrum));
    const bool same = std::all_of(taken.begin(), taken.end(), [&](const active::LabelEvent& event) {
        return event.kind == newest.kind && event.className == newest.className;
    });
    return same ? QObject::tr("Taken back: %1 of %2")
                      .arg(what,
                           bridge::countText(taken.size(), QObject::tr("spectrum"), QObject::tr("spectra")))
                : QObject::tr("Taken back: %1")
                      .arg(bridge::countText(taken.size(), QObject::tr("label"), QObject::tr("labels")));
}

} // namespace balmer::desktop
