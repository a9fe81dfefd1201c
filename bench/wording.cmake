# Benches of the journey room's understanding; included by bench/CMakeLists.txt.
add_executable(bench_wording ${CMAKE_CURRENT_LIST_DIR}/wording.cpp)
target_link_libraries(bench_wording PRIVATE journey)
target_compile_definitions(bench_wording PRIVATE MILEPOST_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
