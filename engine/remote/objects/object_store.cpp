#include "engine/remote/objects/object_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

#include "engine/core/mutex.h"
#include "engine/core/private_file.h"
#include "engine/remote/objects/chunk_index.h"
#include "engine/remote/objects/object_files.h"
#include "engine/remote/objects/object_listing.h"
#include "engine/remote/objects/registered_file.h"

namespace balmer::remote {

using core::Digest32;
using core::ErrorCode;
using core::fail;
using core::File;
using core::Result;
using core::Status;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t uploadsAtOnce = 64;     ///< each holds a file open
constexpr std::size_t manifestsInMemory = 16; ///< up to 1 MiB each
constexpr std::chrono::hours leftoversAge{1};

core::Error notHere(const ObjectId& id) {
    return core::Error(ErrorCode::NotFound, (isObjectId(id) ? "the object " + id : "an object of that name") +
                                                " is not here; offer it first");
}

core::Error held(const ObjectId& id) {
    return core::Error(ErrorCode::ResourceExhausted,
                       "another program is receiving the object " + id + "; try again in a moment");
}

/// An object on its way in. Its mutex comes before that of the store.
struct Upload {
    Upload(ObjectId name, Manifest what) : id(std::move(name)), manifest(std::move(what)) {}
    const ObjectId id;
    const Manifest manifest;
    std::mutex mutex; ///< guards what follows
    std::optional<File> part;
    std::vector<bool> have;
    std::size_t missing = 0;
    bool whole = false;     ///< is under its final name
    bool gone = false;      ///< no more in the store's list; whoever waited looks again
    std::uint64_t used = 0; ///< guarded by the store's mutex: larger is later
};

std::int64_t nanosecondsOf(core::TimePoint time) {
    return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

} // namespace

struct ObjectStore::Parts {
    fs::path folder;
    ObjectStoreOptions options;
    const core::Clock* clock = nullptr;

    core::Mutex reserving; ///< one object at a time finds its place in the quota; after an Upload's mutex
    core::Mutex mutex;     ///< the last to be locked
    std::map<ObjectId, std::shared_ptr<Upload>> uploads BALMER_GUARDED_BY(mutex);
    std::uint64_t uses BALMER_GUARDED_BY(mutex) = 0;
    std::map<ObjectId, std::shared_ptr<const Manifest>> manifests BALMER_GUARDED_BY(mutex);
    std::set<ObjectId>
        damaged BALMER_GUARDED_BY(mutex); ///< found damaged where the folder could not be written
    ChunkIndex index;                     ///< with a mutex of its own

    fs::path at(const ObjectId& id, std::string_view suffix = "") const {
        return folder / (id + std::string(suffix));
    }

    Result<ObjectListing> list() const;
    void touch(const fs::path& file) const;
    Result<std::shared_ptr<const Manifest>> manifestFor(const ObjectId& id);
    Status keepManifest(const ObjectId& id, const Manifest& manifest);
    Result<File> openObject(const ObjectId& id);
    Status verifyChunk(const File& file, const Manifest& manifest, std::uint32_t index,
                       std::span<std::byte> bytes) const;
    void quarantine(const ObjectId& id);

    using Held = std::pair<std::shared_ptr<Upload>, std::unique_lock<std::mutex>>;
    Result<Held> join(const ObjectId& id, const Manifest& manifest, core::TaskContext& task);
    void forget(Upload& upload);
    void limitUploads(const Upload& newest);
    Status begin(Upload& upload, core::TaskContext& task);
    Result<File> makePart(const Upload& upload);
    Status findSlots(Upload& upload, core::TaskContext& task);
    Status copyKnown(Upload& upload, core::TaskContext& task);
    Status publish(Upload& upload);

