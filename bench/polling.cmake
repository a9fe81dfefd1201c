# bench_polling: the policy on simulated parcels, against asking every six hours.
find_package(ZLIB REQUIRED)
add_executable(bench_polling ${CMAKE_CURRENT_LIST_DIR}/polling.cpp ${CMAKE_CURRENT_LIST_DIR}/polling_parcels.cpp)
target_link_libraries(bench_polling PRIVATE polling base ZLIB::ZLIB Threads::Threads)
milepost_precompile(bench_polling)

# bench_polling_scale: the real poller on a store of a million active shipments.
add_executable(bench_polling_scale ${CMAKE_CURRENT_LIST_DIR}/polling_scale.cpp)
target_link_libraries(bench_polling_scale PRIVATE polling shipments personal store journey base Threads::Threads)
milepost_precompile(bench_polling_scale)
