"""Counts deadlines independently of dsr, for DeadlineComparisonTests: python3 deadlines.py holidays.txt COUNTRY...

Prints one line for each country and each date of receipt in ten years: the country, the date of receipt, the end of one
month, the next working day, the end of three months, the next working day.
"""

import sys
from calendar import monthrange
from datetime import date, timedelta


def read(path):
    holidays, section, years = {}, None, range(0)
    for line in open(path, encoding="utf-8").read().splitlines():
        if line.startswith("["):
            section = holidays.setdefault(line[1:-1], set())
        elif line.startswith("years"):
            first, last = line.split()[1:]
            years = range(int(first), int(last) + 1)
        elif section is not None and ": " in line:
            for text in line.rsplit(": ", 1)[1].split():
                if text.startswith("*"):
                    section.update(date.fromisoformat(f"{year}{text[1:]}") for year in years)
                else:
                    section.add(date.fromisoformat(text))
    return holidays


def months_later(day, months):
    first = date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def next_working_day(day, holidays):
    while day.isoweekday() > 5 or day in holidays:
        day += timedelta(days=1)
    return day


calendars = read(sys.argv[1])
for country in sys.argv[2:]:
    received = date(2024, 1, 1)
    while received < date(2034, 1, 1):
        ends = [months_later(received, months) for months in (1, 3)]
        print(country, received, *(day for end in ends for day in (end, next_working_day(end, calendars[country]))))
        received += timedelta(days=1)
