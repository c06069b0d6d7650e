# Installs the build into a folder of its own, then configures, builds and runs the consumer
# against it, as a user would: it knows the installation's place and nothing else.
set(work ${build}/consumer)
file(REMOVE_RECURSE ${work})

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(code)
    message(NOTICE "${output}")
    message(FATAL_ERROR "failed: ${ARGV}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run(${CMAKE_COMMAND} --install ${build} --prefix ${work}/prefix)
run(${CMAKE_COMMAND} -S ${source} -B ${work}/build -G ${generator}
  -D CMAKE_BUILD_TYPE=${type} -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_PREFIX_PATH=${work}/prefix)
run(${CMAKE_COMMAND} --build ${work}/build)
run(${work}/build/consumer)
if(NOT output STREQUAL "two waits: yes\ntwo waits: no\n")
  message(FATAL_ERROR "the consumer said:\n${output}")
endif()
run(${work}/build/consumer_test)
run(${work}/prefix/bin/nextkey --version)
