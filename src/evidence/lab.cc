#include "evidence/lab.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>
#include <unordered_map>

#include "app/edit.h"
#include "app/output.h"
#include "app/step.h"
#include "base/parallel.h"
#include "base/random.h"
#include "evidence/sample_score.h"

namespace whyzero::evidence {
namespace {

using nlohmann::json;
constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
/// Raw outputs kept for variants that only read them otherwise; beyond this they are computed again.
constexpr size_t kOutputCacheBytes = size_t{96} << 20;

size_t common_length(const std::vector<int>& a, const std::vector<int>& b) {
  size_t n = 0;
  while (n < a.size() && n < b.size() && a[n] == b[n]) ++n;
  return n;
}

}  // namespace

struct Lab::Group {
  app::Binding binding;
  std::vector<const app::Source*> sources;  // by input
  std::vector<json> pipelines;              // by input
  std::vector<std::vector<int>> prefixes;   // by input: number of every beginning, the decoder's first
  bool reset_between = false;
  std::vector<std::shared_ptr<const std::vector<uint8_t>>> outputs;  // by sample of the lab's order; null: not known
  std::optional<Error> failure;
};

struct Lab::Job {
  Group* group;
  std::vector<Variant*> variants;
};

/// The values after each step of the pipeline that ran last, for one input: the next pipeline starts where they part.
struct Stack {
  std::vector<int> prefixes;
  std::vector<app::Value> values;
};

struct Lab::Worker {
  std::unique_ptr<runtime::Interpreter> interpreter;
  std::unique_ptr<quantize::Emulator> emulator;  // in place of the interpreter
  std::vector<Stack> stacks;

