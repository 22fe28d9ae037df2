#include "random_graph.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "graph/operator_arity.h"
#include "ops/registry.h"

namespace whyzero::fuzz {
namespace {

using graph::ModelBuilder;
using graph::Quantization;

/// Small words made of "CONV_2D" and "Conv2DOptions" alike.
std::string plain(std::string_view name) {
  std::string out;
  for (char c : name)
    if (c != '_') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// Operators whose table is not called like them.
std::string table_name(std::string_view op) {
  constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
      {"averagepool2d", "pool2d"},     {"maxpool2d", "pool2d"},         {"l2pool2d", "pool2d"},
      {"mean", "reducer"},             {"sum", "reducer"},              {"reducemax", "reducer"},
      {"reducemin", "reducer"},        {"reduceprod", "reducer"},       {"reduceany", "reducer"},
      {"reduceall", "reducer"},        {"l2normalization", "l2norm"},   {"localresponsenormalization", "localresponsenormalization"},
      {"maximum", "maximumminimum"},   {"minimum", "maximumminimum"},   {"unidirectionalsequencernn", "sequencernn"},
      {"conv3dtranspose", "conv3d"},   {"randomuniform", "random"},     {"randomstandardnormal", "random"},
      {"multinomial", "random"},       {"atan2", "atan2"},              {"unidirectionalsequencelstm", "unidirectionalsequencelstm"},
  };
  const std::string name = plain(op);
  for (const auto& [from, to] : kOthers)
    if (name == from) return std::string(to) + "options";
  return name + "options";
}

schema::BuiltinOptions table_of(std::string_view op) {
  const std::string wanted = table_name(op);
  for (schema::BuiltinOptions type : schema::EnumValuesBuiltinOptions())
    if (plain(schema::EnumNameBuiltinOptions(type)) == wanted) return type;
  return schema::BuiltinOptions_NONE;
}

class Maker {
 public:
  explicit Maker(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  ModelBuilder make() {
    const size_t nodes = 1 + below(3);
    for (size_t k = 0; k < nodes; ++k) add_node();
    for (int tensor : made_) builder_.output(tensor);
    // What IF, WHILE and CALL_ONCE may run: it gives back what it gets.
    builder_.subgraph("callee");
    const size_t inputs = below(3);
    for (size_t k = 0; k < inputs; ++k) builder_.output(builder_.input("in", dtype(), shape()));
    return std::move(builder_);
  }

 private:
  uint8_t next() { return at_ < bytes_.size() ? bytes_[at_++] : uint8_t{0}; }
  size_t below(size_t n) { return n == 0 ? 0 : next() % n; }
  bool chance(int percent) { return next() * 100 < percent * 256; }

  int32_t number() {
    constexpr int32_t kOdd[] = {-1, -2, 255, 256, 4096, 65536, -65536, std::numeric_limits<int32_t>::max(), std::numeric_limits<int32_t>::min()};
    return chance(85) ? static_cast<int32_t>(below(5)) : kOdd[below(std::size(kOdd))];
  }

  DType dtype() {
    constexpr DType kOften[] = {DType::kFloat32, DType::kInt8, DType::kInt32, DType::kUInt8, DType::kInt16, DType::kInt64, DType::kBool};
    return chance(85) ? kOften[below(std::size(kOften))] : static_cast<DType>(below(23));
  }

  std::vector<int32_t> shape() {
    constexpr int32_t kOdd[] = {0, 17, 64, 1000, 65536, std::numeric_limits<int32_t>::max()};
    std::vector<int32_t> dims(chance(90) ? below(5) : below(9));
    for (int32_t& dim : dims) dim = chance(90) ? 1 + static_cast<int32_t>(below(4)) : kOdd[below(std::size(kOdd))];
    return dims;
  }

  Quantization quantization(DType type, const std::vector<int32_t>& dims) {
    constexpr float kScales[] = {0.1f, 1.0f / 256, 1.0f, 0.0078125f, 3.0f, 1e-6f, 1e6f, 0.0f, -1.0f, 1e-38f, 1e38f};
    const auto scale = [&] { return kScales[chance(90) ? below(5) : below(std::size(kScales))]; };
    if (type == DType::kFloat32 || type == DType::kBool ? !chance(5) : !chance(85)) return {};
    if (!dims.empty() && chance(20)) {
      const size_t axis = below(dims.size());
      Quantization q = graph::per_channel({}, static_cast<int32_t>(axis));
      const int32_t channels = std::clamp(dims[axis], 1, 64);
      for (int32_t c = 0; c < channels; ++c) q.scales.push_back(scale());
      q.zero_points.assign(q.scales.size(), chance(90) ? 0 : 3);
      return q;
    }
    return graph::quantized(scale(), chance(60) ? 0 : static_cast<int64_t>(next()) - 128);
  }

  int constant(DType type, const std::vector<int32_t>& dims, const Quantization& q) {
    const size_t elements = checked_elements(dims).value_or(0);
    if (type == DType::kString) return builder_.strings("text", {2}, {"one", ""});
    const size_t bits = dtype_bits(type);
    if (elements > 4096 || bits == 0) return builder_.input("x", type, dims, q);
    std::vector<uint8_t> bytes((elements * bits + 7) / 8);
    const size_t width = std::max<size_t>(1, bits / 8);
    const bool noise = chance(20);
    for (size_t i = 0; i < bytes.size(); i += width) {
      // Control data want small numbers, weights anything.
      const auto value = noise ? static_cast<uint32_t>(next()) * 0x01010101u : static_cast<uint32_t>(number());
      for (size_t b = 0; b < width && i + b < bytes.size(); ++b) bytes[i + b] = static_cast<uint8_t>(b < 4 ? value >> 8 * b : value >> 31 ? 0xff : 0);
    }
    return builder_.constant_bytes("c", type, dims, std::move(bytes), q);
  }

  int input(DType like, const std::vector<int32_t>& dims_like) {
    if (!made_.empty() && chance(30)) return made_[below(made_.size())];
    const DType type = chance(60) ? like : chance(50) ? DType::kInt32 : dtype();
    const std::vector<int32_t> dims = chance(50) ? dims_like : shape();
    const Quantization q = quantization(type, dims);
    switch (below(8)) {
      case 0:
        return -1;
      case 1:
        return builder_.variable("state", type, dims, q);
      case 2:
      case 3:
      case 4:
        return constant(type, dims, q);
      default:
        return builder_.input("x", type, dims, q);
    }
  }

  std::pair<int, int> arity(int32_t op) {
    const graph::OperatorArity* known = graph::operator_arity(op);
    const auto within = [&](int least, int most) {
      if (chance(3)) return static_cast<int>(below(6));
      return least + static_cast<int>(below(static_cast<size_t>((most < 0 ? least + 3 : most) - least + 1)));
    };
    if (!known) return {static_cast<int>(below(5)), 1 + static_cast<int>(below(4))};
    return {within(known->least_inputs, known->most_inputs), within(known->least_outputs, known->most_outputs)};
  }

  /// Every field eight bytes wide: narrower ones are read from the first. A list of numbers where the table begins with one.
  void add_builtin(const ops::Operator& op, std::vector<int> inputs, std::vector<int> outputs) {
    const auto type = table_of(op.name);
    const int version = chance(95) ? op.max_version : 1 + static_cast<int>(below(12));
    const auto builtin = static_cast<schema::BuiltinOperator>(op.builtin);
    if (type == schema::BuiltinOptions_NONE || chance(3)) {
      builder_.node(builtin, std::move(inputs), std::move(outputs), version);
      return;
    }
    std::vector<int64_t> fields(12);
    for (int64_t& field : fields) {
      constexpr uint32_t kFloats[] = {0x3f800000, 0x3dcccccd, 0x7f800000, 0x7fc00000, 0xbf800000};
      field = chance(90) ? number() : static_cast<int64_t>(kFloats[below(std::size(kFloats))]);
    }
    std::vector<int32_t> list(below(5));
    for (int32_t& value : list) value = number();
    const bool texts = type == schema::BuiltinOptions_VarHandleOptions;
    const bool lists = type == schema::BuiltinOptions_ReshapeOptions || type == schema::BuiltinOptions_SqueezeOptions ||
                       type == schema::BuiltinOptions_BucketizeOptions;
    builder_.node(builtin, std::move(inputs), std::move(outputs), version, type, [=](flatbuffers::FlatBufferBuilder& f) {
      if (texts) return schema::CreateVarHandleOptionsDirect(f, "container", list.empty() ? "a" : "b").Union();
      const auto vector = lists ? f.CreateVector(list).o : 0;
      const auto start = f.StartTable();
      const auto slot = [](size_t k) { return static_cast<flatbuffers::voffset_t>(4 + 2 * k); };
      if (lists) f.AddOffset(slot(0), flatbuffers::Offset<void>(vector));
      for (size_t k = lists ? 1 : 0; k < fields.size(); ++k) f.AddElement<int64_t>(slot(k), fields[k]);
      return flatbuffers::Offset<void>(f.EndTable(start));
    });
  }

  void add_node() {
    const auto operators = ops::all_operators();
    const ops::Operator& op = *operators[(next() + 256u * next()) % operators.size()];
    const auto [inputs, outputs] = arity(op.builtin);
    const DType like = dtype();
    const std::vector<int32_t> dims = shape();
    std::vector<int> in, out;
    for (int k = 0; k < inputs; ++k) in.push_back(input(like, dims));
    for (int k = 0; k < outputs; ++k) {
      const DType type = chance(70) ? like : dtype();
      std::vector<int32_t> given = shape();
      Quantization q = quantization(type, given);
      out.push_back(builder_.tensor("y", type, std::move(given), std::move(q)));
    }
    made_.insert(made_.end(), out.begin(), out.end());
    if (op.builtin >= 0) return add_builtin(op, std::move(in), std::move(out));
    std::vector<uint8_t> options(below(64));
    std::generate(options.begin(), options.end(), [&] { return next(); });
    builder_.custom(std::string(op.name), std::move(in), std::move(out), std::move(options));
  }

  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
  ModelBuilder builder_;
  std::vector<int> made_;
};

}  // namespace

ModelBuilder random_graph(std::span<const uint8_t> bytes) { return Maker(bytes).make(); }

}  // namespace whyzero::fuzz
