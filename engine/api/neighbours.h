// Neighbours: the programs beside Balmer on this computer (TOPCAT, Aladin, SPLAT …), reached over SAMP, for a
// project: what goes to them and what comes from them.
//
// Made by Workbench::neighbours; must end before it. Owned by the program, one for an open project. Nothing
// touches the net before connect(). No function waits, except the destructor, which unregisters and takes a
// few seconds at most where the hub hangs. Every function may be called from any thread.
// Threads: handlers are called on `balmer-samp`, `balmer-outgoing` (prepares what is sent) and
// `balmer-incoming` (fetches what comes), never two at a time; they should return at once and may call
// everything but the destructor.
//
// What is sent is made anew from the project: a spectrum as a plain FITS table WAVE, FLUX, ERR, whatever file
// it came from; a table as VOTable, read row by row into a file of a temporary folder. Which table has which
// spectrum in which row is remembered for the newest 32 tables that were sent or came (by their ids, or by
// the addresses that the spectra were fetched from), so that rows that a neighbour highlights or selects are
// spectra here, and the other way about. What a neighbour says is not said back to it.
//
// Spectra and tables are taken from neighbours that the user allows (neighbour_trust.h), by the name that
// they declare at the hub; of others the user is asked. What only moves the cursor or the selection (rows,
// positions) is taken from all: it keeps nothing and fetches nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/api/neighbour_trust.h"
#include "engine/core/result.h"
#include "engine/jobs/job.h"
#include "engine/spectrum/sky_position.h"

namespace balmer::api {

/// A program at the hub, and what it takes.
struct Neighbour {
    std::string id;   ///< opaque; valid while it is there
    std::string name; ///< "topcat"; several may share one
    std::string description;
    bool spectra = false, tables = false, highlights = false, selections = false, positions = false;
    bool operator==(const Neighbour&) const = default;
};

struct NeighbourState {
    enum class Hub {
        Off,      ///< not wanted, or the hub has turned Balmer out
        Absent,   ///< none is running; looked for every few seconds
        Connected ///<
    };
    Hub hub = Hub::Off;
    std::string why;                   ///< when not Connected: a sentence for the user; may be empty when Off
    std::vector<Neighbour> neighbours; ///< by name
    bool operator==(const NeighbourState&) const = default;
};

/// Which spectra make a table, and what it is called there.
struct TableChoice {
    std::string name;
    std::string where;            ///< a filter; "": all
    std::vector<std::string> ids; ///< where not empty: these, in this order, and `where` says nothing
};
/// The whole of a collection, under its name.
TableChoice collectionTable(const std::string& collection);

/// What became of something that was sent, at one neighbour.
struct Delivery {
    enum class Outcome {
        Arrived, ///< the neighbour says so
        Warned,  ///< the same, with a remark: `text`
        Refused, ///< the neighbour could not: `text`
        Lost,    ///< no answer in time, or it went away
        NotSent  ///< no hub, nobody takes it, or it could not be made
    };
    std::uint64_t ticket = 0; ///< of the sending
    Outcome outcome = Outcome::NotSent;
    std::string to;    ///< the neighbour's name; "" where it reached nobody
    std::string text;  ///< a sentence for the user; "" where all is well
    bool last = false; ///< nothing more will be told of this ticket
};

/// A spectrum, kept as a file of the project and imported.
struct ReceivedSpectrum {
    std::filesystem::path file;
    std::string name;       ///< as the neighbour calls it; may be empty
    jobs::JobId import = 0; ///< the job that was submitted; 0 where Options::import is off
};
/// A table, kept as a file of the project. What is to become of it is for the user to say: a list of spectra
/// (Observatory::readList), or labels and columns of the spectra that it names (job "table-import").
struct ReceivedTable {
    std::filesystem::path file;
    std::string name;
    std::size_t rows = 0;
    std::vector<std::string> columns;
    std::string idColumn;     ///< the column with ids of spectra of the project; "" where there is none
    std::size_t matched = 0;  ///< rows that name a spectrum of the project, of those looked at
    std::size_t looked = 0;   ///< the first rows that were looked at, 10 000 at most
    std::string accessColumn; ///< the column with addresses of spectra; "" where there is none
    std::size_t listed = 0; ///< where there is no idColumn: rows whose address the project has a spectrum of
    /// Rows that are highlighted or selected in it are spectra here. Not where no column says which, nor in
    /// a table of more than a million rows; of a list of addresses, the first 100 000 rows.
    bool shared = false;
};
/// A neighbour's cursor is on this spectrum.
struct ReceivedHighlight {
    std::string id;
};
struct ReceivedSelection {
    std::vector<std::string> ids; ///< in the order of the table's rows; none: the selection is cleared
    std::size_t outside = 0;      ///< further selected rows that name no spectrum
};
struct ReceivedPosition {
    spectrum::SkyPosition position;
    std::string id; ///< the nearest spectrum within Options::radiusArcsec; "" for none
    double separationArcsec = 0;
};
/// A neighbour that is neither allowed nor refused wants to send something; it waits for Neighbours::decide.
struct ReceivedRequest {
    std::uint64_t number = 0;
    bool table = false;    ///< otherwise a spectrum
    std::string name;      ///< as the neighbour calls what it sends; may be empty
    bool nameless = false; ///< it declares no name at the hub, so that no answer of it can be remembered
};
/// What came could not be taken.
struct ReceiveFailure {
    std::string text; ///< a sentence
};

struct Arrival {
    std::string from; ///< the neighbour's name
    std::variant<ReceivedSpectrum, ReceivedTable, ReceivedHighlight, ReceivedSelection, ReceivedPosition,
                 ReceivedRequest, ReceiveFailure>
        what;
};

class Neighbours {
  public:
    struct Options {
        std::string name = "Balmer";
        double radiusArcsec = 10;       ///< how far from a position a spectrum may be to be meant by it
        bool import = true;             ///< spectra that come are imported
        std::vector<std::string> allow; ///< programs, beside those that the user has allowed for ever
        /// Somebody answers requests (ReceivedRequest); otherwise what is not allowed is refused at once.
        bool asks = false;
        std::filesystem::path trustFile;      ///< of NeighbourTrustFile; empty: the user's own
        std::optional<std::string> hub;       ///< in place of the environment's SAMP_HUB
        std::chrono::milliseconds look{5000}; ///< between looks for a hub
        std::chrono::milliseconds echo{2000}; ///< what a neighbour said is not said back to it so long
    };
    /// Any may be empty.
    struct Handlers {
        std::function<void(const NeighbourState&)> stateChanged;
        std::function<void(const Delivery&)> delivered;
        std::function<void(const Arrival&)> arrived;
    };

