#!/usr/bin/env python3
"""Writes holidays.txt, the public holidays that dsr knows, from the Python package `holidays`.

    python3 -m venv venv && venv/bin/pip install holidays==0.109 && venv/bin/python generate.py > holidays.txt

Only the category "public" counts, and nothing the package calls estimated: a date that is not certain must not move the
end of a period.
"""

import holidays

MEMBER_STATES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
YEARS = range(2024, 2041)


def public(country, region=None):
    """The days of all years, each with its English name."""
    languages = getattr(holidays, country).supported_languages
    found = holidays.country_holidays(
        country, subdiv=region, years=YEARS, language="en_US" if "en_US" in languages else None
    )
    return {day: name for day, name in found.items() if "estimated" not in name}


def lines(days):
    """A line a name. A day of every year is written once, without the year."""
    names = {}
    for day, name in days.items():
        for part in name.split("; "):
            names.setdefault(part, []).append(day)
    for name, dates in sorted(names.items(), key=lambda entry: (entry[1][0].timetuple()[1:3], entry[0])):
        every_year = len(dates) == len(YEARS) and len({(date.month, date.day) for date in dates}) == 1
        texts = [f"*-{dates[0]:%m-%d}"] if every_year else [f"{date}" for date in sorted(dates)]
        yield f"{name}: {' '.join(texts)}"


print(f"# Public holidays of the Member States, {YEARS[0]} to {YEARS[-1]}: holidays {holidays.__version__} for Python.")
print("# Made by generate.py; change nothing here. A region's section holds what it has beyond its country's.")
print(f"years {YEARS[0]} {YEARS[-1]}")
for country in MEMBER_STATES:
    national = public(country)
    print(f"\n[{country}]", *lines(national), sep="\n")
    for region in getattr(holidays, country).subdivisions:
        regional = public(country, region)
        assert set(national) <= set(regional), f"{country}-{region} lacks a national holiday"
        further = {day: name for day, name in regional.items() if day not in national}
        if further:
            print(f"\n[{country}-{region}]", *lines(further), sep="\n")
