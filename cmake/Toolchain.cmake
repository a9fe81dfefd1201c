# Warnings are errors; ccache and mold when they are there; one set of flags for every room, so that all of them can
# share one precompiled header.
add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these two inside its own std::string and coroutine frames at -O2.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()

find_program(MOLD mold)
if(MOLD AND NOT MILEPOST_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()

if(MILEPOST_SANITIZE)
  add_compile_options(-fsanitize=${MILEPOST_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MILEPOST_SANITIZE})
endif()
if(MILEPOST_FUZZ)
  # clang 14 counts coroutine frames' functions as wrongly typed, hence no "function".
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=function -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(simdjson REQUIRED)
if(MILEPOST_TESTS)
  find_package(GTest REQUIRED)
endif()
