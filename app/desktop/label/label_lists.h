// LabelLists: the lists of spectra that were sent to be labelled, newest first, as the project keeps them. A
// value.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "app/desktop/place/chosen.h"

namespace balmer::desktop {

class LabelLists {
  public:
    /// More are forgotten, the oldest first.
    static constexpr std::size_t mostKept = 8;

    struct Kept {
        int number = 0; ///< names it for ever
        QString title;
        std::vector<std::string> ids;
        std::vector<std::string> reasons = {}; ///< of each, or empty
    };

    /// Of what text() gave; empty for anything else.
    static LabelLists of(const QString& text);
    QString text() const;

    /// Its number: that of a list that has the same spectra, which becomes the newest, or a new one.
    int add(const LabelList& list);
    void remove(int number);
    const std::vector<Kept>& all() const { return lists_; }
    const Kept* find(int number) const;

  private:
    std::vector<Kept> lists_;
    int last_ = 0; ///< number given
};

} // namespace balmer::desktop
