# One precompiled header for the libraries and one, with GoogleTest, for their tests: parsing the standard library was half of
# the time of a build. Tests are compiled without optimising: they run once.
file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cc "")
add_library(precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cc)
target_precompile_headers(precompiled PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
add_library(precompiled_test OBJECT ${CMAKE_BINARY_DIR}/precompiled.cc)
target_precompile_headers(precompiled_test PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h <gtest/gtest.h>)
target_link_libraries(precompiled_test PRIVATE GTest::gtest)
target_compile_options(precompiled_test PRIVATE -O0)
