#include "engine/workflow/dataset_output.h"

#include <algorithm>
#include <cctype>

#include "engine/core/digest.h"
#include "engine/core/json_text.h"
#include "engine/core/pending_file.h"

namespace balmer::workflow {

core::Status checkDatasetName(const std::string& name) {
    const auto allowed = [](unsigned char c) {
        return std::isalnum(c) || c >= 0x80 || c == ' ' || c == '.' || c == '_' || c == '-' || c == '+';
    };
    if (name.empty() || name.size() > 100 || name.front() == '.' ||
        !std::all_of(name.begin(), name.end(), allowed))
        return core::fail(core::ErrorCode::InvalidArgument,
                          "\"" + name +
                              "\" cannot be a dataset's name; use letters, digits, blanks and . _ - +");
    return {};
}

core::Result<store::DatasetRecord> keepDataset(const Run& run, const std::string& name,
                                               const std::string& collection, const std::string& pipeline,
                                               const dataset::DatasetContent& content) {
    BALMER_CHECK(checkDatasetName(name));
    BALMER_TRY(auto file, core::PendingFile::beside(run.project().datasetFolder() / "dataset"));
    BALMER_TRY(const auto digest, dataset::writeDataset(file, content));
    // A name that is taken leaves no file behind; the registry itself decides between two writers at once.
    if (const auto present = run.project().datasets().get(name); present && present->digest != digest)
        return core::fail(otherDataset(name));
    store::DatasetRecord record;
    record.name = name;
    record.digest = digest;
    record.file = datasetFile(name, digest);
    record.rows = static_cast<std::int64_t>(content.ids.size());
    record.columns = static_cast<std::int64_t>(content.wavelengthAngstrom.size());
    record.firstWavelength = content.wavelengthAngstrom.front();
    record.lastWavelength = content.wavelengthAngstrom.back();
    record.pipeline = pipeline;
    record.collection = collection;
    record.job = run.job.id;
    BALMER_TRY(record.fileDigest, core::digestOfFile(file.path()));
    BALMER_CHECK(file.publishAs(run.project().folder() / record.file));
    return run.project().datasets().add(record, content.ids);
}

core::Error otherDataset(const std::string& name) {
    return {core::ErrorCode::InvalidArgument,
            "there is another dataset \"" + name + "\" already; choose another name"};
}

std::vector<Field> datasetFields() {
    return {textField("dataset", "its name"), countField("rows", "of the dataset"),
            countField("columns", "samples of each row"), textField("digest", "of its content")};
}

std::string datasetFile(const std::string& name, const std::string& digest) {
    return "datasets/" + name + "-" + digest.substr(0, 12) + ".h5";
}

std::string describeDataset(const store::DatasetRecord& record, nlohmann::json description) {
    description["dataset"] = record.name;
    description["rows"] = record.rows;
    description["columns"] = record.columns;
    description["digest"] = record.digest;
    return core::jsonText(description);
}

} // namespace balmer::workflow
