# What every target of Balmer shares: the language, the warnings, the precompiled headers, and the rule that folder =
# namespace = target.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
endif()

# Where programs find the libraries that they load when a job needs them, here and when installed.
include(GNUInstallDirs)
set(BALMER_MODULE_FOLDER ${CMAKE_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR}/balmer)
set(BALMER_MODULE_INSTALL_FOLDER ${CMAKE_INSTALL_LIBDIR}/balmer)
set(CMAKE_BUILD_RPATH ${BALMER_MODULE_FOLDER})
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)
set(CMAKE_INSTALL_RPATH $ORIGIN/../${BALMER_MODULE_INSTALL_FOLDER})

find_package(Threads REQUIRED)
find_program(BALMER_CCACHE ccache)
if(BALMER_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${BALMER_CCACHE})
endif()

add_library(balmer_settings INTERFACE)
target_include_directories(balmer_settings INTERFACE ${CMAKE_SOURCE_DIR})
# -fPIC for programs too, which would have -fPIE: a precompiled header serves only those that were compiled like it.
target_compile_options(balmer_settings INTERFACE -fPIC -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor)
if(CMAKE_UNITY_BUILD)
    # GCC lets a file's own classes hold what is in its anonymous namespace; of files that it takes together it warns.
    target_compile_options(balmer_settings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
if(BALMER_WERROR)
    # GCC 12 sees overflows in std::string where there are none (its bug 105329 and kin): those stay warnings.
    target_compile_options(balmer_settings INTERFACE -Werror
        -Wno-error=stringop-overflow -Wno-error=array-bounds -Wno-error=restrict -Wno-error=maybe-uninitialized)
endif()
if(BALMER_SANITIZE)
    target_compile_options(balmer_settings INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
    target_link_options(balmer_settings INTERFACE -fsanitize=address,undefined)
endif()
if(BALMER_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "BALMER_FUZZ needs clang; configure with -DCMAKE_CXX_COMPILER=clang++ or the preset fuzz")
    endif()
    target_compile_options(balmer_settings INTERFACE
        -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    target_link_options(balmer_settings INTERFACE -fsanitize=address,undefined)
endif()

# How what waits for people, disks and other computers is compiled; what computes is in other modules.
set(balmer_glue_options $<$<CONFIG:Release>:-O1>)

# balmer_precompiled(json LINK nlohmann_json::nlohmann_json HEADERS <string> <nlohmann/json.hpp>)
#   Headers that many targets read, compiled once: balmer_use_precompiled(TARGET json). OPTIONS and DEFINITIONS
#   are those that the targets which use it have too.
function(balmer_precompiled name)
    cmake_parse_arguments(ARG "" "" "LINK;OPTIONS;DEFINITIONS;HEADERS" ${ARGN})
    set(source ${CMAKE_BINARY_DIR}/precompiled/${name}.cpp)
    if(NOT EXISTS ${source})
        file(WRITE ${source} "")
    endif()
    add_library(balmer_precompiled_${name} OBJECT ${source})
    target_link_libraries(balmer_precompiled_${name} PRIVATE balmer_settings Threads::Threads ${ARG_LINK})
    target_compile_options(balmer_precompiled_${name} PRIVATE ${ARG_OPTIONS})
    target_compile_definitions(balmer_precompiled_${name} PRIVATE ${ARG_DEFINITIONS})
    target_precompile_headers(balmer_precompiled_${name} PRIVATE ${ARG_HEADERS})
endfunction()
function(balmer_use_precompiled target name)
    target_precompile_headers(${target} REUSE_FROM balmer_precompiled_${name})
endfunction()

set(balmer_standard_headers
    <algorithm> <array> <atomic> <charconv> <chrono> <cmath> <condition_variable> <cstddef> <cstdint> <cstdlib> <cstring>
    <deque> <filesystem> <fstream> <functional> <limits> <map> <memory> <mutex> <numeric> <optional> <set> <span> <sstream>
    <stop_token> <string> <string_view> <thread> <tuple> <unordered_map> <utility> <variant> <vector>)

find_package(tl-expected REQUIRED)
find_package(nlohmann_json REQUIRED)
balmer_precompiled(standard LINK tl::expected HEADERS ${balmer_standard_headers} <tl/expected.hpp>)
balmer_precompiled(json LINK tl::expected nlohmann_json::nlohmann_json
    HEADERS ${balmer_standard_headers} <tl/expected.hpp> <nlohmann/json.hpp>)

# Where CMAKE_UNITY_BUILD is on (the preset release), a compiler takes several sources at once, so names in their anonymous
# namespaces must differ. balmer_unity_by_folder(TARGET): those of one folder, instead of those that stand beside each other.
function(balmer_unity_by_folder target)
    get_target_property(sources ${target} SOURCES)
    get_target_property(home ${target} SOURCE_DIR)
    foreach(source IN LISTS sources)
        cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${home})
        cmake_path(GET source PARENT_PATH folder)
        cmake_path(GET folder FILENAME folder)
        set_source_files_properties(${source} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${folder})
    endforeach()
    set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
endfunction()

# balmer_module(store SOURCES a.cpp b.cpp DEPENDS core PRIVATE SQLite::SQLite3)
#   DEPENDS names modules (public), PRIVATE third-party targets seen by the module's .cpp files alone.
function(balmer_module name)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
    add_library(balmer_${name} STATIC ${ARG_SOURCES})
    add_library(balmer::${name} ALIAS balmer_${name})
    target_link_libraries(balmer_${name} PUBLIC balmer_settings Threads::Threads)
    foreach(module IN LISTS ARG_DEPENDS)
        target_link_libraries(balmer_${name} PUBLIC balmer::${module})
    endforeach()
    target_link_libraries(balmer_${name} PRIVATE ${ARG_PRIVATE})
    if(nlohmann_json::nlohmann_json IN_LIST ARG_PRIVATE)
        balmer_use_precompiled(balmer_${name} json)
    else()
        balmer_use_precompiled(balmer_${name} standard)
    endif()
endfunction()

# balmer_test(som_test LABELS unit SOURCES som_trainer_test.cpp LINK balmer::som)
#   One executable a module; each GoogleTest case becomes one ctest entry. Tests are compiled without optimisation: it is
#   the code under test that computes. QT: the test includes Qt's headers.
function(balmer_test name)
    cmake_parse_arguments(ARG "QT" "" "SOURCES;LINK;LABELS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE balmer_settings ${ARG_LINK} balmer_test_support GTest::gtest GTest::gmock GTest::gtest_main)
    if(ARG_QT)
        balmer_as_test_code(${name} QT)
    else()
        balmer_as_test_code(${name})
    endif()
    # The list is read several times on its way to ctest, each time losing backslashes.
    string(REPEAT "\\" 8 guard)
    list(JOIN ARG_LABELS "${guard};" labels)
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 600 PROPERTIES LABELS "${labels}")
endfunction()

# balmer_as_test_code(TARGET [QT]): how the tests and what they stand on are compiled.
set(balmer_test_options $<$<CONFIG:Release>:-O0>)
set(balmer_qt_test_options -UQT_TESTCASE_BUILDDIR -UQT_TESTCASE_SOURCEDIR) # others in each folder; nothing here reads them
function(balmer_as_test_code target)
    target_compile_options(${target} PRIVATE ${balmer_test_options})
    target_link_libraries(${target} PRIVATE GTest::gtest) # its definitions are those of the precompiled header
    if("QT" IN_LIST ARGN)
        target_compile_options(${target} PRIVATE ${balmer_qt_test_options})
        target_compile_definitions(${target} PRIVATE QT_NO_KEYWORDS)
        balmer_use_precompiled(${target} qt_test)
    else()
        balmer_use_precompiled(${target} test)
    endif()
endfunction()
