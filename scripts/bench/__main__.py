"""Measures `lawa average` beside what the machine and other tools need for the same work.

Usage: python3 scripts/bench [--publish DIRECTORY] PROGRAMS WORK RESULTS
PROGRAMS holds lawa, lawad and LawaBench; WORK is emptied first and removed at the end; RESULTS is a JSON file.
"""

import argparse
import datetime
import importlib
import subprocess
import sys
import time

import machine
from process import Failed
from publish import publish, write_json
from report import Section, markdown_targets
from rounds import say
from settings import from_environment
from workspace import Workspace


def arguments():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0])
    parser.add_argument("--publish", metavar="DIRECTORY", help="also write performance.json and the tables there")
    parser.add_argument("programs", help="directory that holds lawa, lawad and LawaBench")
    parser.add_argument("work", help="directory to work in; emptied first, removed at the end")
    parser.add_argument("results", help="JSON file to write")
    return parser.parse_args()


def run_scenario(name, workspace, settings):
    """The scenario's results; a scenario that cannot run says so and leaves the others to theirs."""
    start = time.monotonic()
    try:
        section = importlib.import_module(f"scenarios.{name}").run(workspace, settings)
    except Failed as error:
        say(f"{name}: {error}")
        section = Section(name, name.capitalize(), notes=[f"FAILED: {error}"])
    say(f"{name}: {time.monotonic() - start:.0f} s")
    return section


def heading(facts, settings, version):
    """What was measured, where and when."""
    return (
        f"{datetime.date.today().isoformat()}, `LAWAD_BENCH={','.join(settings.scenarios)} make bench`, {version}; "
        f"{machine.sentence(facts)}. Medians of {settings.rounds} interleaved rounds unless a note says "
        "otherwise, with smallest and largest; memory is the largest of all rounds."
    )


def main():
    options = arguments()
    settings = from_environment()
    workspace = Workspace(options.programs, options.work)
    facts = machine.describe(options.work)
    version = subprocess.run([workspace.lawa, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    try:
        sections = [run_scenario(name, workspace, settings) for name in settings.scenarios]
    finally:
        workspace.clear()
    results = {
        "date": datetime.date.today().isoformat(), "lawa": version, "machine": facts, "settings": vars(settings),
        "scenarios": {section.name: section.record() for section in sections},
    }
    parts = [heading(facts, settings, version), markdown_targets(sections), *(s.markdown() for s in sections)]
    text = "\n\n".join(part for part in parts if part)
    print(text)
    write_json(options.results, results)
    if options.publish:
        publish(options.publish, results, text)
    if any(note.startswith("FAILED") for section in sections for note in section.notes):
        sys.exit(1)


if __name__ == "__main__":
    main()
