# Functions that add a library, a tool or the unit tests of a library.

# The libraries, in the order in which they may build on each other.
set(QEV_LIBRARIES Support IR Interp Import Analysis Pass Transforms Encode
  Target Solver Search Driver)

# Turns library names into target names ("IR" into "qevIR"); other targets stay.
function(qev_link_names result)
  set(names)
  foreach(name ${ARGN})
    if(name IN_LIST QEV_LIBRARIES)
      list(APPEND names qev${name})
    else()
      list(APPEND names ${name})
    endif()
  endforeach()
  set(${result} ${names} PARENT_SCOPE)
endfunction()

# qev_add_library(NAME SOURCES a.cpp ... [LINK IR qev::ONNX ...])
#
# The static library qev<NAME>; its headers live in include/qev/<NAME>. All of
# them may use LLVM's Support and ADT. Libraries are linked transitively; a
# dependency that stays out of the headers goes after PRIVATE.
function(qev_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK;PRIVATE")
  set(target qev${name})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(qev::${name} ALIAS ${target})
  target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}/include")
  qev_link_names(public ${arg_LINK})
  qev_link_names(private ${arg_PRIVATE})
  target_link_libraries(${target} PUBLIC ${public} qev::LLVM PRIVATE ${private})
  target_compile_definitions(${target} PRIVATE QEV_VERSION="${PROJECT_VERSION}")
endfunction()

# qev_add_tool(NAME [NO_INSTALL] SOURCES a.cpp ... LINK Driver ...): the program
# bin/<NAME>.
function(qev_add_tool name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NO_INSTALL" "" "SOURCES;LINK")
  add_executable(${name} ${arg_SOURCES} ${arg_UNPARSED_ARGUMENTS})
  qev_link_names(libraries ${arg_LINK})
  target_link_libraries(${name} PRIVATE ${libraries} qev::LLVM)
  target_compile_definitions(${name} PRIVATE QEV_VERSION="${PROJECT_VERSION}")
  if(NOT arg_NO_INSTALL)
    if(QEV_INSTALL_HIGHS) # where qev_install_libraries puts it
      set_target_properties(${name} PROPERTIES
        INSTALL_RPATH "$ORIGIN/../lib/qev")
    endif()
    install(TARGETS ${name} RUNTIME_DEPENDENCY_SET qevTools RUNTIME)
  endif()
  set_property(GLOBAL APPEND PROPERTY QEV_TOOLS ${name})
endfunction()

# Once all tools are there: installs, in lib/qev, the HiGHS that they were linked
# with where that is no library of the system. So they start on when the virtual
# environment that it came from is gone or the prefix has moved.
function(qev_install_libraries)
  if(QEV_INSTALL_HIGHS)
    install(RUNTIME_DEPENDENCY_SET qevTools
      PRE_INCLUDE_REGEXES "^libhighs\\." PRE_EXCLUDE_REGEXES ".*"
      LIBRARY DESTINATION lib/qev)
  endif()
endfunction()

# qev_add_unittest(LIBRARY a.cpp ... [LINK Interp ...])
#
# The GoogleTest program test/unit/<LIBRARY>/qev<LIBRARY>Tests of the build
# folder; lit finds it by its name.
function(qev_add_unittest library)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  set(target qev${library}Tests)
  add_executable(${target} ${arg_SOURCES} ${arg_UNPARSED_ARGUMENTS})
  qev_link_names(libraries ${library} ${arg_LINK})
  target_link_libraries(${target} PRIVATE ${libraries} GTest::gtest_main)
  target_compile_definitions(${target} PRIVATE
    QEV_TEST_DIR="${PROJECT_SOURCE_DIR}/test")
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/test/unit/${library}")
  set_property(GLOBAL APPEND PROPERTY QEV_UNITTESTS ${target})
endfunction()
