// A parcel's job in a scratch project, and what it made there as the files of another parcel.

#include <algorithm>
#include <span>

#include "engine/core/clock.h"
#include "engine/core/files.h"
#include "engine/core/pending_file.h"
#include "engine/dataset/dataset.h"
#include "engine/io/spectrum_reader.h"
#include "engine/jobs/process_token.h"
#include "engine/store/artefact_folder.h"
#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "engine/store/round_archive.h"
#include "engine/workflow/parcel.h"
#include "engine/workflow/parcel_format.h"

namespace balmer::workflow {

namespace {

namespace fs = std::filesystem;
using core::ErrorCode;

core::Error badParcel(const std::string& what) {
    return core::Error(ErrorCode::Format, what + "; submit the job again");
}

class ScratchFolder {
  public:
    explicit ScratchFolder(fs::path folder) : folder_(std::move(folder)) {}
    ~ScratchFolder() { (void)core::removeTree(folder_); }
    const fs::path& path() const { return folder_; }

  private:
    fs::path folder_;
};

core::Status makeAnew(const fs::path& folder) {
    BALMER_CHECK(core::removeTree(folder));
    return core::makeFolders(folder);
}

/// The inputs of a parcel, as they are taken into the scratch project.
class Unpacking {
  public:
    Unpacking(fs::path inputs, store::Project& project, CarriedFiles& carried)
        : inputs_(std::move(inputs)), project_(project), carried_(carried) {}

    core::Status readIndex() {
        BALMER_TRY(const auto text, read("parcel.json"));
        BALMER_TRY(index_, decodeIndex(text));
        return {};
    }

    /// The files that the parameters name; the index has them in the same order.
    core::Status takeFiles(const Needs& needs) {
        if (needs.files.size() != index_.files.size() || needs.models.size() != index_.models.size() ||
            (needs.labels && !index_.labels) || (needs.rounds && !index_.rounds) ||
            (needs.spectra && !index_.spectra))
            return core::fail(badParcel("parcel.json does not have what the parameters of the job need"));
        for (std::size_t i = 0; i < needs.files.size(); ++i) {
            BALMER_TRY(const auto file, input(index_.files[i]));
            carried_.files[needs.files[i]] = {file, 0, 0, {}};
        }
        for (std::size_t i = 0; i < needs.models.size(); ++i) {
            if (index_.models[i].job != 0) continue;
            BALMER_TRY(const auto file, input(index_.models[i].file));
            carried_.files[needs.models[i]] = {file, 0, 0, {}};
        }
        return {};
    }

    core::Status takeData(core::TaskContext& task) {
        for (const auto& dataset : index_.datasets) {
            BALMER_CHECK(task.checkpoint(0, "reading the inputs"));
            BALMER_CHECK(takeDataset(dataset));
        }
        for (const auto& model : index_.models)
            if (model.job != 0) BALMER_CHECK(takeModel(model));
        if (index_.labels) BALMER_CHECK(takeLabels());
        if (index_.rounds) BALMER_CHECK(takeRounds());
        if (index_.spectra) BALMER_CHECK(takeSpectra());
        return {};
    }

    std::int64_t lastEvent() const { return lastEvent_; }
    const std::vector<store::RoundRecord>& rounds() const { return rounds_; }

  private:
    core::Result<fs::path> input(const std::string& name) const {
        auto file = inputs_ / name;
        std::error_code error;
        if (!fs::is_regular_file(file, error))
            return core::fail(badParcel("the parcel names " + name + ", but did not bring it"));
        return file;
    }
    core::Result<std::string> read(const std::string& name) const {
        BALMER_TRY(const auto file, input(name));
        return core::readFile(file);
    }

