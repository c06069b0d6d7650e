#!/usr/bin/python3
"""Plays specs of isolationtester on a real server, step by step, and compares what comes out with nextkey's.

    isolation.py --program build/dev/bin/nextkey [--record] [SPEC...]

Both print in the format of PostgreSQL's isolationtester. --record writes what the server did beside each spec (.out).
Exit code 0: no difference; 1: differences; 77: nothing to compare with (skipped).
"""

import argparse
import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
try:
    import shutil
    import real_server
    import stage as theatre
    MISSING = None if shutil.which('mariadb-install-db') else 'mariadb-server'
except ImportError as error:
    MISSING = str(error)

SKIPPED = 77
SPECS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'isolation_specs', '*.spec')
TOKEN = re.compile(r'\s+|#[^\n]*|\{([^}]*)\}|"((?:[^"]|"")*)"|([\w.]+)|([(),*])')
NUMBER = re.compile(r'[0-9. \-][0-9.Ee \-]*(?<=[0-9])')


class Spec:
    """What a file says: set-up, sessions with their steps, permutations as lists of (step, markers)."""

    def __init__(self, text):
        self.setup, self.teardown, self.sessions, self.permutations = [], '', [], []
        self.tokens = []
        for match in TOKEN.finditer(text):
            block, quoted, word, sign = match.groups()
            if block is not None:
                self.tokens.append(('block', block.strip(' \t\r\f')))
            elif quoted is not None or word is not None:
                self.tokens.append(('name', word or quoted.replace('""', '"')))
            elif sign:
                self.tokens.append((sign, sign))
        while self.tokens:
            self._item(self._take())

    def _take(self):
        return self.tokens.pop(0)[1]

    def _item(self, word):
        if word == 'setup' and not self.sessions:
            self.setup.append(self._take())
        elif word == 'teardown' and not self.sessions:
            self.teardown = self._take()
        elif word == 'session':
            self.sessions.append({'name': self._take(), 'setup': '', 'teardown': '', 'steps': {}})
        elif word in ('setup', 'teardown'):
            self.sessions[-1][word] = self._take()
        elif word == 'step':
            name = self._take()
            self.sessions[-1]['steps'][name] = self._take()
        elif word == 'permutation':
            self.permutations.append(self._steps())
        else:
            raise ValueError('no item begins with %r' % word)

    def _steps(self):
        steps, items = [], ('permutation', 'session', 'setup', 'teardown')
        while self.tokens and self.tokens[0][1] not in items:
            name, markers = self._take(), []
            if self.tokens and self.tokens[0][0] == '(':
                text = []
                while text[-1:] != [')']:
                    text.append(self._take())
                markers = [marker.split() for marker in ' '.join(text[1:-1]).split(',')]
            steps.append((name, markers))
        return steps

    def orders(self):
        return self.permutations or list(self._all_orders([0] * len(self.sessions)))

    def _all_orders(self, done):
        is_over = True
        for i, session in enumerate(self.sessions):
            if done[i] < len(session['steps']):
                is_over = False
                after = done[:i] + [done[i] + 1] + done[i + 1:]
                for rest in self._all_orders(after):
                    yield [(list(session['steps'])[done[i]], [])] + rest
        if is_over:
            yield []


def statements(sql):
    return [one.strip() for one in sql.split(';') if one.strip()]


def result_set(columns, rows):
    """As libpq's PQprint writes it."""
    fields = [['' if value is None else str(value) for value in row] for row in rows]
    widths, numbers = [], []
    for i, name in enumerate(columns):
        texts = [row[i] for row in fields]
        widths.append(max(len(text.encode()) for text in texts + [name]))
        numbers.append(all(NUMBER.fullmatch(text) for text in texts if text))

    def line(texts):
        return '|'.join(text.rjust(width - len(text.encode()) + len(text)) if number else
                        text.ljust(width - len(text.encode()) + len(text))
                        for text, width, number in zip(texts, widths, numbers))
    return '\n'.join([line(columns), '+'.join('-' * width for width in widths)] + [line(row) for row in fields] +
                     ['(%d row%s)' % (len(rows), '' if len(rows) == 1 else 's'), '', ''])


