#include "engine/workflow/fetched_files.h"

#include "engine/core/json_text.h"
#include "engine/workflow/net_access.h"

namespace balmer::workflow {

using core::ErrorCode;
using nlohmann::json;

Field folderField(std::string_view otherwise) {
    return {.help = "where the files go",
            .otherwise = std::string(otherwise),
            .names = Names::Folder,
            .option = "--to"};
}

Field maxBytesField() {
    return {.help = "bytes to fetch, at most", .unit = "bytes", .more = true};
}

Field connectionsField() {
    return {.help = "files at once", .minimum = 1, .maximum = 4, .more = true};
}

Field importField() {
    return {.help = "read the spectra of the files into the catalogue"};
}

std::vector<Field> fetchedFields() {
    const auto missed = objectField("", {textField("url", ""), textField("why", "")}, "");
    std::vector<Field> fields{textField("folder", "where the files are"),
                              countField("fetched", "files"),
                              countField("already_here", "files that an earlier run fetched"),
                              countField("bytes_fetched", "in this run"),
                              listField("failed", missed, "files"),
                              listField("not_tried", missed, "files")};
    for (auto& field : importFields())
        fields.push_back(orAbsent(std::move(field)));
    return fields;
}

void FetchedFiles::add(const vo::TreeReport& report,
                       const std::function<std::vector<store::Origin>(const std::string& url)>& originsOf,
                       jobs::JobNotes& notes) {
    fetched_ += report.fetched;
    alreadyHere_ += report.alreadyHere;
    bytes_ += report.bytesFetched;
    for (const auto& file : report.files) {
        using State = vo::FileOutcome::State;
        if (file.state == State::Fetched || file.state == State::AlreadyHere) {
            files_.push_back({folder_ / file.file.path, originsOf(file.file.url)});
            continue;
        }
        (file.state == State::Failed ? failed_ : notTried_)
            .push_back({{"url", file.file.url}, {"why", file.why}});
        if (file.state == State::Failed) notes.log(file.file.url + ": " + file.why);
    }
}

core::Status FetchedFiles::anything() const {
    if (!files_.empty() || (failed_.empty() && notTried_.empty())) return {};
    const auto& first = failed_.empty() ? notTried_[0] : failed_[0];
    const auto others = failed_.size() + notTried_.size() - 1;
    return core::fail(ErrorCode::Remote, "nothing could be fetched: " + first["why"].get<std::string>() +
                                             " (" + first["url"].get<std::string>() + ")" +
                                             (others > 0 ? ", and " + std::to_string(others) + " more" : ""));
}

core::Result<jobs::Outcome> FetchedFiles::finish(json result, bool import, const std::string& collection,
                                                 const Run& run, core::TaskContext& task) {
    BALMER_CHECK(anything());
    result["folder"] = folder_.string();
    result["fetched"] = fetched_;
    result["already_here"] = alreadyHere_;
    result["bytes_fetched"] = bytes_;
    result["failed"] = failed_;
    result["not_tried"] = notTried_;
    if (import) {
        BALMER_TRY(const auto imported, importFiles(files_, collection, run, task));
        result.update(imported);
    }
    jobs::Outcome outcome;
    outcome.resultJson = core::jsonText(result);
    return outcome;
}

std::shared_ptr<NetAccess> netOf(const Environment& environment) {
    return environment.net ? environment.net : std::make_shared<NetAccess>();
}

} // namespace balmer::workflow