    virtual ~Neighbours() = default;

    virtual void connect() = 0;
    /// What is being fetched, or waits for it, is dropped.
    virtual void disconnect() = 0;
    virtual NeighbourState state() const = 0;

    enum class Decision {
        Once,   ///< what waits from this neighbour is taken
        Always, ///< the same, and remembered for its name, if it has one
        Never   ///< refused, and remembered
    };
    /// The answer to a request, and to all others that wait of the same neighbour. One that is not there any
    /// more is answered in vain. Errors: those of NeighbourTrustFile, where it could not be remembered; it is
    /// done all the same.
    virtual core::Status decide(std::uint64_t request, Decision decision) = 0;
    /// Who is remembered, and changing it. Both wait for the disk. Errors: those of NeighbourTrustFile.
    virtual core::Result<NeighbourTrust> trust() const = 0;
    virtual core::Status setTrust(const std::string& name, Trust trust) = 0;

    // Each returns the ticket under which `delivered` tells what became of it. to: ids of neighbours; empty:
    // all who take such things.
    virtual std::uint64_t sendSpectrum(const std::string& id, std::vector<std::string> to = {}) = 0;
    virtual std::uint64_t sendTable(TableChoice table, std::vector<std::string> to = {}) = 0;
    /// Has them look at the spectrum's place in the sky.
    virtual std::uint64_t pointAt(const std::string& id, std::vector<std::string> to = {}) = 0;
    /// Selects these spectra in the tables that they have in common with us: in each neighbour the one with
    /// most of them, the newest of equals. No id clears the selection there. A neighbour that has lost the
    /// table is sent it again, once.
    virtual std::uint64_t select(std::vector<std::string> ids) = 0;
    /// How often what was sent under this ticket has been fetched whole. Some neighbours answer first and
    /// fetch later: a file offered is theirs to fetch for ten minutes, while this object lives.
    virtual std::size_t fetched(std::uint64_t ticket) const = 0;
    /// The cursor is on this spectrum: for every step of it. Of many at once the last is sent; what became of
    /// it is not told. Tables as above.
    virtual void highlight(const std::string& id) = 0;
};

} // namespace balmer::api
