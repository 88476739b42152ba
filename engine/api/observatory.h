// Observatory: spectra from the net, for a project: folders, SSAP services, VOTables that list spectra.
//
// What blocks is here, to be called on a thread of its own and stopped through its task; what takes long and
// leaves something behind is a job: the specs made here go to Workbench::submit or runHere. Nothing touches
// the net before one of these is called. Any thread, several at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/jobs/job.h"
#include "engine/vo/ssap/service_book.h"
#include "engine/vo/ssap/spectrum_list.h"
#include "engine/vo/ssap/ssap_query.h"

namespace balmer::api {

/// What to fetch of a folder on the net, or which file; what is absent is as the kind "fetch" has it.
struct TreeRequest {
    std::string url;
    std::vector<std::string> match = {};   ///< names to take, with * and ?; none: all
    std::optional<std::size_t> depth = {}; ///< folders below the start
    std::optional<std::size_t> mostFiles = {};
    std::optional<std::uint64_t> mostBytes = {};
    std::optional<unsigned> connections = {}; ///< 1 to 4
};

struct TreePreview {
    struct File {
        std::string url;
        std::string path; ///< below the target folder
        std::optional<std::uint64_t> bytes;
        bool exact = false; ///< bytes is what the server says, not what a page shows
    };
    struct Skipped {
        std::string url, why;
    };
    std::string root;
    std::vector<File> files; ///< those that match
    std::size_t unmatched = 0;
    std::vector<Skipped> skipped;
    std::size_t folders = 0;
    std::uint64_t bytes = 0; ///< of the files whose size is known
    std::size_t unsized = 0; ///< files whose size is not known
    bool cut = false;        ///< a limit was reached: there is more
};

/// Where what is fetched goes.
struct Destination {
    std::string folder = {};     ///< "": a folder of the project, named after the server
    std::string collection = {}; ///< where the spectra go; "" names it after each file's folder
    bool import = true;
};

/// A list with what the project has of it.
struct MarkedList {
    vo::SpectrumList list;
    std::vector<std::string> inProject; ///< one a row: the id of the spectrum there; "" for none
    std::vector<std::size_t> standsFor; ///< one a row: vo::standIns
};

class Observatory {
  public:
    virtual ~Observatory() = default;

    // ---- Services: of the user, not of the project
    virtual core::Result<std::vector<vo::Service>> services() = 0; ///< (quick)
    /// Adds it, or replaces the one of this name. Errors: InvalidArgument. (quick)
    virtual core::Status putService(const vo::Service& service) = 0;
    virtual core::Status removeService(const std::string& name) = 0; ///< Errors: NotFound. (quick)
    /// For all addresses of this server, until the program ends. Errors: InvalidArgument. (quick)
    virtual core::Status logIn(const std::string& url, const std::string& user,
                               const std::string& password) = 0;

    // ---- Questions: they wait for the net
    /// What a folder holds, without fetching it. Errors: those of vo::listTree.
    virtual core::Result<TreePreview> preview(const TreeRequest& request, core::TaskContext& task) = 0;
    /// service: the name of one of services(), or an address. Errors: those of vo::askSsap.
    virtual core::Result<MarkedList> askSsap(const std::string& service, const vo::SsapQuery& query,
                                             const vo::ListOptions& options, core::TaskContext& task) = 0;
    /// A VOTable from a file or an address. Errors: those of vo::loadSpectrumList.
    virtual core::Result<MarkedList> readList(const std::string& fileOrUrl, const vo::ListOptions& options,
                                              core::TaskContext& task) = 0;
    /// Marks anew, after an import: one indexed query a row.
    virtual core::Status mark(MarkedList& list) = 0;

    /// For each spectrum of the project an address on the net that it came from, an identifier where there is
    /// no address, "" for none.
    virtual core::Result<std::vector<std::string>> addresses(const std::vector<std::string>& ids) = 0;

    // ---- Jobs
    /// Kind "fetch". A login in the address is remembered and left out. Errors: InvalidArgument. (quick)
    virtual core::Result<jobs::JobSpec> fetchJob(const TreeRequest& request, const Destination& to) = 0;
    /// Kind "retrieve": these rows (indices into list.rows). Rows that cannot be fetched are refused.
    /// Errors: InvalidArgument. (quick)
    virtual core::Result<jobs::JobSpec> retrieveJob(const vo::SpectrumList& list,
                                                    const std::vector<std::size_t>& rows,
                                                    const Destination& to) = 0;
};

} // namespace balmer::api
