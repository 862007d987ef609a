# akko_embed_page(TARGET): puts the built page into the binary, with what compresses well in gzip too, and writes a
# header embedded/page_files.hpp with
#   namespace akko::embedded { std::span<const File> page_files(); }   // {path below the root, content}
# The page is built from web/ by tools/page-build, which needs Node (tools/node) and fetches packages once.
option(AKKO_PAGE "Embed the page; without it GET / tells so" ON)
set(AKKO_PAGE_DIST "" CACHE PATH "A directory with the page built already; empty = build web/")

# The sources of the page, each of which is watched.
function(akko_page_sources out)
  set(web ${PROJECT_SOURCE_DIR}/web)
  file(GLOB entries CONFIGURE_DEPENDS LIST_DIRECTORIES true ${web}/* ${web}/.[a-z]*)
  set(sources "")
  foreach(entry IN LISTS entries)
    if(NOT IS_DIRECTORY ${entry})
      list(APPEND sources ${entry})
    elseif(NOT entry MATCHES "/(node_modules|dist|coverage|e2e|tests?|test-results|playwright-report|\\.[a-z]+)$")
      file(GLOB_RECURSE below CONFIGURE_DEPENDS ${entry}/*)
      list(APPEND sources ${below})
    endif()
  endforeach()
  set(${out} ${sources} PARENT_SCOPE)
endfunction()

function(akko_embed_page target)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/page)
  set(source ${dir}/page_files.cpp)
  set(embed ${PROJECT_SOURCE_DIR}/cmake/embed_page.py)
  set(inputs "")
  set(build "")
  set(dist "")
  if(AKKO_PAGE AND AKKO_PAGE_DIST)
    set(dist ${AKKO_PAGE_DIST})
    file(GLOB_RECURSE inputs CONFIGURE_DEPENDS ${dist}/*)
  elseif(AKKO_PAGE)
    akko_page_sources(inputs)
    list(APPEND inputs ${PROJECT_SOURCE_DIR}/tools/page-build ${PROJECT_SOURCE_DIR}/tools/node)
    set(dist ${PROJECT_SOURCE_DIR}/build/page/web/dist)
    set(build COMMAND ${PROJECT_SOURCE_DIR}/tools/page-build)
  else()
    message(STATUS "the page is left out (AKKO_PAGE is off)")
  endif()
  file(CONFIGURE OUTPUT ${dir}/embedded/page_files.hpp CONTENT
"#pragma once
#include <span>
#include \"base/embedded_file.hpp\"
namespace akko::embedded {
std::span<const File> page_files();
}
" @ONLY)
  add_custom_command(
    OUTPUT ${source}
    ${build}
    COMMAND python3 ${embed} "${dist}" ${dir}
    DEPENDS ${inputs} ${embed}
    COMMENT "The page"
    VERBATIM)
  target_sources(${target} PRIVATE ${source})
  target_include_directories(${target} PRIVATE ${dir})
endfunction()
