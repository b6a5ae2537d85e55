#!/usr/bin/env python3
"""Validates a document against a schema, by the part of JSON Schema 2020-12 that config.schema.json uses.

A keyword of the schema that this does not know is an error, so that nothing is passed over in silence.
Usage: check_schema.py SCHEMA DOCUMENT
"""

import json
import re
import sys

ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description", "default", "examples"}
TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}


def problems(schema, value, root, path):
    """Every way in which a value breaks a schema, as lines."""
    for keyword, rule in schema.items():
        if keyword in ANNOTATIONS:
            continue
        check = CHECKS.get(keyword)
        if check is None:
            yield f"{path}: the schema uses '{keyword}', which this script does not know"
        else:
            yield from check(rule, value, root, path, schema)


def reference(rule, value, root, path, _):
    target = root
    for part in rule.removeprefix("#/").split("/"):
        target = target[part]
    yield from problems(target, value, root, path)


def type_(rule, value, root, path, _):
    names = rule if isinstance(rule, list) else [rule]
    if not any(TYPES[name](value) for name in names):
        yield f"{path}: {json.dumps(value)} is not of type {' or '.join(names)}"


def properties(rule, value, root, path, _):
    if isinstance(value, dict):
        for key in value.keys() & rule.keys():
            yield from problems(rule[key], value[key], root, f"{path}.{key}")


def additional(rule, value, root, path, schema):
    if rule is False and isinstance(value, dict):
        for key in value.keys() - schema.get("properties", {}).keys():
            yield f"{path}.{key}: unknown key"


def required(rule, value, root, path, _):
    if isinstance(value, dict):
        for key in rule:
            if key not in value:
                yield f"{path}.{key}: missing"


def items(rule, value, root, path, _):
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from problems(rule, item, root, f"{path}[{index}]")


def any_of(rule, value, root, path, _):
    tries = [list(problems(option, value, root, path)) for option in rule]
    if all(tries):
        yield from min(tries, key=len)


def not_(rule, value, root, path, _):
    if not list(problems(rule, value, root, path)):
        yield f"{path}: {json.dumps(value)} is forbidden"


def bound(is_broken, text):
    def check(rule, value, root, path, _):
        if is_broken(rule, value):
            yield f"{path}: {json.dumps(value)} {text} {rule}"
    return check


def is_number(value):
    return TYPES["number"](value)


CHECKS = {
    "$ref": reference,
    "type": type_,
    "properties": properties,
    "additionalProperties": additional,
    "required": required,
    "items": items,
    "anyOf": any_of,
    "not": not_,
    "enum": bound(lambda rule, value: value not in rule, "is none of"),
    "minimum": bound(lambda rule, value: is_number(value) and value < rule, "is less than"),
    "maximum": bound(lambda rule, value: is_number(value) and value > rule, "is more than"),
    "minItems": bound(lambda rule, value: isinstance(value, list) and len(value) < rule, "has fewer items than"),
    "minLength": bound(lambda rule, value: isinstance(value, str) and len(value) < rule, "is shorter than"),
    "maxLength": bound(lambda rule, value: isinstance(value, str) and len(value) > rule, "is longer than"),
    "pattern": bound(lambda rule, value: isinstance(value, str) and not re.search(rule, value), "does not match"),
}


def main():
    schema_path, document_path = sys.argv[1:]
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    with open(document_path, encoding="utf-8") as file:
        document = json.load(file)
    found = list(problems(schema, document, schema, "$"))
    for line in found:
        print(f"{document_path}: {line}")
    print(f"{'FAILED' if found else 'ok'} {document_path} against {schema_path}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
