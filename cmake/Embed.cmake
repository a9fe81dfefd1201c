# milepost_embed(TARGET SYMBOL FILE)
#
# Puts FILE into TARGET as read-only bytes. The C++ side declares
#   namespace embedded { std::string_view SYMBOL(); }
# so that the program is one file and finds its own data.
function(milepost_embed TARGET SYMBOL FILE)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${SYMBOL}.cpp)
  file(WRITE ${out}.new "// Made by cmake/Embed.cmake.
#include <string_view>
__asm__(\".section .rodata\\n.global milepost_embedded_${SYMBOL}\\n.balign 16\\nmilepost_embedded_${SYMBOL}:\\n.incbin \\\"${FILE}\\\"\\n\"
        \".global milepost_embedded_${SYMBOL}_end\\nmilepost_embedded_${SYMBOL}_end:\\n.byte 0\\n.previous\\n\");
extern \"C\" const char milepost_embedded_${SYMBOL}[];
extern \"C\" const char milepost_embedded_${SYMBOL}_end[];
namespace embedded {
std::string_view ${SYMBOL}();
std::string_view ${SYMBOL}() {
  return {milepost_embedded_${SYMBOL},
          static_cast<std::size_t>(milepost_embedded_${SYMBOL}_end - milepost_embedded_${SYMBOL})};
}
}  // namespace embedded
")
  execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${out}.new ${out})
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS ${FILE} SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${TARGET} PRIVATE ${out})
endfunction()
