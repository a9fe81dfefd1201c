# What our client costs above the library it stands on: the same calls, through it and through bare libcurl.
find_package(CURL REQUIRED)
add_executable(bench_client ${CMAKE_CURRENT_LIST_DIR}/client.cpp)
target_link_libraries(bench_client PRIVATE http CURL::libcurl)
