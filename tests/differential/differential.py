#!/usr/bin/python3
"""Plays random histories on a real MariaDB and on nextkey and compares them step by step, locks included.

    differential.py --program build/dev/bin/nextkey --seed 1 --count 100 [--minutes M] [--jobs J] [--keep FOLDER]

A difference is played again; one that remains is shrunk to the fewest statements that still show it and printed as
tagged SQL, which `nextkey replay` runs. The end is a table of what occurred; with --require-coverage the run fails when that is
too little to call it a test. Exit code 0: no difference; 1: differences; 77: no server here (skipped).
"""

import argparse
import json
import multiprocessing
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
try:
    import compare
    import coverage
    import histories
    import innodb_status
    import real_server
    import stage
    MISSING = None if shutil.which('mariadb-install-db') else 'mariadb-server'
except ImportError as error:
    MISSING = str(error)

SKIPPED = 77
SHRINK_SECONDS = 40
BATCH = 10  # Histories that one process of nextkey plays.
WORKERS_PER_CPU = 2  # While one sleeps with its server, the other one plays.
WEIGHER = 'weigher'  # The session that asks nextkey for each transaction's weight.


def as_script(steps):
    return ''.join('%s;%s\n' % (sql, '' if session == 'setup' else ' -- ' + session) for session, sql in steps)


def weighed(steps):
    """Behind each step the question for the weights; the set-up is over with the first one."""
    question = (WEIGHER, 'show engine innodb status')
    return [asked for step in steps for asked in ([step] if step[0] == 'setup' else [step, question])]


def with_weights(played):
    """What nextkey played of `weighed` steps -> the steps proper, each with its weights."""
    sessions, out = [], []
    for step in played:
        if step['session'] not in sessions:
            sessions.append(step['session'])
        if step['session'] != WEIGHER:
            out.append(dict(step, weights={}))
            continue
        for thread, numbers in innodb_status.weights(step['rows'][0][2]).items():
            out[-1]['weights'][sessions[thread - 1]] = numbers
    return out


def play_ours(program, purge, scripts):
    """-> for each script (a list of steps) its steps as nextkey played them, and a complaint where there is one."""
    with tempfile.TemporaryDirectory(dir=real_server.memory()) as folder:
        names = ['%d.sql' % i for i in range(len(scripts))]
        for name, steps in zip(names, scripts):
            with open(os.path.join(folder, name), 'w') as f:
                f.write(as_script(weighed(steps)))
        try:
            run = subprocess.run([program, 'replay', '--format', 'jsonl', '--purge', purge] + names, cwd=folder,
                                 capture_output=True, timeout=20)
            complaint = run.stderr.decode()[:300] if run.returncode not in (0, 1) else None
            lines = run.stdout.decode().splitlines()
        except subprocess.TimeoutExpired:
            complaint, lines = 'nextkey does not come to an end', []
    if complaint and len(scripts) > 1:
        return [play_ours(program, purge, [steps])[0] for steps in scripts]
    played = {name: [] for name in names}
    for line in lines:
        step = json.loads(line)
        played[step.get('script', names[0])].append(step)
    return [(with_weights(played[name]), complaint) for name in names]


class Played:
    """A history as the real server played it."""

    def __init__(self, theatre, schema, purge, choose):
        """`choose(busy)` gives (session, sql) or None."""
        self.schema, self.purge, self.steps, self.outcomes = schema, purge, [], []
        theatre.open(purge)
        is_set_up = False
        try:
            while (chosen := choose(theatre.busy())) is not None:
                if chosen[0] != 'setup' and not is_set_up:
                    is_set_up = True
                    theatre.analyze([t.name for t in schema.tables if t.engine == 'innodb'])
                self.steps.append(chosen)
                self.outcomes.append(theatre.play(len(self.steps), *chosen))
        finally:
            theatre.close()
        self.speller = compare.Speller(compare.types_of_schema(schema), theatre.first_row_id)

    def difference(self, ours, complaint):
        """-> (number of steps up to it, lines) or None."""
        for number, real in enumerate(self.outcomes):
            if number >= len(ours):
                return len(self.steps), [complaint or 'nextkey ends after step %d' % number]
            if lines := compare.differences(real, ours[number], self.speller):
                return number + 1, lines
        return None


def play_again(theatre, program, schema, purge, steps):
    """-> the steps that could be played up to the first difference, and its lines; or None."""
    rest = iter(steps)
    played = Played(theatre, schema, purge, lambda busy: next((s for s in rest if s[0] not in busy), None))
    found = played.difference(*play_ours(program, purge, [played.steps])[0])
    return (played.steps[:found[0]], found[1]) if found else None


