// An app file: text → App or an error that says something; applying a patch never breaks.
#include <cstdlib>
#include <string_view>

#include "app/app.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace whyzero;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto document = nlohmann::json::parse(text, nullptr, false);
  if (document.is_discarded()) return 0;
  // A folder that is not there: label files named by hostile text are never opened. An absolute path would be.
  if (text.find("\"/") != std::string_view::npos || text.find("\\") != std::string_view::npos) return 0;
  if (document.is_object() && document.contains("patch")) {
    auto patched = app::apply_patch(document, document["patch"]);
    if (!patched && patched.error().message.empty()) std::abort();
  }
  auto parsed = app::parse_app(std::move(document), "/nonexistent/whyzero");
  if (!parsed && parsed.error().message.empty()) std::abort();
  return 0;
}
