#!/usr/bin/env python3
"""Writes the frame of a new operator, src/ops/NAME.cc, and its test, which fails until the operator is written.

    new_op.py ARG_MAX --inputs 2 --outputs 1          the number of inputs may be a range: 2..3
    new_op.py ARG_MAX --inputs 2 --root /tmp/scratch  elsewhere than in this tree

The options table and whether the name exists are taken from src/graph/tflite_schema.fbs.
"""
import argparse
import os
import re
import sys

HOME = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
# Operators whose table bears another's name.
SHARED_TABLES = {"AVERAGE_POOL_2D": "Pool2D", "MAX_POOL_2D": "Pool2D", "L2_POOL_2D": "Pool2D", "RNN": "RNN", "UNIDIRECTIONAL_SEQUENCE_RNN": "SequenceRNN",
                 "MEAN": "Reducer", "SUM": "Reducer", "REDUCE_MAX": "Reducer", "REDUCE_MIN": "Reducer", "REDUCE_PROD": "Reducer", "REDUCE_ANY": "Reducer",
                 "REDUCE_ALL": "Reducer", "MAXIMUM": "MaximumMinimum", "MINIMUM": "MaximumMinimum", "CONV_3D_TRANSPOSE": "Conv3D",
                 "RANDOM_UNIFORM": "Random", "RANDOM_STANDARD_NORMAL": "Random", "MULTINOMIAL": "Random", "L2_NORMALIZATION": "L2Norm"}

OPERATOR = '''// {name}: one sentence that says what it computes.
#include "graph/options.h"
#include "ops/operator.h"

namespace whyzero::ops {{
namespace {{

Result<void> prepare(Context& ctx) {{
  WHYZERO_TRY(ctx.expect_arity({low}, {high}, {outputs}, {outputs}));
{required}{options}{dtype}{shapes}}}

Result<void> eval(Context& ctx) {{
  return ctx.error(ErrorCode::kUnsupported, "is not written yet");
}}

}}  // namespace

extern constinit const Operator unit_{unit}{{
    .name = "{name}", .builtin = schema::BuiltinOperator_{name}, .max_version = 1, .prepare = prepare, .eval = eval}};

}}  // namespace whyzero::ops
'''

TEST = '''#include "ops/test_support.h"

namespace whyzero::ops {{
namespace {{

using namespace test;

TEST({case}, GivesWhatIsKnown) {{
  graph::ModelBuilder b;
{tensors}  b.node(schema::BuiltinOperator_{name}, {{{inputs}}}, {{{results}}});
  b.output(y0);
  const std::vector<float> given = {{1.0f, -2.0f}};
  const std::vector<float> known = {{}};  // from outside of this code: a formula in double precision, or the official runtime
  EXPECT_EQ((run<float>(b, {{{feeds}}})), known);
}}

}}  // namespace
}}  // namespace whyzero::ops
'''


def schema():
    with open(os.path.join(HOME, "src", "graph", "tflite_schema.fbs"), encoding="utf-8") as file:
        return file.read()


def operators(text):
    body = re.search(r"enum BuiltinOperator\b.*?\{(.*?)\}", text, re.S).group(1)
    return set(re.findall(r"^\s*(\w+)\s*=", body, re.M))


def options_table(text, name):
    """The table of an operator's options that has fields; None where there is none."""
    wanted = SHARED_TABLES.get(name, name.replace("_", "")).lower() + "options"
    for table, body in re.findall(r"^table (\w+Options)\s*\{(.*?)\}", text, re.M | re.S):
        if table.lower() == wanted and re.search(r"\w+\s*:", re.sub(r"//.*", "", body)):
            return table
    return None


def frame(name, low, high, outputs, table):
    unit = name.lower()
    required = "".join(f"  WHYZERO_TRY(ctx.expect_input({k}));\n" for k in range(low))
    options = f"  [[maybe_unused]] const auto& options = ctx.options<schema::{table}>();\n" if table else ""
    dtype = "  WHYZERO_TRY(ctx.expect_dtype(ctx.input(0), {DType::kFloat32}));\n" if low else ""
    shape = "ctx.input(0).shape" if low else "{1}"
    shapes = "".join(f"  WHYZERO_TRY(ctx.resize_output({k}, {shape}));\n" for k in range(outputs)) + "  return {};\n"
    tensors = "".join(f'  const int x{k} = b.input("x{k}", DType::kFloat32, {{2}});\n' for k in range(low))
    tensors += "".join(f'  const int y{k} = b.tensor("y{k}", DType::kFloat32, {{2}});\n' for k in range(max(outputs, 1)))
    test = TEST.format(case="".join(part.capitalize() for part in name.split("_")) + "Test", name=name, tensors=tensors, inputs=", ".join(f"x{k}" for k in range(low)),
                       results=", ".join(f"y{k}" for k in range(outputs)), feeds=", ".join(["given"] * low))
    return (OPERATOR.format(name=name, unit=unit, low=low, high=high, outputs=outputs, required=required, options=options, dtype=dtype, shapes=shapes), test)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("name", help="as the schema spells it: ARG_MAX")
    parser.add_argument("--inputs", default="1", help="how many, or least..most")
    parser.add_argument("--outputs", type=int, default=1)
    parser.add_argument("--root", default=HOME)
    arguments = parser.parse_args()
    text = schema()
    if arguments.name not in operators(text):
        parser.error(f"{arguments.name} is no operator of the schema; src/graph/tflite_schema.fbs lists them")
    given = re.fullmatch(r"(\d+)(?:\.\.(\d+))?", arguments.inputs)
    if not given:
        parser.error(f"--inputs is {arguments.inputs}, expected a number or least..most")
    low, high = int(given[1]), int(given[2] or given[1])
    folder = os.path.join(arguments.root, "src", "ops")
    paths = [os.path.join(folder, arguments.name.lower() + ending) for ending in (".cc", "_test.cc")]
    for path in paths:
        if os.path.exists(path):
            parser.error(f"{path} is there already")
    os.makedirs(folder, exist_ok=True)
    for path, content in zip(paths, frame(arguments.name, low, high, arguments.outputs, options_table(text, arguments.name))):
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        print(os.path.relpath(path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
