// RFC 6902: what each operation does, and what does not apply.
#include <gtest/gtest.h>

#include "app/app.h"

namespace whyzero::app {
namespace {

using nlohmann::json;

json parse(const char* text) { return json::parse(text, nullptr, false); }

TEST(Patch, Applies) {
  const json document = parse(R"({"a": [1, 2], "b/c": {"~": 1}})");
  const std::pair<const char*, const char*> all[] = {
      {R"([{"op": "add", "path": "/a/-", "value": 3}])", R"({"a": [1, 2, 3], "b/c": {"~": 1}})"},
      {R"([{"op": "add", "path": "/a/0", "value": 0}])", R"({"a": [0, 1, 2], "b/c": {"~": 1}})"},
      {R"([{"op": "add", "path": "/a/2", "value": 3}])", R"({"a": [1, 2, 3], "b/c": {"~": 1}})"},
      {R"([{"op": "add", "path": "/a", "value": 3}])", R"({"a": 3, "b/c": {"~": 1}})"},
      {R"([{"op": "remove", "path": "/a/0"}])", R"({"a": [2], "b/c": {"~": 1}})"},
      {R"([{"op": "replace", "path": "/b~1c/~0", "value": 9}])", R"({"a": [1, 2], "b/c": {"~": 9}})"},
      {R"([{"op": "move", "from": "/a/0", "path": "/x"}])", R"({"a": [2], "b/c": {"~": 1}, "x": 1})"},
      {R"([{"op": "move", "from": "/a/0", "path": "/a/1"}])", R"({"a": [2, 1], "b/c": {"~": 1}})"},
      {R"([{"op": "copy", "from": "/a", "path": "/x"}])", R"({"a": [1, 2], "b/c": {"~": 1}, "x": [1, 2]})"},
      {R"([{"op": "test", "path": "/a/1", "value": 2}, {"op": "remove", "path": "/a"}])", R"({"b/c": {"~": 1}})"},
      {R"([{"op": "replace", "path": "", "value": 5}])", "5"}};
  for (const auto& [patch, expected] : all) {
    const auto patched = apply_patch(document, parse(patch));
    ASSERT_TRUE(patched) << patch << ": " << patched.error().text();
    EXPECT_EQ(*patched, parse(expected)) << patch;
  }
}

TEST(Patch, RefusesWhatDoesNotApply) {
  const json document = parse(R"({"a": [1, 2], "b": {"c": 1}})");
  for (const char* patch : {R"([{"op": "test", "path": "/a/0", "value": 2}])", R"([{"op": "remove", "path": "/z"}])",
                            R"([{"op": "replace", "path": "/z", "value": 1}])", R"([{"op": "add", "path": "/a/7", "value": 1}])",
                            R"([{"op": "add", "path": "/z/y", "value": 1}])", R"([{"op": "add", "path": "/a/01", "value": 1}])",
                            R"([{"op": "add", "path": "/a/-1", "value": 1}])", R"([{"op": "remove", "path": "/a/-"}])",
                            R"([{"op": "replace", "path": "/a/2", "value": 1}])", R"([{"op": "add", "path": "a", "value": 1}])",
                            R"([{"op": "add", "path": "/a~2", "value": 1}])", R"([{"op": "add", "path": "/a"}])",
                            R"([{"op": "move", "from": "/b", "path": "/b/c"}])", R"([{"op": "copy", "path": "/x"}])",
                            R"([{"op": "increase", "path": "/a"}])", R"([5])", "{}"}) {
    const auto patched = apply_patch(document, parse(patch));
    EXPECT_FALSE(patched) << patch;
  }
  const auto named = apply_patch(document, parse(R"([{"op": "test", "path": "/a/0", "value": 2}])"));
  EXPECT_NE(named.error().text().find("operation 0 (test /a/0)"), std::string::npos);
}

}  // namespace
}  // namespace whyzero::app
