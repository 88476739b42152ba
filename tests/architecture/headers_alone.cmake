# cmake -DCOMPILER=… -DFLAGS=file -DFOLDER=engine/som -DROOT=… -P headers_alone.cmake
#
# Compiles each header of FOLDER alone, as the only thing in a translation unit. Folders below FOLDER with a CMakeLists.txt of
# their own belong to another check.
file(STRINGS "${FLAGS}" flags)
list(FILTER flags EXCLUDE REGEX "^$")
file(GLOB_RECURSE headers RELATIVE "${ROOT}" "${ROOT}/${FOLDER}/*.h")
set(faulty 0)
set(checked 0)
foreach(header IN LISTS headers)
    get_filename_component(folder "${header}" DIRECTORY)
    while(NOT folder STREQUAL FOLDER AND NOT EXISTS "${ROOT}/${folder}/CMakeLists.txt")
        get_filename_component(folder "${folder}" DIRECTORY)
    endwhile()
    if(NOT folder STREQUAL FOLDER)
        continue()
    endif()
    execute_process(COMMAND "${COMPILER}" ${flags} -std=c++20 -w -fsyntax-only -x c++ -include "${ROOT}/${header}" /dev/null
                    RESULT_VARIABLE result ERROR_VARIABLE messages)
    math(EXPR checked "${checked} + 1")
    if(NOT result EQUAL 0)
        math(EXPR faulty "${faulty} + 1")
        message("${header} does not compile alone:\n${messages}")
    endif()
endforeach()
if(faulty)
    message(FATAL_ERROR "${faulty} of ${checked} headers of ${FOLDER} do not compile alone")
endif()
message("${checked} headers of ${FOLDER} compile alone")
