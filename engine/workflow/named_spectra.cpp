#include "engine/workflow/named_spectra.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "engine/core/text_number.h"
#include "engine/core/utf8.h"

namespace balmer::workflow {

namespace {

constexpr std::array<std::string_view, 20> endings{
    ".fits", ".fit", ".fts", ".txt",  ".dat",     ".csv", ".tsv", ".asc", ".ascii", ".spec",
    ".vot",  ".xml", ".h5",  ".hdf5", ".votable", ".gz",  ".bz2", ".xz",  ".zst",   ".fz"};

std::string tidy(std::string_view name) {
    auto made = core::tidyName(name);
    return made ? *std::move(made) : std::string(name);
}

/// "LAMOST J0012+34", "lamost j0012+34" and "J0012+34" are one object, so are "HD 1" and "HD1".
std::string objectKey(std::string_view name) {
    auto key = core::lowerCase(name);
    std::erase(key, ' ');
    if (key.starts_with("lamostj")) key.erase(0, std::string_view("lamost").size());
    return key;
}

/// The last part of a path, whichever slashes it has.
std::string_view fileName(std::string_view path) {
    const auto slash = path.find_last_of("/\\");
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// With slashes, without what leads up or nowhere at its beginning.
std::string pathKey(std::string_view path) {
    std::string key(path);
    std::replace(key.begin(), key.end(), '\\', '/');
    key = std::filesystem::path(key).lexically_normal().string();
    while (key.starts_with("../"))
        key.erase(0, 3);
    return key;
}

/// Keeps those for which it holds, where it holds for any.
template <typename Condition>
void prefer(std::vector<std::size_t>& places, Condition condition) {
    if (std::any_of(places.begin(), places.end(), condition))
        std::erase_if(places, [&](std::size_t place) { return !condition(place); });
}

} // namespace

void NamedSpectra::Index::add(std::string name, std::size_t place) {
    if (name.empty()) return;
    const auto [entry, isNew] = places_.emplace(std::move(name), place);
    if (!isNew) entry->second = several;
}

bool NamedSpectra::Index::find(std::string_view name, std::size_t& place, bool& ambiguous) const {
    const auto found = places_.find(std::string(name));
    if (found == places_.end()) return false;
    place = found->second;
    ambiguous = place == several;
    return true;
}

std::string_view NamedSpectra::withoutEndings(std::string_view name) {
    for (bool again = true; again;) {
        again = false;
        for (const auto ending : endings) {
            if (name.size() <= ending.size()) continue;
            if (core::lowerCase(name.substr(name.size() - ending.size())) != ending) continue;
            name.remove_suffix(ending.size());
            again = true;
        }
    }
    return name;
}

NamedSpectra::NamedSpectra(std::vector<SpectrumNames> spectra) : spectra_(std::move(spectra)) {
    for (std::size_t place = 0; place < spectra_.size(); ++place) {
        const auto& each = spectra_[place];
        ids_.add(tidy(each.id), place);
        surveyIds_.add(tidy(each.surveyId), place);
        objects_.add(objectKey(tidy(each.object)), place);
        if (const auto file = tidy(fileName(each.filePath)); !file.empty())
            files_[std::string(withoutEndings(file))].push_back(place);
    }
}

core::Result<NamedSpectra> NamedSpectra::of(store::Catalogue& catalogue) {
    BALMER_TRY(auto records, catalogue.list({}));
    std::vector<SpectrumNames> names;
    names.reserve(records.size());
    for (auto& record : records)
        names.push_back({std::move(record.id), std::move(record.object), std::move(record.surveyId),
                         std::move(record.filePath)});
    return NamedSpectra(std::move(names));
}

bool NamedSpectra::findFile(std::string_view name, std::size_t& place, bool& ambiguous) const {
    const auto found = files_.find(std::string(withoutEndings(fileName(name))));
    if (found == files_.end()) return false;
    auto places = found->second;
    if (places.size() > 1 && fileName(name).size() != name.size()) {
        const auto path = pathKey(name), stem = std::string(withoutEndings(path));
        prefer(places, [&](std::size_t each) {
            const auto other = std::string(withoutEndings(spectra_[each].filePath));
            return other == stem || other.ends_with("/" + stem);
        });
    }
    if (places.size() > 1)
        prefer(places,
               [&](std::size_t each) { return tidy(fileName(spectra_[each].filePath)) == fileName(name); });
    place = places.front();
    ambiguous = places.size() > 1;
    return true;
}

NamedSpectra::Match NamedSpectra::find(std::string_view name) const {
    const auto wanted = tidy(name);
    if (wanted.empty()) return {};
    const auto stem = withoutEndings(wanted);
    std::size_t place = 0;
    bool ambiguous = false;
    const bool found = ids_.find(wanted, place, ambiguous) || surveyIds_.find(wanted, place, ambiguous) ||
                       findFile(wanted, place, ambiguous) || ids_.find(stem, place, ambiguous) ||
                       surveyIds_.find(stem, place, ambiguous) ||
                       objects_.find(objectKey(wanted), place, ambiguous);
    if (!found) return {};
    if (ambiguous) return {{}, true};
    return {spectra_[place].id, false};
}

} // namespace balmer::workflow
