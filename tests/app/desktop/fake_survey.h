// The made-up survey of the fake workbench: everything that is known of a spectrum follows from its number,
// so that a hundred thousand cost nothing. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace balmer::test {

struct FakeOptions {
    std::size_t spectra = 600;
    bool dataset = true;
    bool map = true;
    bool round = true;
    std::size_t entriesEach = 50; ///< on each list of the round
    /// Classes that labels of the project have, and how many; no spectrum shows them.
    std::map<std::string, std::size_t> labelled;
    bool jobs = true;
    bool interrupted = false;
    std::string onlyReads; ///< why the project cannot be written
    /// The first of kepler (connected), hale (idle), tycho (lost), brahe (never paired); from three on, some
    /// jobs run there.
    std::size_t workers = 0;
    /// Labels are appended to this file and forced to the disk; empty: kept in memory alone.
    std::filesystem::path labelFile;
    /// Where settings are kept; shared by two workbenches, the second finds what the first kept.
    std::shared_ptr<std::map<std::string, std::string>> settings =
        std::make_shared<std::map<std::string, std::string>>();
};

namespace survey {

constexpr std::size_t windowColumns = 140;
inline const std::vector<std::string> classes = {"other", "single peak", "double peak"};
constexpr const char* datasetName = "lamost halpha";

/// A repeatable number in [0, 1) of a spectrum and a purpose.
double noise(std::uint64_t number, std::uint64_t purpose);
double normal(std::uint64_t number, std::uint64_t purpose);
/// 0 absorption, 1 one peak, 2 two peaks.
int shapeOf(std::size_t number);
double fluxAt(std::size_t number, double wavelength, double signalToNoise);
double signalToNoiseOf(std::size_t number);
std::vector<double> windowAxis();
std::vector<float> windowFlux(std::size_t number);
std::vector<double> probabilitiesOf(std::size_t number);
double entropyOf(const std::vector<double>& p);

std::string idOf(std::size_t number);
std::size_t numberOf(const std::string& id); ///< of an id that idOf() made
/// The same for any text. Errors: NotFound where it is none of the first `spectra`.
core::Result<std::size_t> find(const std::string& id, std::size_t spectra);

/// A moment of November 2026.
std::string at(int day, int hour, int minute);

} // namespace survey

} // namespace balmer::test