    core::Status takeDataset(const InputIndex::Dataset& described) {
        BALMER_TRY(const auto file, input(described.file));
        const auto opened = dataset::Dataset::openProved(file, described.digest);
        if (!opened)
            return core::fail(badParcel("the dataset \"" + described.name +
                                        "\" that is not what its parcel says (" + opened.error().message() +
                                        ")"));
        const auto& dataset = *opened;
        store::DatasetRecord record;
        record.name = described.name;
        record.digest = described.digest;
        std::error_code error;
        record.file = fs::absolute(file, error).string(); // stays where it is
        record.rows = static_cast<std::int64_t>(dataset.rows());
        record.columns = static_cast<std::int64_t>(dataset.columns());
        record.firstWavelength = dataset.wavelengthAngstrom().front();
        record.lastWavelength = dataset.wavelengthAngstrom().back();
        BALMER_CHECK(project_.datasets().adopt(record));
        return {};
    }

    core::Status takeModel(const InputIndex::Model& model) {
        BALMER_TRY(const auto file, input(model.file));
        BALMER_TRY(const auto artefact,
                   project_.artefacts().putFile(file, model.artefact.name, model.artefact.mediaType));
        if (artefact != model.artefact)
            return core::fail(badParcel("the model " + model.kind + "-" + std::to_string(model.job) +
                                        " has another digest or size than its parcel says"));
        jobs::Job job;
        job.id = model.job;
        job.spec.kind = model.kind;
        job.spec.label = model.label;
        job.phase = jobs::Phase::Completed;
        job.artefacts = {artefact};
        return project_.adopt(job);
    }

    core::Status takeLabels() {
        BALMER_TRY(const auto text, read("labels.json"));
        BALMER_TRY(const auto events, decodeLabels(text));
        // In a project without labels events count from 1, as their places in the file do.
        BALMER_TRY(const auto ids, project_.labels().appendAll(events));
        lastEvent_ = ids.empty() ? 0 : ids.back();
        return {};
    }

    core::Status takeRounds() {
        BALMER_TRY(const auto text, read("rounds.json"));
        BALMER_TRY(const auto rounds, decodeRounds(text));
        for (const auto& round : rounds) {
            BALMER_TRY(auto kept, project_.rounds().add(round));
            if (kept.number != round.number)
                return core::fail(badParcel("rounds.json leaves out a round of \"" + round.dataset + "\""));
            rounds_.push_back(std::move(kept));
        }
        return {};
    }

    core::Status takeSpectra() {
        BALMER_TRY(const auto text, read("spectra.json"));
        BALMER_TRY(const auto packed, decodeSpectra(text));
        std::vector<fs::path> packs;
        std::vector<std::uint64_t> sizes;
        for (std::size_t i = 1; i <= index_.packs; ++i) {
            BALMER_TRY(auto file, input("pack-" + std::to_string(i)));
            std::error_code error;
            sizes.push_back(fs::file_size(file, error));
            packs.push_back(std::move(file));
        }
        for (const auto& file : packed.files) {
            CarriedFiles::File made{{}, file.offset, file.bytes, file.error};
            if (!file.error) {
                if (file.pack > packs.size() || file.bytes > io::ReadOptions{}.fileLimitBytes ||
                    file.offset > sizes[file.pack - 1] || file.bytes > sizes[file.pack - 1] - file.offset)
                    return core::fail(badParcel("spectra.json places " + file.path + " where no pack is"));
                made.path = packs[file.pack - 1];
            }
            if (!carried_.files.emplace(file.path, std::move(made)).second)
                return core::fail(badParcel("spectra.json names " + file.path + " twice"));
        }
        std::vector<store::NewSpectrum> batch;
        for (std::size_t i = 0; i < packed.spectra.size(); ++i) {
            const auto& spectrum = packed.spectra[i];
            store::NewSpectrum made;
            made.collection = spectrum.collection;
            made.metadata.id = spectrum.id;
            made.keepsId = true;
            made.contentDigest = spectrum.contentDigest;
            made.part = spectrum.part;
            made.dataset = spectrum.dataset;
            if (spectrum.dataset.empty()) made.filePath = packed.files[spectrum.file].path;
            batch.push_back(std::move(made));
            if (batch.size() < 500 && i + 1 < packed.spectra.size()) continue;
            const auto added = project_.catalogue().add(batch);
            if (!added && added.error().code() == core::ErrorCode::InvalidArgument)
                return core::fail(badParcel("spectra.json: " + added.error().message()));
            BALMER_TRY(const auto outcomes, added);
            for (std::size_t k = 0; k < batch.size(); ++k)
                if (!outcomes[k].added || outcomes[k].id != batch[k].metadata.id)
                    return core::fail(badParcel("spectra.json names " + batch[k].metadata.id + " twice"));
            batch.clear();
        }
        return {};
    }

