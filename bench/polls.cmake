# bench_polls: the program asking the simulated carriers, from the schedule to the commit.
add_executable(bench_polls ${CMAKE_CURRENT_LIST_DIR}/polls.cpp ${CMAKE_CURRENT_LIST_DIR}/polls_world.cpp)
target_link_libraries(bench_polls PRIVATE program)
milepost_precompile(bench_polls)
