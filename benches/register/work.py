"""The fifty indicators once more, for the peers: what each must count, add or divide, in which groups, and the same as SQL.

`indicators.jauge` is not read here, so that a slip in one of the two shows as cells that differ.
"""

from collections import namedtuple

# What is taken of the rows for which every condition holds: rows, sum, values (rows where the column is not empty), distinct.
Measure = namedtuple("Measure", "takes column conditions")
# Figures: `value`, or for an average and a quotient `numerator` and `denominator`, in this order.
Indicator = namedtuple("Indicator", "code kind measures groups")

ACTIVE, PENDING = ("status", "=", "active"), ("status", "=", "pending")
LEFT = ("status", "in", ("closed", "transferred"))
FEMALE = ("sex", "=", "female")
UNDER_18, SCHOOL_AGE, FROM_60 = ("age", "<", 18), ("age", "between", (6, 17)), ("age", ">=", 60)
ENROLLED, DROPOUT, DISABILITY = ("enrolled", "yes"), ("dropout", "yes"), ("disability", "yes")
SCHOLARSHIP, PASSED, RESULT_KNOWN = ("scholarship", "yes"), ("passed", "yes"), ("passed", "known")
PRIMARY, LOWER, UPPER = [("cycle", "=", cycle) for cycle in ("primary", "lower_secondary", "upper_secondary")]
SECONDARY = ("cycle", "in", ("lower_secondary", "upper_secondary"))
THREE_COUNTRIES, OTHER_COUNTRY = ("nationality", "in", ("N03", "N05", "N08")), ("nationality", "<>", "N00")
FROM_500, AMOUNT_KNOWN = ("amount", ">=", 500), ("amount", "known")


def rows(*conditions):
    return "count", [Measure("rows", None, conditions)]


def total(*conditions):
    return "sum", [Measure("sum", "amount", conditions)]


def average(column, *conditions):
    return "average", [Measure("sum", column, conditions), Measure("values", column, conditions)]


def quotient(numerator, denominator, takes="rows", column=None):
    return "quotient", [Measure(takes, column, tuple(numerator)), Measure("rows", None, tuple(denominator))]


def people(*conditions):
    return "distinct", [Measure("distinct", "person_id", conditions)]


WHAT = [
    rows(), rows(ACTIVE), rows(ACTIVE, FEMALE), rows(ACTIVE, UNDER_18), rows(ACTIVE, SCHOOL_AGE, ENROLLED),
    rows(DROPOUT), rows(DROPOUT, FEMALE), rows(DISABILITY, ACTIVE), rows(SCHOLARSHIP, SECONDARY), rows(PENDING),
    rows(LEFT), rows(ENROLLED, PRIMARY), rows(ENROLLED, LOWER), rows(ENROLLED, UPPER), rows(THREE_COUNTRIES, ACTIVE),
    rows(OTHER_COUNTRY, SCHOOL_AGE), rows(FROM_60, ACTIVE), rows(FROM_500, ACTIVE),
    total(), total(ACTIVE), total(ACTIVE, FEMALE), total(SCHOLARSHIP), total(DISABILITY), total(ENROLLED, PRIMARY),
    total(THREE_COUNTRIES), total(FROM_60),
    average("amount"), average("amount", ACTIVE), average("amount", SCHOLARSHIP, FEMALE), average("age", ENROLLED, PRIMARY),
    average("age", DROPOUT), average("amount", FROM_500),
    quotient([ENROLLED, SCHOOL_AGE], [SCHOOL_AGE]), quotient([ENROLLED, SCHOOL_AGE, FEMALE], [SCHOOL_AGE, FEMALE]),
    quotient([DROPOUT], [ENROLLED]), quotient([DROPOUT, SECONDARY], [ENROLLED, SECONDARY]),
    quotient([PASSED], [RESULT_KNOWN]), quotient([PASSED, FEMALE], [RESULT_KNOWN, FEMALE]),
    quotient([PASSED, PRIMARY], [RESULT_KNOWN, PRIMARY]), quotient([SCHOLARSHIP], [ENROLLED]),
    quotient([DISABILITY, ENROLLED], [DISABILITY]), quotient([LEFT], []),
    quotient([ACTIVE, THREE_COUNTRIES], [THREE_COUNTRIES]), quotient([ACTIVE], [AMOUNT_KNOWN], "sum", "amount"),
    quotient([SCHOLARSHIP, UPPER], [SCHOLARSHIP], "sum", "amount"),
    people(), people(ACTIVE), people(ENROLLED, SCHOOL_AGE), people(SCHOLARSHIP, FEMALE), people(THREE_COUNTRIES, ACTIVE),
]
# Indicator number n is given in the groups of line 5n modulo 7.
IN_GROUPS = [
    ["region", "sex", "age_band"], ["region", "sex", "nationality"], ["province", "sex", "cycle"],
    ["region", "age_band", "school_year"], ["sex", "cycle", "school_year"], ["region", "sex", "status"],
    ["province", "age_band", "nationality"],
]
WORK = [Indicator(f"i{n:02d}", *what, IN_GROUPS[5 * n % 7]) for n, what in enumerate(WHAT, 1)]
COLUMNS = (
    "person_id region province sex nationality age status school_year cycle date amount enrolled dropout disability "
    "scholarship passed"
).split()
AGE_BANDS = [(6, "0-5"), (12, "6-11"), (15, "12-14"), (18, "15-17"), (25, "18-24"), (60, "25-59"), (None, "60+")]


