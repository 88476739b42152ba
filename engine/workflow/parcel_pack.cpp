// What a job reads, as the files of a parcel.

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "engine/core/files.h"
#include "engine/core/pending_file.h"
#include "engine/io/spectrum_reader.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "engine/store/round_archive.h"
#include "engine/workflow/models.h"
#include "engine/workflow/parcel.h"
#include "engine/workflow/parcel_format.h"
#include "engine/workflow/spectrum_source.h"

namespace balmer::workflow {

namespace {

namespace fs = std::filesystem;
using core::ErrorCode;

constexpr std::uint64_t packBytes = std::uint64_t{64} << 20; ///< a pack that has reached these ends

/// One packing.
class Packing {
  public:
    Packing(store::Project& project, const jobs::Job& job, fs::path scratch, core::TaskContext& task)
        : project_(project), job_(job), scratch_(std::move(scratch)), task_(task) {}

    core::Result<std::vector<ParcelFile>> pack(const Needs& needs) {
        BALMER_CHECK(core::makeFolders(scratch_));
        for (const auto& name : needs.datasets)
            BALMER_CHECK(addDataset(name, true));
        for (const auto& name : needs.models)
            BALMER_CHECK(addModel(name));
        for (const auto& name : needs.files) {
            BALMER_TRY(auto file, addFile("file-" + std::to_string(index_.files.size() + 1), name));
            index_.files.push_back(std::move(file));
        }
        if (needs.labels) BALMER_CHECK(addLabels());
        if (needs.rounds) BALMER_CHECK(addRounds());
        if (needs.spectra) BALMER_CHECK(addSpectra(*needs.spectra));
        BALMER_TRY(const auto index, encodeIndex(index_));
        BALMER_CHECK(write("parcel.json", index));
        std::rotate(files_.begin(), std::prev(files_.end()), files_.end());
        return std::move(files_);
    }

  private:
    core::Status write(const std::string& name, std::string_view content) {
        files_.push_back({name, scratch_ / name});
        return core::replaceFile(scratch_ / name, content);
    }

    core::Result<std::string> addFile(std::string name, const fs::path& path) {
        std::error_code error;
        const auto whole = fs::absolute(path, error);
        BALMER_TRY(const auto file, core::File::openNamed(whole));
        BALMER_CHECK(file.stamp());
        files_.push_back({name, whole});
        return name;
    }

    /// chosen: the user named it, so that the job may say which content was meant.
    core::Status addDataset(const std::string& name, bool chosen) {
        if (std::ranges::any_of(index_.datasets, [&](const auto& each) { return each.name == name; }))
            return {};
        BALMER_TRY(const auto record, project_.datasets().get(name));
        const auto& inputs = job_.spec.inputs;
        if (chosen && !inputs.empty() && std::ranges::find(inputs, record.digest) == inputs.end())
            return core::fail(ErrorCode::InvalidArgument,
                              "the dataset \"" + name + "\" has other content than when job " +
                                  std::to_string(job_.id) + " was submitted; submit the job again");
        BALMER_TRY(auto dataset, openDataset(project_, name));
        if (dataset.digest() != record.digest)
            return core::fail(ErrorCode::Format, dataset.path().string() + " is no longer the file of \"" +
                                                     name + "\"; make the dataset again");
        BALMER_TRY(auto file,
                   addFile("dataset-" + std::to_string(index_.datasets.size() + 1), dataset.path()));
        index_.datasets.push_back({name, record.digest, std::move(file)});
        datasets_.push_back(std::move(dataset));
        return {};
    }

    core::Status addModel(const std::string& name) {
        BALMER_TRY(const auto found, findModel(project_, name));
        InputIndex::Model model;
        BALMER_TRY(model.file, addFile("model-" + std::to_string(index_.models.size() + 1), found.file));
        model.job = found.job;
        if (found.job != 0) {
            BALMER_TRY(const auto job, project_.jobs().get(found.job));
            model.kind = job.spec.kind;
            model.label = job.spec.label;
            for (const auto& artefact : job.artefacts)
                if (artefact.digest == found.digest) model.artefact = artefact;
        }
        index_.models.push_back(std::move(model));
        return {};
    }

    /// Who said what, when and where is not what a computation reads, and stays at home.
    core::Status addLabels() {
        BALMER_TRY(const auto all, project_.labels().list({}));
        std::map<std::int64_t, std::int64_t> places;
        std::vector<active::LabelEvent> events;
        for (const auto& event : all) {
            if (std::ranges::none_of(
                    datasets_, [&](const auto& each) { return each.rowOf(event.spectrum).has_value(); }))
                continue;
            active::LabelEvent kept;
            kept.spectrum = event.spectrum;
            kept.kind = event.kind;
            kept.className = event.className;
            if (event.supersedes) {
                const auto place = places.find(*event.supersedes);
                if (place != places.end()) kept.supersedes = place->second;
            }
            events.push_back(std::move(kept));
            places.emplace(event.id, static_cast<std::int64_t>(events.size()));
        }
        index_.labels = true;
        BALMER_TRY(const auto text, encodeLabels(events));
        return write("labels.json", text);
    }

