# What the server costs above the library it stands on: the same ping, bare and through the facade.
add_executable(bench_bare_ping ${CMAKE_CURRENT_LIST_DIR}/bare_ping.cpp)
target_link_libraries(bench_bare_ping PRIVATE Boost::headers Threads::Threads)

add_executable(bench_our_ping ${CMAKE_CURRENT_LIST_DIR}/our_ping.cpp)
target_link_libraries(bench_our_ping PRIVATE http)
