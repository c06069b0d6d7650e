#!/usr/bin/python3
"""Plays tests of MariaDB's own suite on a real server and on nextkey, and compares them step by step, locks included.

    mtr.py --program build/dev/bin/nextkey [--root /usr/share/mysql/mysql-test] [--keep FOLDER] [NAME...]

The tests are read where the Debian package mariadb-test-data installs them. Each is played up to the first statement
that nextkey refuses; its number of steps, what was left out and where it ended are printed. The last table names every
test. Exit code 0: no difference; 1: differences that show twice, or a test that is shorter than it was; 77: nothing to
compare with (skipped).
"""

import argparse
import collections
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
try:
    import compare
    import differential
    import mtr_language
    import mtr_player
    import real_server
    import stage as theatre
    MISSING = None if shutil.which('mariadb-install-db') else 'mariadb-server'
except ImportError as error:
    MISSING = str(error)

SKIPPED = 77
MESSAGES = '/usr/share/mysql/errmsg-utf8.txt'

# `steps`: the least number of the test's own statements that have to be compared, so that a mistake in reading the
# test does not pass as agreement. `left_out`: (pattern, why); `options`: global variables, from the test's .opt file.
Test = collections.namedtuple('Test', 'path steps left_out options sections')


def test(path, steps, left_out=(), options=None, sections=()):
    return Test(path, steps, left_out, options or {}, sections)


TESTS = [
    test('main/commit.test', 150),
    test('main/consistent_snapshot.test', 18),
    test('main/deadlock_innodb.test', 36),
    test('main/flush_block_commit.test', 25),
    test('main/flush_table.test', 26),
    test('main/lock_tables_lost_commit.test', 5),
    test('main/unsafe_binlog_innodb.test', 40),
    test('suite/innodb/t/deadlock_detect.test', 15),
    test('suite/innodb/t/deadlock_in_subqueries_join.test', 22),
    test('suite/innodb/t/deadlock_report.test', 9),
    test('suite/innodb/t/gap_locks.test', 18),
    test('suite/innodb/t/implicit_gap_lock_convertion.test', 8),
    test('suite/innodb/t/innodb-autoinc-61209.test', 11),
    test('suite/innodb/t/innodb-consistent.test', 26),
    test('suite/innodb/t/innodb-isolation.test', 280),
    test('suite/innodb/t/innodb-lock.test', 55),
    test('suite/innodb/t/innodb-semi-consistent.test', 30),
    test('suite/innodb/t/innodb-timeout.test', 22),
    test('suite/innodb/t/innodb_bug38231.test', 8),
    test('suite/innodb/t/innodb_bug49164.test', 20),
    test('suite/innodb/t/innodb_bug52663.test', 17),
    test('suite/innodb/t/innodb_bug53046.test', 15),
    test('suite/innodb/t/innodb_lock_wait_timeout_1.test', 38),
    test('suite/innodb/t/innodb_mysql_rbk.test', 12),
    test('suite/innodb/t/innodb_row_lock_time_ms.test', 7),
    test('suite/innodb/t/innodb_timeout_rollback.test', 14),
    test('suite/innodb/t/lock_insert_into_empty.test', 24),
    test('suite/innodb/t/skip_locked_nowait.test', 45),
    test('suite/innodb/t/snapshot.test', 5),
    test('suite/innodb/t/trx_deadlock.test', 18),
]


class Outcome:
    def __init__(self, test):
        self.test, self.steps, self.added, self.cut, self.waits = test, 0, 0, 0, 0
        self.left_out, self.end, self.differences, self.unexpected, self.seconds = {}, None, [], [], 0.0

    def own_steps(self):
        return self.steps - self.added

    def is_bad(self):
        return self.differences or self.unexpected or self.own_steps() < self.test.steps