    /// All, because each counts; of the last with the same classes also the sample by which it is judged.
    core::Status addRounds() {
        std::vector<store::RoundRecord> rounds;
        for (const auto& dataset : index_.datasets) {
            BALMER_TRY(const auto all, project_.rounds().list(dataset.name));
            std::map<std::vector<std::string>, std::int64_t> last;
            for (const auto& round : all)
                last[round.classes] = round.id;
            for (const auto& round : all) {
                store::RoundRecord kept;
                kept.dataset = round.dataset;
                kept.number = round.number;
                kept.classes = round.classes;
                if (last[round.classes] == round.id) {
                    BALMER_TRY(const auto whole, project_.rounds().get(round.id));
                    kept.precision = whole.precision;
                    for (const auto& item : whole.items)
                        if (item.list == active::RoundList::PerformanceEstimate) {
                            kept.items.push_back(item);
                            kept.items.back().reason.clear();
                        }
                }
                rounds.push_back(std::move(kept));
            }
        }
        index_.rounds = true;
        BALMER_TRY(const auto text, encodeRounds(rounds));
        return write("rounds.json", text);
    }

    core::Status addSpectra(const store::CatalogueQuery& query) {
        BALMER_TRY(const auto records, project_.catalogue().list(query));
        PackedSpectra packed;
        std::map<std::string, std::size_t> known;
        for (std::size_t i = 0; i < records.size(); ++i) {
            const auto& record = records[i];
            BALMER_CHECK(task_.checkpoint(static_cast<double>(i) / static_cast<double>(records.size()),
                                          "packing spectra"));
            PackedSpectra::Spectrum spectrum;
            spectrum.id = record.id;
            spectrum.collection = record.collection;
            spectrum.contentDigest = record.contentDigest;
            spectrum.part = record.part;
            if (!record.dataset.empty()) {
                BALMER_CHECK(addDataset(record.dataset, false));
                spectrum.dataset = record.dataset;
            } else {
                const auto [place, isNew] = known.emplace(record.filePath, packed.files.size());
                spectrum.file = place->second;
                if (isNew) {
                    BALMER_TRY(auto file, packFile(record.filePath));
                    packed.files.push_back(std::move(file));
                }
            }
            packed.spectra.push_back(std::move(spectrum));
        }
        BALMER_CHECK(endPack());
        index_.spectra = true;
        BALMER_TRY(const auto text, encodeSpectra(packed));
        return write("spectra.json", text);
    }

    /// A file that cannot be read is refused there with the reason that it would be refused with here.
    core::Result<PackedSpectra::File> packFile(const std::string& path) {
        PackedSpectra::File file;
        file.path = path;
        const auto content = core::readFile(path, io::ReadOptions{}.fileLimitBytes);
        if (!content) {
            file.error = content.error();
            return file;
        }
        if (!pack_) {
            const auto name = "pack-" + std::to_string(++index_.packs);
            files_.push_back({name, scratch_ / name});
            BALMER_CHECK(core::removeFile(scratch_ / name)); // of an earlier packing
            BALMER_TRY(pack_, core::File::open(scratch_ / name, core::File::Use::CreateNew));
            packed_ = 0;
        }
        file.pack = index_.packs;
        file.offset = packed_;
        file.bytes = content->size();
        BALMER_CHECK(pack_->write(*content));
        packed_ += content->size();
        if (packed_ >= packBytes) BALMER_CHECK(endPack());
        return file;
    }

    core::Status endPack() {
        if (pack_) BALMER_CHECK(pack_->close());
        pack_.reset();
        return {};
    }

    store::Project& project_;
    const jobs::Job& job_;
    fs::path scratch_;
    core::TaskContext& task_;
    InputIndex index_;
    std::vector<dataset::Dataset> datasets_;
    std::vector<ParcelFile> files_;
    std::optional<core::File> pack_;
    std::uint64_t packed_ = 0;
};

} // namespace

core::Result<std::vector<ParcelFile>> packInputs(store::Project& project, const JobKind& kind,
                                                 const jobs::Job& job, const fs::path& scratch,
                                                 core::TaskContext& task) {
    BALMER_CHECK(checkTravel(kind));
    BALMER_TRY(const auto needs, kind.needs(job.spec.parameters));
    return Packing(project, job, scratch, task).pack(needs);
}

} // namespace balmer::workflow
