# Installs the build into a scratch prefix, builds the consumer project against it, runs the consumer and the installed program.
# cmake -DBUILD=… -DSOURCE=… -DSCRATCH=… -DCOMPILER=… -P install_test.cmake
function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${what}: status ${status}\n${out}")
  endif()
  message(STATUS "${what}: fine")
endfunction()

file(REMOVE_RECURSE "${SCRATCH}")
# Third-party headers must not be needed by the public ones: each is compiled alone, in C++20, with nothing but the prefix.
file(GLOB_RECURSE headers RELATIVE "${SOURCE}/include" "${SOURCE}/include/*.h")
set(includes "")
foreach(header IN LISTS headers)
  file(READ "${SOURCE}/include/${header}" text)
  string(REGEX MATCHALL "#include [<\"](whyzero/)?[^>\"]+/[^>\"]+[>\"]" nested "${text}")
  foreach(line IN LISTS nested)
    if(NOT line MATCHES "whyzero/")
      message(FATAL_ERROR "include/${header}: ${line}: public headers include the standard library and whyzero/ only")
    endif()
  endforeach()
  string(APPEND includes "#include \"${header}\"\n")
endforeach()

run("install" "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${SCRATCH}/prefix")
configure_file("${SOURCE}/tests/install/consumer/CMakeLists.txt" "${SCRATCH}/consumer/CMakeLists.txt" COPYONLY)
configure_file("${SOURCE}/tests/install/consumer/main.cc" "${SCRATCH}/consumer/main.cc" COPYONLY)
file(WRITE "${SCRATCH}/consumer/every_header.h" "${includes}")
run("configure the consumer" "${CMAKE_COMMAND}" -G Ninja -S "${SCRATCH}/consumer" -B "${SCRATCH}/consumer/build"
  "-DCMAKE_PREFIX_PATH=${SCRATCH}/prefix" "-DCMAKE_CXX_COMPILER=${COMPILER}" -DCMAKE_BUILD_TYPE=Release)
run("build the consumer" "${CMAKE_COMMAND}" --build "${SCRATCH}/consumer/build")
run("run the consumer" "${SCRATCH}/consumer/build/consumer")
run("run the installed program" "${SCRATCH}/prefix/bin/whyzero" --version)