  Result<void> create(const std::shared_ptr<const graph::Model>& model, const LabOptions& options) {
    if (options.emulation) {
      WHYZERO_ASSIGN(emulator, quantize::Emulator::create(*options.emulation, options.interpreter));
    } else {
      WHYZERO_ASSIGN(interpreter, runtime::Interpreter::create(model, options.interpreter));
    }
    return {};
  }
  void reset_state() {
    if (emulator) emulator->reset_state();
    else interpreter->reset_state();
  }
  /// All outputs for the values of the app's inputs.
  Result<std::vector<std::vector<uint8_t>>> run(std::span<const app::Value> values, const app::Binding& binding) {
    std::vector<std::vector<uint8_t>> outputs;
    if (emulator) {
      for (size_t input = 0; input < values.size(); ++input) WHYZERO_TRY(emulator->set_input(binding.input_of[input], values[input].bytes));
      WHYZERO_TRY(emulator->invoke());
      for (int index = 0; index < emulator->outputs(); ++index) {
        WHYZERO_ASSIGN(std::vector<uint8_t> output, emulator->output(index));
        outputs.push_back(std::move(output));
      }
      return outputs;
    }
    for (size_t input = 0; input < values.size(); ++input) WHYZERO_TRY(interpreter->set_input(binding.input_of[input], values[input].bytes));
    WHYZERO_TRY(interpreter->invoke());
    WHYZERO_TRY(interpreter->available(interpreter->subgraph().outputs[static_cast<size_t>(binding.output)]));
    for (int index = 0; index < interpreter->outputs(); ++index) {
      const ops::Tensor& output = interpreter->output(index);
      outputs.emplace_back(output.data, output.data + output.bytes);
    }
    return outputs;
  }
};

Lab::Lab(const Case& a_case, const LabOptions& options) : case_(a_case), options_(options) {
  if (options_.threads <= 0) options_.threads = default_threads();
  std::vector<std::string> unreadable;
  for (const app::Unreadable& one : case_.symptom.evaluation.unreadable) unreadable.push_back(one.sample);
  const app::Source& first = *case_.sources.front();
  for (size_t i = 0; i < first.size(); ++i)
    if ((!case_.labelled() || case_.truth.labels[i]) &&
        std::find(unreadable.begin(), unreadable.end(), first.name(i)) == unreadable.end())
      order_.push_back(i);
  Random(options_.seed).shuffle(std::span<size_t>(order_));
  error_scale_ = truth_deviation(case_.truth);
  deployed_pipelines_ = pipelines_of(case_.app, *case_.binding);
  workers_.resize(static_cast<size_t>(options_.threads));
}

Lab::~Lab() = default;

Result<const app::Source*> Lab::source_of(const app::App& app, const app::Input& input) {
  const auto same = [&](const app::Input& own) { return own.kind == input.kind && own.source == input.source; };
  const auto own = std::find_if(case_.app.inputs.begin(), case_.app.inputs.end(), same);
  if (own != case_.app.inputs.end()) return case_.sources[static_cast<size_t>(own - case_.app.inputs.begin())].get();
  auto& opened = opened_[std::to_string(static_cast<int>(input.kind)) + input.source.dump()];
  if (!opened) {
    WHYZERO_ASSIGN(opened, app::open_source(app, input));
  }
  if (opened->size() != case_.sources.front()->size())
    return fail(ErrorCode::kShapeMismatch, "a changed input has " + std::to_string(opened->size()) + " samples, the app has " + std::to_string(case_.sources.front()->size()));
  return opened.get();
}

std::string Lab::pipelines_of(const app::App& app, const app::Binding& binding) {
  std::string pipelines = app.reset_between ? "reset" : "";
  for (size_t k = 0; k < app.inputs.size(); ++k)
    pipelines += "|" + std::to_string(binding.input_of[k]) + app.inputs[k].source.dump() + app.inputs[k].pipeline.dump();
  return pipelines;
}

void Lab::take_over(Group& group) {
  const std::vector<std::vector<uint8_t>>& outputs = case_.symptom.evaluation.outputs;
  const bool captured = std::any_of(group.sources.begin(), group.sources.end(), [](const app::Source* source) { return source->captured(); });
  if (outputs.empty() || captured || options_.emulation || app::keeps_state(*case_.model) || case_.model->main().outputs.size() != 1) return;
  for (size_t k = 0; k < samples(); ++k) {
    const std::vector<uint8_t>& output = outputs[order_[k]];
    if (output.empty()) continue;
    if (output_bytes_.empty()) output_bytes_.push_back(output.size());
    group.outputs[k] = std::make_shared<const std::vector<uint8_t>>(output);
  }
}

Result<int> Lab::add(const json& document) {
  const std::string key = document.dump();
  if (auto it = by_document_.find(key); it != by_document_.end()) return it->second;
  WHYZERO_ASSIGN(app::App parsed, app::parse_app(document, case_.app.base));
  WHYZERO_ASSIGN(app::Binding binding, app::bind(parsed, *case_.model));

  const std::string pipelines = pipelines_of(parsed, binding);
  std::vector<const app::Source*> sources;
  for (const app::Input& input : parsed.inputs) {
    WHYZERO_ASSIGN(const app::Source* source, source_of(parsed, input));
    sources.push_back(source);
  }
  auto [it, is_new] = by_pipelines_.try_emplace(pipelines, static_cast<int>(groups_.size()));
  if (is_new) {
    auto group = std::make_unique<Group>();
    group->reset_between = parsed.reset_between;
    group->outputs.resize(samples());
    group->binding = binding;
    group->sources = sources;
    for (size_t k = 0; k < parsed.inputs.size(); ++k) {
      const app::Input& input = parsed.inputs[k];
      group->pipelines.push_back(input.pipeline);
      // A step may depend on the tensor that is filled.
      std::string so_far = std::to_string(binding.input_of[k]) + input.source.dump() + std::to_string(static_cast<int>(app::decode_like(input.pipeline)));
      std::vector<int> numbers;
      const auto number = [&] { numbers.push_back(prefixes_.try_emplace(so_far, static_cast<int>(prefixes_.size())).first->second); };
      number();
      for (const json& step : input.pipeline) {
        so_far += "|" + step.dump();
        // A crop looks at the step after it, so it is shared only by pipelines that go on alike.
        if (app::role_of(step) == app::StepRole::kGeometry && &step != &input.pipeline.back())
          so_far += (&step + 1)->begin().key() == "resize" ? ">" + (&step + 1)->dump() : "";
        number();
      }
      group->prefixes.push_back(std::move(numbers));
    }
    if (pipelines == deployed_pipelines_) take_over(*group);
    groups_.push_back(std::move(group));
  }

  auto variant = std::make_unique<Variant>();
  variant->input_group = it->second;
  variant->output_index = binding.output;
  variant->output_tensor = binding.output_tensor;
  const int outputs = static_cast<int>(std::min<size_t>(binding.output_tensor.elements(), 1 << 20));
  auto& classes = classes_by_labels_[document.value("output", json::object()).value("labels", json()).dump() + "|" + std::to_string(parsed.output.label_offset) + "|" + std::to_string(outputs)];
  if (!classes) classes = true_classes_of_samples(parsed.output, case_.truth, order_, outputs);
  variant->true_classes = classes;
  variant->app = std::move(parsed);
  variant->score.assign(samples(), kUnknown);
  variant->standing.assign(samples(), kUnknown);
  variant->shown.assign(samples(), kUnknown);
  variant->right.assign(samples(), -1);
  const int id = static_cast<int>(variants_.size());
  variants_.push_back(std::move(variant));
  by_document_.emplace(key, id);
  return id;
}

Result<void> Lab::measure(std::span<const int> ids, size_t count) {
  count = std::min(count, samples());
  std::map<int, Job> by_group;
  for (int id : ids) {
    Variant& variant = *variants_[static_cast<size_t>(id)];
    Job& job = by_group[variant.input_group];
    job.group = groups_[static_cast<size_t>(variant.input_group)].get();
    if (std::find(job.variants.begin(), job.variants.end(), &variant) == job.variants.end()) job.variants.push_back(&variant);
  }
  std::vector<Job> jobs;
  for (auto& [number, job] : by_group) jobs.push_back(std::move(job));
  // Neighbours share the longest beginnings.
  std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.group->prefixes < b.group->prefixes; });

  for (auto& worker : workers_)
    if (!worker) {
      worker = std::make_unique<Worker>();
      WHYZERO_TRY(worker->create(case_.model, options_));
    }
  const auto stopped = [&] { return options_.progress && options_.progress->cancelled(); };
  if (app::keeps_state(*case_.model)) {
    // State runs through the samples in their own order, so a group's samples cannot be torn apart or left out.
    std::vector<size_t> in_order(samples());
    for (size_t k = 0; k < samples(); ++k) in_order[k] = k;
    std::sort(in_order.begin(), in_order.end(), [&](size_t a, size_t b) { return order_[a] < order_[b]; });
    parallel_for(jobs.size(), options_.threads, [&](int worker, size_t j) {
      workers_[static_cast<size_t>(worker)]->reset_state();
      for (size_t k : in_order)
        if (!stopped()) run_sample(*workers_[static_cast<size_t>(worker)], std::span<const Job>(&jobs[j], 1), k);
    });
  } else {
    parallel_for(count, options_.threads, [&](int worker, size_t k) {
      if (!stopped()) run_sample(*workers_[static_cast<size_t>(worker)], jobs, k);
      if (options_.progress) options_.progress->update("experiments", runs_, runs_ + 1);
    });
  }
  if (stopped()) return fail(ErrorCode::kCancelled, "interrupted while experiments were running");

  // A variant that cannot run is as wrong as can be on every sample.
  for (Job& job : jobs)
    for (Variant* variant : job.variants)
      if (job.group->failure) {
        variant->failure = job.group->failure;
        for (size_t k = 0; k < count; ++k) {
          variant->score[k] = kLowestScore;
          variant->standing[k] = kLowestScore;
          if (case_.labelled()) variant->right[k] = 0;
        }
      }
  return {};
}

