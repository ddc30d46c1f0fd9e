"""Validates documents against JSON Schemas (draft 2020-12), and checks that each schema refuses what is not whole.

Reads a JSON list from standard input. Each item has `name`, `schema` and `document`, and optionally:
  free      paths of objects that the schema leaves to others,
  maps      paths of objects whose members may all be absent,
  required  the members of the outermost object that may not be absent; by default all.
In a path, * is any element of a list. Prints one line for each finding, and then the number of documents and of changes
that were refused.
"""

import copy
import json
import sys

from jsonschema import Draft202012Validator


def objects(value, path=()):
    """Each object in a value, with its path."""
    if isinstance(value, dict):
        yield path, value
        for name, member in value.items():
            yield from objects(member, path + (name,))
    elif isinstance(value, list):
        # The elements of a list are alike: the first ones are enough.
        for place, element in enumerate(value[:3]):
            yield from objects(element, path + (place,))


def at(value, path):
    for step in path:
        value = value[step]
    return value


def text(path):
    return "/".join("*" if isinstance(step, int) else step for step in path)


refused = 0
items = json.load(sys.stdin)
validators = {}
for item in items:
    key = json.dumps(item["schema"], sort_keys=True)
    if key not in validators:
        Draft202012Validator.check_schema(item["schema"])
        validators[key] = Draft202012Validator(item["schema"])
    validator, document = validators[key], item["document"]
    for error in validator.iter_errors(document):
        # Not the error's message: it shows the value.
        print(f"{item['name']}: {text(error.absolute_path)}: not valid by {'/'.join(map(str, error.absolute_schema_path))}")
    free, maps = item.get("free", []), item.get("maps", [])
    for path, found in objects(document):
        where = text(path)
        if any(where == f or where.startswith(f + "/") for f in free):
            continue
        changes = [("an unknown member", lambda o: o.__setitem__("unexpected", 1))]
        if where not in maps:
            names = item["required"] if not path and "required" in item else list(found)
            changes += [(f"{name} missing", lambda o, name=name: o.pop(name)) for name in names]
        for what, change in changes:
            other = copy.deepcopy(document)
            change(at(other, path))
            if validator.is_valid(other):
                print(f"{item['name']}: accepted with {what} in '{where}'")
            else:
                refused += 1
print(f"{len(items)} documents, {refused} changes refused")
