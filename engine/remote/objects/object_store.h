// ObjectStore: a folder of objects, named by their content, that survives being killed at any point.
//
// For each object ID the folder has ID.manifest and one of
//   ID        the whole object: every chunk was verified, the file flushed, then renamed
//   ID.part   an incoming one, sparse, of its final size; verified chunks lie in their slots
//   ID.link   a file elsewhere that was registered: its path, and by what a change of it is seen
// A chunk that came is never asked for again: after a cut or a kill -9 the slots of ID.part are hashed. The
// folder is the truth; several processes may use one. Times of use are the files' times of modification.
//
// Any thread. offer(), put(), read() and registerFile() read, write and hash: not for a thread that must not
// wait. Errors, everywhere: Io with the path and the reason; ResourceExhausted when the disk is full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/remote/objects/manifest.h"

namespace balmer::remote {

struct ObjectStoreOptions {
    std::uint64_t quotaBytes = std::uint64_t{50} << 30; ///< of what objects take once they are whole
    std::vector<std::filesystem::path> roots; ///< files below these may be registered; none: no file may
    const core::Clock* clock = nullptr;       ///< for the times of use; nullptr: the computer's own
};

struct ObjectUsage {
    std::uint64_t bytes = 0; ///< counted against the quota: whole objects, and incoming ones by final size
    std::uint64_t quotaBytes = 0;
    std::size_t whole = 0, incoming = 0, registered = 0; ///< numbers of objects
};

/// What gc() may take away.
struct Collection {
    std::vector<ObjectId> inUse;      ///< never touched
    std::optional<int> unusedForDays; ///< takes what nobody used for so long; nullopt: age is no reason
    std::uint64_t roomForBytes = 0;   ///< then the least recently used, until this much fits below the quota
};
struct Collected {
    std::size_t objects = 0;
    std::uint64_t bytes = 0; ///< of the quota, free now
};

class ObjectStore {
  public:
    /// Makes the folder (0700) where it is missing. Opens a folder that may only be read, too: offers then
    /// fail.
    static core::Result<std::unique_ptr<ObjectStore>> open(const std::filesystem::path& folder,
                                                           ObjectStoreOptions options);
    ~ObjectStore();
    ObjectStore(const ObjectStore&) = delete;
    ObjectStore& operator=(const ObjectStore&) = delete;

    /// Whole, or registered and unchanged since. Counts as a use.
    bool has(const ObjectId& id);

    /// Begins or goes on with an incoming object. Returns the chunks to send, ascending, each content once;
    /// none: the object is here. Slots that a former run filled are hashed and kept; chunks that other
    /// objects here have are copied from them. Errors: InvalidArgument (check()), Cancelled;
    /// ResourceExhausted when the object would not fit the quota: nothing is written then.
    core::Result<std::vector<std::uint32_t>> offer(const Manifest& manifest, core::TaskContext& task);

    /// Writes a chunk of an offered object to every slot that wants it. True: the object is whole now, on the
    /// disk under its name. The same chunk twice, from two threads too, is harmless. Errors: NotFound (offer
    /// it first), InvalidArgument (no such chunk, other length), Format (other digest; nothing is written).
    core::Result<bool> put(const ObjectId& id, std::uint32_t index, std::span<const std::byte> bytes);

    /// One chunk of a whole or registered object, verified. Errors: NotFound; Format when its bytes changed
    /// on the disk: the object is set aside, so that has() is false, and the next offer asks for what is
    /// wrong.
    core::Result<std::vector<std::byte>> read(const ObjectId& id, std::uint32_t index);

    /// Where the bytes of a whole or registered object lie; to be read only, and while the object is in use.
    /// The content is not verified. Counts as a use. Errors: NotFound.
    core::Result<std::filesystem::path> pathOf(const ObjectId& id);

    /// Of a whole, registered or incoming object. Errors: NotFound.
    core::Result<Manifest> manifest(const ObjectId& id);

    /// Forgets it, incoming or not; a registered file itself stays. An id that is not here is not an error.
    core::Status remove(const ObjectId& id);

    core::Result<ObjectUsage> usage();

    /// Takes first what is unused, then the least recently used. What is in use stays, whatever the quota
    /// says.
    core::Result<Collected> gc(const Collection& collection);

    /// Makes a file below one of the roots an object where it lies, without a copy; takes nothing of the
    /// quota. A path may be absolute or relative to a root, and passes no symbolic link below the root. A
    /// file that changed later is not an object any more: register it again. Errors: InvalidArgument outside
    /// the roots, or for what is not an ordinary file; NotFound; those of manifestOfFile.
    core::Result<ObjectId> registerFile(const std::filesystem::path& file, core::TaskContext& task);

    /// What registerFile() may be asked for: that file, or the ordinary files in and below that folder, in
    /// the order of their names. Errors: those of registerFile(); ResourceExhausted where there is more than
    /// atMost.
    core::Result<std::vector<std::filesystem::path>> filesToRegister(const std::filesystem::path& path,
                                                                     std::size_t atMost) const;

  private:
    struct Parts;
    explicit ObjectStore(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace balmer::remote
