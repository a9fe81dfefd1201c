# milepost_pack(TARGET SYMBOL FOLDER)
#
# Puts all files below FOLDER into TARGET as one read-only pack (src/carriers/pack.h says its form). A file that is new,
# gone or changed makes the pack again.
#
# The same file is the script that makes it: cmake -DOUT=.. -DFOLDER=.. -P Pack.cmake
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*)
  list(SORT files)
  set(index "")
  set(paths "")
  foreach(name ${files})
    file(SIZE ${FOLDER}/${name} size)
    string(APPEND index "${size} ${name}\n")
    list(APPEND paths ${FOLDER}/${name})
  endforeach()
  file(WRITE ${OUT}.index "${index}\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -E cat ${OUT}.index ${paths} OUTPUT_FILE ${OUT} COMMAND_ERROR_IS_FATAL ANY)
  return()
endif()

function(milepost_pack TARGET SYMBOL FOLDER)
  set(pack ${CMAKE_CURRENT_BINARY_DIR}/${SYMBOL}.pack)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${FOLDER}/*)
  # The list is a dependency too, because a file that goes away is not noticed otherwise.
  file(WRITE ${pack}.list.new "${files}")
  execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${pack}.list.new ${pack}.list)
  add_custom_command(OUTPUT ${pack}
    COMMAND ${CMAKE_COMMAND} -DOUT=${pack} -DFOLDER=${FOLDER} -P ${CMAKE_SOURCE_DIR}/cmake/Pack.cmake
    DEPENDS ${files} ${pack}.list ${CMAKE_SOURCE_DIR}/cmake/Pack.cmake
    COMMENT "Packing ${FOLDER}" VERBATIM)
  milepost_embed(${TARGET} ${SYMBOL} ${pack})
endfunction()
