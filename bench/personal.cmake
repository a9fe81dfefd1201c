# What sealing, slots and the ledger cost: prints JSON lines, exits 1 when a bar does not hold.
add_executable(bench_personal ${CMAKE_CURRENT_LIST_DIR}/personal.cpp)
target_link_libraries(bench_personal PRIVATE personal store base Threads::Threads)
milepost_precompile(bench_personal)
