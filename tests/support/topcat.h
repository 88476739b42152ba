// Topcat: TOPCAT 4.8 on a screen of its own (Xvfb), worked by mouse, for tests of what is shared with it.
//
// One owner, one thread. Every function waits for what it asks for, as long as a minute.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/peer_process.h"

namespace balmer::test {

class Topcat {
  public:
    /// For GTEST_SKIP(); "" where all that is needed is there.
    static std::string missing();

    /// Starts screen and program; folder is its home, samp what SAMP_HUB is to be. ready() tells whether its
    /// main window stands.
    Topcat(std::filesystem::path folder, const std::string& samp);
    bool ready();
    std::string log() const { return program_ ? program_->log() : screen_->log(); }

    /// The browser of the table that came last; false where it does not open. Then its rows can be looked at.
    bool browse();
    /// Row `row` (from 0, of the first dozen) is highlighted in the browser.
    bool highlighted(int row);
    void click(int row);
    /// The window of the activation actions.
    bool openActions();
    /// Switches "Send row index" on there; false where it stays off.
    bool sendRowIndex();

  private:
    std::string ask(const std::vector<std::string>& command);
    std::string find(const std::string& title);
    std::string open(int x, const std::string& title);
    void clickAt(const std::string& window, int x, int y);
    void move(const std::string& window, int x, int y);
    std::string colourAt(int x, int y);
    std::string colourOf(int row);

    std::filesystem::path folder_;
    std::unique_ptr<PeerProcess> screen_, program_;
    std::string display_, main_, browser_, actions_;
    std::size_t asked_ = 0;
};

} // namespace balmer::test
