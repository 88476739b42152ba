#include "engine/workflow/round_result.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/core/text_number.h"
#include "engine/core/utf8.h"
#include "engine/io/table_reader.h"
#include "engine/learn/metrics.h"

namespace balmer::workflow {

using nlohmann::json;

namespace {

json itemsOf(const store::RoundRecord& round, active::RoundList list) {
    json items = json::array();
    for (const auto& item : round.items)
        if (item.list == list)
            items.push_back({{"id", item.spectrum},
                             {"class", item.predicted},
                             {"probability", item.probability},
                             {"entropy", item.entropy},
                             {"reason", item.reason}});
    return items;
}

} // namespace

json roundLists(const store::RoundRecord& round) {
    json lists = json::object();
    for (const auto list : active::roundLists)
        lists[std::string(active::toString(list))] = itemsOf(round, list);
    return lists;
}

core::Result<Truth> readTruth(const Run& run, const std::string& file,
                              const std::vector<std::string>& classes) {
    BALMER_TRY(const auto table, io::readTable(run.file(file)));
    BALMER_TRY(const auto id, io::columnNamed(table.columns, "id"));
    BALMER_TRY(auto label, io::columnNamed(table.columns, "label"));
    if (!label) {
        BALMER_TRY(label, io::columnNamed(table.columns, "class"));
    }
    if (!id || !label)
        return core::fail(core::ErrorCode::InvalidArgument, file + " needs the columns id and label");
    Truth truth;
    for (const auto& row : table.rows) {
        BALMER_TRY(auto className, core::tidyName(row[*label]));
        if (std::find(classes.begin(), classes.end(), className) == classes.end())
            return core::fail(core::ErrorCode::InvalidArgument,
                              file + " calls " + row[*id] + " \"" + className +
                                  "\", which is not one of the classes; name it in parameters.classes");
        const auto [answer, isNew] = truth.emplace(core::trimmed(row[*id]), className);
        if (!isNew && answer->second != className)
            return core::fail(core::ErrorCode::InvalidArgument, file + " calls " + row[*id] + " both \"" +
                                                                    answer->second + "\" and \"" + className +
                                                                    "\"; leave one of the two rows out");
    }
    return truth;
}

json roundPrecision(const store::RoundRecord& round) {
    if (!round.precision)
        return {{"precision", nullptr}, {"precision_lower_95", nullptr}, {"judged", nullptr}};
    return {{"precision", round.precision->precision},
            {"precision_lower_95", round.precision->lowerBound},
            {"judged", round.precision->judged}};
}

json recallOf(const Truth& truth, const dataset::Dataset& dataset, const TargetClasses& classes,
              const core::FloatMatrix& probabilities) {
    std::vector<std::size_t> there(classes.classes.size()), right(classes.classes.size());
    std::size_t anyThere = 0, anyFound = 0;
    const auto predicted = learn::mostProbable(probabilities.view());
    for (std::size_t row = 0; row < dataset.rows(); ++row) {
        const auto found = truth.find(dataset.ids()[row]);
        if (found == truth.end()) continue;
        const auto k = static_cast<std::size_t>(
            std::find(classes.classes.begin(), classes.classes.end(), found->second) -
            classes.classes.begin());
        ++there[k];
        right[k] += predicted[row] == static_cast<int>(k);
        anyThere += classes.isTarget(static_cast<int>(k));
        anyFound +=
            classes.isTarget(static_cast<int>(k)) && predicted[row] >= 0 && classes.isTarget(predicted[row]);
    }
    json recall{{"by_class", json::object()}, {"targets", nullptr}};
    for (const int k : classes.targets) {
        const auto index = static_cast<std::size_t>(k);
        recall["by_class"][classes.classes[index]] =
            there[index] ? json(static_cast<double>(right[index]) / static_cast<double>(there[index]))
                         : json(nullptr);
    }
    if (anyThere != 0) recall["targets"] = static_cast<double>(anyFound) / static_cast<double>(anyThere);
    return recall;
}

} // namespace balmer::workflow
