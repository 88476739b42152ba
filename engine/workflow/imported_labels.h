// Labels from a table as label events: what label-import, table-import and dataset-import have in
// common. Private to the module.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/active/label_event.h"
#include "engine/core/result.h"
#include "engine/jobs/field.h"
#include "engine/store/project.h"
#include "engine/workflow/named_spectra.h"

namespace balmer::workflow {

/// What ImportedLabels::store() tells, as fields of a job's result.
std::vector<jobs::Field> labelFields();

class ImportedLabels {
  public:
    /// Which standing verdicts (a class, not sure, bad, artefact) give way to another class.
    enum class Replaces {
        SameSource, ///< those that the same observer gave by an earlier import from there
        Own,        ///< those of the same observer
        All
    };

    /// who gave them; view: where they come from, as label events say it. spectra must live as long.
    ImportedLabels(store::Project& project, const NamedSpectra& spectra, std::string who, std::string view,
                   Replaces replaces);

    /// A label for the spectrum that has this name. An empty name or class is not a label; a name that no
    /// spectrum has, or several, is counted and kept for the result, and so is a spectrum that is given
    /// different classes: it gets none of them. Errors: InvalidArgument for a class that is not UTF-8.
    core::Status add(const std::string& name, const std::string& className);
    /// Stores them as one act, beside what stands at that moment, in their order and in batches: all, or by
    /// the next opening of the project none. What stands already is not said again.
    /// {"labels": stored (also as "labelled"), "replaced": of these, where another verdict stood, "kept":
    /// other verdicts that stand on, "unchanged", "without_label", "unknown": names that no spectrum has,
    /// "not_in_catalogue": how often, "ambiguous": names that several spectra have, "not_unique": how often,
    /// "contradicted": spectra with several classes, "contradicting": their rows}
    /// Each name once, in the order of the table.
    core::Result<nlohmann::json> store();

  private:
    /// Names with no spectrum of their own.
    struct Leftover {
        std::vector<std::string> names;
        std::unordered_set<std::string> seen;
        std::size_t rows = 0;
        void add(const std::string& name);
    };
    bool givesWay(const active::LabelEvent& verdict) const;

    store::Project& project_;
    const NamedSpectra& spectra_;
    std::string who_, view_;
    Replaces replaces_;
    struct Given {
        std::string id, className;
        std::size_t rows = 1;
        bool contradicted = false;
    };
    std::vector<Given> given_;
    std::unordered_map<std::string, std::size_t> places_; ///< in given_, by id
    Leftover unknown_, ambiguous_;
    std::size_t empty_ = 0;
};

/// What codes of a table stand for, by the code. An empty class leaves the rows with its code without a
/// label.
class ClassCodes {
  public:
    /// Errors: InvalidArgument for a code that comes twice and a text that is not UTF-8.
    static core::Result<ClassCodes> of(const std::map<std::string, std::string>& given);
    /// The class; the cell itself where there are no codes at all. Errors: InvalidArgument, naming a code
    /// that is not among them.
    core::Result<std::string> classOf(const std::string& cell) const;

  private:
    std::map<std::string, std::string> classes_;
};

} // namespace balmer::workflow
