// What a job made elsewhere, into the project that it belongs to.

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/core/pending_file.h"
#include "engine/dataset/dataset.h"
#include "engine/store/artefact_folder.h"
#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "engine/store/round_archive.h"
#include "engine/workflow/dataset_output.h"
#include "engine/workflow/parcel.h"
#include "engine/workflow/parcel_format.h"
#include "engine/workflow/rounds.h"

namespace balmer::workflow {

namespace {

namespace fs = std::filesystem;
using active::RoundList;
using core::ErrorCode;

constexpr std::size_t indexLimitBytes = std::size_t{1} << 29;

core::Error misfit(const std::string& what) {
    return core::Error(ErrorCode::Format, "the worker returned what cannot be taken: " + what +
                                              "; run the job again, perhaps elsewhere");
}

template <typename T>
bool has(const std::vector<T>& all, const T& one) {
    return std::ranges::find(all, one) != all.end();
}

class Commit {
  public:
    Commit(const Environment& environment, const JobKind& kind, const jobs::Job& job, Needs needs)
        : environment_(environment), project_(*environment.project), kind_(kind), job_(job),
          needs_(std::move(needs)) {}

    /// Everything that can be refused before the project is touched.
    core::Status check(std::string_view resultJson, const std::vector<ParcelFile>& files) {
        if (const auto right = checkResult(resultJson, kind_.about.results); !right)
            return core::fail(ErrorCode::Format,
                              "the worker's answer " + right.error().message() +
                                  "; bring the worker to the version of this Balmer, then run the job again");
        BALMER_TRY(result_, checkedResult(resultJson));
        for (const auto& file : files)
            if (!isParcelName(file.name) || !files_.emplace(file.name, file.path).second)
                return core::fail(misfit("a file named \"" + file.name.substr(0, 120) + "\""));
        BALMER_TRY(const auto index, file("outputs.json"));
        BALMER_TRY(const auto text, core::readFile(index, indexLimitBytes));
        BALMER_TRY(outputs_, decodeOutputs(text));
        for (const auto& artefact : outputs_.artefacts)
            BALMER_CHECK(checkArtefact(artefact));
        for (const auto& column : outputs_.columns)
            BALMER_CHECK(readColumn(column));
        if (outputs_.rounds.size() > (needs_.rounds ? 1 : 0))
            return core::fail(misfit("a round that the job does not make"));
        for (const auto& round : outputs_.rounds)
            BALMER_CHECK(checkRound(round));
        BALMER_CHECK(checkEvents());
        for (const auto& judgement : outputs_.judged)
            BALMER_CHECK(checkJudgement(judgement));
        if (outputs_.datasets.size() != (needs_.makes.empty() ? 0 : 1))
            return core::fail(misfit(needs_.makes.empty() ? "a dataset that the job does not make"
                                                          : "not the dataset that the job makes"));
        for (const auto& dataset : outputs_.datasets)
            BALMER_CHECK(receiveDataset(dataset));
        return {};
    }

    /// False: the job is final already.
    core::Result<bool> keep(std::string_view endTime) {
        for (const auto& [artefact, name] : outputs_.artefacts) {
            BALMER_TRY(const auto source, file(name));
            BALMER_TRY(const auto kept,
                       project_.artefacts().putFile(source, artefact.name, artefact.mediaType));
            if (kept != artefact) return core::fail(misfit("the artefact " + name + " changes"));
        }
        BALMER_CHECK(stage());
        bool wasFinal = false;
        auto kept = project_.together([&]() -> core::Status {
            BALMER_TRY(const auto now, project_.jobs().get(job_.id));
            wasFinal = jobs::isFinal(now.phase);
            if (wasFinal) return {};
            return write(endTime);
        });
        if (!kept && arrived_) BALMER_CHECK(withdrawDataset());
        if (!kept) return core::fail(std::move(kept).error());
        return !wasFinal;
    }

  private:
    core::Result<fs::path> file(const std::string& name) const {
        const auto found = files_.find(name);
        std::error_code error;
        if (found == files_.end() || !fs::is_regular_file(found->second, error))
            return core::fail(misfit("the file " + name + " is missing"));
        return found->second;
    }

