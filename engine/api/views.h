// What the workbench shows: values, complete in themselves, safe to hand to any thread.
//
// Wavelengths are ångström; times are ISO 8601 UTC text; an absent number is an empty optional, an absent
// text "".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/active/label_event.h"
#include "engine/core/matrix.h"
#include "engine/som/grid.h"
#include "engine/spectrum/spectrum.h"

namespace balmer::api {

/// One row of the table of spectra: catalogue entry, current label and latest prediction together.
struct SpectrumRow {
    std::string id;
    std::string collection;
    std::string object;
    std::optional<spectrum::SkyPosition> position;
    std::string observed;
    std::optional<double> signalToNoise;
    std::optional<double> magnitude;
    std::optional<double> redshift;
    std::string survey;
    std::string surveyId;
    std::string spectralClass;
    std::string label; ///< the class given by a person; "" while unlabelled
    std::string flags; ///< "not sure, noteworthy": those that stand, in words
    std::string comment;
    std::string predicted;             ///< the class proposed by the newest scoring
    std::optional<double> probability; ///< of the proposed class
    std::optional<double> entropy;     ///< of the probabilities, 0 … 1
};

struct Collection {
    std::string name;
    std::size_t spectra = 0;
};

struct DatasetInfo {
    std::string name;
    std::string digest;
    std::size_t rows = 0, columns = 0;
    double firstWavelengthAngstrom = 0, lastWavelengthAngstrom = 0;
    std::string pipeline; ///< description of the preprocessing, JSON
    std::string created;
};

/// One preprocessed spectrum as the network and the map see it.
struct WindowRow {
    std::string id;
    std::vector<double> wavelengthAngstrom;
    std::vector<float> flux;
    std::vector<float> inverseVariance; ///< empty: unknown
    std::vector<unsigned char> mask;    ///< empty: nothing masked
};

struct MapInfo {
    std::int64_t job = 0;
    std::string label;
    std::string dataset;
    som::Grid grid;
    double quantisationError = 0, topographicError = 0;
    std::string created;
};

struct MapMember {
    std::string id;
    double distance = 0; ///< Euclidean, to the neuron's prototype
};

/// A trained map with everything that its view draws; index of a neuron = y · width + x.
struct MapContent {
    MapInfo info;
    std::vector<double> wavelengthAngstrom;
    core::FloatMatrix codebook;                                ///< [neurons × columns]
    std::vector<float> uMatrix;                                ///< mean distance to the neighbours
    std::vector<std::vector<MapMember>> members;               ///< nearest first
    std::vector<double> quantisationErrors, topographicErrors; ///< before the first epoch, then after each
};

struct ModelInfo {
    std::string name; ///< as `score --model` takes it
    std::int64_t job = 0;
    std::string dataset;
    std::vector<std::string> classes;
    std::optional<double> macroF1;
    std::string created;
};

struct RoundEntry {
    std::string list; ///< "oracle", "performance_estimate", "candidates"
    std::string id;
    std::string predicted;
    double probability = 0;
    double entropy = 0;
    std::string reason; ///< why it was chosen, a sentence's part
};

struct RoundInfo {
    int number = 0; ///< counts from 1 for each dataset and set of classes
    std::string dataset;
    std::vector<std::string> classes;
    std::vector<std::string> targets;
    std::string model;
    std::int64_t job = 0;
    std::optional<double> precision, precisionLower95;
    std::size_t judged = 0; ///< labels that the estimate rests on
    std::string created;
};

struct RoundContent {
    RoundInfo info;
    std::vector<RoundEntry> entries; ///< oracle, then performance estimate, then candidates, each best first
};

/// What the newest scoring of a dataset says of one spectrum.
struct Prediction {
    std::vector<std::string> classes;
    std::vector<double> probabilities; ///< as many as classes; empty when it has not been scored
    double entropy = 0;
};

struct LabelCounts {
    std::size_t today = 0;
    std::size_t total = 0;
    std::vector<std::pair<std::string, std::size_t>> byClass;
};

/// A kind of job that can be submitted, with a complete example of its parameters.
struct JobKind {
    std::string kind;
    std::string title;      ///< "Train a map"
    std::string parameters; ///< JSON object with every field at its default
    std::string help;       ///< what the fields mean, one line each
    std::string stays;      ///< why it must run on this computer; "" for a kind that a worker can run
};

/// A worker that the user has added, and how it stands with the connection to it.
struct WorkerInfo {
    std::string name;
    std::string url;
    std::string token;   ///< for tcp://
    bool paired = false; ///< for tls://
    int jobsAtOnce = 4;  ///< of this user, sent to it at once
    enum class Link {
        Idle,       ///< nothing is wanted of it
        Connecting, ///<
        Connected,  ///<
        Lost        ///< tried again by itself
    };
    Link link = Link::Idle;
    std::string trouble;                            ///< when Lost: why, a sentence
    std::string since;                              ///< of this state of the link; "" before the first
    std::size_t jobs = 0;                           ///< of this project that have not ended there
    std::uint64_t sentBytes = 0, receivedBytes = 0; ///< on the present connection
};

/// What a worker says when it is asked.
struct WorkerReport {
    std::string software, host, processor, owner;
    std::vector<std::string> kinds; ///< of job that it runs
    bool registersData = false;
    std::size_t slots = 0, freeSlots = 0, running = 0, waiting = 0;
    std::uint64_t storedBytes = 0, quotaBytes = 0;
    std::size_t objects = 0;         ///< cached files
    double answeredMilliseconds = 0; ///< time of one small request
    struct Job {
        std::string key, owner, kind, label, phase, stage, created;
        double progress = 0;
    };
    std::vector<Job> jobs; ///< that this user may see, newest first
};

struct RegisteredData {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    std::vector<std::string> refused; ///< "name: reason"
};

} // namespace balmer::api
