#!/usr/bin/env python3
"""Writes lawad(8), lawa(1) and lawad.json(5).

Usage: scripts/man_pages.py BIN PREFIX DIRECTORY

The commands come from what the programs in BIN say of themselves (--experimental-dump-help), the configuration from
docs/configuration.md, whose tables must name every key of config.schema.json. What neither knows is in packaging/man:
sections in roff, put where they belong. SOURCE_DATE_EPOCH is the pages' date.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The order of man-pages(7); what is named in neither stands between them.
FIRST = ["NAME", "SYNOPSIS", "DESCRIPTION"]
LAST = ["EXIT STATUS", "ENVIRONMENT", "FILES", "NOTES", "EXAMPLES", "SEE ALSO"]


def literal(text):
    """Text to be shown as it is, character by character."""
    for plain, escape in [("\\", "\\e"), ("-", "\\-"), ("'", "\\(aq"), ("`", "\\(ga"), ("^", "\\(ha"), ("~", "\\(ti")]:
        text = text.replace(plain, escape)
    return "\\&" + text if text.startswith(".") else text


def prose(text):
    """Running text in which `...` is bold, as are options; links of Markdown give their words alone."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    parts = []
    for index, part in enumerate(re.split(r"`([^`]+)`", text)):
        if index % 2:
            # \\% keeps a word whole at the end of a line.
            parts.append(f"\\fB\\%{literal(part)}\\fR")
            continue
        part = part.replace("\\", "\\e").replace("~", "\\(ti").replace("^", "\\(ha")
        part = re.sub(r"(?<![\w-])--?[a-z][a-z-]*", lambda option: f"\\fB{literal(option[0])}\\fR", part)
        part = re.sub(r"\*\*(\S[^*]*)\*\*", r"\\fB\1\\fR", part)
        parts.append(re.sub(r"(?<!\w)\*(\w[^*]*)\*", r"\\fI\1\\fR", part))
    text = "".join(parts)
    # Each sentence begins a line, so that its end is known as one.
    text = re.sub(r"([.:;?!]) +(?=[A-Z\\])", r"\1\n", text)
    return re.sub(r"^(?=[.'])", r"\\&", text, flags=re.MULTILINE)


def example(lines):
    return [".PP", ".in +4n", ".EX", *(literal(line) for line in lines), ".EE", ".in"]


def blocks(text):
    """Paragraphs and what is indented, as (indented, lines)."""
    for block in re.split(r"\n[ \t]*\n", text.strip("\n")):
        lines = block.split("\n")
        indented = all(line.startswith("  ") for line in lines)
        yield indented, [line[2:] for line in lines] if indented else lines


class Page:
    """A page of the manual: sections by name, each a list of lines of roff."""

    def __init__(self, name, section, abstract):
        self.name, self.section = name, section
        self.sections = {"NAME": [f"{literal(name)} \\- {prose(abstract)}"]}

    def add(self, section, lines):
        self.sections.setdefault(section, []).extend(lines)

    def add_help(self, section, text, subsection=False):
        """Adds a discussion; a line of capitals in it begins EXAMPLES, EXIT CODES and the like."""
        for indented, lines in blocks(text or ""):
            heading = lines[0] if re.fullmatch(r"[A-Z][A-Z ]+", lines[0]) else None
            if heading == "EXIT CODES":
                rows = (re.match(r" +([\d, ]*\d) +(.+)", line) for line in lines[1:])
                for row in rows:
                    self.add("EXIT STATUS", [".TP", f"\\fB{row[1]}\\fR", prose(row[2])])
            elif heading:
                body = example([line.removeprefix("  ") for line in lines[1:]])
                if subsection:
                    self.add(section, [".PP", f"{heading.capitalize()}:", *body])
                else:
                    self.add(heading, body)
            else:
                self.add(section, example(lines) if indented else [".PP", prose(" ".join(lines))])

    def add_file(self, path):
        section = None
        for line in path.read_text().splitlines():
            if line.startswith(".SH "):
                section = line[4:]
            else:
                self.add(section, [line])

    def write(self, directory, date, version, prefix):
        between = [name for name in self.sections if name not in FIRST + LAST]
        order = [name for name in [*FIRST, *between, *LAST] if name in self.sections]
        lines = [f'.TH {self.name.upper()} {self.section} "{date}" "lawad {version}"', ".ad l"]
        for name in order:
            lines += [f".SH {name}", *self.sections[name]]
        # What begins a section is a paragraph by itself.
        text = re.sub(r"(\.S[HS] .*\n)\.PP\n", r"\1", "\n".join(lines) + "\n")
        text = re.sub("/usr/local/(lib|share)", f"{prefix}/\\1", text)
        place = directory / f"man{self.section}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{self.name}.{self.section}").write_text(text)


def value(argument):
    return f"\\fI{literal(argument['valueName'])}\\fR"


def term(argument):
    """How an argument is written, as in "--last k"."""
    if argument["kind"] == "positional":
        return value(argument)
    dashes = {"short": "-", "long": "--", "longWithSingleDash": "-"}
    names = ", ".join(f"\\fB{literal(dashes[name['kind']] + name['name'])}\\fR" for name in argument["names"])
    return names if argument["kind"] == "flag" else f"{names} {value(argument)}"


