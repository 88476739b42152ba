// VOTable's XML, pushed in pieces through libxml2's SAX2 interface, turned into metadata and rows. Private to
// the module.
//
// SAX, not xmlTextReader: the text reader builds a node of each text, so that a table in BINARY, which is one
// text, would lie in memory as a whole; here nothing is kept but the cell that is being read. It is also
// twice as fast.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/io/votable.h"
#include "engine/io/votable_cells.h"
#include "engine/io/votable_stream.h"

namespace balmer::io {

/// A table on its way from the parser to who reads it.
struct TableOnTheWay {
    VotableTable table;             ///< without columns
    std::vector<std::size_t> where; ///< indices of resources in resources, then of the table
    RowBlock block;                 ///< rows that were parsed and not taken yet
    bool ready = false;             ///< the metadata before the data are there
    bool closed = false;            ///< </TABLE> was met
    std::string href, encoding;     ///< of rows that are elsewhere; "" for none
    StreamRows::Kind kind = StreamRows::Kind::Binary;
    std::size_t extension = 0;
};

class VotableParser {
  public:
    explicit VotableParser(const VotableLimits& limits);
    ~VotableParser();
    VotableParser(const VotableParser&) = delete;
    VotableParser& operator=(const VotableParser&) = delete;

    /// Errors: as parseVotable(); nothing may follow one.
    core::Status feed(std::span<const std::byte> piece);
    core::Status finish();

    Votable document;                 ///< tables in it are empty; `where` of each says its place
    std::deque<TableOnTheWay> tables; ///< in the order of the document; the reader takes from the front

  private:
    struct Sax; ///< libxml2's side
    enum class Node {
        Votable,
        Definitions,
        Resource,
        Table,
        Field,
        Param,
        Values,
        Option,
        Description,
        Info,
        Group,
        Data,
        TableData,
        Row,
        Cell,
        Binary,
        Binary2,
        Fits,
        Stream,
        Leaf,
        Skipped
    };
    class Attributes;

    void start(std::string_view name, bool foreign, const Attributes& attributes);
    void end();
    void text(std::string_view piece);
    void refuse(core::Error error);
    int line() const; ///< of the document, where the parser is
    /// Parses what was held back.
    core::Status begin();
    /// Refuses what libxml2 holds and cannot take yet where it is longer, or has more attributes, than it
    /// may: the time that it takes for these grows with their square.
    void boundPending();
    /// Takes elements and bytes of text from what the document may hold beside its rows; false, and refused,
    /// where there is less left.
    bool charge(std::size_t elements, std::size_t bytes);
    bool charge(const VotableField& copied);
    void check(core::Status status) {
        if (!status) refuse(std::move(status).error());
    }

    Node nodeFor(Node parent, std::string_view name) const;
    void startData();
    void startStream(const Attributes& attributes);
    void endCell();
    void endStream();
    void leaveOut(std::string why);
    TableOnTheWay& current() { return tables.back(); }
    std::vector<VotableField>& paramsOf(Node parent);
    std::vector<VotableInfo>& infosOf(Node parent);
    std::string* descriptionOf(Node parent);
    std::vector<VotableLink>* linksOf(Node parent);
    std::vector<VotableGroup>* groupsOf(Node parent);

    VotableLimits limits_;
    std::size_t budget_; ///< of cells
    std::unique_ptr<Sax> sax_;
    std::optional<core::Error> error_;
    std::vector<Node> stack_;
    std::size_t skipping_ = 0; ///< depth within an element that is passed over
    std::size_t elementsLeft_, textLeft_;
    std::size_t rowBytes_ = 0; ///< text of the cells of the row that is being read
    bool rootMet_ = false;

    std::vector<VotableResource*> resources_; ///< those that are open; a child is added to no other one
    std::vector<std::size_t> where_;
    std::vector<VotableGroup> groups_;
    VotableField field_;
    VotableInfo info_;
    std::string text_;
    std::size_t cell_ = 0;
    bool cellIsBinary_ = false, dataMet_ = false;
    std::optional<StreamRows> stream_;
    Base64Decoder base64_;
    std::string decoded_;
    std::string valuesId_;
    std::map<std::string, VotableField> valuesById_;              ///< for VALUES ref=
    std::map<std::string, std::vector<VotableField>> fieldsById_; ///< for tables that refer to another's
};

} // namespace balmer::io