def play(arguments, stage, refusals, errors, chosen):
    outcome, began = Outcome(chosen), time.time()
    player = mtr_player.Player(stage, refusals, errors, chosen)
    try:
        player.begin()
        mtr_language.Interpreter(arguments.root, chosen.path, player).run()
    except mtr_language.NotConvertible as reason:
        outcome.end = str(reason)
    finally:
        stage.close()
    steps = player.steps
    script = [(step.session, step.sql) for step in steps]
    if arguments.keep:
        os.makedirs(arguments.keep, exist_ok=True)
        with open(os.path.join(arguments.keep, os.path.basename(chosen.path) + '.sql'), 'w') as f:
            f.write(differential.as_script(script))
    ours, complaint = differential.play_ours(arguments.program, 'eager', [script])[0]
    for number, step in enumerate(steps):
        if number >= len(ours):
            outcome.differences.append((step, [complaint or 'nextkey ends before this step']))
            break
        lines = compare.differences(step.outcome, ours[number], step.speller)
        if lines:
            outcome.differences.append((step, lines))
    outcome.steps, outcome.added = len(steps), sum(step.is_added for step in steps)
    outcome.cut = sum(bool(step.outcome['cut']) for step in steps)
    outcome.waits = sum(step.outcome['status'] == 'blocked' for step in steps)
    outcome.left_out, outcome.unexpected = player.left_out, player.surprises
    outcome.seconds = time.time() - began
    return outcome


def print_outcome(outcome):
    for step, lines in outcome.differences[:3]:
        print('%s, line %d, %s: %s' % (outcome.test.path, step.line, step.session, ' '.join(step.sql.split())))
        for line in lines[:8]:
            print('    ' + line)
    for line in outcome.unexpected:
        print('%s, %s' % (outcome.test.path, line))
    if outcome.own_steps() < outcome.test.steps:
        print('%s: %d statements were compared, at least %d were expected' % (
            outcome.test.path, outcome.own_steps(), outcome.test.steps))
    sys.stdout.flush()


def print_table(outcomes):
    print('\n%-50s %8s %6s %6s %9s %4s %7s' % ('test', 'compared', 'added', 'waits', 'left out', 'cut', 'differ'))
    for o in outcomes:
        print('%-50s %8d %6d %6d %9d %4d %7d' % (o.test.path, o.own_steps(), o.added, o.waits,
                                                sum(o.left_out.values()), o.cut, len(o.differences)))
    print('%-50s %8d %6d %6d %9d %4d %7d' % (
        '%d tests' % len(outcomes), sum(o.own_steps() for o in outcomes), sum(o.added for o in outcomes),
        sum(o.waits for o in outcomes), sum(sum(o.left_out.values()) for o in outcomes),
        sum(o.cut for o in outcomes), sum(len(o.differences) for o in outcomes)))
    reasons = collections.Counter()
    for o in outcomes:
        reasons.update(o.left_out)
    print('\nleft out on both sides: ' + '; '.join('%s %d' % pair for pair in reasons.most_common()))
    print('played up to:')
    for o in outcomes:
        if o.end:
            print('  %s: %s' % (o.test.path, o.end))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--program', required=True)
    parser.add_argument('--root', default='/usr/share/mysql/mysql-test')
    parser.add_argument('--keep', help='a folder for the scripts that the tests became')
    parser.add_argument('--any', action='store_true', help='play the files named, whether chosen or not')
    parser.add_argument('names', nargs='*', help='tests whose path holds one of these; default: all that were chosen')
    arguments = parser.parse_args()
    arguments.program = os.path.abspath(arguments.program)
    missing = MISSING or (None if os.path.exists(os.path.join(arguments.root, 'main')) else 'mariadb-test-data')
    if missing:
        print('SKIPPED: nothing to compare with: %s is not installed' % missing)
        return SKIPPED
    chosen = [test(name, 0) for name in arguments.names] if arguments.any else [
        t for t in TESTS if not arguments.names or any(name in t.path for name in arguments.names)]
    installation, server = real_server.Installation(), None
    try:
        server = real_server.Server(installation, max(os.sched_getaffinity(0)))
        stage = theatre.Stage(server)
        refusals, errors = mtr_player.Refusals(arguments.program), mtr_player.error_numbers(MESSAGES)
        outcomes = []
        for one in chosen:
            outcome = play(arguments, stage, refusals, errors, one)
            if outcome.is_bad():
                # Waits time out after a second here: a machine that is held up for longer misses one.
                print_outcome(outcome)
                print('%s is played once more' % one.path)
                outcome = play(arguments, stage, refusals, errors, one)
            outcomes.append(outcome)
            print_outcome(outcome)
    finally:
        if server:
            server.stop()
        installation.remove()
    print_table(outcomes)
    return 1 if any(outcome.is_bad() for outcome in outcomes) else 0


if __name__ == '__main__':
    sys.exit(main())
