# Installs the library, its public headers and the files that let find_package(whyzero) find them.
include(CMakePackageConfigHelpers)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/whyzero")
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/whyzeroConfig.cmake.in" "${PROJECT_BINARY_DIR}/whyzeroConfig.cmake"
  INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/whyzeroConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/whyzeroConfig.cmake" "${PROJECT_BINARY_DIR}/whyzeroConfigVersion.cmake" DESTINATION "${package_folder}")
install(EXPORT whyzeroTargets NAMESPACE whyzero:: DESTINATION "${package_folder}")
install(TARGETS whyzero EXPORT whyzeroTargets)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/python/whyzero_record" DESTINATION "${CMAKE_INSTALL_DATADIR}/whyzero/python" FILES_MATCHING PATTERN "*.py")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