class Player:
    """The rules of isolationtester.c: who is told what, and when a step is reported as completed."""

    def __init__(self, stage, spec):
        self.stage, self.spec, self.out = stage, spec, []
        self.step_of = {name: (session['name'], sql) for session in spec.sessions
                        for name, sql in session['steps'].items()}
        self.active, self.warnings, self.waiting = {}, {s['name']: 0 for s in spec.sessions}, []

    def play(self):
        self.out.append('Parsed test spec with %d sessions\n' % len(self.spec.sessions))
        for order in self.spec.orders():
            self.out.append('\nstarting permutation: %s\n' % ' '.join(step for step, _ in order))
            for sql in self.spec.setup:
                self._outside('control', sql)
            for session in self.spec.sessions:
                self._outside(session['name'], session['setup'])
            for step, markers in order:
                self._step(step, markers)
            self._look_at_waiting()
            if self.waiting:
                raise RuntimeError('%s never completes' % self.waiting)
            for session in self.spec.sessions:
                self._outside(session['name'], session['teardown'])
            self._outside('control', self.spec.teardown)
        return ''.join(self.out)

    def _outside(self, name, sql):
        for statement in statements(sql):
            self._ended(name, self.stage.play(0, name, statement), None)

    def _ended(self, name, result, active):
        """The text of a statement's result; to an active step's texts, or at once."""
        session, text = self.stage.session(name), ''
        if result['status'] == 'error':
            text = 'ERROR:  %s\n' % session.message
        elif result['rows'] is not None:
            text = result_set(session.columns, result['rows'])
        elif session.connection._result.warning_count:
            session.connection.query('show warnings')
            for level, _, message in session.connection._result.rows:
                if level == 'Warning':
                    self.out.append('%s: WARNING:  %s\n' % (name, message))
                    self.warnings[name] += 1
        if active is None:
            self.out.append(text)
        else:
            active['texts'].append(text)
            active['ended'] = result['status'] == 'error' or not active['todo']

    def _send(self, name):
        """The session's next statement; whoever it lets go does the rest of its own step behind it."""
        can_go_on = [name]
        while can_go_on:
            who = can_go_on[0]
            active = self.active[who]
            if active['ended']:
                can_go_on.pop(0)
                continue
            step = self.stage.play(0, who, active['todo'].pop(0))
            if step['status'] == 'blocked':
                can_go_on.pop(0)
            else:
                self._ended(who, step, active)
            for other in step['unblocked']:
                self._ended(other['session'], other, self.active[other['session']])
                can_go_on.append(other['session'])

    def _step(self, step, markers):
        name, sql = self.step_of[step]
        if name in self.active:
            if not self._complete(name):
                raise RuntimeError('%s still waits' % name)
            self.waiting.remove(name)
            self._look_at_waiting()
        blockers = []
        for marker in markers:
            other = self.step_of[marker[0]][0] if marker != ['*'] else None
            needed = self.warnings[other] + int(marker[2]) if len(marker) == 3 else None
            blockers.append((marker[0], other, needed))
        self.active[name] = {'step': step, 'sql': sql, 'todo': statements(sql), 'texts': [], 'ended': False,
                             'blockers': blockers}
        self._send(name)
        completes = self._complete(name, is_new=True)
        self._look_at_waiting()
        if not completes:
            self.waiting.append(name)

    def _is_blocked(self, active):
        return any(self.warnings[other] < needed if needed is not None else
                   other in self.active and self.active[other]['step'] == step
                   for step, other, needed in active['blockers'] if other)

    def _complete(self, name, is_new=False):
        active = self.active[name]
        is_held = is_new and any(step == '*' for step, *_ in active['blockers'])
        if is_held or not active['ended'] or self._is_blocked(active):
            if is_new:
                self.out.append('step %s: %s <waiting ...>\n' % (active['step'], active['sql']))
            return False
        self.out.append('step %s: %s\n' % (active['step'], active['sql'] if is_new else '<... completed>'))
        self.out += active['texts']
        del self.active[name]
        return True

    def _look_at_waiting(self):
        while True:
            completed = [name for name in list(self.waiting) if self._complete(name)]
            self.waiting = [name for name in self.waiting if name not in completed]
            if not completed:
                return


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--program', help='nextkey')
    parser.add_argument('--record', action='store_true', help='write what the server did beside the specs')
    parser.add_argument('specs', nargs='*')
    arguments = parser.parse_args()
    if MISSING:
        print('SKIPPED: no real server to compare with: %s' % MISSING)
        return SKIPPED
    differ = 0
    installation = real_server.Installation()
    try:
        for path in arguments.specs or sorted(glob.glob(SPECS)):
            with open(path) as f:
                spec = Spec(f.read())
            server = real_server.Server(installation, 0)
            try:
                stage = theatre.Stage(server)
                stage.open('eager')
                real = Player(stage, spec).play()
                stage.close()
            finally:
                server.stop()
            if arguments.record:
                with open(path[:-len('.spec')] + '.out', 'w') as f:
                    f.write(real)
            if arguments.program:
                ours = subprocess.run([arguments.program, 'race', path], stdout=subprocess.PIPE).stdout.decode()
                differ += real != ours
                print('%-30s %4d steps  %s' % (os.path.basename(path), real.count('\nstep '),
                                               'agrees' if real == ours else 'DIFFERS'))
                if real != ours:
                    print('--- the server:\n%s--- nextkey:\n%s' % (real, ours))
    finally:
        installation.remove()
    return 1 if differ else 0


if __name__ == '__main__':
    sys.exit(main())
