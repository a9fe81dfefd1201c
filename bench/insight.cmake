# bench_insight: the release gate, from rows to an answer that is kept, and what figures of it cost.
add_executable(bench_insight ${CMAKE_CURRENT_LIST_DIR}/insight.cpp)
target_link_libraries(bench_insight PRIVATE insight store base Threads::Threads)
milepost_precompile(bench_insight)
