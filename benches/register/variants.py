"""Other work over the same register, by name: fewer or more indicators, more distinct people, what might be slow; and the
project in Jauge that does it.

| name | |
|---|---|
| `fifty`, `without-distinct` | the project as committed, whole or without its 5 numbers of distinct people |
| `indicators-N` | N indicators: the fifty over and over, each time among people of another age; 5 numbers of distinct people |
| `all-indicators-N` | the same, in which every tenth counts distinct people, as in the fifty |
| `distinct-N` | the other forty-five and N numbers of distinct people |
| `filters-N` | N counts with N different filters, in one grouping |
| `or` | the counts of the fifty under `or` |
| `columns` | two dates of the same row compared (wide register) |
| `communes` | groups of a hundred thousand members (wide register) |
| `lookups` | three columns of a hundred thousand communes, by the commune of each row (wide register) |
| `text-keys` | people counted by a text (wide register) |
"""

import re
from pathlib import Path

import work as W

HERE = Path(__file__).resolve().parent
# What a wide register adds to the source.
WIDE_COLUMNS = """    commune     commune
    person_code text
    closed_on   date
"""
COMMUNES = 'dimension commune "Commune"\n  groups: exclusive\n  members from file: "communes.csv", code code, label label\n'
# Communes as a source, and what is looked up there.
ZONES = 12
OF_COMMUNES = """unit commune
  singular: "commune"
  plural:   "communes"

source communes "Communes"
  file:        "communes.csv"
  each row is: a commune
  key:         code
  columns:
    code    text
    zone    zone
    kind    kind
    coastal yes or no

dimension kind "Kind of commune"
  groups: exclusive
  members:
    U "Urban"
    R "Rural"

dimension zone "Zone"
  groups: exclusive
  members:
""" + "".join(f'    Z{zone:02d} "Zone {zone:02d}"\n' for zone in range(ZONES))
LOOKED_UP = "".join(f"    {name:<11} {name} in communes by commune\n" for name in ("zone", "kind", "coastal"))


def dimension(group):
    """The dimension of a group: the CSV of figures has columns of this name, and `status` is another one there."""
    return "file_status" if group == "status" else group


