// Workbench: an open project, and the faces of all that can be done with it, one for each subject.
//
// Owned by the program (one per open project); the faces live as long as it. Every function may be called
// from any thread, several at once. In the faces, what is marked (quick) takes no more than one indexed query
// and may be called from the UI thread; the others read files or many rows, or write and wait for the disk,
// and belong on a thread of their own. Long work is a job.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "engine/api/datasets.h"
#include "engine/api/event.h"
#include "engine/api/jobs.h"
#include "engine/api/labelling.h"
#include "engine/api/maps.h"
#include "engine/api/models.h"
#include "engine/api/neighbours.h"
#include "engine/api/observatory.h"
#include "engine/api/settings.h"
#include "engine/api/spectra.h"
#include "engine/api/workers.h"
#include "engine/core/result.h"

namespace balmer::api {

class Workbench {
  public:
    virtual ~Workbench() = default;

    virtual std::filesystem::path folder() const = 0;
    /// "" where the project can be written; else why not, in a sentence: then whatever writes fails with it
    /// (Io), and of the jobs those can run that change nothing.
    virtual std::string onlyReads() const { return {}; }
    [[nodiscard]] virtual std::unique_ptr<Subscription>
    subscribe(std::function<void(const Event&)> handler) = 0;

    virtual Jobs& jobs() = 0;
    virtual Spectra& spectra() = 0;
    virtual Datasets& datasets() = 0;
    virtual Maps& maps() = 0;
    virtual Models& models() = 0;
    virtual Labelling& labelling() = 0;
    virtual Workers& workers() = 0;
    virtual Settings& settings() = 0;
    virtual Observatory& observatory() = 0; ///< spectra from the net
    /// The programs beside Balmer; must end before the workbench. (quick)
    virtual std::unique_ptr<Neighbours> neighbours(Neighbours::Options options,
                                                   Neighbours::Handlers handlers) = 0;
};

struct OpenOptions {
    bool create = true;       ///< make the project where there is none
    std::string who = {};     ///< the observer's name in label events; "" takes the login name
    std::size_t threads = 0;  ///< for computations; 0: all processors
    bool followRemote = true; ///< go on with the jobs that run on workers, from the opening on
};

/// Errors: NotFound (create is off), Io, Store (not a project, or written by a newer Balmer).
core::Result<std::unique_ptr<Workbench>> openWorkbench(const std::filesystem::path& folder,
                                                       OpenOptions options = {});

/// Where the project is when nobody names one: balmer/default.balmer in the user's data folder (XDG).
std::filesystem::path defaultProjectFolder();

/// "0.1.0"
std::string programVersion();

} // namespace balmer::api