    core::Status checkArtefact(const OutputIndex::Artefact& returned) {
        BALMER_TRY(const auto source, file(returned.file));
        BALMER_TRY(const auto digest, core::digestOfFile(source));
        std::error_code error;
        if (digest != returned.artefact.digest ||
            fs::file_size(source, error) != static_cast<std::uintmax_t>(returned.artefact.bytes))
            return core::fail(misfit("the artefact " + returned.file +
                                     " has not the digest and size that "
                                     "it is said to have"));
        return {};
    }

    /// "" or a model of this job, or one that is here.
    core::Status checkModel(const std::string& digest) const {
        if (digest.empty()) return {};
        const bool own = std::ranges::any_of(
            outputs_.artefacts, [&](const auto& each) { return each.artefact.digest == digest; });
        if (!own && !project_.artefacts().path(digest))
            return core::fail(misfit("a model that is not known here, " + digest.substr(0, 80)));
        return {};
    }

    /// The dataset as it is now; the job must have had the same.
    core::Result<store::DatasetRecord> readDataset(const std::string& name, const std::string& digest) const {
        if (!has(needs_.datasets, name))
            return core::fail(misfit("something about \"" + name + "\", which the job does not read"));
        const auto here = project_.datasets().get(name);
        const auto job = "job " + std::to_string(job_.id);
        if (!here && here.error().code() == ErrorCode::NotFound)
            return core::fail(ErrorCode::NotFound, "the dataset \"" + name + "\", which " + job +
                                                       " read, has gone; make it again, then run the job "
                                                       "again");
        if (here && (here->digest != digest || (!job_.spec.inputs.empty() && !has(job_.spec.inputs, digest))))
            return core::fail(ErrorCode::InvalidArgument, "the dataset \"" + name +
                                                              "\" has other content now than the one that " +
                                                              job + " read; run the job again");
        return here;
    }

    core::Status readColumn(const OutputIndex::Column& returned) {
        BALMER_TRY(const auto dataset, readDataset(returned.info.dataset, returned.datasetDigest));
        BALMER_CHECK(checkModel(returned.info.model));
        BALMER_TRY(const auto source, file(returned.file));
        const auto rows = static_cast<std::size_t>(dataset.rows);
        std::error_code error;
        const auto size = fs::file_size(source, error);
        if (returned.values != rows || error || size != rows * sizeof(double))
            return core::fail(misfit("the column \"" + returned.info.name +
                                     "\" has not one value for each "
                                     "of the " +
                                     std::to_string(rows) + " rows"));
        if (std::ranges::any_of(columns_, [&](const auto& each) {
                return each.info.dataset == returned.info.dataset && each.info.name == returned.info.name;
            }))
            return core::fail(misfit("the column \"" + returned.info.name + "\" comes twice"));
        BALMER_TRY(const auto bytes, core::readFile(source, size));
        store::ColumnRegistry::NewColumn column;
        column.info = returned.info;
        column.info.job = job_.id;
        column.values.resize(rows);
        if (bytes.size() != rows * sizeof(double))
            return core::fail(misfit("the column \"" + returned.info.name + "\" is cut short"));
        std::memcpy(column.values.data(), bytes.data(), bytes.size());
        columns_.push_back(std::move(column));
        return {};
    }

    static std::size_t sampleSize(const store::RoundRecord& round) {
        return static_cast<std::size_t>(std::ranges::count_if(
            round.items, [](const auto& item) { return item.list == RoundList::PerformanceEstimate; }));
    }

    core::Status checkRound(const store::RoundRecord& round) const {
        if (!has(needs_.datasets, round.dataset))
            return core::fail(misfit("a round of \"" + round.dataset + "\", which the job does not read"));
        BALMER_CHECK(checkModel(round.model));
        for (const auto& target : round.targets)
            if (!has(round.classes, target))
                return core::fail(misfit("a round with a target that is not a class"));
        BALMER_TRY(const auto ids, project_.datasets().ids(round.dataset));
        const std::set<std::string_view> rows(ids.begin(), ids.end());
        std::set<std::pair<RoundList, int>> places;
        for (const auto& item : round.items)
            if (!rows.contains(item.spectrum) ||
                !(has(round.classes, item.predicted) || (round.model.empty() && item.predicted.empty())) ||
                !places.emplace(item.list, item.rank).second)
                return core::fail(misfit("a round that lists what is not in the dataset, or twice"));
        if (round.precision && (round.precision->judged == 0 || round.precision->judged > sampleSize(round)))
            return core::fail(misfit("a round that judges more than its sample"));
        return {};
    }

