#!/usr/bin/env python3
"""Writes src/graph/tflite_schema.fbs from a list of facts about the file format.

Usage: make_schema.py FACTS.json > src/graph/tflite_schema.fbs

The facts (enums, unions, tables with slot, type and default of each field) are those of a released runtime. Slots become
explicit ids, and slots that the facts leave out become deprecated fields, so that layouts cannot drift.
"""
import json
import sys


def default_text(field, enums):
    value = field["default"]
    if "enum" in field:
        names = {number: name for name, number in enums[field["enum"]].items()}
        return names[value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def field_lines(table, enums):
    by_slot = {field["slot"]: field for field in table["fields"]}
    union_type_slots = {field["type_slot"] for field in table["fields"] if field["kind"] == "union"}
    for slot in range(table["slots"]):
        if slot in union_type_slots:
            continue  # the compiler adds it before the union's own field
        field = by_slot.get(slot)
        if field is None:
            yield f"  unused_{slot}:int32 (deprecated, id: {slot});"
            continue
        kind = field["kind"]
        default = ""
        if kind == "scalar":
            type_name = field.get("enum", field["type"])
            if field["default"] or "enum" in field:
                default = " = " + default_text(field, enums)
        elif kind == "vector":
            type_name = f"[{field['element'].removeprefix('table:')}]"
        elif kind == "string":
            type_name = "string"
        elif kind == "table":
            type_name = field["table"]
        elif kind == "union":
            type_name = field["union_enum"]
            if field["type_slot"] != slot - 1:
                sys.exit(f"union field {field['name']}: its type must be in the slot before it")
        else:
            sys.exit(f"field {field['name']}: kind {kind} is not known here; extend this script")
        yield f"  {field['name']}:{type_name}{default} (id: {slot});"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        facts = json.load(file)
    enums, unions, tables = facts["enums"], set(facts["unions"]), facts["tables"]
    stored_as = {}
    for table in tables.values():
        for field in table["fields"]:
            if "enum" in field and stored_as.setdefault(field["enum"], field["type"]) != field["type"]:
                sys.exit(f"enum {field['enum']} is stored in two widths")

    out = ["// The TensorFlow Lite file format, as facts: every table, slot, type and default. Written by tools/make_schema.py.",
           "namespace whyzero.schema;", ""]
    for name, members in enums.items():
        if name in unions:
            if sorted(members.values()) != list(range(len(members))) or members.get("NONE") != 0:
                sys.exit(f"union {name}: members must be numbered without gaps from NONE = 0")
            ordered = sorted(members, key=members.get)[1:]
            out.append(f"union {name} {{")
            out += [f"  {member}," for member in ordered]
        else:
            out.append(f"enum {name} : {stored_as.get(name, 'int32')} {{")
            out += [f"  {member} = {number}," for member, number in sorted(members.items(), key=lambda item: item[1])]
        out += ["}", ""]
    for name, table in tables.items():
        out.append(f"table {name} {{")
        out += field_lines(table, enums)
        out += ["}", ""]
    out += [f"root_type {facts['root_table']};", f"file_identifier \"{facts['file_identifier']}\";", "file_extension \"tflite\";"]
    print("\n".join(out))


main()
