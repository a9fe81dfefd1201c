# Benches of the couriers room; included by bench/CMakeLists.txt.
foreach(name detect detect_accuracy)
  add_executable(bench_${name} ${CMAKE_CURRENT_LIST_DIR}/${name}.cpp)
  target_link_libraries(bench_${name} PRIVATE couriers)
  target_compile_definitions(bench_${name} PRIVATE MILEPOST_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
endforeach()