void Lab::run_sample(Worker& worker, std::span<const Job> jobs, size_t k) {
  const size_t sample = order_[k];
  const size_t inputs = case_.app.inputs.size();
  worker.stacks.assign(inputs, {});
  OutputsByHash by_bytes;
  for (size_t j = 0; j < jobs.size(); ++j) {
    Group& group = *jobs[j].group;
    bool wanted = false;
    for (const Variant* variant : jobs[j].variants) wanted = wanted || std::isnan(variant->score[k]);
    if (!wanted) continue;
    std::shared_ptr<const std::vector<uint8_t>> outputs = group.outputs[k];
    if (!outputs) {
      {
        std::lock_guard lock(mutex_);
        if (group.failure) continue;
      }
      auto computed = compute(worker, group, j + 1 < jobs.size() ? jobs[j + 1].group : nullptr, sample, by_bytes);
      if (!computed) {
        const ErrorCode code = computed.error().code;
        std::lock_guard lock(mutex_);
        // A photo that cannot be read says nothing about the variant; where none can, a wrong layout of frames may be why.
        const bool none = case_.symptom.failure && case_.symptom.failure->code == ErrorCode::kNotFound;
        if (none || (code != ErrorCode::kIo && code != ErrorCode::kNotFound && code != ErrorCode::kMalformed))
          group.failure = std::move(computed).error();
        continue;
      }
      outputs = *computed;
      std::lock_guard lock(mutex_);
      if (cached_bytes_ + outputs->size() <= kOutputCacheBytes) {
        cached_bytes_ += outputs->size();
        group.outputs[k] = outputs;
      }
    }
    for (Variant* variant : jobs[j].variants) score(*variant, k, *outputs);
  }
}

