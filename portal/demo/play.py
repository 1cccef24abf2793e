"""Playing stories under a moving clock, from their first day until now.

A story is a generator: it calls the services as people do, and yields how many days pass until it
goes on. What lies in the future is not played, so a story stays where it stands today.
"""

from datetime import datetime, time, timedelta

import click
from tqdm import tqdm

from portal import clock
from portal.errors import PortalError

SATURDAY = 5


def play(stories, tick):
    """Play `stories`, pairs of (days ago, generator), day by day; `tick` is the portal's clock each morning."""
    now, today = clock.now(), clock.today()
    stories = list(stories)
    waiting = [(_weekday(today - timedelta(days=ago), -1), story) for ago, story in stories]
    first = min((day for day, _ in waiting), default=today)
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    for day in tqdm(days, desc="Cases and lets", unit=" days", disable=None, leave=False):
        with clock.at(min(_at(day, 6), now)):
            tick()
        waiting = [_go_on(day, entry, min(_at(day, 10, n), now)) for n, entry in enumerate(waiting)]


def _go_on(day, entry, instant):
    """Let a story do what is due on this day; says when it goes on."""
    due, story = entry
    while due is not None and due <= day:
        try:
            with clock.at(instant):
                pause = next(story, None)
        except PortalError as refusal:
            # Some registers have no room or plot for a story: it stays where it is, the others go on.
            click.echo(f"A story of the demonstration ends early: {refusal}", err=True)
            pause = None
        due = None if pause is None else _weekday(day + timedelta(days=pause), 1)
    return due, story


def _weekday(day, step):
    """Nobody lodges a proposal at the weekend: the next weekday, or with a step of -1 the last."""
    while day.weekday() >= SATURDAY:
        day += timedelta(days=step)
    return day


def _at(day, hour, minute=0):
    return datetime.combine(day, time(hour, minute % 60), clock.LONDON)
