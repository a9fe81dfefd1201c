# What must not compile: each case of this folder, tried by the compiler of this build. Included by src/personal.
# clause-019
milepost_test(negative LABELS negative COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/check.sh ${CMAKE_CURRENT_LIST_DIR}
  ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only -I${CMAKE_CURRENT_LIST_DIR} -I${CMAKE_SOURCE_DIR}/src
  -I${CMAKE_CURRENT_BINARY_DIR}/made)
set_tests_properties(negative PROPERTIES PROCESSORS 2)
