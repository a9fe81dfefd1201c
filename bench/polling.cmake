# bench_polling: the policy on simulated parcels, against asking every six hours.
find_package(ZLIB REQUIRED)
add_executable(bench_polling ${CMAKE_CURRENT_LIST_DIR}/polling.cpp ${CMAKE_CURRENT_LIST_DIR}/polling_parcels.cpp)
target_link_libraries(bench_polling PRIVATE polling base ZLIB::ZLIB Threads::Threads)
milepost_precompile(bench_polling)
