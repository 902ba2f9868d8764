# Everything qev takes from outside, as targets qev::LLVM, qev::ZLIB, qev::GMP,
# qev::ONNX, qev::Z3, qev::Eigen and qev::HiGHS. Which library may use which of them is
# checked by utils/check-includes.py.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

# LLVM: only Support and ADT, linked statically.
if(NOT LLVM_DIR)
  # Unversioned, find_package takes whatever comes first: ask for the supported
  # ones, the most widely available first. The version file compares
  # major.minor, so each is named.
  foreach(version 19.1 20.1 21.1 22.1)
    find_package(LLVM ${version} QUIET CONFIG)
    if(LLVM_FOUND)
      break()
    endif()
  endforeach()
endif()
find_package(LLVM REQUIRED CONFIG)
if(LLVM_VERSION_MAJOR LESS 19 OR LLVM_VERSION_MAJOR GREATER 22)
  message(FATAL_ERROR "qev needs LLVM 19, 20, 21 or 22, found ${LLVM_PACKAGE_VERSION} in ${LLVM_DIR}. "
    "Install llvm-19-dev or pass -DLLVM_DIR=<prefix>/lib/cmake/llvm.")
endif()
if(NOT LLVM_ENABLE_RTTI)
  message(FATAL_ERROR "qev needs an LLVM built with run-time type information (LLVM_ENABLE_RTTI), "
    "the one in ${LLVM_DIR} has none.")
endif()
message(STATUS "LLVM ${LLVM_PACKAGE_VERSION} in ${LLVM_DIR}")
separate_arguments(QEV_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
add_library(qevDepsLLVM INTERFACE)
add_library(qev::LLVM ALIAS qevDepsLLVM)
target_include_directories(qevDepsLLVM SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
target_compile_definitions(qevDepsLLVM INTERFACE ${QEV_LLVM_DEFINITIONS})
target_link_libraries(qevDepsLLVM INTERFACE LLVMSupport Threads::Threads)

# zlib, which LLVM's Support links as well.
find_package(ZLIB REQUIRED)
add_library(qevDepsZLIB INTERFACE)
add_library(qev::ZLIB ALIAS qevDepsZLIB)
target_link_libraries(qevDepsZLIB INTERFACE ZLIB::ZLIB)

# GMP with its C++ interface.
pkg_check_modules(GMPXX REQUIRED QUIET IMPORTED_TARGET gmpxx)
add_library(qevDepsGMP INTERFACE)
add_library(qev::GMP ALIAS qevDepsGMP)
target_link_libraries(qevDepsGMP INTERFACE PkgConfig::GMPXX)

# ONNX. Protobuf first: the ONNX targets name protobuf::libprotobuf.
find_package(Protobuf REQUIRED)
find_package(ONNX REQUIRED CONFIG)
add_library(qevDepsONNX INTERFACE)
add_library(qev::ONNX ALIAS qevDepsONNX)
target_link_libraries(qevDepsONNX INTERFACE onnx onnx_proto protobuf::libprotobuf)

# Z3's C++ interface.
pkg_check_modules(Z3 REQUIRED QUIET IMPORTED_TARGET z3)
add_library(qevDepsZ3 INTERFACE)
add_library(qev::Z3 ALIAS qevDepsZ3)
target_link_libraries(qevDepsZ3 INTERFACE PkgConfig::Z3)
message(STATUS "Z3 ${Z3_VERSION}")

find_package(Eigen3 3.4 REQUIRED NO_MODULE)
add_library(qevDepsEigen INTERFACE)
add_library(qev::Eigen ALIAS qevDepsEigen)
target_link_libraries(qevDepsEigen INTERFACE Eigen3::Eigen)

# HiGHS is optional: qev::HiGHS always exists, and users of it test
# QEV_HAVE_HIGHS.
add_library(qevDepsHiGHS INTERFACE)
add_library(qev::HiGHS ALIAS qevDepsHiGHS)
if(QEV_HIGHS)
  find_package(HiGHS MODULE)
endif()
if(HiGHS_FOUND)
  target_link_libraries(qevDepsHiGHS INTERFACE HiGHS::HiGHS)
  target_compile_definitions(qevDepsHiGHS INTERFACE QEV_HAVE_HIGHS=1)
  message(STATUS "HiGHS ${HiGHS_VERSION} in ${HiGHS_LIBRARY}")
  # Whether programs find it wherever they are.
  cmake_path(GET HiGHS_LIBRARY PARENT_PATH folder)
  set(system_folders)
  foreach(system_folder ${CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES})
    file(REAL_PATH "${system_folder}" system_folder)
    list(APPEND system_folders "${system_folder}")
  endforeach()
  file(REAL_PATH "${folder}" folder)
  if(NOT folder IN_LIST system_folders)
    set(QEV_INSTALL_HIGHS ON)
  endif()
else()
  message(STATUS "HiGHS not found: building without a linked MILP solver")
endif()

if(QEV_TESTS)
  find_package(GTest QUIET)
  if(NOT GTest_FOUND)
    message(STATUS "GoogleTest not found: building without the unit tests")
  endif()
endif()
