// Field: what is known of one field of a job's parameters, or of its result. Kind: what is known of a kind of
// job. From them come the command line's options, the forms in the window, the JSON Schema and the help, so
// that no face has defaults, ranges or explanations of its own. Values; no thread rule.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace balmer::jobs {

/// The greatest whole number that a field takes which is no count of bytes and no seed.
constexpr double greatestInteger = 2147483647;

struct Field {
    enum class Type {
        Text,
        Boolean,
        Integer,
        Number,
        List,  ///< of() says of what
        Map,   ///< an object whose keys the user chooses; of() says what its values are
        Object ///< its members are `of`
    };
    /// What a value names, so that a form can offer what there is.
    enum class Names { Nothing, Dataset, NewDataset, Model, Collection, File, NewFile, Folder, Filter };

    std::string help = {};  ///< a sentence or its part: "passes over the data"
    std::string title = {}; ///< in a form: "Epochs"; made from the name where it is empty
    std::string unit = {};  ///< "Å", "pixels"
    std::optional<double> minimum = {}, maximum = {}; ///< both allowed
    std::optional<double> above = {}, below = {};     ///< not allowed themselves
    std::optional<double> except = {};                ///< not allowed, though it lies within the range
    std::vector<std::string> choices = {}; ///< the words that a text, or each text of a list, may be
    std::map<std::string, std::string> aliases = {}; ///< understood as well: what is meant, one of choices
    std::string otherwise = {};                      ///< what the default means: "all processors" for 0
    Names names = Names::Nothing;
    /// On the command line: "" makes it from the name, "--blur", "--recursive,-r", "file" without dashes for
    /// a positional one, "none" for a field that has none. Of a switch that is on by default it is the one
    /// that switches it off.
    std::string option = {};
    bool more = false; ///< for those who know: a form shows it on demand

    // Filled in by the declaration (workflow/parameters.h).
    std::string name = {}; ///< as in JSON: "radius_start"
    Type type = Type::Text;
    bool required = false;
    bool nullable = false;
    std::string initial = {};     ///< its default as JSON; "" where it is required
    std::string initialText = {}; ///< the same as a person writes it: a list with commas; "" for nothing
    std::vector<Field> of = {};   ///< List, Map: one, without a name; Object: its members
};

/// "--radius-start"; "" for a field that the command line does not have.
std::string optionOf(const Field& field);
/// "Radius start".
std::string titleOf(const Field& field);
/// "at least 1", "1 to 4", "at least 0 other than 1"; "" where every number is allowed. whole: also says
/// that nothing is above greatestInteger.
std::string rangeOf(const Field& field, bool whole = false);
bool isWithin(const Field& field, double value);
/// What follows the help in brackets: "Å; at least 1; one of a, b; default: 10"; may be "".
std::string limitsOf(const Field& field);

/// What a job of a kind leaves changed in its project.
enum class Change { Catalogue, Datasets, Columns, Labels, Rounds, Maps, Models };

struct Kind {
    std::string kind = {};    ///< "dataset-import"
    std::string title = {};   ///< "Dataset import"
    std::string help = {};    ///< a sentence's part: "a matrix as text into a dataset"
    std::string command = {}; ///< "dataset import"; "" where no command of its own submits it
    std::vector<Change> changes = {};
    std::vector<Field> fields = {};  ///< of the parameters, in the order of their declaration
    std::vector<Field> results = {}; ///< of the result
    std::string stays = {};       ///< why it must run on this computer; "" for a kind that a worker can run
    std::string defaults = {};    ///< JSON object with every parameter
    std::string schema = {};      ///< of the parameters, JSON Schema draft 2020-12
    std::string explanation = {}; ///< one line a parameter

    bool makes(Change change) const;
    const Field* field(std::string_view name) const; ///< null where there is none
};

/// "parameters.id_column" in an engine's sentence becomes what `spelling` makes of the field: "--id-column"
/// on the command line, "Id column" in a form. Fields that the kind does not have stay as they are.
std::string withFieldsSpelt(std::string_view sentence, const std::vector<Field>& fields,
                            const std::function<std::string(const Field&)>& spelling);

} // namespace balmer::jobs
