# bench_notify: webhooks a second from the outbox to the log, with and without receivers that hang.
add_executable(bench_notify ${CMAKE_CURRENT_LIST_DIR}/notify.cpp)
target_link_libraries(bench_notify PRIVATE api notify couriers http shipments personal store journey base Threads::Threads)
milepost_precompile(bench_notify)
