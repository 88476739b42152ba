#include "tests/faults/scarce_memory.h"

#include <cstdlib>
#include <new>

namespace {

struct Scarcity {
    bool armed = false, forEver = false, refused = false;
    std::size_t fromBytes = 0, at = 0, allocations = 0;
};
thread_local constinit Scarcity scarcity;

void* allocate(std::size_t bytes, std::size_t alignment) {
    if (scarcity.armed && bytes >= scarcity.fromBytes) {
        const auto number = scarcity.allocations++;
        if (scarcity.forEver ? number >= scarcity.at : number == scarcity.at) {
            scarcity.refused = true;
            throw std::bad_alloc();
        }
    }
    if (bytes == 0) bytes = 1;
    void* const given = alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__
                            ? std::malloc(bytes)
                            : std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
    if (given == nullptr) throw std::bad_alloc();
    return given;
}

} // namespace

void* operator new(std::size_t bytes) {
    return allocate(bytes, 0);
}
void* operator new[](std::size_t bytes) {
    return allocate(bytes, 0);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return allocate(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
    return allocate(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

namespace balmer::test {

ScarceMemory::ScarceMemory(std::size_t fromBytes, std::size_t at, bool forEver) {
    scarcity = {true, forEver, false, fromBytes, at, 0};
}
ScarceMemory::~ScarceMemory() {
    scarcity.armed = false;
}
std::size_t ScarceMemory::allocations() {
    return scarcity.allocations;
}
bool ScarceMemory::refused() {
    return scarcity.refused;
}

} // namespace balmer::test
