// The loop of labelling in the real window, by keys alone.
#pragma once

#include <functional>
#include <string>

namespace balmer::desktop {
class MainWindow;
}

namespace balmer::test {

using Report = std::function<void(const std::string& line)>;

/// On an empty project: imports the folder of a simulated survey, labels from a filter without a model,
/// preprocesses, starts rounds and labels on while they pass, takes five labels back, audits and exports the
/// labels to `labels`. Each label is what the survey's truth says of the star on the screen. The report has a
/// line for what was pressed (press, id, class), for each label taken back (undone) and for times
/// (ready, seconds). Returns "" or what went wrong.
std::string driveLoop(desktop::MainWindow& window, const std::string& survey, const std::string& labels,
                      const Report& report);

} // namespace balmer::test