    void fillIndex();
    enum class Patience { Wait, None };
    Result<bool> removeKept(const ObjectId& id, Patience patience);
};

// ----------------------------------------------------------------------------------------------------------------
// The folder

Result<ObjectListing> ObjectStore::Parts::list() const {
    return listObjects(folder, nanosecondsOf(clock->now() - leftoversAge));
}

void ObjectStore::Parts::touch(const fs::path& file) const {
    const auto now = nanosecondsOf(clock->now());
    timespec times[2]{};
    times[0].tv_nsec = UTIME_OMIT;
    times[1].tv_sec = now / 1'000'000'000;
    times[1].tv_nsec = now % 1'000'000'000;
    (void)::utimensat(AT_FDCWD, file.c_str(), times, AT_SYMLINK_NOFOLLOW);
}

Result<std::shared_ptr<const Manifest>> ObjectStore::Parts::manifestFor(const ObjectId& id) {
    if (!isObjectId(id)) return fail(notHere(id));
    {
        const core::LockGuard lock(mutex);
        if (const auto found = manifests.find(id); found != manifests.end()) return found->second;
    }
    const auto bytes = readSmall(at(id, ".manifest"), manifestBytesAtMost);
    if (!bytes) return fail(bytes.error().code() == ErrorCode::Io ? bytes.error() : notHere(id));
    if (core::digestOf(*bytes) != id) return fail(notHere(id)); // garbled: as good as none
    BALMER_TRY(auto manifest, decodeManifest(*bytes));
    auto kept = std::make_shared<const Manifest>(std::move(manifest));
    const core::LockGuard lock(mutex);
    if (manifests.size() >= manifestsInMemory) manifests.clear();
    manifests.insert_or_assign(id, kept);
    return kept;
}

Status ObjectStore::Parts::keepManifest(const ObjectId& id, const Manifest& manifest) {
    const auto encoded = encode(manifest);
    const auto there = readSmall(at(id, ".manifest"), manifestBytesAtMost);
    if (there && *there == encoded) return {};
    return writeWhole(at(id, ".manifest"), encoded);
}

/// A whole or registered object, as it was verified.
Result<File> ObjectStore::Parts::openObject(const ObjectId& id) {
    BALMER_TRY(const auto manifest, manifestFor(id));
    {
        const core::LockGuard lock(mutex);
        if (damaged.contains(id)) return fail(notHere(id));
    }
    auto file = File::open(at(id), File::Use::Read);
    if (file) {
        const auto stamp = file->stamp();
        if (stamp && stamp->size == manifest->size) return file;
    } else if (file.error().code() != ErrorCode::NotFound) {
        return file;
    }
    const auto note = readSmall(at(id, ".link"), registeredBytesAtMost);
    if (!note) return fail(notHere(id));
    const auto registered = decodeRegisteredFile(*note);
    if (!registered) return fail(notHere(id));
    auto original = openBelowRoots(options.roots, registered->path);
    if (!original) return fail(notHere(id));
    const auto stamp = original->stamp();
    if (!stamp || *stamp != registered->stamp) return fail(notHere(id));
    return original;
}

Status ObjectStore::Parts::verifyChunk(const File& file, const Manifest& manifest, std::uint32_t chunk,
                                       std::span<std::byte> bytes) const {
    BALMER_CHECK(file.readAt(std::uint64_t{chunk} * chunkSize, bytes));
    if (core::digestBytesOf(bytes) != manifest.chunks[chunk])
        return fail(ErrorCode::Format, "chunk " + std::to_string(chunk) + " of " + file.path().string() +
                                           " is not what it was; the disk may be failing");
    return {};
}

void ObjectStore::Parts::quarantine(const ObjectId& id) {
    // As an incoming object: the next offer hashes it and asks for the damaged chunks alone. Should the disk
    // forget the new name, the damage is found once more.
    std::error_code ignored;
    const bool whole = fs::exists(fs::symlink_status(at(id), ignored));
    const bool taken = !whole || core::renameFile(at(id), at(id, ".part"));
    if (taken && core::removeFile(at(id, ".link"))) return;
    const core::LockGuard lock(mutex);
    damaged.insert(id);
}

void ObjectStore::Parts::fillIndex() {
    if (!index.wantsAll()) return;
    const auto listing = list();
    if (!listing) return;
    for (const auto& [id, kept] : listing->objects) {
        if (!kept.whole && !kept.link) continue;
        if (const auto manifest = manifestFor(id); manifest) index.add(id, **manifest);
    }
}

// ----------------------------------------------------------------------------------------------------------------
// Incoming objects

/// The one Upload of that object, locked; begun by whoever comes first.
Result<ObjectStore::Parts::Held> ObjectStore::Parts::join(const ObjectId& id, const Manifest& manifest,
                                                          core::TaskContext& task) {
    while (true) {
        const auto fresh = std::make_shared<Upload>(id, manifest);
        std::unique_lock own(fresh->mutex);
        std::shared_ptr<Upload> current;
        {
            const core::LockGuard lock(mutex);
            current = uploads.try_emplace(id, fresh).first->second;
            current->used = ++uses;
        }
        if (current != fresh) {
            own.unlock();
            std::unique_lock others(current->mutex);
            if (current->gone && !current->whole) continue;
            return Held(current, std::move(others));
        }
        auto begun = begin(*fresh, task);
        if (!begun || fresh->whole) forget(*fresh);
        if (!begun) return fail(std::move(begun).error());
        if (!fresh->whole) limitUploads(*fresh);
        return Held(fresh, std::move(own));
    }
}

/// Its mutex is held.
void ObjectStore::Parts::forget(Upload& upload) {
    upload.gone = true;
    upload.part.reset();
    const core::LockGuard lock(mutex);
    if (const auto found = uploads.find(upload.id); found != uploads.end() && found->second.get() == &upload)
        uploads.erase(found);
}

/// Closes the file of the upload that was not used for longest; who goes on with it finds it on the disk.
/// Those that are being used at this moment are left alone.
void ObjectStore::Parts::limitUploads(const Upload& newest) {
    std::shared_ptr<Upload> oldest;
    {
        const core::LockGuard lock(mutex);
        if (uploads.size() <= uploadsAtOnce) return;
        for (const auto& [id, upload] : uploads)
            if (upload.get() != &newest && (!oldest || upload->used < oldest->used)) oldest = upload;
    }
    const std::unique_lock theirs(oldest->mutex, std::try_to_lock);
    if (theirs.owns_lock()) forget(*oldest);
}

/// A new ID.part, when it fits.
Result<File> ObjectStore::Parts::makePart(const Upload& upload) {
    const auto size = upload.manifest.size;
    const core::LockGuard lock(reserving);
    BALMER_TRY(const auto listing, list());
    if (size > options.quotaBytes || listing.bytes > options.quotaBytes - size)
        return fail(ErrorCode::ResourceExhausted,
                    "an object of " + std::to_string(size) +
                        " bytes does not fit: " + std::to_string(listing.bytes) + " of " +
                        std::to_string(options.quotaBytes) + " bytes are taken in " + folder.string() +
                        "; `balmer-worker gc` drops what no job uses, or raise the quota");
    const auto path = at(upload.id, ".part");
    const auto make = [&]() -> Result<File> {
        BALMER_CHECK(keepManifest(upload.id, upload.manifest));
        BALMER_TRY(auto part, File::open(path, File::Use::CreateNew));
        auto sized = part.resize(size);
        if (sized && !part.tryLock()) sized = fail(held(upload.id));
        if (sized) sized = core::flushFolder(folder);
        if (!sized) {
            (void)core::removeFile(path);
            return fail(std::move(sized).error());
        }
        return part;
    };
    auto made = make();
    std::error_code error;
    if (!made && !fs::exists(fs::symlink_status(path, error)))
        (void)core::removeFile(at(upload.id, ".manifest"));
    return made;
}

/// Makes or opens ID.part and finds out what is missing; publishes where nothing is.
Status ObjectStore::Parts::begin(Upload& upload, core::TaskContext& task) {
    if (openObject(upload.id)) {
        upload.whole = true;
        return {};
    }
    const auto path = at(upload.id, ".part");
    std::error_code error;
    if (fs::exists(
            fs::symlink_status(at(upload.id), error))) { // not what it should be: its good chunks count
        if (fs::exists(fs::symlink_status(path, error)))
            BALMER_CHECK(core::removeFile(at(upload.id)));
        else
            BALMER_CHECK(core::renameFile(at(upload.id), path));
    }
    auto part = File::open(path, File::Use::ReadWrite);
    const bool fresh = !part && part.error().code() == ErrorCode::NotFound;
    if (fresh) part = makePart(upload);
    if (!part) return fail(std::move(part).error());
    upload.part.emplace(std::move(*part));
    if (!fresh) {
        if (!upload.part->tryLock() || !upload.part->isAtItsPath()) return fail(held(upload.id));
        BALMER_TRY(const auto stamp, upload.part->stamp());
        if (stamp.size != upload.manifest.size) BALMER_CHECK(upload.part->resize(upload.manifest.size));
        BALMER_CHECK(keepManifest(upload.id, upload.manifest));
    }
    touch(path);
    upload.have.assign(upload.manifest.chunks.size(), false);
    upload.missing = upload.have.size();
    if (!fresh) BALMER_CHECK(findSlots(upload, task));
    if (upload.missing > 0) BALMER_CHECK(copyKnown(upload, task));
    return upload.missing == 0 ? publish(upload) : Status();
}

/// Which slots hold what they should already.
Status ObjectStore::Parts::findSlots(Upload& upload, core::TaskContext& task) {
    const auto& manifest = upload.manifest;
    std::vector<std::byte> bytes(std::min<std::uint64_t>(chunkSize, manifest.size));
    const auto ofZeros = core::digestBytesOf(bytes);
    for (std::uint32_t i = 0; i < manifest.chunks.size(); ++i) {
        BALMER_CHECK(task.checkpoint(0.5 * i / static_cast<double>(manifest.chunks.size()), "looking"));
        const auto chunk = std::span(bytes).first(chunkBytes(manifest, i));
        const bool hole = chunk.size() == bytes.size() && manifest.chunks[i] != ofZeros &&
                          upload.part->isHole(std::uint64_t{i} * chunkSize, chunk.size());
        if (hole || !verifyChunk(*upload.part, manifest, i, chunk)) continue;
        upload.have[i] = true;
        --upload.missing;
    }
    return {};
}

/// Fills the slots whose chunks this object or another one here has.
Status ObjectStore::Parts::copyKnown(Upload& upload, core::TaskContext& task) {
    fillIndex();
    const auto& manifest = upload.manifest;
    std::unordered_map<Digest32, std::uint32_t, DigestHash> own;
    for (std::uint32_t i = 0; i < manifest.chunks.size(); ++i)
        if (upload.have[i]) own.emplace(manifest.chunks[i], i);
    std::vector<std::byte> bytes(std::min<std::uint64_t>(chunkSize, manifest.size));
    ObjectId openId;
    std::optional<File> open;
    for (std::uint32_t i = 0; i < manifest.chunks.size(); ++i) {
        if (upload.have[i]) continue;
        BALMER_CHECK(task.checkpoint(0.5 + 0.5 * i / static_cast<double>(manifest.chunks.size()), "copying"));
        const auto chunk = std::span(bytes).first(chunkBytes(manifest, i));
        bool read = false;
        if (const auto found = own.find(manifest.chunks[i]); found != own.end()) {
            read = verifyChunk(*upload.part, manifest, found->second, chunk).has_value();
        } else if (const auto place = index.find(manifest.chunks[i]); place) {
            if (place->first != openId) {
                openId = place->first;
                open.reset();
                if (auto file = openObject(openId); file) open.emplace(std::move(*file));
            }
            read = open && open->readAt(std::uint64_t{place->second} * chunkSize, chunk) &&
                   core::digestBytesOf(chunk) == manifest.chunks[i];
        }
        if (!read) continue;
        BALMER_CHECK(upload.part->writeAt(std::uint64_t{i} * chunkSize, chunk));
        upload.have[i] = true;
        --upload.missing;
        own.emplace(manifest.chunks[i], i);
    }
    return {};
}

/// Every slot was verified: on the disk, then under its name.
Status ObjectStore::Parts::publish(Upload& upload) {
    BALMER_CHECK(upload.part->flush());
    if (!upload.part->isAtItsPath()) return fail(notHere(upload.id));
    BALMER_CHECK(core::renameFile(at(upload.id, ".part"), at(upload.id)));
    touch(at(upload.id));
    upload.whole = true;
    {
        const core::LockGuard lock(mutex);
        damaged.erase(upload.id);
    }
    index.add(upload.id, upload.manifest);
    return {};
}

// ----------------------------------------------------------------------------------------------------------------
// The face

ObjectStore::ObjectStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ObjectStore::~ObjectStore() = default;

Result<std::unique_ptr<ObjectStore>> ObjectStore::open(const fs::path& folder, ObjectStoreOptions options) {
    std::error_code error;
    auto parts = std::make_unique<Parts>();
    parts->folder = fs::absolute(folder, error).lexically_normal();
    if (!fs::is_directory(parts->folder, error)) {
        BALMER_CHECK(core::makeFolders(parts->folder.parent_path()));
        BALMER_CHECK(core::preparePrivateFolder(parts->folder));
    }
    if (!fs::is_directory(parts->folder, error))
        return fail(ErrorCode::Io, parts->folder.string() + " is not a folder; name another for the objects");
    for (auto& root : options.roots)
        root = fs::absolute(root, error).lexically_normal();
    parts->clock = options.clock ? options.clock : &core::systemClock();
    parts->options = std::move(options);
    return std::unique_ptr<ObjectStore>(new ObjectStore(std::move(parts)));
}

bool ObjectStore::has(const ObjectId& id) {
    return pathOf(id).has_value();
}

Result<std::vector<std::uint32_t>> ObjectStore::offer(const Manifest& manifest, core::TaskContext& task) {
    BALMER_CHECK(check(manifest));
    const auto id = objectIdOf(manifest);
    std::vector<std::uint32_t> wanted;
    if (has(id)) return wanted;
    BALMER_TRY(const auto joined, parts_->join(id, manifest, task));
    const auto& upload = *joined.first;
    if (upload.whole) return wanted;
    std::set<Digest32> asked;
    for (std::uint32_t i = 0; i < upload.have.size(); ++i)
        if (!upload.have[i] && asked.insert(manifest.chunks[i]).second) wanted.push_back(i);
    return wanted;
}

Result<bool> ObjectStore::put(const ObjectId& id, std::uint32_t index, std::span<const std::byte> bytes) {
    BALMER_TRY(const auto manifest, parts_->manifestFor(id));
    if (index >= manifest->chunks.size())
        return fail(ErrorCode::InvalidArgument, "the object " + id + " has " +
                                                    std::to_string(manifest->chunks.size()) +
                                                    " chunks; there is no chunk " + std::to_string(index));
    if (bytes.size() != chunkBytes(*manifest, index))
        return fail(ErrorCode::InvalidArgument, "chunk " + std::to_string(index) + " of the object " + id +
                                                    " has " + std::to_string(chunkBytes(*manifest, index)) +
                                                    " bytes, not " + std::to_string(bytes.size()));
    const auto& digest = manifest->chunks[index];
    if (core::digestBytesOf(bytes) != digest)
        return fail(ErrorCode::Format, "chunk " + std::to_string(index) + " of the object " + id +
                                           " is not what its manifest says; send it again");
    std::error_code error;
    if (!fs::exists(fs::symlink_status(parts_->at(id, ".part"), error)))
        return has(id) ? Result<bool>(true) : fail(notHere(id));
    core::TaskContext task;
    BALMER_TRY(const auto joined, parts_->join(id, *manifest, task));
    auto& upload = *joined.first;
    if (upload.whole) return true;
    for (std::uint32_t i = index; i < upload.have.size(); ++i) {
        if (upload.have[i] || manifest->chunks[i] != digest) continue;
        BALMER_CHECK(upload.part->writeAt(std::uint64_t{i} * chunkSize, bytes));
        upload.have[i] = true;
        --upload.missing;
    }
    if (upload.missing > 0) {
        parts_->touch(upload.part->path());
        return false;
    }
    const auto published = parts_->publish(upload);
    parts_->forget(upload); // after a failure the slots are hashed again
    if (!published) return fail(published.error());
    return true;
}

Result<std::vector<std::byte>> ObjectStore::read(const ObjectId& id, std::uint32_t index) {
    BALMER_TRY(const auto file, parts_->openObject(id));
    BALMER_TRY(const auto manifest, parts_->manifestFor(id));
    if (index >= manifest->chunks.size())
        return fail(ErrorCode::InvalidArgument, "the object " + id + " has " +
                                                    std::to_string(manifest->chunks.size()) +
                                                    " chunks; there is no chunk " + std::to_string(index));
    std::vector<std::byte> bytes(chunkBytes(*manifest, index));
    if (auto verified = parts_->verifyChunk(file, *manifest, index, bytes); !verified) {
        if (verified.error().code() == ErrorCode::Format) parts_->quarantine(id);
        return fail(std::move(verified).error());
    }
    return bytes;
}

Result<fs::path> ObjectStore::pathOf(const ObjectId& id) {
    BALMER_TRY(const auto file, parts_->openObject(id));
    const bool inside = file.path() == parts_->at(id);
    parts_->touch(parts_->at(id, inside ? "" : ".link"));
    return file.path();
}

Result<Manifest> ObjectStore::manifest(const ObjectId& id) {
    BALMER_TRY(const auto manifest, parts_->manifestFor(id));
    std::error_code error;
    for (const auto* suffix : {"", ".part", ".link"})
        if (fs::exists(fs::symlink_status(parts_->at(id, suffix), error))) return *manifest;
    return fail(notHere(id));
}

/// False: somebody is receiving it at this moment; with patience only another program counts.
Result<bool> ObjectStore::Parts::removeKept(const ObjectId& id, Patience patience) {
    std::shared_ptr<Upload> upload;
    std::unique_lock<std::mutex> theirs;
    {
        const core::LockGuard lock(mutex);
        if (const auto found = uploads.find(id); found != uploads.end()) upload = found->second;
    }
    if (upload) {
        theirs = std::unique_lock(upload->mutex, std::defer_lock);
        if (patience == Patience::Wait)
            theirs.lock();
        else if (!theirs.try_lock())
            return false;
        forget(*upload);
    }
    if (const auto part = File::open(at(id, ".part"), File::Use::Read); part && !part->tryLock())
        return false;
    for (const auto* suffix : {".part", "", ".link", ".manifest"})
        BALMER_CHECK(core::removeFile(at(id, suffix)));
    const core::LockGuard lock(mutex);
    manifests.erase(id);
    damaged.erase(id);
    return true;
}

Status ObjectStore::remove(const ObjectId& id) {
    if (!isObjectId(id)) return {};
    BALMER_TRY(const bool removed, parts_->removeKept(id, Parts::Patience::Wait));
    if (!removed) return fail(held(id));
    return {};
}

Result<ObjectUsage> ObjectStore::usage() {
    BALMER_TRY(const auto listing, parts_->list());
    ObjectUsage usage{listing.bytes, parts_->options.quotaBytes};
    for (const auto& [id, kept] : listing.objects)
        ++(kept.whole ? usage.whole : kept.part ? usage.incoming : usage.registered);
    return usage;
}

Result<Collected> ObjectStore::gc(const Collection& collection) {
    ObjectListing listing;
    {
        const core::LockGuard lock(parts_->reserving);
        BALMER_TRY(listing, parts_->list());
        for (const auto& file : listing.leftovers)
            (void)core::removeFile(file);
    }
    (void)core::sweepPending(parts_->folder);
    for (const auto& id : collection.inUse)
        listing.objects.erase(id);
    std::vector<std::pair<ObjectId, Kept>> oldestFirst(listing.objects.begin(), listing.objects.end());
    std::stable_sort(oldestFirst.begin(), oldestFirst.end(),
                     [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
    const auto quota = parts_->options.quotaBytes;
    const auto room = quota - std::min(quota, collection.roomForBytes);
    const auto now = parts_->clock->now();
    Collected collected;
    for (const auto& [id, kept] : oldestFirst) {
        const bool unused =
            collection.unusedForDays &&
            kept.used <= nanosecondsOf(now - std::chrono::hours(24) * *collection.unusedForDays);
        const bool inTheWay = kept.bytes > 0 && listing.bytes - collected.bytes > room;
        if (!unused && !inTheWay) continue;
        BALMER_TRY(const bool removed, parts_->removeKept(id, Parts::Patience::None));
        if (!removed) continue;
        ++collected.objects;
        collected.bytes += kept.bytes;
    }
    parts_->index.clear(); // places of what went would hide others
    return collected;
}

Result<std::vector<fs::path>> ObjectStore::filesToRegister(const fs::path& path, std::size_t atMost) const {
    return filesBelowRoots(parts_->options.roots, path, atMost);
}

Result<ObjectId> ObjectStore::registerFile(const fs::path& file, core::TaskContext& task) {
    BALMER_TRY(const auto original, openBelowRoots(parts_->options.roots, file));
    BALMER_TRY(const auto stamp, original.stamp());
    BALMER_TRY(const auto manifest, manifestOfOpen(original, task));
    BALMER_TRY(const auto after, original.stamp());
    if (after != stamp)
        return fail(ErrorCode::InvalidArgument,
                    original.path().string() + " changed while it was read; try again when nobody writes it");
    const auto id = objectIdOf(manifest);
    if (has(id)) return id;
    BALMER_CHECK(parts_->keepManifest(id, manifest));
    BALMER_CHECK(
        writeWhole(parts_->at(id, ".link"), encode(RegisteredFile{stamp, original.path().string()})));
    parts_->touch(parts_->at(id, ".link"));
    {
        const core::LockGuard lock(parts_->mutex);
        parts_->damaged.erase(id);
    }
    parts_->index.add(id, manifest);
    return id;
}

} // namespace balmer::remote
