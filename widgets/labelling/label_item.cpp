#include "widgets/labelling/label_item.h"

#include <QCoreApplication>

namespace balmer::widgets {

QString displayName(LabelKind kind) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("LabelKind", text); };
    switch (kind) {
    case LabelKind::Class:
        return tr("class");
    case LabelKind::NotSure:
        return tr("not sure");
    case LabelKind::Bad:
        return tr("bad");
    case LabelKind::Artefact:
        return tr("artefact");
    case LabelKind::Noteworthy:
        return tr("noteworthy");
    }
    return {};
}

QString answerWord(const Answer& answer) {
    return answer.kind == LabelKind::Class ? answer.className : displayName(answer.kind);
}

QString displayName(QueueList list) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("QueueList", text); };
    switch (list) {
    case QueueList::Oracle:
        return tr("oracle");
    case QueueList::PerformanceEstimate:
        return tr("performance estimate");
    case QueueList::Candidates:
        return tr("candidates");
    }
    return {};
}

} // namespace balmer::widgets
