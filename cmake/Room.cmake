# milepost_room(NAME FLOOR n [WITH_POSTGRES] [DEPS room...] [LIBS library...] [SOURCES file...])
#
# A room is the static library of one folder. Its sources are every .cpp beside its CMakeLists.txt (and below), except
# *_test.cpp (linked into NAME_test, a test of ctest), *_fuzz.cpp (one fuzzer each) and *_main.cpp (named by hand).
# DEPS are other rooms and must lie on a lower floor: an arrow that points up stops the configuration.
# LIBS are outside libraries; they are private, because no public header of a room shows them.
# WITH_POSTGRES runs the test beside a throw-away PostgreSQL (store/testing.h).
function(milepost_room NAME)
  cmake_parse_arguments(ROOM "WITH_POSTGRES" "FLOOR" "DEPS;LIBS;PUBLIC_LIBS;TEST_LIBS;TEST_DEPS" ${ARGN})
  file(GLOB_RECURSE all CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${all})
  set(fuzzers ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
  list(FILTER all EXCLUDE REGEX "_(test|fuzz|main)\\.cpp$")

  add_library(${NAME} STATIC ${all})
  target_include_directories(${NAME} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${NAME} PUBLIC ${ROOM_DEPS} ${ROOM_PUBLIC_LIBS} PRIVATE ${ROOM_LIBS} Threads::Threads)
  set_property(GLOBAL PROPERTY milepost_floor_${NAME} ${ROOM_FLOOR})
  foreach(dep ${ROOM_DEPS})
    get_property(below GLOBAL PROPERTY milepost_floor_${dep})
    if(NOT below LESS ROOM_FLOOR)
      message(FATAL_ERROR "${NAME} (floor ${ROOM_FLOOR}) may not stand on ${dep} (floor ${below}): arrows point down")
    endif()
  endforeach()
  milepost_precompile(${NAME})

  if(MILEPOST_TESTS AND tests)
    add_executable(${NAME}_test ${tests})
    target_link_libraries(${NAME}_test PRIVATE ${NAME} ${ROOM_TEST_DEPS} ${ROOM_LIBS} ${ROOM_TEST_LIBS}
                          GTest::gtest GTest::gmock GTest::gtest_main Threads::Threads)
    target_compile_definitions(${NAME}_test PRIVATE MILEPOST_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    milepost_precompile(${NAME}_test)
    set(beside "")
    if(ROOM_WITH_POSTGRES)
      set(beside ${CMAKE_SOURCE_DIR}/tests/postgres/with_cluster)
    endif()
    milepost_test(${NAME} COMMAND ${beside} $<TARGET_FILE:${NAME}_test>)
  endif()
  if(MILEPOST_FUZZ)
    foreach(file ${fuzzers})
      get_filename_component(fuzzer ${file} NAME_WE)
      add_executable(${NAME}_${fuzzer} ${file})
      target_link_libraries(${NAME}_${fuzzer} PRIVATE ${NAME} ${ROOM_LIBS})
      target_link_options(${NAME}_${fuzzer} PRIVATE -fsanitize=fuzzer)
    endforeach()
  endif()
endfunction()

# One precompiled header for the whole house. It belongs to a target of its own with no definitions beyond fmt's: g++
# refuses a precompiled header whose macros the user does not share.
if(NOT MILEPOST_FUZZ)
  file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "// Nothing: this target exists for its header.\n")
  add_library(precompiled STATIC ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(precompiled PRIVATE fmt::fmt)
  target_precompile_headers(precompiled PRIVATE ${CMAKE_SOURCE_DIR}/src/base/precompiled.h)
endif()

function(milepost_precompile target)
  if(MILEPOST_FUZZ)
    target_compile_options(${target} PRIVATE -include ${CMAKE_SOURCE_DIR}/src/base/precompiled.h)
  else()
    target_precompile_headers(${target} REUSE_FROM precompiled)
  endif()
endfunction()

# A test of ctest. GoogleTest binaries leave their counts in test-results/, where ./test adds them up.
function(milepost_test NAME)
  cmake_parse_arguments(T "" "TIMEOUT" "COMMAND;LABELS" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300)
  endif()
  add_test(NAME ${NAME} COMMAND ${T_COMMAND} WORKING_DIRECTORY ${CMAKE_BINARY_DIR})
  set_tests_properties(${NAME} PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}"
    ENVIRONMENT "GTEST_OUTPUT=xml:${CMAKE_BINARY_DIR}/test-results/${NAME}.xml;GTEST_COLOR=no;MILEPOST_BUILD=${CMAKE_BINARY_DIR}")
endfunction()
