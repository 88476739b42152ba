#include "tests/support/topcat.h"

#include "tests/support/samp_hub.h"

namespace balmer::test {

namespace {

const std::string java = "/usr/bin/java";
const std::string jar = "/usr/share/java/starlink-topcat.jar";
// Positions in the windows of TOPCAT 4.8.
constexpr int tableButtonX = 161, activationButtonX = 342, buttonY = 40;
constexpr int actionsX = 60, actionsY = 60, sendIndexX = 40, sendIndexY = 301, tickX = 37, tickY = 302;
constexpr int browserX = 400, browserY = 660, cellX = 140, firstRowY = 114, rowHeight = 16;
const std::string white = "#FFFFFF";

constexpr int cellY(int row) {
    return firstRowY + row * rowHeight;
}

} // namespace

std::string Topcat::missing() {
    return missingPackages({{jar, "topcat"},
                            {java, "default-jre-headless"},
                            {"/usr/bin/Xvfb", "xvfb"},
                            {"/usr/bin/xdotool", "xdotool"},
                            {"/usr/bin/import", "imagemagick"}});
}

Topcat::Topcat(std::filesystem::path folder, const std::string& samp) : folder_(std::move(folder)) {
    // Without a reset when the last of its programs goes: the next might come just then and be refused.
    screen_ = std::make_unique<PeerProcess>(std::vector<std::string>{"/usr/bin/Xvfb", "-displayfd", "1",
                                                                     "-screen", "0", "1280x1024x24",
                                                                     "-nolisten", "tcp", "-noreset"},
                                            std::map<std::string, std::string>{}, folder_ / "screen.log");
    if (!eventually([&] {
            const auto log = screen_->log();
            return !log.empty() && log.back() == '\n';
        }))
        return;
    const auto log = screen_->log();
    display_ = ":" + log.substr(0, log.find('\n'));
    program_ = std::make_unique<PeerProcess>(
        std::vector<std::string>{java, "-Djsamp.localhost=127.0.0.1", "-Duser.home=" + folder_.string(),
                                 "-jar", jar},
        std::map<std::string, std::string>{{"DISPLAY", display_}, {"SAMP_HUB", samp}},
        folder_ / "topcat.log");
}

bool Topcat::ready() {
    return program_ && eventually([&] { return !(main_ = find("^TOPCAT$")).empty(); });
}

bool Topcat::browse() {
    browser_ = open(tableButtonX, "Table Browser");
    if (browser_.empty()) return false;
    move(browser_, browserX, browserY);
    return eventually([&] { return colourOf(0) == white; });
}

bool Topcat::highlighted(int row) {
    return colourOf(row) != white;
}

void Topcat::click(int row) {
    clickAt(browser_, cellX, cellY(row));
}

bool Topcat::openActions() {
    actions_ = open(activationButtonX, "Activation Actions");
    if (actions_.empty()) return false;
    move(actions_, actionsX, actionsY);
    return true;
}

bool Topcat::sendRowIndex() {
    std::size_t looks = 0;
    return eventually([&] {
        // The tick is dark, the box light.
        if (colourAt(actionsX + tickX, actionsY + tickY) < "#8") return true;
        if (looks++ % 50 == 0) clickAt(actions_, sendIndexX, sendIndexY);
        return false;
    });
}

/// What a small program says on this screen.
std::string Topcat::ask(const std::vector<std::string>& command) {
    PeerProcess program(command, {{"DISPLAY", display_}},
                        folder_ / ("ask" + std::to_string(asked_++) + ".log"));
    (void)eventually([&] { return !program.running(); });
    return program.log();
}

std::string Topcat::find(const std::string& title) {
    const auto ids = ask({"/usr/bin/xdotool", "search", "--onlyvisible", "--name", title});
    return ids.substr(0, ids.find('\n'));
}

/// The window that a click on a button of the main window opens; a click may come too early.
std::string Topcat::open(int x, const std::string& title) {
    std::string id;
    std::size_t looks = 0;
    (void)eventually([&] {
        if (looks++ % 50 == 0) clickAt(main_, x, buttonY);
        return !(id = find(title)).empty();
    });
    return id;
}

void Topcat::clickAt(const std::string& window, int x, int y) {
    ask({"/usr/bin/xdotool", "mousemove", "--window", window, std::to_string(x), std::to_string(y), "click",
         "1"});
}

/// To where nothing covers it.
void Topcat::move(const std::string& window, int x, int y) {
    ask({"/usr/bin/xdotool", "windowmove", "--sync", window, std::to_string(x), std::to_string(y)});
}

/// As ImageMagick writes it.
std::string Topcat::colourAt(int x, int y) {
    const auto text = ask({"/usr/bin/import", "-window", "root", "-crop",
                           "1x1+" + std::to_string(x) + "+" + std::to_string(y), "txt:-"});
    const auto at = text.find('#', text.find('\n'));
    return at == std::string::npos ? text : text.substr(at, 7);
}

std::string Topcat::colourOf(int row) {
    return colourAt(browserX + cellX, browserY + cellY(row) + 4);
}

} // namespace balmer::test
