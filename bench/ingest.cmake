# bench_ingest: updates a second through ingest, and the same rows written by a bare loop.
add_executable(bench_ingest ${CMAKE_CURRENT_LIST_DIR}/ingest.cpp)
target_link_libraries(bench_ingest PRIVATE shipments personal store journey base PkgConfig::SQLITE Threads::Threads)
milepost_precompile(bench_ingest)
