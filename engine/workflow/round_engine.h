// One round of active learning in memory: which model judges the pool, what it says of each row, and which
// spectra are asked about. Nothing is kept here: the round of a project (round_job.cpp) and the comparison of
// strategies (active_benchmark_job.cpp) are the same computation. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/active/mix.h"
#include "engine/active/query.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/dataset/dataset.h"
#include "engine/workflow/parameters.h"
#include "engine/workflow/round_training.h"

namespace balmer::workflow {

/// "auto": the network while simulated lines teach a class that has few labels, else the committee, which
/// needs no more than a label a class; once each class has enough labels to judge them, whichever of the two
/// cross-validation finds better.
constexpr std::string_view automaticModel = "auto";

/// The fields by which a round is chosen, in every kind of job that plays one.
struct RoundChoices {
    std::string dataset;
    std::vector<std::string> classes{"other", "single peak", "double peak"};
    std::vector<std::string> targets;
    int batch = 10;
    std::string strategy = "auto";
    std::string model{automaticModel};
    std::map<std::string, std::string> profile;
    int simulated = 400;
    int enough = 50;
    int epochs = 0;
    int patience = 10;
    std::uint64_t seed = 1;
    int threads = 0;

    void declare(Fields& fields);
    /// With the names of classes as labels keep them, and with the targets that are meant.
    core::Status tidy();
    core::Status validate() const;
    core::Result<TargetClasses> targetClasses() const;
    SimulationParameters simulation() const;
};

struct PlayedRound {
    const learn::ClassifierKind* kind = nullptr; ///< that was trained; nothing where none could be
    /// Macro-F1 by cross-validation on the labels, by the name of the kind; empty where none were compared.
    std::map<std::string, double> compared;
    RankedPool ranked;
    TrainingPlan plan;
    active::RoundLists lists;
};

/// number: of the round, from 1. lengths of the two other lists: 0 leaves the estimate out, 0 lists all
/// candidates. Errors: those of trainAndRank(), drawRound(); InvalidArgument where nothing can be trained and
/// none is left to ask about.
core::Result<PlayedRound> playRound(const RoundChoices& choices, const TargetClasses& classes,
                                    const dataset::Dataset& dataset, const RowLabels& labels, int number,
                                    std::size_t estimate, std::size_t candidates, std::size_t threads,
                                    core::TaskContext& task);

} // namespace balmer::workflow
