#include "engine/api/local_datasets.h"

#include "engine/store/dataset_registry.h"
#include "engine/workflow/class_means.h"

namespace balmer::api {

core::Result<std::vector<DatasetInfo>> LocalDatasets::list() {
    BALMER_TRY(const auto records, project_.datasets().list());
    std::vector<DatasetInfo> infos;
    for (const auto& record : records)
        infos.push_back({record.name, record.digest, static_cast<std::size_t>(record.rows),
                         static_cast<std::size_t>(record.columns), record.firstWavelength,
                         record.lastWavelength, record.pipeline, record.created});
    return infos;
}

core::Result<WindowRow> LocalDatasets::row(const std::string& name, const std::string& id) {
    BALMER_TRY(const auto dataset, open_.get(name));
    const auto index = dataset.rowOf(id);
    if (!index) return core::fail(core::ErrorCode::NotFound, "the dataset " + name + " has no row for " + id);
    WindowRow row;
    row.id = id;
    const auto wavelengths = dataset.wavelengthAngstrom();
    row.wavelengthAngstrom.assign(wavelengths.begin(), wavelengths.end());
    const auto copy = [&](auto view, auto& into) {
        if (view.empty()) return;
        const auto values = view.row(*index);
        into.assign(values.begin(), values.end());
    };
    copy(dataset.flux(), row.flux);
    copy(dataset.inverseVariance(), row.inverseVariance);
    copy(dataset.mask(), row.mask);
    return row;
}

core::Result<std::vector<ClassMean>> LocalDatasets::classMeans(const std::string& name) {
    BALMER_TRY(const auto dataset, open_.get(name));
    BALMER_TRY(auto means, workflow::classMeans(project_, dataset));
    const auto wavelengths = dataset.wavelengthAngstrom();
    std::vector<ClassMean> made;
    for (auto& each : means)
        made.push_back({std::move(each.className),
                        each.rows,
                        {wavelengths.begin(), wavelengths.end()},
                        std::move(each.mean),
                        std::move(each.spread)});
    return made;
}

core::Result<std::vector<LabelledNeighbour>>
LocalDatasets::nearestLabelled(const std::string& name, const std::string& id, std::size_t most) {
    BALMER_TRY(const auto dataset, open_.get(name));
    BALMER_TRY(auto found, workflow::nearestLabelled(project_, dataset, id, most));
    std::vector<LabelledNeighbour> neighbours;
    for (auto& each : found) {
        BALMER_TRY(auto window, row(name, each.id));
        neighbours.push_back({std::move(each.className), each.correlation, std::move(window)});
    }
    return neighbours;
}

} // namespace balmer::api
