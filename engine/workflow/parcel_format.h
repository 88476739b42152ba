// The JSON files of a parcel as values (parcel.h says which there are). Private to the module.
//
// Writing is canonical: the same values give the same bytes. Reading expects the worst: every decode function
// refuses what is not of this version, type, size or spelling with Format, naming the file and the member.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/active/label_event.h"
#include "engine/core/result.h"
#include "engine/jobs/job.h"
#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/round_archive.h"

namespace balmer::workflow {

/// parcel.json.
struct InputIndex {
    struct Dataset {
        std::string name, digest, file;
        bool operator==(const Dataset&) const = default;
    };
    struct Model {
        std::string file;
        jobs::JobId job = 0; ///< that trained it; 0: a file of its own, and the rest says nothing
        std::string kind, label;
        jobs::Artefact artefact;
        bool operator==(const Model&) const = default;
    };
    std::vector<Dataset> datasets;
    std::vector<Model> models;      ///< as Needs::models
    std::vector<std::string> files; ///< as Needs::files
    bool labels = false, rounds = false, spectra = false;
    std::size_t packs = 0; ///< pack-1 … pack-N
    bool operator==(const InputIndex&) const = default;
};
core::Result<std::string> encodeIndex(const InputIndex& index);
core::Result<InputIndex> decodeIndex(std::string_view json);

/// labels.json: spectrum, kind and class of each event; supersedes is the place of another, from 1.
core::Result<std::string> encodeLabels(const std::vector<active::LabelEvent>& events);
core::Result<std::vector<active::LabelEvent>> decodeLabels(std::string_view json);

/// rounds.json: dataset, number, classes, precision and items.
core::Result<std::string> encodeRounds(const std::vector<store::RoundRecord>& rounds);
core::Result<std::vector<store::RoundRecord>> decodeRounds(std::string_view json);

/// spectra.json.
struct PackedSpectra {
    struct File {
        std::string path;     ///< where it came from
        std::size_t pack = 0; ///< from 1; 0 where it could not be read
        std::uint64_t offset = 0, bytes = 0;
        std::optional<core::Error> error;
    };
    struct Spectrum {
        std::string id, collection, contentDigest;
        std::int64_t part = 0;
        std::string dataset;  ///< that holds its numbers; "" for one of a file
        std::size_t file = 0; ///< index into files
    };
    std::vector<File> files;
    std::vector<Spectrum> spectra;
};
core::Result<std::string> encodeSpectra(const PackedSpectra& packed);
core::Result<PackedSpectra> decodeSpectra(std::string_view json);

/// outputs.json. Of a column's info dataset, name, kind, categories and model count, of a dataset's record
/// name, digest, collection and pipeline, of an event spectrum, class and list.
struct OutputIndex {
    struct Artefact {
        jobs::Artefact artefact;
        std::string file;
    };
    struct Column {
        store::ColumnInfo info;
        std::string datasetDigest, file;
        std::uint64_t values = 0;
    };
    struct Dataset {
        store::DatasetRecord record;
        std::string file;
    };
    /// How a round that was there before went.
    struct Judgement {
        std::string dataset;
        std::vector<std::string> classes;
        int number = 0;
        std::size_t agreed = 0, judged = 0;
    };
    std::vector<Artefact> artefacts;
    std::vector<Column> columns;
    std::vector<Dataset> datasets;
    std::vector<store::RoundRecord> rounds; ///< with targets and model besides
    std::vector<active::LabelEvent> events;
    std::vector<Judgement> judged;
};
core::Result<std::string> encodeOutputs(const OutputIndex& outputs);
core::Result<OutputIndex> decodeOutputs(std::string_view json);

/// A job's result with its "round" replaced; unchanged without a number. Errors: Format for what is not JSON
/// object.
core::Result<std::string> checkedResult(std::string_view json, std::optional<int> round = {});

} // namespace balmer::workflow
