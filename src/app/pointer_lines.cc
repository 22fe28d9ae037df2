#include "app/pointer_lines.h"

#include <nlohmann/json.hpp>
#include <vector>

namespace whyzero::app {
namespace {

/// Walks over a text that is known to be JSON, so that nothing needs to be checked again.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  std::map<std::string, int> walk() {
    struct Container {
      std::string pointer;
      bool object;
      size_t index = 0;
    };
    std::vector<Container> open;
    std::string key;  // of the next value in an object
    while (skip_space()) {
      const char c = text_[at_];
      if (c == '}' || c == ']') {
        open.pop_back();
        ++at_;
      } else if (c == ',' || c == ':') {
        ++at_;
      } else if (!open.empty() && open.back().object && key.empty()) {
        key = "/" + escaped(text_.substr(at_, string_length()));
        at_ += string_length();
      } else {
        std::string pointer;
        if (!open.empty()) pointer = open.back().pointer + (open.back().object ? key : "/" + std::to_string(open.back().index++));
        key.clear();
        lines_[pointer] = line_;
        if (c == '{' || c == '[') {
          open.push_back({std::move(pointer), c == '{'});
          ++at_;
        } else {
          at_ += c == '"' ? string_length() : text_.substr(at_).find_first_of(",]} \t\r\n");
        }
      }
    }
    return std::move(lines_);
  }

 private:
  bool skip_space() {
    for (; at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n'); ++at_)
      if (text_[at_] == '\n') ++line_;
    return at_ < text_.size();
  }
  /// Of the string that begins here, with its quotes.
  size_t string_length() const {
    size_t end = at_ + 1;
    while (text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    return end + 1 - at_;
  }
  /// RFC 6901: "~" and "/" inside a key.
  static std::string escaped(std::string_view quoted) {
    std::string pointer;
    for (const char c : nlohmann::json::parse(quoted).get<std::string>()) {
      if (c == '~')
        pointer += "~0";
      else if (c == '/')
        pointer += "~1";
      else
        pointer += c;
    }
    return pointer;
  }

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
  std::map<std::string, int> lines_;
};

}  // namespace

std::map<std::string, int> pointer_lines(std::string_view text) {
  if (!nlohmann::json::accept(text)) return {};
  std::map<std::string, int> lines = Walker(text.substr(text.starts_with("\xEF\xBB\xBF") ? 3 : 0)).walk();
  return lines;
}

}  // namespace whyzero::app
