#include "engine/store/network_disk.h"

#include <sys/vfs.h>

#include <algorithm>
#include <array>

namespace balmer::store {

bool isNetworkFileSystem(std::uint32_t type) {
    constexpr std::array<std::uint32_t, 12> known{
        0x6969 /* NFS */,        0x517b /* SMB */,      0xff534d42 /* CIFS */,  0xfe534d42 /* SMB 2 */,
        0x01021997 /* 9P */,     0x5346414f /* AFS */,  0x6b414653 /* AFS */,   0x00c36400 /* Ceph */,
        0x0bd00bd0 /* Lustre */, 0x47504653 /* GPFS */, 0x7461636f /* OCFS2 */, 0x65735546 /* FUSE */};
    return std::ranges::find(known, type) != known.end();
}

bool isOnNetworkDisk(const std::filesystem::path& file) {
    struct statfs disk {};
    return ::statfs(file.c_str(), &disk) == 0 && isNetworkFileSystem(static_cast<std::uint32_t>(disk.f_type));
}

} // namespace balmer::store
