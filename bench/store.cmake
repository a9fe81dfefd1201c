# bench_bare_create: the least that a create can cost with Beast and SQLite, to compare Milepost with.
# bench_store: what the store's own layer costs.
find_package(simdjson REQUIRED)

add_executable(bench_bare_create ${CMAKE_CURRENT_LIST_DIR}/bare_create.cpp)
target_link_libraries(bench_bare_create PRIVATE PkgConfig::SQLITE simdjson::simdjson Threads::Threads)

add_executable(bench_store ${CMAKE_CURRENT_LIST_DIR}/store.cpp)
target_link_libraries(bench_store PRIVATE store PkgConfig::SQLITE Threads::Threads)
