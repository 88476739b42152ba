// What the labelling panel takes and gives: plain values.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include <QMetaType>
#include <QString>
#include <QStringList>

#include "engine/active/label_event.h"
#include "widgets/spectrum/plotted_spectrum.h"

namespace balmer::widgets {

/// The three lists of a round: asked by the oracle (white, "O"), to estimate the precision (green, "E"),
/// candidates (yellow, "C").
using QueueList = active::RoundList;
QString displayName(QueueList list);

/// One place of the queue, light enough for a hundred thousand.
struct QueueEntry {
    QString id;
    QueueList list = QueueList::Oracle;
    QString label;                ///< the label that it has; empty: none yet
    std::vector<float> thumbnail; ///< some 40 to 140 fluxes; may be empty
};

/// Everything that is shown about one spectrum.
struct LabelItem {
    QString id;
    QueueList list = QueueList::Oracle;
    PlottedSpectrum window;                    ///< about Hα
    std::optional<PlottedSpectrum> whole;      ///< absent: arrives later by setWholeSpectrum
    std::optional<PlottedSpectrum> neighbours; ///< mean of its neuron's members, error = spread
    std::vector<std::pair<QString, QString>>
        metadata;                      ///< {"S/N", "34"}, in the order shown; the first is the object
    QStringList classNames;            ///< in the order of the digit keys
    std::vector<double> probabilities; ///< one a class; empty: no prediction
    QString predicted;                 ///< class name; empty: no prediction
    double entropy = 0;                ///< of the probabilities, bits or normalised, as the reason says
    QString reason;                    ///< "the two peaks are equally likely (entropy 0.98)"
    QString comment;
    QString currentLabel; ///< as in LabelGesture, for what was labelled before
    bool noteworthy = false;
};

enum class LabelKind {
    Class, ///< className says which
    NotSure,
    Bad,        ///< the spectrum is unusable
    Artefact,   ///< an instrumental effect
    Noteworthy, ///< a flag beside the label: the panel stays at the spectrum; className is "" to take the
                ///< flag back
};
QString displayName(LabelKind kind);

struct LabelGesture {
    LabelKind kind = LabelKind::Class;
    QString className; ///< for Class; otherwise empty, but "noteworthy" when that flag is set
    QString comment;   ///< what stood in the comment field
};

/// For the strip at the top.
struct RoundStatus {
    int round = 0; ///< from 1; 0: no round yet
    int done = 0;  ///< labelled in the current list
    int total = 0; ///< length of the current list
    QueueList list = QueueList::Oracle;
    int labelsToday = 0;
    double secondsPerLabel = 0; ///< median; 0: not known
    bool nextRoundPossible = false;
    QString nextRoundHint; ///< the tooltip: what happens, or why it cannot
    int readyRound = 0;    ///< computed meanwhile and not shown yet; 0: none
};

} // namespace balmer::widgets

Q_DECLARE_METATYPE(balmer::widgets::LabelGesture)
