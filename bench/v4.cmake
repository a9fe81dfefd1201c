# Fills a store with shipments, through the repository and the vault as the API does.
add_executable(bench_fill ${CMAKE_CURRENT_LIST_DIR}/fill.cpp)
target_link_libraries(bench_fill PRIVATE program)
milepost_precompile(bench_fill)