    fs::path inputs_;
    store::Project& project_;
    CarriedFiles& carried_;
    InputIndex index_;
    std::int64_t lastEvent_ = 0;
    std::vector<store::RoundRecord> rounds_;
};

/// Passes the log on and keeps the artefacts.
class ArtefactCollector : public jobs::JobNotes {
  public:
    explicit ArtefactCollector(jobs::JobNotes& notes) : notes_(notes) {}
    void log(std::string_view line) override { notes_.log(line); }
    void artefact(const jobs::Artefact& artefact) override {
        if (std::ranges::find(artefacts_, artefact) == artefacts_.end()) artefacts_.push_back(artefact);
    }
    const std::vector<jobs::Artefact>& artefacts() const { return artefacts_; }

  private:
    jobs::JobNotes& notes_;
    std::vector<jobs::Artefact> artefacts_;
};

/// What the job added to the scratch project.
class Gathering {
  public:
    Gathering(store::Project& project, jobs::JobId job, fs::path folder)
        : project_(project), job_(job), folder_(std::move(folder)) {}

    core::Result<std::vector<ParcelFile>> gather(const std::vector<jobs::Artefact>& artefacts,
                                                 const Unpacking& before) {
        BALMER_TRY(const auto datasets, project_.datasets().list());
        for (const auto& dataset : datasets)
            BALMER_CHECK(addColumns(dataset));
        for (const auto& dataset : datasets) {
            if (dataset.job != job_) continue;
            BALMER_TRY(auto name, move(project_.folder() / dataset.file,
                                       "dataset-" + std::to_string(outputs_.datasets.size() + 1)));
            outputs_.datasets.push_back({dataset, std::move(name)});
        }
        for (const auto& artefact : artefacts) {
            const auto same = std::ranges::find(outputs_.artefacts, artefact.digest,
                                                [](const auto& each) { return each.artefact.digest; });
            if (same != outputs_.artefacts.end()) {
                outputs_.artefacts.push_back({artefact, same->file});
                continue;
            }
            BALMER_TRY(const auto file, project_.artefacts().path(artefact.digest));
            BALMER_TRY(auto name, move(file, "artefact-" + std::to_string(outputs_.artefacts.size() + 1)));
            outputs_.artefacts.push_back({artefact, std::move(name)});
        }
        BALMER_TRY(const auto rounds, project_.rounds().list());
        for (const auto& round : rounds) {
            if (round.job != job_) continue;
            BALMER_TRY(auto whole, project_.rounds().get(round.id));
            outputs_.rounds.push_back(std::move(whole));
        }
        for (const auto& round : before.rounds())
            BALMER_CHECK(addJudgement(round));
        store::LabelFilter newEvents;
        newEvents.after = before.lastEvent();
        BALMER_TRY(outputs_.events, project_.labels().list(newEvents));
        BALMER_TRY(const auto text, encodeOutputs(outputs_));
        BALMER_CHECK(core::replaceFile(folder_ / "outputs.json", text));
        files_.insert(files_.begin(), {"outputs.json", folder_ / "outputs.json"});
        return std::move(files_);
    }

