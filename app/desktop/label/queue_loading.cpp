#include "app/desktop/label/queue_loading.h"

#include <algorithm>
#include <utility>

#include "app/desktop/label/label_words.h"

namespace balmer::desktop {

namespace {

/// Above so many entries the labels are read with one question instead of one each.
constexpr std::size_t mostSingleRows = 1000;
/// So many datasets are searched for the windows of a list: to open one reads its ids.
constexpr std::size_t mostDatasets = 4;

/// A dataset that has this spectrum; "" for none. Opens it, so that its rows are quick from now on.
std::string datasetOf(api::Workbench& workbench, const std::string& id) {
    const auto datasets = workbench.datasets().list();
    if (!datasets) return {};
    for (std::size_t i = 0; i < std::min(mostDatasets, datasets->size()); ++i)
        if (workbench.datasets().row((*datasets)[i].name, id)) return (*datasets)[i].name;
    return {};
}

} // namespace

Verdicts verdictsOf(api::Workbench& workbench, const std::vector<std::string>& ids,
                    const std::stop_token& stop) {
    Verdicts verdicts;
    const auto keep = [&](const api::SpectrumRow& row) {
        if (const auto verdict = verdictOf(row)) verdicts[row.id] = *verdict;
    };
    if (ids.size() > mostSingleRows) {
        if (const auto rows = workbench.spectra().list({})) std::for_each(rows->begin(), rows->end(), keep);
        return verdicts;
    }
    for (const auto& id : ids) {
        if (stop.stop_requested()) break;
        if (const auto row = workbench.spectra().row(id)) keep(*row);
    }
    return verdicts;
}

core::Result<LoadedQueue> loadRound(api::Workbench& workbench, jobs::JobId job, const std::stop_token& stop) {
    BALMER_TRY(auto content, workbench.labelling().round(job));
    LoadedQueue loaded;
    std::vector<std::string> ids;
    for (const auto& entry : content.entries)
        ids.push_back(entry.id);
    loaded.dataset = content.info.dataset;
    // This opens the dataset too, so that its rows are quick from now on.
    if (auto predictions = workbench.models().predictions(loaded.dataset, ids, content.info.job))
        for (std::size_t i = 0; i < ids.size(); ++i)
            loaded.predictions.insert_or_assign(ids[i], std::move((*predictions)[i]));
    loaded.verdicts = verdictsOf(workbench, ids, stop);
    loaded.entries = entriesOf(std::move(content.entries));
    loaded.round = std::move(content.info);
    return loaded;
}

core::Result<LoadedQueue> loadList(api::Workbench& workbench, const std::vector<std::string>& ids,
                                   const std::vector<std::string>& reasons, const std::stop_token& stop) {
    LoadedQueue loaded;
    loaded.entries = entriesOf(ids, reasons);
    loaded.verdicts = verdictsOf(workbench, ids, stop);
    if (!ids.empty()) loaded.dataset = datasetOf(workbench, ids.front());
    return loaded;
}

core::Result<LoadedQueue> loadUnlabelled(api::Workbench& workbench, const std::stop_token& stop) {
    BALMER_TRY(const auto rows, workbench.spectra().list("label is null"));
    std::vector<std::string> ids;
    for (const auto& row : rows)
        if (!verdictOf(row)) ids.push_back(row.id);
    return loadList(workbench, ids, {}, stop);
}

} // namespace balmer::desktop