    /// Answers stand for what the parameters' table says of the round's own lists.
    core::Status checkEvents() const {
        if (outputs_.events.empty()) return {};
        if (outputs_.rounds.empty() || needs_.files.empty())
            return core::fail(misfit("labels that the job does not give"));
        const auto& round = outputs_.rounds.front();
        std::set<std::pair<RoundList, std::string_view>> asked;
        for (const auto& item : round.items)
            if (item.list != RoundList::Candidates) asked.emplace(item.list, item.spectrum);
        std::set<std::string_view> answered;
        for (const auto& event : outputs_.events)
            if (!asked.contains({event.list.value_or(RoundList::Candidates), event.spectrum}) ||
                !has(round.classes, event.className) || !answered.insert(event.spectrum).second)
                return core::fail(misfit("a label that its round does not ask for"));
        return {};
    }

    core::Status checkJudgement(const OutputIndex::Judgement& judgement) {
        if (!needs_.rounds || !has(needs_.datasets, judgement.dataset))
            return core::fail(misfit("the precision of a round that the job does not read"));
        BALMER_TRY(const auto rounds, project_.rounds().list(judgement.dataset));
        for (const auto& listed : rounds) {
            if (listed.number != judgement.number || listed.classes != judgement.classes) continue;
            BALMER_TRY(const auto round, project_.rounds().get(listed.id));
            if (judgement.agreed > judgement.judged || judgement.judged == 0 ||
                judgement.judged > sampleSize(round))
                return core::fail(misfit("a round that judges more than its sample"));
            BALMER_TRY(const auto estimate, active::estimatePrecision(judgement.agreed, judgement.judged));
            precisions_.emplace_back(round.id, estimate);
            return {};
        }
        return core::fail(misfit("the precision of a round that is not here"));
    }

    /// Copies the file beside its place and proves the copy.
    core::Status receiveDataset(const OutputIndex::Dataset& returned) {
        const auto& [name, digest] = std::tie(returned.record.name, returned.record.digest);
        BALMER_CHECK(checkDatasetName(needs_.makes));
        if (name != needs_.makes)
            return core::fail(misfit("a dataset \"" + name + "\" in place of \"" + needs_.makes + "\""));
        BALMER_CHECK(checkNameIsFree(name, digest));
        BALMER_TRY(const auto source, file(returned.file));
        BALMER_TRY(auto arrival, core::PendingFile::beside(project_.folder() / datasetFile(name, digest)));
        BALMER_CHECK(arrival.copyFrom(source));
        const auto opened = dataset::Dataset::open(arrival.path());
        if (!opened) return core::fail(misfit("a damaged dataset, " + opened.error().message()));
        if (opened->digest() != digest || !opened->verify())
            return core::fail(
                misfit("the dataset \"" + name + "\" has not the digest that it is said to have"));
        dataset_ = returned.record;
        dataset_.file = datasetFile(name, digest);
        dataset_.rows = static_cast<std::int64_t>(opened->rows());
        dataset_.columns = static_cast<std::int64_t>(opened->columns());
        dataset_.firstWavelength = opened->wavelengthAngstrom().front();
        dataset_.lastWavelength = opened->wavelengthAngstrom().back();
        dataset_.job = job_.id;
        BALMER_TRY(dataset_.fileDigest, core::digestOfFile(arrival.path()));
        ids_ = opened->ids();
        arrival_.emplace(std::move(arrival));
        return {};
    }

