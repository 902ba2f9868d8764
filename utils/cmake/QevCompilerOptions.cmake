# Language level, warnings and floating-point rules of the whole project.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

# Unity builds (CMAKE_UNITY_BUILD): so many files of a library in one.
if(NOT DEFINED CMAKE_UNITY_BUILD_BATCH_SIZE)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)
endif()

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

# Asserts stay on in release builds: a verifier that skips its own checks is
# worth little. So no -DNDEBUG anywhere.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")
add_compile_options(-UNDEBUG)

# Sound arithmetic depends on every operation being rounded as it is written:
# no contraction into fused multiply-add (std::fma is called where it is
# wanted) and none of the fast-math rewrites.
add_compile_options(-ffp-contract=off -fno-fast-math)

# A full -Wshadow also objects to parameters named as the member they set; clang
# has nothing between.
# A switch that misses a case, or a way out of a function without a value, is an
# error in every preset: a new op must not be taken for another one.
add_compile_options(-Wall -Wextra -Wpedantic -Werror=switch -Werror=return-type
  $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local>)
if(QEV_WERROR)
  add_compile_options(-Werror)
endif()
# Matrix products run several times faster with the vector units that almost
# every machine has; a build for other machines sets QEV_CPU.
if(QEV_CPU STREQUAL "auto")
  include(CheckCXXSourceRuns)
  check_cxx_source_runs("
    int main() {
      __builtin_cpu_init();
      return __builtin_cpu_supports(\"avx2\") && __builtin_cpu_supports(\"fma\") &&
             __builtin_cpu_supports(\"bmi2\") ? 0 : 1;
    }" QEV_HAVE_X86_64_V3)
  if(QEV_HAVE_X86_64_V3)
    add_compile_options(-march=x86-64-v3)
  endif()
elseif(QEV_CPU)
  add_compile_options(-march=${QEV_CPU})
endif()
if(QEV_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(QEV_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(QEV_CCACHE ccache)
mark_as_advanced(QEV_CCACHE)
if(QEV_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${QEV_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${QEV_CCACHE}")
endif()
