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

enum class LabelKind {
    Class, ///< className says which
    NotSure,
    Bad,        ///< the spectrum is unusable
    Artefact,   ///< an instrumental effect
    Noteworthy, ///< a flag beside the label: the panel stays at the spectrum; className is "" to take the
                ///< flag back
};
QString displayName(LabelKind kind);

/// What stands of a spectrum: a class, or why it has none.
struct Answer {
    LabelKind kind = LabelKind::Class;
    QString className; ///< for Class

    bool operator==(const Answer&) const = default;
};
/// "single peak", or the word for an answer without a class.
QString answerWord(const Answer& answer);

/// One place of the queue, light enough for a hundred thousand.
struct QueueEntry {
    QString id;
    std::optional<QueueList> list; ///< of a round; absent: any other list
    QString label;                 ///< the label that it has; empty: none yet
    std::vector<float> thumbnail;  ///< some 40 to 140 fluxes; may be empty
};

/// Everything that is shown about one spectrum.
struct LabelItem {
    QString id;
    std::optional<QueueList> list;
    bool reading = false;                 ///< its curves are on their way: nothing can be said of it yet
    PlottedSpectrum window;               ///< about Hα
    std::optional<PlottedSpectrum> whole; ///< absent: arrives later by setWholeSpectrum
    std::vector<std::pair<QString, QString>>
        metadata;                      ///< {"S/N", "34"}, in the order shown; the first is the object
    QStringList classNames;            ///< in the order of the digit keys
    std::vector<double> probabilities; ///< one a class; empty: no prediction
    QString predicted;                 ///< class name; empty: no prediction
    double entropy = 0;                ///< of the probabilities, bits or normalised, as the reason says
    QString reason;                    ///< "the two peaks are equally likely (entropy 0.98)"
    QString comment;
    std::optional<Answer> given; ///< before
    bool noteworthy = false;
};

/// What is drawn behind a spectrum's line, to compare it with.
enum class Behind { Nothing, ClassMean, NearestLabelled, OtherEpochs, Prototype };
struct BehindCurves {
    std::optional<PlottedSpectrum> mean; ///< error = spread
    std::vector<PlottedSpectrum> others; ///< drawn behind the spectrum
};

struct LabelGesture {
    LabelKind kind = LabelKind::Class;
    QString className; ///< for Class; otherwise empty, but "noteworthy" when that flag is set
    QString comment;   ///< what stood in the comment field
};

/// For the row at the top.
struct QueueStatus {
    int labelsToday = 0;
    double secondsPerLabel = 0; ///< median; 0: not known
    bool nextRoundPossible = false;
    QString nextRoundHint; ///< the tooltip: what happens, or why it cannot
    int readyRound = 0;    ///< computed meanwhile and not shown yet; 0: none
};

} // namespace balmer::widgets

Q_DECLARE_METATYPE(balmer::widgets::LabelGesture)
Q_DECLARE_METATYPE(balmer::widgets::Behind)