    core::Status checkNameIsFree(const std::string& name, const std::string& digest) const {
        const auto present = project_.datasets().get(name);
        if (present && present->digest != digest)
            return core::fail(ErrorCode::InvalidArgument,
                              "there is another dataset \"" + name +
                                  "\" already; run the job again under another name");
        return {};
    }

    /// A dataset that was not registered after all must not lie among the others.
    core::Status withdrawDataset() {
        BALMER_TRY(const auto all, project_.datasets().list());
        if (std::ranges::any_of(all, [&](const auto& each) { return each.file == dataset_.file; })) return {};
        return core::removeFile(arrival_->place());
    }

    /// What has many rows, before the one transaction that shows it.
    core::Status stage() {
        if (arrival_) {
            BALMER_TRY(stagedDataset_, project_.datasets().stage(dataset_, ids_));
        }
        BALMER_TRY(stagedColumns_, project_.columns().stage(columns_));
        for (auto round : outputs_.rounds) {
            round.job = job_.id;
            round.parameters = job_.spec.parameters;
            if (round.precision) {
                BALMER_TRY(round.precision,
                           active::estimatePrecision(round.precision->agreed, round.precision->judged));
            }
            BALMER_TRY(stagedRounds_.emplace_back(), project_.rounds().stage(round));
        }
        return {};
    }

    core::Status write(std::string_view endTime) {
        if (arrival_) {
            BALMER_CHECK(checkNameIsFree(dataset_.name, dataset_.digest));
            BALMER_CHECK(arrival_->publish());
            arrived_ = true;
            BALMER_CHECK(project_.datasets().add(stagedDataset_));
        }
        for (const auto& column : outputs_.columns) // it may have changed since it was read
            BALMER_CHECK(readDataset(column.info.dataset, column.datasetDigest));
        BALMER_CHECK(project_.columns().add(stagedColumns_));
        for (const auto& [round, estimate] : precisions_)
            BALMER_CHECK(project_.rounds().setPrecision(round, estimate));
        for (const auto& staged : stagedRounds_) {
            BALMER_TRY(const auto kept, project_.rounds().add(staged));
            if (kept.number != staged.record.number) {
                BALMER_TRY(result_, checkedResult(result_, kept.number));
            }
            for (auto& event : outputs_.events) {
                event.who = environment_.who;
                event.view = oracleView;
                event.model = kept.model;
                event.round = kept.number;
            }
        }
        if (!outputs_.events.empty()) BALMER_CHECK(project_.labels().appendAll(outputs_.events));
        for (const auto& returned : outputs_.artefacts)
            BALMER_CHECK(project_.jobs().addArtefact(job_.id, returned.artefact));
        return project_.jobs().finish(job_.id, jobs::Phase::Completed, endTime, result_, std::nullopt);
    }

    const Environment& environment_;
    store::Project& project_;
    const JobKind& kind_;
    const jobs::Job& job_;
    Needs needs_;
    std::map<std::string, fs::path> files_;
    std::string result_;
    OutputIndex outputs_;
    std::vector<store::ColumnRegistry::NewColumn> columns_;
    std::vector<std::pair<std::int64_t, active::PrecisionEstimate>> precisions_;
    std::optional<core::PendingFile> arrival_;
    bool arrived_ = false; ///< it has its name
    store::DatasetRecord dataset_;
    std::vector<std::string> ids_;
    store::StagedDataset stagedDataset_;
    std::vector<store::ColumnRegistry::StagedColumn> stagedColumns_;
    std::vector<store::StagedRound> stagedRounds_;
};

} // namespace

core::Result<bool> commitOutputs(const Environment& environment, const JobKind& kind, jobs::JobId id,
                                 std::string_view resultJson, const std::vector<ParcelFile>& outputs,
                                 std::string_view endTime) {
    BALMER_CHECK(checkTravel(kind));
    BALMER_TRY(const auto job, environment.project->jobs().get(id));
    if (jobs::isFinal(job.phase)) return false;
    BALMER_TRY(auto needs, kind.needs(job.spec.parameters));
    Commit commit(environment, kind, job, std::move(needs));
    BALMER_CHECK(commit.check(resultJson, outputs));
    return commit.keep(endTime);
}

} // namespace balmer::workflow
