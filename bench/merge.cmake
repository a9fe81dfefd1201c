# Benches of the journey room's merge; included by bench/CMakeLists.txt.
add_executable(bench_merge ${CMAKE_CURRENT_LIST_DIR}/merge.cpp)
target_link_libraries(bench_merge PRIVATE journey)
