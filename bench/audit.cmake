# bench_audit: entries into the audit log, from the act to the signed head.
add_executable(bench_audit ${CMAKE_CURRENT_LIST_DIR}/audit.cpp)
target_link_libraries(bench_audit PRIVATE audit store crypto base Threads::Threads)
milepost_precompile(bench_audit)
