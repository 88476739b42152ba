// NetworkDisk: whether a folder lies on a disk that other computers share, where SQLite's write-ahead log
// does not work. Private to the store.
#pragma once

#include <cstdint>
#include <filesystem>

namespace balmer::store {

/// By the number that statfs(2) gives a file system: NFS, SMB, 9P, AFS, Ceph, Lustre, GPFS, OCFS2, and FUSE,
/// which may be any of them.
bool isNetworkFileSystem(std::uint32_t type);
/// False where the system does not say.
bool isOnNetworkDisk(const std::filesystem::path& file);

} // namespace balmer::store