def again(number, distinct):
    """So many indicators: number n is that of the fifty, from its second time on among people of another range of ages."""
    made = []
    for at in range(number):
        turn, base = at // len(W.WORK), W.WORK[at % len(W.WORK)]
        measures = base.measures
        if turn:
            ages = ("age", "between", (turn % 50, turn % 50 + 20 + turn // 50))
            measures = [one._replace(conditions=(*one.conditions, ages)) for one in measures]
            if base.kind == "distinct" and not distinct:
                measures = [one._replace(takes="rows", column=None) for one in measures]
        kind = "count" if measures[0].takes == "rows" and base.kind == "distinct" else base.kind
        made.append(base._replace(code=f"i{at + 1:04d}", kind=kind, measures=measures))
    return made


def counts(number, groups, conditions):
    """Counts whose conditions follow from their number."""
    return [W.Indicator(f"i{at + 1:04d}", *W.rows(*conditions(at)), groups) for at in range(number)]


def people(number, column="person_id"):
    """So many numbers of distinct people, each of other rows."""
    made = []
    for at in range(number):
        measure = W.Measure("distinct", column, (("age", "between", (at, at + 40)),) if at else ())
        made.append(W.Indicator(f"p{at + 1:04d}", "distinct", [measure], W.IN_GROUPS[at % 7]))
    return made


def indicators(name):
    """The indicators of a name."""
    others = [one for one in W.WORK if one.kind != "distinct"]
    kind, _, number = name.rpartition("-") if name[-1].isdigit() else (name, "", "0")
    number = int(number)
    match kind:
        case "fifty":
            return W.WORK
        case "without-distinct":
            return others
        case "indicators" | "all-indicators":
            return again(number, kind == "all-indicators")
        case "distinct":
            return others + people(number)
        case "filters":
            ages = [(low, high) for low in range(100) for high in range(low, 100)]
            return counts(number, ["region"], lambda at: [("age", "between", ages[at * 37 % len(ages)])])
        case "or":
            base = [one for one in W.WORK if one.kind == "count" and len(one.measures[0].conditions) > 1]
            either = [W.rows((None, "or", one.measures[0].conditions)) for one in base]
            return [one._replace(measures=measures) for one, (_, measures) in zip(base, either)]
        case "columns":
            return counts(10, ["region", "sex"], lambda at: [("date", "before", "closed_on"), ("age", "<", 10 * at + 10)])
        case "communes":
            return counts(3, ["commune"], lambda at: [("age", "<", 30 * at + 30)])
        case "lookups":
            older = lambda at: [("age", ">=", 10 * at)]
            coastal = counts(10, ["zone", "kind"], lambda at: [("coastal", "yes"), *older(at)])
            urban = counts(10, ["zone"], lambda at: [("kind", "=", "U"), *older(at)])
            return coastal + [one._replace(code=f"u{one.code}") for one in urban]
        case "text-keys":
            return others + people(5, "person_code")
    raise SystemExit(f"no work is called {name}")


def wide(name):
    """Whether it needs the three more columns."""
    return name in ("columns", "communes", "lookups", "text-keys")


def communes():
    """The communes of a wide register, as CSV."""
    rows = (f"C{at:05d},Commune {at:05d},Z{at % ZONES:02d},{'UR'[at % 5 < 2]},{'false' if at % 7 else 'true'}\n" for at in range(100_000))
    return "code,label,zone,kind,coastal\n" + "".join(rows)


def condition(one):
    column, how, *rest = one
    match how:
        case "yes":
            return column
        case "known":
            return f"{column} is not missing"
        case "in":
            return f"{column} in {', '.join(rest[0])}"
        case "between":
            return f"{column} between {rest[0][0]} and {rest[0][1]}"
        case "or":
            return f"({' or '.join(condition(other) for other in rest[0])})"
        case "before":
            return f"{column} < {rest[0]}"
        case _:
            return f"{column} {how} {rest[0]}"


def measure(one):
    taken = {
        "rows": "number of records",
        "sum": f"sum of {one.column}",
        "values": f"number of {one.column}",
        "distinct": "number of distinct beneficiaries",
    }[one.takes]
    where = f" where {' and '.join(condition(other) for other in one.conditions)}" if one.conditions else ""
    return f"{taken} in register{where}"


def block(indicator):
    """An indicator in Jauge."""
    text = [f'indicator {indicator.code} "Indicator {indicator.code}"', f"  code: {indicator.code}"]
    parts = [measure(one) for one in indicator.measures]
    if indicator.kind == "average":
        text.append("  measure: " + parts[0].replace("sum of", "average of", 1))
    elif indicator.kind == "quotient" and indicator.measures[0].takes == "rows":
        text += [f"  numerator: {parts[0]}", f"  denominator: {parts[1]}", "  unit of measure: %", "  kind: rate"]
    else:
        text.append("  measure: " + " / ".join(parts))
    text.append(f"  disaggregated by: {', '.join(dimension(group) for group in indicator.groups)}")
    return "\n".join(text) + "\n"


def write_project(place, name, data):
    """Writes the project of a name, which reads `data`, into a folder, and returns the folder."""
    place.mkdir(parents=True, exist_ok=True)
    texts = {file: (HERE / file).read_text(encoding="utf-8") for file in ("dimensions.jauge", "register.jauge", "indicators.jauge")}
    texts["register.jauge"] = texts["register.jauge"].replace('"register.csv"', f'"{data.name}"')
    if name == "without-distinct":
        blocks = re.split(r"\n(?=indicator )", texts["indicators.jauge"])
        texts["indicators.jauge"] = "\n".join(block for block in blocks if "number of distinct" not in block)
    elif name != "fifty":
        texts["indicators.jauge"] = "language: english\n\n" + "\n".join(block(one) for one in indicators(name))
    if wide(name):
        looks_up = name == "lookups"
        texts["dimensions.jauge"] += "\n" + (OF_COMMUNES if looks_up else COMMUNES)
        columns = WIDE_COLUMNS.replace("commune     commune", "commune     text") + LOOKED_UP if looks_up else WIDE_COLUMNS
        texts["register.jauge"] += columns
        texts["communes.csv"] = communes()
    if name == "text-keys":
        texts["register.jauge"] = texts["register.jauge"].replace("by person_id", "by person_code")
    for file, text in {"jauge.toml": 'language = "en"\n', **texts}.items():
        (place / file).write_text(text, encoding="utf-8")
    link = place / data.name
    if not link.exists():
        link.symlink_to(data)
    return place
