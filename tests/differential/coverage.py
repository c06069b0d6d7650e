"""Counts what occurred in the histories that were played, and says where that falls short of what a run has to show.

The counts are of the real server's outcomes alone. A wait is counted once, when it begins. A *gap wait* is one that would
not be if every lock were a record lock: by its definition here, the conflicts are looked up among the locks listed,
and none of them is between two that cover the record. InnoDB knows such waits of inserts only; the insert-intention
waits are counted by their mode, apart from that.
"""

import collections

LEAST_KINDS, LEAST_PERCENT_OF_A_KIND, LEAST_OF_EACH, MOST_PERCENT_CUT, MOST_PERCENT_UNSTABLE = 12, 1.0, 50, 10.0, 5.0
REQUIRED = ['blocked', 'deadlock', 'duplicate key', 'time-out', 'foreign-key error', 'gap wait', 'insert-intention wait']
ERRORS = {1213: 'deadlock', 1062: 'duplicate key', 1451: 'foreign-key error', 1452: 'foreign-key error',
          1020: 'record changed', 1412: 'table changed', 1100: 'table not locked', 1099: 'table locked for read',
          1223: 'global read lock', 1792: 'read only', 1146: 'no such table', 1690: 'out of range'}


def _covers_record(mode, record):
    return record != 'supremum' and 'GAP' not in mode.split(',') and 'INSERT_INTENTION' not in mode


def _is_exclusive(mode):
    return mode.startswith('X')


def _concerns_gap(session, wanted, locks):
    """Whether nothing that stands in the way of this waiting lock would do so as a record lock."""
    _, index, mode, _, record = wanted
    if index is None:
        return False
    for other, (table, other_index, held, _, other_record) in locks:
        if other != session and (table, other_index, other_record) == (wanted[0], index, record):
            if _covers_record(mode, record) and _covers_record(held, record) and (
                    _is_exclusive(mode) or _is_exclusive(held)):
                return False
    return True


class Coverage:
    def __init__(self):
        self.kinds, self.events = collections.Counter(), collections.Counter()

    def add(self, other):
        self.kinds.update(other.kinds)
        self.events.update(other.events)

    def count(self, kinds, outcomes):
        """One history: the kinds of its statements after the set-up, all outcomes."""
        self.kinds.update(kinds)
        self.events['histories'] += 1
        waits_before = set()
        for outcome in outcomes:
            waits = {(session, lock[0], lock[1], lock[2], repr(lock[4]))
                     for session, lock in outcome['raw_locks'] if lock[3] == 'WAITING'}
            self._count_step(outcome, waits - waits_before)
            waits_before = waits

    def _count_step(self, outcome, new_waits):
        events = self.events
        events['steps'] += 1
        events['steps with a cut list'] += bool(outcome['cut'])
        events['blocked'] += outcome['status'] == 'blocked'
        for ended in [outcome] + outcome['unblocked']:
            if name := ERRORS.get(ended.get('errno')):
                events[name] += 1
        # A statement that ends with 1205 at once had NOWAIT, or no time to wait.
        events['time-out'] += sum(ended.get('errno') == 1205 for ended in outcome['unblocked'])
        events['NOWAIT'] += outcome.get('errno') == 1205
        for session, lock in outcome['raw_locks']:
            if (session, lock[0], lock[1], lock[2], repr(lock[4])) in new_waits and lock[3] == 'WAITING':
                if lock[1] is None:
                    events['table-lock wait'] += 1
                elif 'INSERT_INTENTION' in lock[2]:
                    events['insert-intention wait'] += 1
                else:
                    events['next-key wait' if ',' not in lock[2] else 'record wait'] += 1
                events['gap wait'] += _concerns_gap(session, lock, outcome['raw_locks'])

    def percent(self, number):
        return 100 * number / max(1, self.events['steps'])

    def shortcomings(self, least_steps):
        """-> sentences: what a run that counts as a test lacks."""
        often = [k for k, n in self.kinds.items() if 100 * n >= LEAST_PERCENT_OF_A_KIND * sum(self.kinds.values())]
        if self.events['steps'] < least_steps:
            yield '%d steps were played, not %d' % (self.events['steps'], least_steps)
        if len(often) < LEAST_KINDS:
            yield '%d kinds of statements have a share of %g %%, not %d' % (
                len(often), LEAST_PERCENT_OF_A_KIND, LEAST_KINDS)
        for name in REQUIRED:
            if self.events[name] < LEAST_OF_EACH:
                yield '"%s" occurred %d times, not %d' % (name, self.events[name], LEAST_OF_EACH)
        if self.percent(self.events['steps with a cut list']) > MOST_PERCENT_CUT:
            yield 'the server cut its list of locks in more than %g %% of the steps' % MOST_PERCENT_CUT
        if 100 * self.events['not repeatable'] > MOST_PERCENT_UNSTABLE * self.events['histories']:
            yield 'more than %g %% of the histories differed once and not again' % MOST_PERCENT_UNSTABLE

    def print(self):
        total = max(1, sum(self.kinds.values()))
        print('\nstatement kinds, percent of the steps:')
        for kind, number in self.kinds.most_common():
            print('  %-24s %6.1f' % (kind, 100 * number / total))
        print('what occurred:')
        for name, number in sorted(self.events.items()):
            print('  %-24s %6d' % (name, number))
        print('  %-24s %8.1f %%' % ('share with a cut list', self.percent(self.events['steps with a cut list'])))
