#include "engine/vo/ssap/spectrum_list.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "engine/core/text_number.h"

namespace balmer::vo {

namespace {

/// How well Balmer reads a form; the less the better.
int rankOf(std::string_view format) {
    if (format.find("fits") != std::string::npos) return 0;
    if (format.find("votable") != std::string::npos) return 1;
    return format.starts_with("text/plain") || format.starts_with("text/csv") || format.empty() ? 2 : 3;
}

/// The fetchable rows of one dataset in one format, the first of each address.
struct Form {
    std::vector<std::size_t> rows;
    std::map<std::string_view, std::size_t> byUrl; ///< places in rows
};

struct Dataset {
    std::map<std::string, Form> forms; ///< by format, in lower case
    const Form* best = nullptr;
};

std::map<std::string_view, Dataset> datasetsOf(const SpectrumList& list) {
    std::map<std::string_view, Dataset> datasets;
    for (std::size_t i = 0; i < list.rows.size(); ++i) {
        const auto& row = list.rows[i];
        if (row.url.empty() || row.publisherDid.empty()) continue;
        auto& form = datasets[row.publisherDid].forms[core::lowerCase(row.format)];
        if (form.byUrl.emplace(row.url, form.rows.size()).second) form.rows.push_back(i);
    }
    const auto order = [](const auto& form) {
        return std::pair(rankOf(form.first), form.second.rows.front());
    };
    for (auto& [did, dataset] : datasets)
        dataset.best =
            &std::min_element(dataset.forms.begin(), dataset.forms.end(), [&](const auto& a, const auto& b) {
                 return order(a) < order(b);
             })->second;
    return datasets;
}

} // namespace

std::size_t textBytes(const ListedSpectrum& row) {
    return row.url.size() + row.trouble.size() + row.format.size() + row.publisherDid.size() +
           row.title.size() + row.target.size() + row.targetClass.size() + row.collection.size() +
           row.observed.size();
}

std::vector<std::size_t> standIns(const SpectrumList& list) {
    const auto datasets = datasetsOf(list);
    std::map<std::string_view, std::size_t> byUrl;
    std::vector<std::size_t> standsFor(list.rows.size());
    for (std::size_t i = 0; i < list.rows.size(); ++i) {
        const auto& row = list.rows[i];
        standsFor[i] = i;
        if (row.url.empty()) continue;
        if (row.publisherDid.empty()) {
            standsFor[i] = byUrl.emplace(row.url, i).first->second;
            continue;
        }
        const auto& dataset = datasets.at(row.publisherDid);
        const auto& own = dataset.forms.at(core::lowerCase(row.format));
        const auto part = own.byUrl.at(row.url);
        // Services list the parts of a dataset in the same order in each form.
        standsFor[i] =
            own.rows.size() <= dataset.best->rows.size() ? dataset.best->rows[part] : own.rows[part];
    }
    return standsFor;
}

std::vector<bool> identified(const SpectrumList& list) {
    std::map<std::pair<std::string_view, std::string>, std::string_view> urls;
    std::set<std::string_view> shared;
    for (const auto& row : list.rows) {
        const auto [known, fresh] =
            urls.try_emplace({row.publisherDid, core::lowerCase(row.format)}, row.url);
        if (!fresh && (row.url.empty() || row.url != known->second)) shared.insert(row.publisherDid);
    }
    std::vector<bool> identified;
    for (const auto& row : list.rows)
        identified.push_back(!row.publisherDid.empty() && !shared.contains(row.publisherDid));
    return identified;
}

} // namespace balmer::vo
