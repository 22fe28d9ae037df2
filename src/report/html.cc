// One page that needs nothing else: no script, no file beside it, readable in light and dark.
#include <fmt/format.h>

#include <algorithm>

#include "report/words.h"

namespace whyzero::report {
namespace {

using diagnosis::Diagnosis;
using evidence::Finding;
using nlohmann::json;

constexpr std::string_view kStyle = R"(:root{color-scheme:light dark;--bg:#fff;--fg:#1c1f23;--dim:#5b6470;--line:#d8dde3;--soft:#f4f6f8;--error:#b3261e;--warning:#8a5a00;--note:#2b5f9e;--good:#1b6e3c}
@media(prefers-color-scheme:dark){:root{--bg:#15181c;--fg:#e6e9ed;--dim:#98a2ae;--line:#343b44;--soft:#1e2329;--error:#ff8a80;--warning:#f2c063;--note:#8fb8ef;--good:#7fd1a0}}
*{box-sizing:border-box}body{margin:0 auto;max-width:56rem;padding:2rem 1.25rem 4rem;background:var(--bg);color:var(--fg);font:16px/1.55 system-ui,sans-serif}
h1{font-size:1.35rem;margin:0 0 .5rem;overflow-wrap:anywhere}h2{font-size:1.05rem;margin:2rem 0 .5rem}p{margin:.4rem 0}
.dim{color:var(--dim)}.error,.fault{color:var(--error)}.warning,.undetermined{color:var(--warning)}.note{color:var(--note)}.healthy,.good{color:var(--good)}
article{border:1px solid var(--line);border-left:4px solid;border-radius:6px;padding:.8rem 1rem;margin:1rem 0}article>*{color:var(--fg)}article>h2{margin:0;color:inherit}article.quiet{opacity:.65}
pre{background:var(--soft);padding:.6rem .8rem;border-radius:4px;overflow-x:auto;margin:.4rem 0;font:13px/1.5 ui-monospace,monospace}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}
.bar{display:grid;grid-template-columns:5rem 1fr 4.5rem;gap:.6rem;align-items:center;font-size:.9rem}.bar div{background:var(--soft);height:.8rem;border-radius:3px}.bar i{display:block;height:100%;border-radius:3px;background:currentColor}
table{border-collapse:collapse;width:100%;font-size:.92rem}td{border-top:1px solid var(--line);padding:.35rem .6rem .35rem 0;vertical-align:top}summary{cursor:pointer}
)";

/// A share as a bar; other numbers are only said.
std::string bar(const char* label, const char* colour, const std::optional<double>& value) {
  const double share = std::clamp(value.value_or(0), 0.0, 1.0);
  return fmt::format("<div class=\"bar\"><span>{}</span><div><i class=\"{}\" style=\"width:{:.1f}%\"></i></div><span>{}</span></div>\n", label, colour, 100 * share,
                     metric_text("top1", value));
}

std::string evidence_html(const evidence::Measured& m) {
  std::string text = fmt::format("<p>{}</p>\n", escaped(evidence_text(m)));
  if (m.metric == "top1") text += bar("before", "error", m.before) + bar("after", "good", m.after);
  return text;
}

std::string fix_html(const evidence::Fix& fix) {
  std::string text;
  if (!fix.model_file.empty()) text += fmt::format("<p>Mended model: <code>{}</code></p>\n", escaped(fix.model_file.string()));
  const std::vector<Change> changes = changes_of(fix.patch);
  if (!changes.empty()) text += "<p><b>Change</b></p>\n<table>\n";
  for (const Change& c : changes)
    text += fmt::format("<tr><td><code>{}</code></td><td class=\"error\"><code>{}</code></td><td class=\"good\"><code>{}</code></td></tr>\n", escaped(c.pointer),
                        c.before.empty() ? "(nothing)" : escaped(c.before), c.after.empty() ? "(nothing)" : escaped(c.after));
  if (!changes.empty()) text += "</table>\n";
  if (fix.code.is_object())
    for (const auto& [language, snippet] : fix.code.items())
      if (snippet.is_string())
        text += fmt::format("<details{}><summary>{}</summary><pre>{}</pre></details>\n", language == "python" || fix.code.size() == 1 ? " open" : "", escaped(language),
                            escaped(snippet.get_ref<const std::string&>()));
  if (const Outcome outcome = outcome_of(fix); !outcome.text.empty())
    text += fmt::format("<p class=\"{}\"><b>{}</b>: {}</p>\n", fix.verified ? "good" : "warning", outcome.label, escaped(outcome.text));
  return text;
}

std::string finding_html(const Finding& f, const Diagnosis& d, const Subject& subject) {
  const bool quiet = !f.suppressed_by.empty();
  const Place place = place_of(f, d, subject);
  std::string text = fmt::format("<article class=\"{0}{1}\" id=\"{2}\">\n<h2>{0} {2} {3}</h2>\n<p class=\"dim\">confidence {4:.0f} %, proof: {5}; {6}{7}</p>\n<p>{8}</p>\n",
                                 evidence::severity_name(f.severity), quiet ? " quiet" : "", escaped(f.code), escaped(f.name), 100 * f.confidence,
                                 evidence::proof_name(f.proof), escaped(place.file), place.line > 0 ? fmt::format(", line {}", place.line) : "", escaped(f.message));
  if (quiet) text += fmt::format("<p class=\"dim\">Not counted: {}.</p>\n", escaped(f.suppressed_by));
  for (const evidence::Measured& m : f.evidence) text += evidence_html(m);
  if (!f.alternatives.empty()) text += fmt::format("<p class=\"dim\">Or: {}</p>\n", escaped(fmt::format("{}", fmt::join(f.alternatives, ", "))));
  if (f.fix) text += fix_html(*f.fix);
  return text + "</article>\n";
}

}  // namespace

std::string html_from_diagnosis(const Diagnosis& d, const Subject& subject) {
  const std::string title = escaped(subject.name);
  std::string page = fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                                 "<title>{0}: {1}</title>\n<style>{2}</style>\n</head>\n<body>\n<h1>{0}: <span class=\"{1}\">{1}</span></h1>\n",
                                 title, diagnosis::verdict_name(d.verdict), kStyle);
  if (const std::string symptom = symptom_text(d); !symptom.empty()) page += fmt::format("<p>{}</p>\n", escaped(symptom));
  if (d.measured && d.measured->metric == "top1" && d.measured->value) {
    page += bar("deployed", diagnosis::verdict_name(d.verdict), d.measured->value);
    if (d.after_fixes) page += bar("mended", "good", d.after_fixes->value);
  }
  if (d.lead && d.verdict == diagnosis::Verdict::kUndetermined) page += fmt::format("<p>Best lead: {}.</p>\n", escaped(*d.lead));
  for (const std::string& need : d.needs) page += fmt::format("<p>What would settle it: {}.</p>\n", escaped(need));
  for (const Finding& finding : d.findings) page += finding_html(finding, d, subject);
  for (const evidence::Accepted& one : subject.stale)
    page += fmt::format("<p class=\"warning\">The baseline accepts {} at {}, which is not there any more.</p>\n", escaped(one.code), escaped(one.place));
  if (!d.ruled_out.empty()) {
    page += fmt::format("<h2>Ruled out</h2>\n<p class=\"dim\">{} variants of the app were compared.</p>\n<table>\n", d.tried);
    for (const diagnosis::RuledOut& one : d.ruled_out) page += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escaped(one.code), escaped(one.why));
    page += "</table>\n";
  }
  page += fmt::format("<p class=\"dim\">Model <code>{}</code>, SHA-256 <code>{}</code>; ", escaped(d.model.filename().string()), escaped(d.sha256));
  if (d.coverage) page += fmt::format("{} of {} operators run; ", d.coverage->run, d.coverage->operators);
  return page + fmt::format("{:.1f} s; whyzero {}</p>\n</body>\n</html>\n", d.seconds, WHYZERO_VERSION);
}

}  // namespace whyzero::report
