// whyzero explain: what a cause is, how it is proven, how it is mended.
#include <fmt/format.h>

#include <memory>

#include "app/words.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "rules/rule.h"

namespace whyzero::cli {
namespace {

nlohmann::json json_from_rule(const rules::Rule& rule) {
  return {{"code", rule.code}, {"name", rule.name}, {"summary", rule.summary}, {"documentation", rule.documentation}};
}

int run(const Context& context, const std::string& code) {
  if (code.empty()) {
    if (context.json()) {
      nlohmann::json list = nlohmann::json::array();
      for (const rules::Rule* rule : rules::rules_by_code()) list.push_back(json_from_rule(*rule));
      return finish(context, print_json({{"causes", list}}));
    }
    std::string text;
    for (const rules::Rule* rule : rules::rules_by_code()) text += fmt::format("{}  {:<32} {}\n", rule->code, rule->name, rule->summary);
    return finish(context, print_text(text));
  }
  const rules::Rule* rule = rules::find_rule(code);
  if (!rule) {
    std::vector<std::string_view> known;
    for (const rules::Rule* one : rules::rules_by_code()) known.push_back(one->code);
    return fail_with(context, Error{ErrorCode::kNotFound, app::unknown_word("cause", code, known), {}});
  }
  if (context.json()) return finish(context, print_json(json_from_rule(*rule)));
  return finish(context, print_text(fmt::format("# {} {}: {}\n\n{}", rule->code, rule->name, rule->summary, rule->documentation)));
}

Runner declare(CLI::App& parser) {
  auto code = std::make_shared<std::string>();
  parser.add_option("code", *code, "Code or name of a cause, for example P001; without it all are listed");
  return [code](const Context& context) { return run(context, *code); };
}

}  // namespace

extern constinit const Command unit_explain{
    .name = "explain",
    .summary = "What a cause is, how it is proven, how it is mended",
    .example = "whyzero explain P001",
    .declare = &declare,
};

}  // namespace whyzero::cli
