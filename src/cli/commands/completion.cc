// whyzero completion: what a shell needs to complete commands, options and their words. Written from the parser itself.
#include <fmt/format.h>

#include <memory>
#include <vector>

#include "cli/command.h"
#include "cli/terminal.h"

namespace whyzero::cli {
namespace {

struct Choice {
  std::string name;                // "--format"
  std::string about;
  std::vector<std::string> words;  // that it may have; empty: a file, or what nobody knows
  bool takes_value = true;
};

struct Entry {
  std::string name, about;
  std::vector<Choice> choices;
  std::vector<std::string> words;  // of the first positional
};

/// The words that an option may have: CLI11 describes them as "{a,b}".
std::vector<std::string> words_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t open = type.find('{'), close = type.find('}');
  std::vector<std::string> words;
  if (open == std::string::npos || close == std::string::npos) return words;
  for (size_t begin = open + 1; begin < close;) {
    const size_t end = std::min(type.find(',', begin), close);
    words.push_back(type.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

std::vector<Entry> entries_of(const CLI::App& program) {
  std::vector<Entry> entries;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    Entry entry{command->get_name(), command->get_description(), {}, {}};
    for (const CLI::Option* option : command->get_options()) {
      if (option->get_positional()) {
        if (entry.words.empty()) entry.words = words_of(*option);
        continue;
      }
      for (const std::string& name : option->get_lnames())
        entry.choices.push_back({"--" + name, option->get_description(), words_of(*option), option->get_items_expected_max() > 0});
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// Single quotes hold everything but single quotes.
std::string in_quotes(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string bash(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  std::string options, words;
  for (const Entry& entry : entries) {
    names.push_back(entry.name);
    std::vector<std::string> all;
    for (const Choice& choice : entry.choices) {
      all.push_back(choice.name);
      if (!choice.words.empty()) words += fmt::format("    {}:{}) words='{}' ;;\n", entry.name, choice.name, joined(choice.words));
    }
    options += fmt::format("    {}) words='{}' ;;\n", entry.name, joined(all));
    if (!entry.words.empty()) words += fmt::format("    {0}:{0}) words='{1}' ;;\n", entry.name, joined(entry.words));
  }
  return fmt::format(R"(# whyzero for bash: source <(whyzero completion bash)
_whyzero() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command=${{COMP_WORDS[1]}} words=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '{} --help --version' -- "$word"))
    return
  fi
  case $command:$before in
{}  esac
  if [[ -z $words && $word == -* ]]; then
    case $command in
{}    esac
  fi
  if [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$word")); fi
}}
complete -o default -F _whyzero whyzero
)", joined(names), words, options);
}

/// Colons and brackets have a meaning of their own in _arguments.
std::string for_zsh(const std::string& text) {
  std::string out;
  for (const char c : text) out += std::string(c == ':' || c == '[' || c == ']' ? "\\" : "") + c;
  return out;
}

std::string zsh(const std::vector<Entry>& entries) {
  std::string commands, cases;
  for (const Entry& entry : entries) {
    commands += "    " + in_quotes(entry.name + ":" + for_zsh(entry.about)) + "\n";
    cases += fmt::format("    {}) _arguments", entry.name);
    for (const Choice& choice : entry.choices) {
      std::string spec = choice.name + "[" + for_zsh(choice.about) + "]";
      if (choice.takes_value) spec += choice.words.empty() ? ":value:_files" : ":value:(" + joined(choice.words) + ")";
      cases += " " + in_quotes(spec);
    }
    cases += " " + in_quotes(entry.words.empty() ? "*:file:_files" : "1:word:(" + joined(entry.words) + ")") + " ;;\n";
  }
  return "#compdef whyzero\n# whyzero for zsh: whyzero completion zsh > a folder of $fpath, as _whyzero\n_whyzero() {\n  local -a commands=(\n" + commands +
         "  )\n  if ((CURRENT == 2)); then\n    _describe command commands\n    return\n  fi\n  local command=$words[2]\n  shift words\n  ((CURRENT--))\n  case $command in\n" +
         cases + "  esac\n}\ncompdef _whyzero whyzero\n";
}

/// Backslash and single quote are all that fish's single quotes know.
std::string for_fish(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += std::string(c == '\'' || c == '\\' ? "\\" : "") + c;
  return out + "'";
}

std::string fish(const std::vector<Entry>& entries) {
  std::string text = "# whyzero for fish: whyzero completion fish > ~/.config/fish/completions/whyzero.fish\n";
  for (const Entry& entry : entries) {
    text += fmt::format("complete -c whyzero -n __fish_use_subcommand -f -a {} -d {}\n", entry.name, for_fish(entry.about));
    const std::string seen = fmt::format("complete -c whyzero -n '__fish_seen_subcommand_from {}'", entry.name);
    if (!entry.words.empty()) text += fmt::format("{} -f -a {}\n", seen, for_fish(joined(entry.words)));
    for (const Choice& choice : entry.choices) {
      text += fmt::format("{} -l {} -d {}", seen, choice.name.substr(2), for_fish(choice.about));
      if (choice.takes_value) text += choice.words.empty() ? " -r" : " -x -a " + for_fish(joined(choice.words));
      text += "\n";
    }
  }
  return text;
}

Runner declare(CLI::App& parser) {
  auto shell = std::make_shared<std::string>();
  parser.add_option("shell", *shell, "The shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  const CLI::App* program = parser.get_parent();
  return [shell, program](const Context& context) {
    const std::vector<Entry> entries = entries_of(*program);
    const std::string script = *shell == "bash" ? bash(entries) : *shell == "zsh" ? zsh(entries) : fish(entries);
    return finish(context, print_text(script));
  };
}

constexpr std::string_view kFormats[] = {"text"};

}  // namespace

extern constinit const Command unit_completion{
    .name = "completion",
    .summary = "Completion of commands, options and their words for a shell",
    .example = "source <(whyzero completion bash)",
    .formats = kFormats,
    .declare = &declare,
};

}  // namespace whyzero::cli
