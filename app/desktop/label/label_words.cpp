#include "app/desktop/label/label_words.h"

#include <algorithm>

#include <QObject>

#include "app/bridge/display_text.h"

namespace balmer::desktop {

using active::LabelKind;
using bridge::text;

namespace {

/// Those that stand of "not sure, noteworthy".
std::vector<LabelKind> flagsOf(const api::SpectrumRow& row) {
    std::vector<LabelKind> flags;
    for (QString word : bridge::listItems(text(row.flags)))
        if (const auto kind = active::labelKindFrom(bridge::plain(word.replace(' ', '-'))))
            flags.push_back(*kind);
    return flags;
}

} // namespace

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

std::optional<Verdict> verdictOf(const api::SpectrumRow& row) {
    if (!row.label.empty()) return Verdict{LabelKind::Class, row.label};
    for (const LabelKind flag : flagsOf(row))
        if (flag == LabelKind::NotSure || flag == LabelKind::Bad || flag == LabelKind::Artefact)
            return Verdict{flag, {}};
    return std::nullopt;
}

bool isNoteworthy(const api::SpectrumRow& row) {
    const auto flags = flagsOf(row);
    return std::find(flags.begin(), flags.end(), LabelKind::Noteworthy) != flags.end();
}

QString verdictWords(const std::optional<Verdict>& verdict) {
    if (!verdict) return {};
    return verdict->kind == LabelKind::Class ? text(verdict->className) : kindWords(verdict->kind);
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

} // namespace balmer::desktop
