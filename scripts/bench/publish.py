"""Puts results into the documentation."""

import json
import os

BEGIN, END = "<!-- make bench writes from here -->", "<!-- to here -->"


def write_json(path, results):
    """Writes results so that two of them can be compared line by line."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1, sort_keys=True)
        file.write("\n")


def publish(directory, results, text):
    """Writes performance.json, and the tables between the marks in performance.md."""
    page = os.path.join(directory, "performance.md")
    with open(page, encoding="utf-8") as file:
        old = file.read()
    if old.count(BEGIN) != 1 or old.count(END) != 1 or old.index(BEGIN) > old.index(END):
        raise SystemExit(f"bench: {page} lacks the lines \"{BEGIN}\" and \"{END}\"; put them where the tables go")
    head, tail = old[:old.index(BEGIN)], old[old.index(END):]
    with open(page, "w", encoding="utf-8") as file:
        file.write(f"{head}{BEGIN}\n\n{text.strip()}\n\n{tail}")
    write_json(os.path.join(directory, "performance.json"), results)
