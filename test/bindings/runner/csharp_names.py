"""What can be said of C# code without a compiler: it parses, and its names are those of the jsii assemblies.

Arguments: the folder of the generated code, the consumer's, then the folders of the assemblies, the tested package's first.
Prints the faults found as JSON, by what must hold.
"""
import gzip
import json
import sys
from collections import defaultdict
from pathlib import Path

import tree_sitter_c_sharp
from tree_sitter import Language, Parser

# What the consumer uses of .NET itself.
DOTNET_TYPES = {"Dictionary", "Exception"}
DOTNET_MEMBERS = {"Message", "Range", "Select", "Serialize", "ToArray", "WriteLine"}
DOTNET_STATIC = {"Console", "Enumerable", "JsonSerializer"}

PARSER = Parser(Language(tree_sitter_c_sharp.language()))


def read_assembly(folder):
    content = json.loads((folder / ".jsii").read_text("utf8"))
    if content["schema"] == "jsii/file-redirect":
        content = json.loads(gzip.decompress((folder / content["filename"]).read_bytes()))
    return content["types"]


def pascal(name):
    return name[0].upper() + name[1:]


def own_members(jsii_type):
    """The names of a type's own members in C#, and whether they are static."""
    for member in jsii_type.get("properties", []) + jsii_type.get("methods", []):
        yield pascal(member["name"]), member.get("static", False)
    for member in jsii_type.get("members", []):
        yield member["name"], True


def properties_of(struct, types):
    """The properties of a struct, inherited ones too."""
    for parent in struct.get("interfaces", []):
        if parent in types:
            yield from properties_of(types[parent], types)
    yield from struct.get("properties", [])


def parse(folder):
    return {path.name: PARSER.parse(path.read_bytes()).root_node for path in sorted(Path(folder).rglob("*.cs"))}


def walk(node):
    yield node
    for child in node.named_children:
        yield from walk(child)


def text(node):
    return node.text.decode("utf8")


def declared_members(roots):
    """The members of each class, interface and enum that the code declares."""
    declared = defaultdict(set)
    for root in roots.values():
        for node in walk(root):
            if node.type in ("class_declaration", "interface_declaration", "enum_declaration"):
                members = node.child_by_field_name("body").named_children
                names = (member.child_by_field_name("name") for member in members)
                declared[text(node.child_by_field_name("name"))] |= {text(name) for name in names if name is not None}
    return declared


def syntax_faults(roots):
    return [name for name, root in roots.items() if root.has_error]


def missing_members(assembly, declared):
    for jsii_type in assembly.values():
        name = jsii_type["name"]
        for declaration in (name, f"I{name}") if jsii_type.get("datatype") else (name,):
            if declaration not in declared:
                yield declaration
            for member, _ in own_members(jsii_type):
                if member not in declared[declaration]:
                    yield f"{declaration}.{member}"


def unknown_names(roots, types):
    """Names in the consumer's code that neither the assemblies nor .NET nor the code itself has."""
    by_name = defaultdict(list)
    for jsii_type in types.values():
        by_name[jsii_type["name"]].append(jsii_type)
    members = DOTNET_MEMBERS | {member for jsii_type in types.values() for member, _ in own_members(jsii_type)}
    own = set(declared_members(roots))

    for file, root in roots.items():
        for node in walk(root):
            where = f"{file}:{node.start_point[0] + 1}"
            if node.type == "object_creation_expression":
                yield from (f"{where}: {fault}" for fault in creation_faults(node, by_name, own, types))
            elif node.type in ("member_access_expression", "member_binding_expression"):
                receiver, member = node.child_by_field_name("expression"), text(node.child_by_field_name("name"))
                candidates = by_name.get(text(receiver), []) if receiver is not None and receiver.type == "identifier" else []
                if candidates:
                    found = any((member, True) in set(own_members(candidate)) for candidate in candidates)
                else:
                    found = member in members
                if not found:
                    yield f"{where}: {text(node)}"


def creation_faults(node, by_name, own, types):
    created = text(node.child_by_field_name("type")).split("<")[0]
    if created not in by_name and created not in own | DOTNET_TYPES and created != "string":
        yield f"new {created}"
    initializer = node.child_by_field_name("initializer")
    if initializer is None or created not in by_name:
        return
    lefts = (child.child_by_field_name("left") for child in initializer.named_children if child.type == "assignment_expression")
    given = {text(left) for left in lefts}
    properties = [list(properties_of(struct, types)) for struct in by_name[created]]
    known = {pascal(each["name"]) for candidate in properties for each in candidate}
    yield from (f"{created}.{name}" for name in sorted(given - known))
    required = set.intersection(*({pascal(each["name"]) for each in candidate if not each.get("optional")} for candidate in properties))
    yield from (f"{created} without {name}" for name in sorted(required - given))


def main():
    generated_folder, consumer_folder, *assemblies = (Path(argument) for argument in sys.argv[1:])
    own_types, *others = (read_assembly(folder) for folder in assemblies)
    types = {fqn: jsii_type for assembly in (own_types, *others) for fqn, jsii_type in assembly.items()}
    generated, consumer = parse(generated_folder), parse(consumer_folder)
    print(json.dumps({
        "the generated code parses": syntax_faults(generated) if generated else ["there is none"],
        "the generated code has every public member": list(missing_members(own_types, declared_members(generated))),
        "the consumer's code parses": syntax_faults(consumer) if consumer else ["there is none"],
        "the consumer's code names only what there is": list(unknown_names(consumer, types)),
    }))


main()
