#include "app/desktop/label/label_words.h"

#include <algorithm>

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

std::optional<widgets::Answer> answerOf(const std::optional<Verdict>& verdict) {
    if (!verdict) return std::nullopt;
    switch (verdict->kind) {
    case LabelKind::Class:
        return widgets::Answer{widgets::LabelKind::Class, text(verdict->className)};
    case LabelKind::Bad:
        return widgets::Answer{widgets::LabelKind::Bad, {}};
    case LabelKind::Artefact:
        return widgets::Answer{widgets::LabelKind::Artefact, {}};
    default:
        return widgets::Answer{widgets::LabelKind::NotSure, {}};
    }
}

} // namespace balmer::desktop
