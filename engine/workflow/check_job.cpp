// project-check: whether everything that the project keeps is there and is what it was; and what can be made
// again is.

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "engine/core/amount_text.h"
#include "engine/core/digest.h"
#include "engine/core/json_text.h"
#include "engine/store/artefact_folder.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/making_again.h"

namespace balmer::workflow {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct CheckParameters {
    static constexpr std::string_view stays = "looks at the files of this project";
    bool repair = false;

    void declare(Fields& fields) {
        fields.optional("repair", repair,
                        {.help = "run the jobs again that made what is damaged or missing, and put it back"});
    }
};

/// A dataset's file, with the digest of all its bytes.
struct Checked {
    KeptFile kept;
    std::string fileDigest; ///< "" where it is not known
};

core::Result<std::vector<Checked>> keptFiles(store::Project& project) {
    std::vector<Checked> all;
    BALMER_TRY(const auto datasets, project.datasets().list());
    for (const auto& each : datasets)
        all.push_back(
            {{KeptFile::Kind::Dataset, each.name, each.digest, project.folder() / each.file, each.job},
             each.fileDigest});
    std::set<std::string> known;
    BALMER_TRY(const auto jobs, project.jobs().list({}));
    for (const auto& job : jobs)
        for (const auto& each : job.artefacts)
            if (known.insert(each.digest).second)
                all.push_back({{KeptFile::Kind::Artefact, each.name, each.digest,
                                project.artefacts().place(each.digest), job.id},
                               ""});
    // What a job reads was made by an earlier one.
    std::ranges::stable_sort(all, {}, [](const Checked& each) { return each.kept.job.value_or(0); });
    return all;
}

core::Status check(const Checked& file) {
    if (file.kept.kind == KeptFile::Kind::Dataset && !file.fileDigest.empty()) {
        BALMER_TRY(const auto digest, core::digestOfFile(file.kept.place));
        if (digest != file.fileDigest)
            return core::fail(core::ErrorCode::Format, "its bytes are not those that were registered");
    }
    return proveNow(file.kept, file.kept.place);
}

/// Files under datasets/ and artefacts/ that no record names. Those that are being made are left out.
std::vector<std::string> unnamed(const store::Project& project, const std::vector<Checked>& named) {
    std::set<fs::path> known;
    for (const auto& each : named)
        known.insert(each.kept.place.lexically_normal());
    std::vector<std::string> found;
    for (const auto* part : {"datasets", "artefacts"}) {
        std::error_code error;
        for (fs::recursive_directory_iterator each(project.folder() / part, error), end;
             !error && each != end; each.increment(error))
            if (each->is_regular_file(error) && !known.contains(each->path().lexically_normal()) &&
                each->path().filename().string().find(".part-") == std::string::npos)
                found.push_back(each->path().lexically_relative(project.folder()).string());
    }
    std::ranges::sort(found);
    return found;
}

/// What the labels stand for is kept beside their events, and made of them again. Says what stays wrong.
core::Result<std::vector<std::string>> checkLabels(store::Project& project, bool repair, bool whole,
                                                   std::size_t& madeAgain) {
    constexpr std::size_t mostSaid = 20;
    std::vector<std::string> said;
    BALMER_TRY(const auto wrong, project.labels().wrongCurrent());
    if (wrong.empty()) return said;
    std::string whyNot = "; --repair makes it of them again";
    if (repair && !whole) whyNot = "; it is made of them again only where the database is whole";
    if (repair && whole) {
        const auto made = project.labels().makeCurrent();
        if (made) {
            madeAgain = wrong.size();
            return said;
        }
        whyNot = "; " + made.error().message();
    }
    for (std::size_t i = 0; i < wrong.size() && i < mostSaid; ++i)
        said.push_back("the label that stands of \"" + wrong[i] + "\" is not what its events say" + whyNot);
    if (wrong.size() > mostSaid)
        said.push_back("likewise of " +
                       core::countText(wrong.size() - mostSaid, "other spectrum", "other spectra"));
    return said;
}

core::Result<jobs::Outcome> checkProject(const CheckParameters& parameters, const Run& run) {
    BALMER_CHECK(run.task.checkpoint(0, "checking the database"));
    BALMER_TRY(auto database, run.project().damage());
    std::size_t labelsMadeAgain = 0;
    BALMER_TRY(const auto labels,
               checkLabels(run.project(), parameters.repair, database.empty(), labelsMadeAgain));
    database.insert(database.end(), labels.begin(), labels.end());
    BALMER_TRY(const auto files, keptFiles(run.project()));
    std::int64_t datasets = 0, artefacts = 0, madeAgain = 0;
    auto damaged = json::array();
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto& kept = files[i].kept;
        const bool isDataset = kept.kind == KeptFile::Kind::Dataset;
        ++(isDataset ? datasets : artefacts);
        BALMER_CHECK(run.task.checkpoint(static_cast<double>(i) / static_cast<double>(files.size()),
                                         "checking " + kept.name));
        const auto whole = check(files[i]);
        if (whole) continue;
        json found{{"what", isDataset ? "dataset" : "artefact"},
                   {"name", kept.name},
                   {"file", kept.place.lexically_relative(run.project().folder()).string()},
                   {"job", kept.job ? json(*kept.job) : json(nullptr)},
                   {"trouble", whole.error().message()},
                   {"made_again", false},
                   {"why_not", parameters.repair ? "" : "it was not asked for; --repair does"}};
        if (parameters.repair) {
            const auto made = makeAgain(kept, run);
            if (!made && made.error().code() == core::ErrorCode::Cancelled) return core::fail(made.error());
            found["made_again"] = made.has_value();
            if (made)
                ++madeAgain;
            else
                found["why_not"] = made.error().message();
        }
        damaged.push_back(std::move(found));
    }
    const bool whole = database.empty() && madeAgain == static_cast<std::int64_t>(damaged.size());
    jobs::Outcome outcome;
    outcome.resultJson = core::jsonText(json{{"whole", whole},
                                             {"datasets", datasets},
                                             {"artefacts", artefacts},
                                             {"damaged", std::move(damaged)},
                                             {"made_again", madeAgain},
                                             {"labels_made_again", labelsMadeAgain},
                                             {"database", database},
                                             {"unnamed", unnamed(run.project(), files)}});
    return outcome;
}

} // namespace

JobKind checkKind(const Environment& environment) {
    return makeKind<CheckParameters>(
        environment,
        {.kind = "project-check",
         .title = "Project check",
         .help = "whether all that the project keeps is there, and is what it was",
         .command = "project check",
         .changes = {},
         .results = {booleanField("whole", "nothing is damaged, or everything was made again"),
                     countField("datasets", "that were looked at"), countField("artefacts", "likewise"),
                     listField(
                         "damaged",
                         objectField("",
                                     {textField("what", "dataset or artefact"), textField("name", "its name"),
                                      textField("file", "in the project's folder"),
                                      orNull(countField("job", "that made it")),
                                      textField("trouble", "what is wrong with it"),
                                      booleanField("made_again", "and is right now"),
                                      textField("why_not", "it was not made again")},
                                     ""),
                         "files that are gone or are not what they were"),
                     countField("made_again", "of them"),
                     countField("labels_made_again", "labels that stand, of their events"),
                     listField("database", textField("", ""), "what is wrong with the database"),
                     listField("unnamed", textField("", ""), "files that no record names")}},
        &checkProject);
}

} // namespace balmer::workflow