def own_arguments(command):
    """What is particular to the command: not what every command has."""
    shown = [argument for argument in command.get("arguments", []) if argument["shouldDisplay"]]
    return [argument for argument in shown if argument["valueName"] not in ("version", "help")]


def synopsis(words, command):
    line = f"\\fB{literal(words)}\\fR"
    # Positional arguments last.
    for argument in sorted(own_arguments(command), key=lambda argument: argument["kind"] == "positional"):
        text = term(argument).replace(" ", "\\~") + ("\\~.\\|.\\|." if argument["isRepeating"] else "")
        line += f" [{text}]" if argument["isOptional"] else f" {text}"
    return [".PP", line]


def options(arguments):
    for argument in arguments:
        notes = []
        if argument.get("allValues"):
            notes.append("One of " + ", ".join(f"`{each}`" for each in argument["allValues"]) + ".")
        if argument.get("defaultValue"):
            notes.append(f"Default: `{argument['defaultValue']}`.")
        text = " ".join([argument.get("abstract") or "", argument.get("discussion") or "", *notes])
        yield from [".TP", term(argument), prose(" ".join(text.split()))]


def command_page(program, section):
    command = json.loads(subprocess.check_output([program, "--experimental-dump-help"]))["command"]
    name, abstract = command["commandName"], command["abstract"].rstrip(".")
    page = Page(name, section, abstract[0].lower() + abstract[1:])
    page.add("SYNOPSIS", [])
    page.add_help("DESCRIPTION", f"{command['abstract']}\n\n{command.get('discussion') or ''}")
    for verb in command["subcommands"]:
        if verb["commandName"] == "help" or not verb["shouldDisplay"]:
            continue
        words = f"{name} {verb['commandName']}"
        if verb["commandName"] == command.get("defaultSubcommand"):
            page.add("SYNOPSIS", synopsis(name, verb))
        else:
            page.add("SYNOPSIS", synopsis(words, verb))
        page.add("COMMANDS", [f'.SS "{literal(words)}"'])
        page.add_help("COMMANDS", f"{verb['abstract']}\n\n{verb.get('discussion') or ''}", subsection=True)
        page.add("COMMANDS", options(own_arguments(verb)))
    common = [argument for argument in command["arguments"] if argument not in own_arguments(command)]
    page.add("OPTIONS", ["Those of a command are told with it. All of them have:", *options(common)])
    return page


def cells(row):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]


def table(lines):
    """The rows of a table as a list of terms: key (type; default), and what it does."""
    for row in lines[2:]:
        first, *between, last = cells(row)
        kind = f" ({prose(between[0])}; default: {prose(between[1])})".replace("\n", " ") if between else ""
        yield from [".TP", prose(first) + kind, prose(last)]


def documented(lines):
    """The keys of a table, those of a recipe under their full names."""
    keys = [re.fullmatch(r"`([^`]+)`", cells(row)[0]) for row in lines[2:]]
    return {key[1] for key in keys if key}


def schema_keys(schema, node, path=""):
    node = schema["$defs"][node["$ref"].rpartition("/")[2]] if node.get("$ref", "").endswith("/recipe") else node
    if "properties" not in node:
        return schema_keys(schema, node["items"], path) | {path} if "$ref" in node.get("items", {}) else {path}
    children = ((f"{path}.{name}".lstrip("."), child) for name, child in node["properties"].items())
    return {key for name, child in children for key in schema_keys(schema, child, name)}


def configuration_page():
    page = Page("lawad.json", 5, "configuration of lawad")
    section, keys = "DESCRIPTION", set()
    for indented, lines in blocks((ROOT / "docs/configuration.md").read_text()):
        if lines[0].startswith("#"):
            section = lines[0].lstrip("# ").upper() if lines[0].startswith("##") else "DESCRIPTION"
        elif lines[0].startswith("|"):
            names = documented(lines)
            keys |= {f"recipes.{key}" for key in names} if section == "RECIPES" else names
            page.add("KEYS" if section == "DESCRIPTION" else section, table(lines))
        elif lines[0].startswith("- "):
            for item in re.split(r"^- ", "\n".join(lines), flags=re.MULTILINE)[1:]:
                page.add(section, [".IP \\(bu 3", prose(" ".join(item.split()))])
        else:
            lines = [line.removeprefix("  ") for line in lines] if indented else [" ".join(lines)]
            page.add(section, example(lines) if indented else [".PP", prose(lines[0])])
    schema = json.loads((ROOT / "config.schema.json").read_text())
    missing = schema_keys(schema, schema) - {"$schema"} - keys
    if missing:
        sys.exit(f"docs/configuration.md has no row for {', '.join(sorted(missing))}, which config.schema.json has")
    return page


def main(binaries, prefix, directory):
    date = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())))
    version = subprocess.check_output([f"{binaries}/lawad", "--version"], text=True).strip()
    for page in [command_page(f"{binaries}/lawad", 8), command_page(f"{binaries}/lawa", 1), configuration_page()]:
        page.add_file(ROOT / f"packaging/man/{page.name}.{page.section}")
        page.write(Path(directory), date, version, prefix)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: scripts/man_pages.py BIN PREFIX DIRECTORY")
    main(*sys.argv[1:])
