#include "app/desktop/label/label_words.h"

#include "app/bridge/display_text.h"

namespace balmer::desktop {

using bridge::text;

widgets::QueueList queueList(const std::string& list) {
    if (list == listNames[1]) return widgets::QueueList::PerformanceEstimate;
    if (list == listNames[2]) return widgets::QueueList::Candidate;
    return widgets::QueueList::Oracle;
}

active::RoundList roundList(const std::string& list) {
    if (list == listNames[1]) return active::RoundList::PerformanceEstimate;
    if (list == listNames[2]) return active::RoundList::Candidates;
    return active::RoundList::Oracle;
}

active::LabelKind kindOf(widgets::LabelKind kind) {
    switch (kind) {
    case widgets::LabelKind::Class:
        return active::LabelKind::Class;
    case widgets::LabelKind::NotSure:
        return active::LabelKind::NotSure;
    case widgets::LabelKind::Bad:
        return active::LabelKind::Bad;
    case widgets::LabelKind::Artefact:
        return active::LabelKind::Artefact;
    case widgets::LabelKind::Noteworthy:
        return active::LabelKind::Noteworthy;
    }
    return active::LabelKind::NotSure;
}

QString verdictOf(const api::SpectrumRow& row) {
    if (!row.label.empty()) return text(row.label);
    const QString flags = QString(text(row.flags)).replace('-', ' ');
    for (const auto kind :
         {widgets::LabelKind::NotSure, widgets::LabelKind::Bad, widgets::LabelKind::Artefact})
        if (flags.contains(widgets::displayName(kind), Qt::CaseInsensitive))
            return widgets::displayName(kind);
    return {};
}

bool isNoteworthy(const api::SpectrumRow& row) {
    return text(row.flags).contains(QStringLiteral("noteworthy"));
}

} // namespace balmer::desktop
