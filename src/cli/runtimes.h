// Names of runtimes on the command line → runtimes.
#pragma once

#include <memory>
#include <string>

#include "cli/command.h"
#include "runtime/session.h"
#include "whyzero/result.h"

namespace whyzero::cli {

/// Empty where `text` is fast, reference, litert or litert:PATH; otherwise what is wrong with it.
std::string check_runtime(const std::string& text);
/// Of a checked name. kNotFound where the library of another runtime is not there.
Result<std::shared_ptr<const runtime::Runtime>> runtime_from(const std::string& text);
/// The runtime that --runtime names.
Result<std::shared_ptr<const runtime::Runtime>> runtime_of(const Context& context);

}  // namespace whyzero::cli