Result<std::shared_ptr<const std::vector<uint8_t>>> Lab::compute(Worker& worker, const Group& group, const Group* next, size_t sample,
                                                                 OutputsByHash& by_bytes) {
  std::vector<app::Value> values;
  size_t hash = 0;
  for (size_t input = 0; input < case_.app.inputs.size(); ++input) {
    const app::TensorInfo& tensor = group.binding.tensors[input];
    const app::Source& source = *group.sources[input];
    Stack& stack = worker.stacks[input];
    const std::vector<int>& wanted = group.prefixes[input];
    const size_t shared = common_length(stack.prefixes, wanted);
    stack.prefixes.resize(shared);
    stack.values.resize(shared);
    if (shared == 0) {
      WHYZERO_ASSIGN(app::Value first, source.first_value(sample, app::decode_like(group.pipelines[input]), tensor));
      // Experiments on captured tensors speak of pictures: height × width × channels.
      if (source.captured() && first.shape.size() == 4 && first.shape[0] == 1) first.shape.erase(first.shape.begin());
      stack.prefixes.push_back(wanted[0]);
      stack.values.push_back(std::move(first));
    }
    // What the next pipeline shares stays on the stack; the rest is computed in place.
    const size_t keep = next ? common_length(next->prefixes[input], wanted) : 1;
    while (stack.prefixes.size() < std::max<size_t>(1, keep)) {
      app::Value value = stack.values.back();
      const size_t step = stack.prefixes.size() - 1;
      WHYZERO_TRY(app::run_steps(value, group.pipelines[input], step, step + 1, tensor));
      stack.values.push_back(std::move(value));
      stack.prefixes.push_back(wanted[stack.prefixes.size()]);
    }
    app::Value value = stack.values.back();
    WHYZERO_TRY(app::run_steps(value, group.pipelines[input], stack.prefixes.size() - 1, group.pipelines[input].size(), tensor));
    WHYZERO_TRY(app::finish_value(value, tensor));
    hash = hash * 31 + std::hash<std::string_view>{}({reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()});
    values.push_back(std::move(value));
  }
  const bool stateless = !app::keeps_state(*case_.model);
  if (stateless)
    if (auto it = by_bytes.find(hash); it != by_bytes.end()) return it->second;

  if (group.reset_between) worker.reset_state();
  WHYZERO_ASSIGN(const auto outputs, worker.run(values, group.binding));
  auto bytes = std::make_shared<std::vector<uint8_t>>();
  for (const std::vector<uint8_t>& output : outputs) bytes->insert(bytes->end(), output.begin(), output.end());
  {
    std::lock_guard lock(mutex_);
    ++runs_;
    if (output_bytes_.empty())
      for (const std::vector<uint8_t>& output : outputs) output_bytes_.push_back(output.size());
  }
  if (stateless) by_bytes.emplace(hash, bytes);
  return std::shared_ptr<const std::vector<uint8_t>>(std::move(bytes));
}

void Lab::score(Variant& variant, size_t k, std::span<const uint8_t> outputs) {
  size_t offset = 0, size = outputs.size();
  {
    std::lock_guard lock(mutex_);
    for (int index = 0; index < variant.output_index; ++index) offset += output_bytes_[static_cast<size_t>(index)];
    size = output_bytes_[static_cast<size_t>(variant.output_index)];
  }
  if (offset + size > outputs.size()) return;
  auto answer = app::decode_output(outputs.subspan(offset, size), variant.output_tensor, variant.app.output.decode);
  if (!answer) return;
  const SampleScore scored = score_sample(variant.app.output, variant.output_tensor, *answer, variant.true_classes->at(k),
                                          case_.truth.labels[order_[k]], error_scale_);
  if ((options_.spread || !case_.labelled()) && answer->label) {
    const std::vector<double> p = probabilities(variant.app.output, variant.output_tensor, *answer);
    std::lock_guard lock(mutex_);
    variant.spread.add(p, *answer->label);
  }
  variant.score[k] = scored.score;
  variant.standing[k] = scored.standing;
  variant.right[k] = scored.right;
  variant.shown[k] = scored.shown;
}

std::vector<float> Lab::differences(int id, int against, Measure measure) const {
  const auto& of = measure == Measure::kScore ? &Variant::score : &Variant::standing;
  const std::vector<float>&a = (*this)[id].*of, &b = (*this)[against].*of;
  std::vector<float> d(samples());
  for (size_t k = 0; k < samples(); ++k) d[k] = a[k] - b[k];
  return d;
}

std::optional<double> Lab::metric(int id) const {
  const Variant& variant = (*this)[id];
  if (variant.failure) return std::nullopt;
  const bool probabilities = variant.app.output.reports == "probability";
  int known = 0;
  double right = 0;
  for (size_t k = 0; k < samples(); ++k)
    if (variant.right[k] >= 0) {
      ++known;
      right += probabilities ? double(variant.shown[k]) : variant.right[k];
    }
  if (known > 0) return right / known;
  return r_squared(variant.shown, case_.truth, order_);
}

}  // namespace whyzero::evidence