def groups(work):
    """The groups that some indicator is given in, in the order in which they first occur."""
    return list(dict.fromkeys(group for indicator in work for group in indicator.groups))


def literal(value):
    return f"'{value}'" if isinstance(value, str) else str(value)


def condition(one):
    column, how, *rest = one
    if how == "or":
        return f"({' OR '.join(condition(other) for other in rest[0])})"
    if how == "before":
        return f"{column} < {rest[0]}"
    if how == "yes":
        return column
    if how == "known":
        return f"{column} IS NOT NULL"
    if how == "in":
        return f"{column} IN ({', '.join(literal(value) for value in rest[0])})"
    if how == "between":
        return f"{column} BETWEEN {rest[0][0]} AND {rest[0][1]}"
    return f"{column} {how} {literal(rest[0])}"


def conditions(measure):
    return " AND ".join(condition(one) for one in measure.conditions)


def aggregate(measure, filtered=True):
    """A measure as SQL; its conditions as FILTER unless WHERE states them."""
    taken = {
        "rows": "count(*)",
        "sum": f"sum({measure.column})",
        "values": f"count({measure.column})",
        "distinct": f"count(DISTINCT {measure.column})",
    }[measure.takes]
    return taken + (f" FILTER (WHERE {conditions(measure)})" if filtered and measure.conditions else "")


def shared_conditions(indicator):
    """The conditions of all its measures if they are the same, for WHERE; otherwise nothing."""
    texts = {conditions(measure) for measure in indicator.measures}
    return texts.pop() if len(texts) == 1 else ""


def rows_of(table, year="year(date)"):
    """The rows with their year and age band."""
    bands = " ".join(
        f"WHEN age < {below} THEN '{band}'" if below else f"WHEN age >= 60 THEN '{band}'" for below, band in AGE_BANDS
    )
    return f"(SELECT *, {year} AS year, CASE {bands} END AS age_band FROM {table})"


def query_of_sets(indicator, table):
    """One indicator in one query: by year, and by year with each of its groups. Columns: year, groups, marks, measures."""
    where = shared_conditions(indicator)
    measures = ", ".join(aggregate(measure, not where) for measure in indicator.measures)
    groups, marks = ", ".join(indicator.groups), ", ".join(f"grouping({group})" for group in indicator.groups)
    sets = ", ".join(["(year)"] + [f"(year, {group})" for group in indicator.groups])
    where = f" WHERE {where}" if where else ""
    return f"SELECT year, {groups}, {marks}, {measures} FROM {rows_of(table)}{where} GROUP BY GROUPING SETS ({sets})"


def query_of_group(indicator, group, source):
    """One indicator in one grouping: year, the group or NULL, measures. `source` is a text of `rows_of`."""
    where = shared_conditions(indicator)
    measures = ", ".join(aggregate(measure, not where) for measure in indicator.measures)
    where = f" WHERE {where}" if where else ""
    return f"SELECT year, {group or 'NULL'}, {measures} FROM {source}{where} GROUP BY year" + (f", {group}" if group else "")


def fused(indicators, group):
    """All measures wanted in one grouping, each once: the indicators that want it, and measure → place."""
    wanted = [one for one in indicators if group is None or group in one.groups]
    places = {}
    for indicator in wanted:
        for measure in indicator.measures:
            places.setdefault(measure, len(places))
    return wanted, places


def query_of_all(places, group, table):
    """All measures of one grouping in one query: year, the group or NULL, measures."""
    measures = ", ".join(aggregate(measure) for measure in places)
    return f"SELECT year, {group or 'NULL'}, {measures} FROM {rows_of(table)} GROUP BY year" + (f", {group}" if group else "")