def shrink(theatre, program, played, best, lines):
    """Leaves statements out, many at once and then one by one, as long as a difference remains."""
    end = time.time() + SHRINK_SECONDS
    size = max(1, len(best) // 3)
    while time.time() < end:
        at, has_shrunk = 0, False
        while at + 1 < len(best) and time.time() < end:
            smaller = play_again(theatre, program, played.schema, played.purge,
                                 best[:at] + best[min(at + size, len(best) - 1):])
            if smaller and len(smaller[0]) < len(best):
                (best, lines), has_shrunk = smaller, True
            else:
                at += size
        if size == 1 and not has_shrunk:
            break
        size = max(1, size // 2)
    return best, lines


def play_seed(theatre, seed, counted):
    history = histories.History(seed)
    setup, kinds = iter(history.setup), []

    def choose(busy):
        sql = next(setup, None)
        if sql is not None:
            return 'setup', sql
        drawn = history.next_step(busy)
        if drawn is None:
            return None
        kinds.append(drawn[1])
        return drawn[0].name, drawn[2]

    played = Played(theatre, history.schema, history.purge, choose)
    counted.count(kinds, played.outcomes)
    return played


def explain(theatre, program, seed, played, found, counted):
    """-> the shrunk difference as text, or None when it does not show again."""
    def again():
        return play_again(theatre, program, played.schema, played.purge, played.steps)

    # Where the server's threads race, the same one may win several times.
    confirmed = again() or again() if theatre.server.is_quiescent else again() and again() and again() and again()
    if confirmed:
        steps, lines = shrink(theatre, program, played, *confirmed)
        return '# seed %d, --purge %s: real | nextkey\n%s%s' % (
            seed, played.purge, ''.join('#   %s\n' % line for line in lines[:12]), as_script(steps))
    counted.events['not repeatable'] += 1
    print('seed %d differed once and not again: %s' % (seed, '; '.join(found[1][:3])), flush=True)
    return None


def play_batch(theatre, program, seeds, counted, results):
    batch = [(seed, play_seed(theatre, seed, counted)) for seed in seeds]
    for purge in ('eager', 'off'):
        those = [(seed, played) for seed, played in batch if played.purge == purge]
        for (seed, played), ours in zip(those, play_ours(program, purge, [p.steps for _, p in those]) if those else []):
            if (found := played.difference(*ours)) and (
                    text := explain(theatre, program, seed, played, found, counted)):
                results.put(('difference', seed, text))


def work(arguments, installation, number, next_seed, results):
    counted = coverage.Coverage()
    server = None
    try:
        cpus = sorted(os.sched_getaffinity(0))
        server = real_server.Server(installation, cpus[number % len(cpus)])
        theatre = stage.Stage(server)
        if not server.is_quiescent and number == 0:
            print('This system does not give the class SCHED_FIFO: slower, and races of the server are told by repeating.')
        end, last = time.time() + arguments.minutes * 60, arguments.seed + arguments.count
        while time.time() < end:
            with next_seed.get_lock():
                seeds = range(next_seed.value, min(next_seed.value + BATCH, last))
                next_seed.value += BATCH
            if not seeds:
                break
            play_batch(theatre, arguments.program, seeds, counted, results)
    finally:
        if server:
            server.stop()
        results.put(('end', number, counted))


def gather(arguments, workers, results):
    """-> what all workers counted, the seeds that differ, whether every worker came to its end."""
    total, differences, running = coverage.Coverage(), set(), len(workers)
    while running:
        try:
            kind, seed, content = results.get(timeout=5)
        except queue.Empty:
            if any(w.is_alive() for w in workers):
                continue
            return total, differences, False
        if kind == 'end':
            running -= 1
            total.add(content)
            continue
        differences.add(seed)
        print(content, flush=True)
        if arguments.keep:
            os.makedirs(arguments.keep, exist_ok=True)
            with open(os.path.join(arguments.keep, 'seed_%d.sql' % seed), 'w') as f:
                f.write(content)
    for worker in workers:
        worker.join()
    return total, differences, all(worker.exitcode == 0 for worker in workers)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--program', required=True)
    parser.add_argument('--seed', type=int, default=int(time.time()))
    parser.add_argument('--count', type=int, default=100)
    parser.add_argument('--minutes', type=float, default=60.0)
    parser.add_argument('--jobs', type=int, help='workers, each with a server (default: two a CPU)')
    parser.add_argument('--keep', help='a folder for the shrunk scripts')
    parser.add_argument('--require-coverage', type=int, metavar='STEPS', help='fail when less than that occurred')
    parser.add_argument('--known', default='', metavar='SEEDS', help='seeds whose differences KNOWN.md lists, by commas: '
                        'they are played and printed, and the run fails when one of them differs no longer')
    arguments = parser.parse_args()
    if MISSING:
        print('SKIPPED: no real server to compare with (%s)' % MISSING)
        return SKIPPED
    arguments.program = os.path.abspath(arguments.program)
    began, results = time.time(), multiprocessing.Queue()
    next_seed = multiprocessing.Value('q', arguments.seed)
    jobs = arguments.jobs or WORKERS_PER_CPU * len(os.sched_getaffinity(0))
    installation = real_server.Installation()
    try:
        workers = [multiprocessing.Process(target=work, args=(arguments, installation, job, next_seed, results))
                   for job in range(jobs)]
        for worker in workers:
            worker.start()
        total, differences, is_complete = gather(arguments, workers, results)
    finally:
        installation.remove()
    total.print()
    lacking = list(total.shortcomings(arguments.require_coverage)) if arguments.require_coverage else []
    for sentence in lacking + ([] if is_complete else ['a worker did not come to its end']):
        print('FAILED: ' + sentence)
    known = {int(seed) for seed in arguments.known.split(',') if seed}
    for seed in sorted(known - differences):
        print('FAILED: seed %d agrees by now: it is no known difference any more' % seed)
    print('%d histories, %d steps, %d differ (%d of them known, see KNOWN.md), %.0f s' % (
        total.events['histories'], total.events['steps'], len(differences), len(differences & known),
        time.time() - began))
    return 1 if differences != known or lacking or not is_complete else 0


if __name__ == '__main__':
    sys.exit(main())
