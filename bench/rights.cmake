# Benches of the rights room; included by bench/CMakeLists.txt.
add_executable(bench_rights ${CMAKE_CURRENT_LIST_DIR}/rights.cpp)
target_link_libraries(bench_rights PRIVATE rights shipments)
