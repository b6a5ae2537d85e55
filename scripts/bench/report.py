"""What a scenario hands back, and its Markdown."""

from dataclasses import dataclass, field


@dataclass
class Target:
    """A figure that is to be reached."""

    text: str
    value: float
    limit: float
    at_most: bool = True
    unit: str = ""

    @property
    def is_met(self):
        return self.value <= self.limit if self.at_most else self.value >= self.limit

    def record(self):
        return {
            "text": self.text, "value": self.value, "limit": self.limit, "at_most": self.at_most, "unit": self.unit,
            "met": self.is_met,
        }


@dataclass
class Section:
    """One scenario's results."""

    name: str
    title: str
    notes: list = field(default_factory=list)
    tables: list = field(default_factory=list)
    targets: list = field(default_factory=list)
    runs: dict = field(default_factory=dict)

    def table(self, header, rows):
        """Adds a table; the first column is text, the others are figures."""
        self.tables.append((header, rows))

    def record(self):
        return {
            "title": self.title, "notes": self.notes,
            "tables": [{"header": header, "rows": rows} for header, rows in self.tables],
            "targets": [target.record() for target in self.targets], "runs": self.runs,
        }

    def markdown(self):
        parts = [f"### {self.title}"]
        parts += [markdown_table(header, rows) for header, rows in self.tables]
        parts += ["\n".join(f"- {note}" for note in self.notes)] if self.notes else []
        return "\n\n".join(parts)


def markdown_table(header, rows):
    """A table whose columns are as wide as their widest cell."""
    cells = [header, *rows]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(header))]

    def line(row):
        texts = [text.ljust(width) if i == 0 else text.rjust(width) for i, (text, width) in enumerate(zip(row, widths))]
        return "| " + " | ".join(texts) + " |"

    rules = ["-" * (width + 2) if i == 0 else "-" * (width + 1) + ":" for i, width in enumerate(widths)]
    rule = "|" + "|".join(rules) + "|"
    return "\n".join([line(header), rule, *map(line, rows)])


def markdown_targets(sections):
    """All targets in one table; empty without any."""
    rows = [
        [
            target.text, f"{target.value:.2f}{target.unit}",
            f"{'at most' if target.at_most else 'at least'} {target.limit:g}{target.unit}",
            "met" if target.is_met else "missed",
        ]
        for section in sections for target in section.targets
    ]
    return "### Targets\n\n" + markdown_table(["target", "measured", "wanted", ""], rows) if rows else ""
