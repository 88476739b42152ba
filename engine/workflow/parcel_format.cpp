#include "engine/workflow/parcel_format.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/workflow/parcel.h"

namespace balmer::workflow {

namespace {

using core::ErrorCode;
using nlohmann::json;

constexpr int version = 2;
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

/// What is wrong with a file; never leaves this one.
struct Wrong {
    std::string sentence;
};

json parsed(std::string_view text) {
    auto value = core::parseJson<json>(text);
    if (!value) throw Wrong{value.error().message()};
    return *std::move(value);
}

/// A value that somebody else wrote, and the way to it.
class Value {
  public:
    Value(const json& value, std::string path) : value_(value), path_(std::move(path)) {}

    Value at(const char* name) const {
        if (!value_.is_object()) wrong("an object");
        const auto found = value_.find(name);
        if (found == value_.end()) throw Wrong{"has no \"" + below(name) + "\""};
        return {*found, below(name)};
    }
    template <typename Each>
    void each(Each visit) const {
        if (!value_.is_array()) wrong("a list");
        for (std::size_t i = 0; i < value_.size(); ++i)
            visit(Value(value_[i], path_ + "[" + std::to_string(i) + "]"));
    }
    bool isNull() const { return value_.is_null(); }
    std::string text(std::size_t longest = 1024) const {
        if (!value_.is_string()) wrong("a text");
        const auto& text = value_.get_ref<const std::string&>();
        if (text.size() > longest) wrong("a text of at most " + std::to_string(longest) + " bytes");
        if (text.find('\0') != std::string::npos) wrong("a text without NUL");
        return text;
    }
    std::string nonEmpty() const {
        auto text = this->text();
        if (text.empty()) wrong("a text that is not empty");
        return text;
    }
    std::string fileName() const {
        auto name = text();
        if (!isParcelName(name)) wrong("a file's name: letters a to z, digits and . _ - without folders");
        return name;
    }
    std::string digest() const {
        auto text = this->text();
        const auto isDigit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
        if (text.size() != 64 || !std::all_of(text.begin(), text.end(), isDigit))
            wrong("a digest of 64 hexadecimal digits");
        return text;
    }
    std::vector<std::string> texts() const {
        std::vector<std::string> all;
        each([&](const Value& value) { all.push_back(value.text()); });
        return all;
    }
    std::int64_t whole(std::int64_t least, std::int64_t largest = most) const {
        const bool fits = value_.is_number_unsigned()
                              ? value_.get<std::uint64_t>() <= static_cast<std::uint64_t>(most)
                              : value_.is_number_integer();
        const auto number = fits ? value_.get<std::int64_t>() : 0;
        if (!fits || number < least || number > largest)
            wrong("a whole number from " + std::to_string(least) +
                  (largest == most ? " on" : " to " + std::to_string(largest)));
        return number;
    }
    std::size_t count() const { return static_cast<std::size_t>(whole(0)); }
    double number() const {
        if (value_.is_null()) return std::nan("");
        if (!value_.is_number()) wrong("a number");
        return value_.get<double>();
    }
    bool truth() const {
        if (!value_.is_boolean()) wrong("true or false");
        return value_.get<bool>();
    }
    template <typename T>
    T word(std::optional<T> (*from)(std::string_view)) const {
        const auto known = from(text());
        if (!known) wrong("a word that this version knows");
        return *known;
    }
    [[noreturn]] void wrong(const std::string& wanted) const {
        throw Wrong{"says at \"" + path_ + "\" what is not " + wanted};
    }

