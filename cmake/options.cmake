# One interface target, `akko_options`, that every target of the project links.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(AKKO_SANITIZE "" CACHE STRING "Sanitizers, comma separated (address,undefined or thread)")

add_library(akko_options INTERFACE)
target_compile_options(akko_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror)
target_compile_definitions(akko_options INTERFACE _GLIBCXX_ASSERTIONS)
target_include_directories(akko_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
if(AKKO_SANITIZE)
  target_compile_options(akko_options INTERFACE
    -fsanitize=${AKKO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(akko_options INTERFACE -fsanitize=${AKKO_SANITIZE})
else()
  target_compile_options(akko_options INTERFACE -fstack-protector-strong)
  target_compile_definitions(akko_options INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
  target_link_options(akko_options INTERFACE -pie -Wl,-z,relro,-z,now)
endif()

find_program(AKKO_CCACHE ccache)
if(AKKO_CCACHE)
  # Relative paths, so that a clone elsewhere finds what was compiled here.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=true
    ${AKKO_CCACHE})
endif()
find_program(AKKO_MOLD mold)
if(AKKO_MOLD)
  target_link_options(akko_options INTERFACE -fuse-ld=mold)
endif()
