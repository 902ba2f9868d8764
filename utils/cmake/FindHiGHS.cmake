# Finds the C interface of the HiGHS solver: HiGHS::HiGHS, HiGHS_FOUND,
# HiGHS_VERSION.
#
# Looked for in this order: HiGHS_ROOT (a prefix with include/ and lib/), the
# PyPI package highsbox in the project's virtual environment, the system. The
# CMake configuration that highsbox ships names folders it does not have, so it
# is not used; and it is built with the old libstdc++ ABI, so only its C
# interface can be linked.

set(HiGHS_VENV "${PROJECT_SOURCE_DIR}/build/venv" CACHE PATH
  "Virtual environment that may hold the PyPI package highsbox")
file(GLOB _highs_dists
  "${HiGHS_VENV}/lib/python3*/site-packages/highsbox/highs_dist"
  "${PROJECT_BINARY_DIR}/venv/lib/python3*/site-packages/highsbox/highs_dist")

# Not cached when absent, so that it is found once it has been installed.
find_path(HiGHS_INCLUDE_DIR interfaces/highs_c_api.h
  HINTS ${HiGHS_ROOT} ${_highs_dists} PATH_SUFFIXES include/highs highs)
find_library(HiGHS_LIBRARY highs
  HINTS ${HiGHS_ROOT} ${_highs_dists} PATH_SUFFIXES lib)

if(HiGHS_INCLUDE_DIR AND EXISTS "${HiGHS_INCLUDE_DIR}/HConfig.h")
  file(STRINGS "${HiGHS_INCLUDE_DIR}/HConfig.h" _highs_version
    REGEX "#define HIGHS_VERSION_(MAJOR|MINOR|PATCH)")
  string(REGEX REPLACE "[^0-9]*([0-9]+)[^0-9]+([0-9]+)[^0-9]+([0-9]+).*" "\\1.\\2.\\3"
    HiGHS_VERSION "${_highs_version}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(HiGHS
  REQUIRED_VARS HiGHS_LIBRARY HiGHS_INCLUDE_DIR VERSION_VAR HiGHS_VERSION)
mark_as_advanced(HiGHS_INCLUDE_DIR HiGHS_LIBRARY)

if(HiGHS_FOUND AND NOT TARGET HiGHS::HiGHS)
  add_library(HiGHS::HiGHS UNKNOWN IMPORTED)
  set_target_properties(HiGHS::HiGHS PROPERTIES
    IMPORTED_LOCATION "${HiGHS_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${HiGHS_INCLUDE_DIR}")
endif()