  private:
    std::string below(const char* name) const { return path_.empty() ? name : path_ + "." + name; }
    const json& value_;
    std::string path_;
};

template <typename Read>
auto decoded(std::string_view text, const std::string& file, const char* versionMember, Read read)
    -> core::Result<decltype(read(std::declval<const Value&>()))> {
    try {
        const auto root = parsed(text);
        const Value value(root, "");
        if (const auto stated = value.at(versionMember).whole(0); stated != version)
            return core::fail(ErrorCode::Format, file + " is of version " + std::to_string(stated) +
                                                     ", this program knows " + std::to_string(version) +
                                                     "; use the same version of Balmer on both sides");
        return read(value);
    } catch (const Wrong& wrong) {
        return core::fail(ErrorCode::Format, file + " " + wrong.sentence + "; submit the job again");
    } catch (const std::bad_alloc&) {
        return core::fail(ErrorCode::ResourceExhausted, file + " needs more memory than there is");
    }
}

/// Texts are written as they are or not at all: an id that changed on the way would be another spectrum's.
core::Result<std::string> written(const json& value, const std::string& file) {
    auto text = core::exactJsonText(value);
    if (!text)
        return core::fail(ErrorCode::Unsupported, "the job cannot travel: a name in its " + file + " " +
                                                      text.error().message() + "; run it here");
    return text;
}

json jsonOf(const std::optional<active::PrecisionEstimate>& estimate) {
    if (!estimate) return nullptr;
    return {estimate->agreed, estimate->judged, estimate->precision, estimate->lowerBound,
            estimate->confidence};
}

std::optional<active::PrecisionEstimate> estimateFrom(const Value& value) {
    if (value.isNull()) return std::nullopt;
    std::vector<double> numbers;
    value.each([&](const Value& each) { numbers.push_back(each.number()); });
    if (numbers.size() != 5 || !(numbers[0] >= 0 && numbers[0] <= numbers[1] && numbers[1] < 1e15))
        value.wrong("an estimate of precision");
    return active::PrecisionEstimate{static_cast<std::size_t>(numbers[0]),
                                     static_cast<std::size_t>(numbers[1]), numbers[2], numbers[3],
                                     numbers[4]};
}

json jsonOf(const store::RoundRecord& round) {
    json items = json::array();
    for (const auto& item : round.items)
        items.push_back({{"list", active::toString(item.list)},
                         {"rank", item.rank},
                         {"spectrum", item.spectrum},
                         {"predicted", item.predicted},
                         {"probability", item.probability},
                         {"entropy", item.entropy},
                         {"reason", item.reason}});
    return {{"dataset", round.dataset}, {"number", round.number}, {"classes", round.classes},
            {"targets", round.targets}, {"model", round.model},   {"precision", jsonOf(round.precision)},
            {"items", std::move(items)}};
}

store::RoundRecord roundFrom(const Value& value) {
    store::RoundRecord round;
    round.dataset = value.at("dataset").nonEmpty();
    round.number = static_cast<int>(value.at("number").whole(1, std::numeric_limits<int>::max()));
    round.classes = value.at("classes").texts();
    if (round.classes.empty()) value.at("classes").wrong("at least one class");
    round.targets = value.at("targets").texts();
    round.model = value.at("model").text();
    round.precision = estimateFrom(value.at("precision"));
    value.at("items").each([&](const Value& each) {
        store::RoundItem item;
        item.list = each.at("list").word(&active::roundListFrom);
        item.rank = static_cast<int>(each.at("rank").whole(1, std::numeric_limits<int>::max()));
        item.spectrum = each.at("spectrum").nonEmpty();
        item.predicted = each.at("predicted").text();
        item.probability = each.at("probability").number();
        item.entropy = each.at("entropy").number();
        item.reason = each.at("reason").text();
        round.items.push_back(std::move(item));
    });
    return round;
}

json jsonOf(const jobs::Artefact& artefact) {
    return {{"name", artefact.name},
            {"media_type", artefact.mediaType},
            {"digest", artefact.digest},
            {"bytes", artefact.bytes}};
}

jobs::Artefact artefactFrom(const Value& value) {
    return {value.at("name").nonEmpty(), value.at("media_type").text(), value.at("digest").digest(),
            value.at("bytes").whole(0)};
}

} // namespace

bool isParcelName(std::string_view name) {
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !name.empty() && name.size() <= 100 && plain(name.front()) &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

std::string writeSpec(const jobs::Job& job, std::string_view who) {
    return core::jsonText(json{{"spec", version},
                               {"id", job.id},
                               {"kind", job.spec.kind},
                               {"label", job.spec.label},
                               {"parameters", job.spec.parameters},
                               {"inputs", job.spec.inputs},
                               {"who", who}});
}

core::Result<ParcelSpec> readSpec(std::string_view text) {
    return decoded(text, "spec.json", "spec", [](const Value& value) {
        ParcelSpec spec;
        spec.job.id = value.at("id").whole(1);
        spec.job.spec.kind = value.at("kind").nonEmpty();
        spec.job.spec.label = value.at("label").text(std::size_t{1} << 16);
        spec.job.spec.parameters = value.at("parameters").text(std::size_t{1} << 24);
        spec.job.spec.inputs = value.at("inputs").texts();
        spec.who = value.at("who").text();
        return spec;
    });
}

core::Result<std::string> encodeIndex(const InputIndex& index) {
    json datasets = json::array(), models = json::array();
    for (const auto& dataset : index.datasets)
        datasets.push_back({{"name", dataset.name}, {"digest", dataset.digest}, {"file", dataset.file}});
    for (const auto& model : index.models) {
        json made{{"file", model.file}, {"job", model.job}};
        if (model.job != 0)
            made.update({{"kind", model.kind}, {"label", model.label}, {"artefact", jsonOf(model.artefact)}});
        models.push_back(std::move(made));
    }
    return written({{"parcel", version},
                    {"datasets", std::move(datasets)},
                    {"models", std::move(models)},
                    {"files", index.files},
                    {"labels", index.labels},
                    {"rounds", index.rounds},
                    {"spectra", index.spectra},
                    {"packs", index.packs}},
                   "parcel.json");
}

core::Result<InputIndex> decodeIndex(std::string_view text) {
    return decoded(text, "parcel.json", "parcel", [](const Value& value) {
        InputIndex index;
        value.at("datasets").each([&](const Value& each) {
            index.datasets.push_back(
                {each.at("name").nonEmpty(), each.at("digest").digest(), each.at("file").fileName()});
        });
        value.at("models").each([&](const Value& each) {
            InputIndex::Model model;
            model.file = each.at("file").fileName();
            model.job = each.at("job").whole(0);
            if (model.job != 0) {
                model.kind = each.at("kind").nonEmpty();
                model.label = each.at("label").text(std::size_t{1} << 16);
                model.artefact = artefactFrom(each.at("artefact"));
            }
            index.models.push_back(std::move(model));
        });
        value.at("files").each([&](const Value& each) { index.files.push_back(each.fileName()); });
        index.labels = value.at("labels").truth();
        index.rounds = value.at("rounds").truth();
        index.spectra = value.at("spectra").truth();
        index.packs = static_cast<std::size_t>(value.at("packs").whole(0, 1'000'000));
        return index;
    });
}

core::Result<std::string> encodeLabels(const std::vector<active::LabelEvent>& events) {
    json list = json::array();
    for (const auto& event : events)
        list.push_back({{"spectrum", event.spectrum},
                        {"kind", active::toString(event.kind)},
                        {"class", event.className},
                        {"supersedes", event.supersedes ? json(*event.supersedes) : json(nullptr)}});
    return written({{"labels", version}, {"events", std::move(list)}}, "labels.json");
}

core::Result<std::vector<active::LabelEvent>> decodeLabels(std::string_view text) {
    return decoded(text, "labels.json", "labels", [](const Value& value) {
        std::vector<active::LabelEvent> events;
        value.at("events").each([&](const Value& each) {
            active::LabelEvent event;
            event.spectrum = each.at("spectrum").nonEmpty();
            event.kind = each.at("kind").word(&active::labelKindFrom);
            event.className = each.at("class").text();
            if (!each.at("supersedes").isNull())
                event.supersedes = each.at("supersedes").whole(1, static_cast<std::int64_t>(events.size()));
            events.push_back(std::move(event));
        });
        return events;
    });
}

core::Result<std::string> encodeRounds(const std::vector<store::RoundRecord>& rounds) {
    json list = json::array();
    for (const auto& round : rounds)
        list.push_back(jsonOf(round));
    return written({{"rounds", version}, {"list", std::move(list)}}, "rounds.json");
}

core::Result<std::vector<store::RoundRecord>> decodeRounds(std::string_view text) {
    return decoded(text, "rounds.json", "rounds", [](const Value& value) {
        std::vector<store::RoundRecord> rounds;
        value.at("list").each([&](const Value& each) { rounds.push_back(roundFrom(each)); });
        return rounds;
    });
}

core::Result<std::string> encodeSpectra(const PackedSpectra& packed) {
    json files = json::array(), spectra = json::array();
    for (const auto& file : packed.files) {
        json made{{"path", file.path}};
        if (file.error)
            made.update({{"pack", 0},
                         {"code", core::toString(file.error->code())},
                         {"message", file.error->message()}});
        else
            made.update({{"pack", file.pack}, {"offset", file.offset}, {"bytes", file.bytes}});
        files.push_back(std::move(made));
    }
    for (const auto& spectrum : packed.spectra)
        spectra.push_back({{"id", spectrum.id},
                           {"collection", spectrum.collection},
                           {"digest", spectrum.contentDigest},
                           {"part", spectrum.part},
                           {"dataset", spectrum.dataset},
                           {"file", spectrum.file}});
    return written({{"spectra", version}, {"files", std::move(files)}, {"list", std::move(spectra)}},
                   "spectra.json");
}

core::Result<PackedSpectra> decodeSpectra(std::string_view text) {
    return decoded(text, "spectra.json", "spectra", [](const Value& value) {
        PackedSpectra packed;
        value.at("files").each([&](const Value& each) {
            PackedSpectra::File file;
            file.path = each.at("path").text(4096);
            file.pack = each.at("pack").count();
            if (file.pack == 0) {
                file.error.emplace(core::errorCodeFrom(each.at("code").text()),
                                   each.at("message").text(std::size_t{1} << 16));
            } else {
                file.offset = each.at("offset").count();
                file.bytes = each.at("bytes").count();
            }
            packed.files.push_back(std::move(file));
        });
        value.at("list").each([&](const Value& each) {
            PackedSpectra::Spectrum spectrum;
            spectrum.id = each.at("id").nonEmpty();
            spectrum.collection = each.at("collection").text();
            spectrum.contentDigest = each.at("digest").nonEmpty();
            spectrum.part = each.at("part").whole(0);
            spectrum.dataset = each.at("dataset").text();
            spectrum.file = each.at("file").count();
            if (spectrum.dataset.empty() && spectrum.file >= packed.files.size())
                each.at("file").wrong("one of the files");
            packed.spectra.push_back(std::move(spectrum));
        });
        return packed;
    });
}

core::Result<std::string> encodeOutputs(const OutputIndex& outputs) {
    json artefacts = json::array(), columns = json::array(), datasets = json::array(), rounds = json::array(),
         events = json::array(), judged = json::array();
    for (const auto& [artefact, file] : outputs.artefacts) {
        auto made = jsonOf(artefact);
        made["file"] = file;
        artefacts.push_back(std::move(made));
    }
    for (const auto& column : outputs.columns)
        columns.push_back({{"dataset", column.info.dataset},
                           {"dataset_digest", column.datasetDigest},
                           {"name", column.info.name},
                           {"category", column.info.kind == store::ColumnKind::Category},
                           {"categories", column.info.categories},
                           {"model", column.info.model},
                           {"file", column.file},
                           {"values", column.values}});
    for (const auto& [record, file] : outputs.datasets)
        datasets.push_back({{"name", record.name},
                            {"digest", record.digest},
                            {"collection", record.collection},
                            {"pipeline", record.pipeline},
                            {"file", file}});
    for (const auto& round : outputs.rounds)
        rounds.push_back(jsonOf(round));
    for (const auto& event : outputs.events)
        events.push_back({{"spectrum", event.spectrum},
                          {"class", event.className},
                          {"list", active::toString(event.list.value_or(active::RoundList::Oracle))}});
    for (const auto& each : outputs.judged)
        judged.push_back({{"dataset", each.dataset},
                          {"classes", each.classes},
                          {"number", each.number},
                          {"agreed", each.agreed},
                          {"judged", each.judged}});
    return written({{"outputs", version},
                    {"artefacts", std::move(artefacts)},
                    {"columns", std::move(columns)},
                    {"datasets", std::move(datasets)},
                    {"rounds", std::move(rounds)},
                    {"events", std::move(events)},
                    {"judged", std::move(judged)}},
                   "outputs.json");
}

core::Result<OutputIndex> decodeOutputs(std::string_view text) {
    return decoded(text, "outputs.json", "outputs", [](const Value& value) {
        OutputIndex outputs;
        value.at("artefacts").each([&](const Value& each) {
            outputs.artefacts.push_back({artefactFrom(each), each.at("file").fileName()});
        });
        value.at("columns").each([&](const Value& each) {
            OutputIndex::Column column;
            column.info.dataset = each.at("dataset").nonEmpty();
            column.datasetDigest = each.at("dataset_digest").digest();
            column.info.name = each.at("name").nonEmpty();
            if (each.at("category").truth()) column.info.kind = store::ColumnKind::Category;
            column.info.categories = each.at("categories").texts();
            column.info.model = each.at("model").text().empty() ? "" : each.at("model").digest();
            column.file = each.at("file").fileName();
            column.values = each.at("values").count();
            outputs.columns.push_back(std::move(column));
        });
        value.at("datasets").each([&](const Value& each) {
            OutputIndex::Dataset dataset;
            dataset.record.name = each.at("name").nonEmpty();
            dataset.record.digest = each.at("digest").digest();
            dataset.record.collection = each.at("collection").text();
            dataset.record.pipeline = each.at("pipeline").text(std::size_t{1} << 20);
            try {
                if (!parsed(dataset.record.pipeline).is_object()) each.at("pipeline").wrong("a JSON object");
            } catch (const Wrong&) {
                each.at("pipeline").wrong("a JSON object");
            }
            dataset.file = each.at("file").fileName();
            outputs.datasets.push_back(std::move(dataset));
        });
        value.at("rounds").each([&](const Value& each) { outputs.rounds.push_back(roundFrom(each)); });
        value.at("events").each([&](const Value& each) {
            active::LabelEvent event;
            event.spectrum = each.at("spectrum").nonEmpty();
            event.className = each.at("class").nonEmpty();
            event.list = each.at("list").word(&active::roundListFrom);
            outputs.events.push_back(std::move(event));
        });
        value.at("judged").each([&](const Value& each) {
            outputs.judged.push_back(
                {each.at("dataset").nonEmpty(), each.at("classes").texts(),
                 static_cast<int>(each.at("number").whole(1, std::numeric_limits<int>::max())),
                 each.at("agreed").count(), each.at("judged").count()});
        });
        return outputs;
    });
}

core::Result<std::string> checkedResult(std::string_view text, std::optional<int> round) {
    try {
        auto result = parsed(text);
        if (!result.is_object()) throw Wrong{"is not a JSON object"};
        if (!round) return std::string(text);
        result["round"] = *round;
        return core::jsonText(result);
    } catch (const Wrong& wrong) {
        return core::fail(ErrorCode::Format, "the result " + wrong.sentence + "; run the job again");
    } catch (const std::bad_alloc&) {
        return core::fail(ErrorCode::ResourceExhausted, "the result needs more memory than there is");
    }
}

} // namespace balmer::workflow
