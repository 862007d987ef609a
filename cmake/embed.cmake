# akko_embed(TARGET NAME FILES…): puts files into the binary by the assembler's .incbin and writes a
# header embedded/<NAME>.hpp with
#   namespace akko::embedded { std::span<const File> NAME(); }   // {name, content}, sorted by name
function(akko_embed target name)
  set(files ${ARGN})
  list(SORT files)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(source ${dir}/${name}.cpp)
  set(header ${dir}/embedded/${name}.hpp)
  set(assembly "")
  set(symbols "")
  set(entries "")
  set(index 0)
  foreach(file IN LISTS files)
    get_filename_component(base ${file} NAME)
    set(symbol "akko_embedded_${name}_${index}")
    string(APPEND assembly
      "__asm__(\".section .rodata\\n.global ${symbol}\\n.balign 16\\n${symbol}:\\n.incbin \\\"${file}\\\"\\n\"\n"
      "        \".global ${symbol}_end\\n${symbol}_end:\\n.byte 0\\n.previous\\n\");\n")
    string(APPEND symbols "extern \"C\" const char ${symbol}[], ${symbol}_end[];\n")
    string(APPEND entries
      "      {\"${base}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
    math(EXPR index "${index}+1")
  endforeach()
  file(CONFIGURE OUTPUT ${header} CONTENT
"#pragma once
#include <span>
#include \"base/embedded_file.hpp\"
namespace akko::embedded {
std::span<const File> ${name}();
}
" @ONLY)
  file(CONFIGURE OUTPUT ${source} CONTENT
"#include \"embedded/${name}.hpp\"
#include <vector>
${assembly}${symbols}
namespace akko::embedded {
std::span<const File> ${name}() {
  static const std::vector<File> files = {
${entries}  };
  return files;
}
}  // namespace akko::embedded
" @ONLY)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS "${files}")
  target_sources(${target} PRIVATE ${source})
  target_include_directories(${target} PUBLIC ${dir})
endfunction()
