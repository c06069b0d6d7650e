#!/usr/bin/python3
"""Plays random histories on a real MariaDB and on nextkey and compares them step by step, locks included.

    differential.py --program build/dev/bin/nextkey --seed 1 --count 100 [--minutes M] [--jobs J] [--keep FOLDER]

A difference is shrunk to the fewest statements that still show it and printed as tagged SQL, which `nextkey replay`
runs. The end is a table of what occurred. Exit code 0: no difference; 1: differences; 77: no server here (skipped).
"""

import argparse
import collections
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
try:
    import compare
    import histories
    import real_server
    MISSING = None if shutil.which('mariadb-install-db') else 'mariadb-server'
except ImportError as error:
    MISSING = str(error)

SKIPPED = 77
SHRINK_SECONDS = 40


def play_ours(program, steps):
    """-> the steps as nextkey played them, and a complaint where it did not come to the end."""
    with tempfile.NamedTemporaryFile('w', suffix='.sql') as script:
        script.write(as_script(steps))
        script.flush()
        try:
            run = subprocess.run([program, 'replay', '--format', 'jsonl', script.name], capture_output=True, timeout=20)
        except subprocess.TimeoutExpired:
            return [], 'nextkey does not come to an end'
    played = [json.loads(line) for line in run.stdout.decode().splitlines() if line.strip()]
    return played, run.stderr.decode()[:300] if run.returncode > 1 else None


def as_script(steps):
    return ''.join('%s;%s\n' % (sql, '' if session == 'setup' else ' -- ' + session) for session, sql in steps)


def play_real(stage, schema, choose):
    """`choose(busy)` gives (session, sql) or None. -> the statements that were sent, and their outcomes."""
    stage.open()
    steps, outcomes, is_set_up = [], [], False
    try:
        while (chosen := choose(stage.busy())) is not None:
            if chosen[0] != 'setup' and not is_set_up:
                is_set_up = True
                stage.analyze()
            steps.append(chosen)
            outcomes.append(stage.play(len(steps), *chosen))
    finally:
        stage.close()
    return steps, outcomes, compare.Speller(compare.types_of_schema(schema), stage.first_row_id)


def first_difference(program, steps, outcomes, speller):
    """-> (number of steps up to it, lines) or None."""
    ours, complaint = play_ours(program, steps)
    for number, real in enumerate(outcomes):
        if number >= len(ours):
            return len(steps), [complaint or 'nextkey ends after step %d' % number]
        lines = compare.differences(real, ours[number], speller)
        if lines:
            return number + 1, lines
    return None


def shrink(stage, program, schema, steps, found):
    """Leaves statements out, many at once and then one by one, as long as a difference remains."""
    end = time.time() + SHRINK_SECONDS
    best, lines = steps[:found[0]], found[1]

    def attempt(candidate):
        rest = iter(candidate)
        played = play_real(stage, schema, lambda busy: next((s for s in rest if s[0] not in busy), None))
        difference = first_difference(program, *played)
        return (played[0][:difference[0]], difference[1]) if difference else None

    size = max(1, len(best) // 3)
    while time.time() < end:
        at, has_shrunk = 0, False
        while at + 1 < len(best) and time.time() < end:
            smaller = attempt(best[:at] + best[min(at + size, len(best) - 1):])
            if smaller and len(smaller[0]) < len(best):
                (best, lines), has_shrunk = smaller, True
            else:
                at += size
        if size == 1 and not has_shrunk:
            break
        size = max(1, size // 2)
    return best, lines


def count_events(outcome, events):
    events['steps'] += 1
    events['steps with a cut list'] += bool(outcome['cut'])
    events['blocked'] += outcome['status'] == 'blocked'
    for ended in [outcome] + outcome['unblocked']:
        name = {1213: 'deadlock', 1062: 'duplicate key', 1205: 'time-out', 1451: 'foreign-key error',
                1452: 'foreign-key error'}.get(ended.get('errno'))
        if name:
            events[name] += 1
    waits = [mode for _, (_, index, mode, status, _) in outcome['raw_locks'] if status == 'WAITING' and index]
    events['insert-intention wait'] += any('INSERT_INTENTION' in mode for mode in waits)
    # A wait that concerns a gap: of an insert for it, or a next-key lock that would bring one.
    events['gap wait'] += any(mode in ('X', 'S') or 'GAP' in mode.split(',')[1:2] for mode in waits)


def play_seed(stage, program, seed, kinds, events):
    """-> None, or the shrunk difference as text."""
    history = histories.History(seed)
    setup = iter(history.setup)

    def choose(busy):
        sql = next(setup, None)
        if sql is not None:
            return 'setup', sql
        drawn = history.next_step(busy)
        if drawn is None:
            return None
        kinds[drawn[1]] += 1
        return drawn[0].name, drawn[2]

    steps, outcomes, speller = play_real(stage, history.schema, choose)
    for outcome in outcomes:
        count_events(outcome, events)
    found = first_difference(program, steps, outcomes, speller)
    if found is None:
        return None
    steps, lines = shrink(stage, program, history.schema, steps, found)
    return '# seed %d: real | nextkey\n%s%s' % (seed, ''.join('#   %s\n' % line for line in lines[:10]), as_script(steps))


def work(arguments, first, jobs, queue):
    kinds, events = collections.Counter(), collections.Counter()
    server = real_server.Server()
    try:
        stage = real_server.Stage(server)
        end = time.time() + arguments.minutes * 60
        for seed in range(arguments.seed + first, arguments.seed + arguments.count, jobs):
            if time.time() > end:
                break
            difference = play_seed(stage, arguments.program, seed, kinds, events)
            events['histories'] += 1
            if difference:
                queue.put(('difference', seed, difference))
    finally:
        server.stop()
        queue.put(('end', kinds, events))


def print_coverage(kinds, events):
    total = max(1, sum(kinds.values()))
    print('\nstatement kinds, percent of the steps:')
    for kind, number in kinds.most_common():
        print('  %-16s %5.1f' % (kind, 100 * number / total))
    print('what occurred:')
    for name, number in sorted(events.items()):
        print('  %-24s %d' % (name, number))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--program', required=True)
    parser.add_argument('--seed', type=int, default=int(time.time()))
    parser.add_argument('--count', type=int, default=100)
    parser.add_argument('--minutes', type=float, default=60.0)
    parser.add_argument('--jobs', type=int, default=1)
    parser.add_argument('--keep', help='a folder for the shrunk scripts')
    arguments = parser.parse_args()
    if MISSING:
        print('SKIPPED: no real server to compare with (%s)' % MISSING)
        return SKIPPED
    queue = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=work, args=(arguments, job, arguments.jobs, queue))
               for job in range(arguments.jobs)]
    for worker in workers:
        worker.start()
    kinds, events, differences, running = collections.Counter(), collections.Counter(), 0, len(workers)
    while running:
        message = queue.get()
        if message[0] == 'end':
            running -= 1
            kinds.update(message[1])
            events.update(message[2])
            continue
        differences += 1
        print(message[2], flush=True)
        if arguments.keep:
            os.makedirs(arguments.keep, exist_ok=True)
            with open(os.path.join(arguments.keep, 'seed_%d.sql' % message[1]), 'w') as f:
                f.write(message[2])
    print_coverage(kinds, events)
    print('%d histories, %d steps, %d differ' % (events['histories'], events['steps'], differences))
    return 1 if differences else 0


if __name__ == '__main__':
    sys.exit(main())
