# What understanding an answer costs above parsing it.
add_executable(bench_understand ${CMAKE_CURRENT_LIST_DIR}/understand.cpp)
target_link_libraries(bench_understand PRIVATE carriers fmt::fmt simdjson::simdjson pugixml)