  private:
    core::Result<std::string> move(const fs::path& from, std::string name) {
        BALMER_CHECK(core::renameFile(from, folder_ / name));
        files_.push_back({name, folder_ / name});
        return name;
    }

    core::Status addColumns(const store::DatasetRecord& dataset) {
        BALMER_TRY(const auto infos, project_.columns().list(dataset.name));
        for (const auto& info : infos) {
            if (info.job != job_) continue;
            BALMER_TRY(const auto values, project_.columns().values(dataset.name, info.name, info.version));
            const auto name = "columns-" + std::to_string(outputs_.columns.size() + 1);
            const auto bytes = std::as_bytes(std::span(values));
            BALMER_CHECK(core::replaceFile(folder_ / name,
                                           {reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
            files_.push_back({name, folder_ / name});
            outputs_.columns.push_back({info, dataset.digest, name, values.size()});
        }
        return {};
    }

    core::Status addJudgement(const store::RoundRecord& before) {
        BALMER_TRY(const auto now, project_.rounds().get(before.id));
        if (!now.precision) return {};
        const auto& is = *now.precision;
        if (before.precision && before.precision->agreed == is.agreed &&
            before.precision->judged == is.judged)
            return {};
        outputs_.judged.push_back({now.dataset, now.classes, now.number, is.agreed, is.judged});
        return {};
    }

    store::Project& project_;
    jobs::JobId job_;
    fs::path folder_;
    OutputIndex outputs_;
    std::vector<ParcelFile> files_;
};

} // namespace

core::Result<ParcelResult> runParcel(const fs::path& jobFolder, const WorkerRun& run, core::TaskContext& task,
                                     jobs::JobNotes& notes) {
    BALMER_TRY(const auto specText, core::readFile(jobFolder / "spec.json", std::size_t{1} << 26));
    BALMER_TRY(auto spec, readSpec(specText));
    const ScratchFolder scratch(jobFolder / "scratch");
    BALMER_CHECK(makeAnew(scratch.path()));
    BALMER_CHECK(makeAnew(jobFolder / "outputs"));
    BALMER_TRY(const auto project, store::Project::open(scratch.path()));

    auto carried = std::make_shared<CarriedFiles>();
    Unpacking inputs(jobFolder / "inputs", *project, *carried);
    const auto kinds = jobKinds({project.get(), run.threads, spec.who, carried});
    const auto kind =
        std::ranges::find(kinds, spec.job.spec.kind, [](const auto& each) { return each.about.kind; });
    if (kind == kinds.end())
        return core::fail(ErrorCode::Unsupported, "this worker knows no kind of job called \"" +
                                                      spec.job.spec.kind +
                                                      "\"; use the same version of Balmer on both sides");
    BALMER_CHECK(checkTravel(*kind));
    BALMER_TRY(const auto needs, kind->needs(spec.job.spec.parameters));
    BALMER_CHECK(inputs.readIndex());
    BALMER_CHECK(inputs.takeFiles(needs));
    spec.job.phase = jobs::Phase::Executing;
    spec.job.created = spec.job.started = core::formatTime(core::systemClock().now());
    spec.job.processToken = jobs::thisProcessToken();
    const auto taken = project->together([&]() -> core::Status {
        BALMER_CHECK(inputs.takeData(task));
        return project->adopt(spec.job);
    });
    if (!taken) return core::fail(taken.error());

    ArtefactCollector collector(notes);
    BALMER_TRY(const auto outcome, jobs::runGuarded(kind->run, spec.job, task, collector));
    for (const auto& artefact : outcome.artefacts)
        collector.artefact(artefact);
    ParcelResult result;
    result.resultJson = outcome.resultJson;
    BALMER_TRY(result.outputs,
               Gathering(*project, spec.job.id, jobFolder / "outputs").gather(collector.artefacts(), inputs));
    return result;
}

} // namespace balmer::workflow
