"""Plays what a test of the server's suite does, on a real server, and keeps the steps, so that nextkey can play them.

What a replay can't do in the test's way is done in its own, in steps that are added on both sides: a wait that the test
expects to time out is shortened to a second and a session `clock` lets the time pass; a connection that is closed
rolls back and gives back its locks. What only looks (SHOW, EXPLAIN, INFORMATION_SCHEMA) is left out and counted.
"""

import collections
import os
import re
import subprocess

import pymysql.constants.ER

import compare
import mtr_language
import stage as theatre

WORDS = re.compile(r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|(?P<comment>/\*(?![!M]).*?\*/|(?:#|--\s)[^\n]*)""",
                   re.S)
LEFT_OUT = [(re.compile(pattern, re.I | re.S), reason) for pattern, reason in (
    (r'^(show|explain|desc|describe|analyze\s+format\S*|help)\b', 'SHOW, EXPLAIN'),
    (r'\b(information_schema|performance_schema|mysql)\s*\.', "the server's own tables"),
    (r'^(call\s+mtr\.|grant|revoke|(create|drop|alter)\s+user)', 'accounts, messages'),
    (r'^(check|checksum|repair|optimize)\s+table', 'CHECK, CHECKSUM'),
    (r'^set\s+(@@)?global[\s.]+innodb_(status_output|print_all|monitor|stats)', 'what the server reports'),
    (r'^set\s+@\w+\s*:?=\s*@@global\.innodb_(status_output|print_all|monitor|stats)', 'what the server reports'),
    (r'^set\s+(global\s+|@@global\.|@\w+\s*:?=\s*@@)?(session\s+)?(sort_buffer_size|join_buffer_size|debug\w*)',
     'memory, debugging'))]
DEFINITION = re.compile(r'^\s*(create|alter|drop|truncate|rename)\b', re.I)
FILLS = re.compile(r'^\s*(insert|replace|create\s+(unique\s+)?(index|table)|alter|load|commit|delete|update)\b', re.I)
TIMEOUTS = ('innodb_lock_wait_timeout', 'lock_wait_timeout')
# What tests set for the whole server and don't put back.
GLOBALS = TIMEOUTS + ('tx_isolation', 'tx_read_only', 'innodb_table_locks', 'completion_type', 'autocommit',
                      'innodb_deadlock_detect')
CLOCK = 'clock'


class Step:
    def __init__(self, session, sql, is_added, line, outcome, speller):
        self.session, self.sql, self.is_added, self.line = session, sql, is_added, line
        self.outcome, self.speller = outcome, speller


def clean(sql):
    return WORDS.sub(lambda m: ' ' if m.group('comment') else m.group(), sql).strip()


def error_numbers(path):
    """-> {name: number}, of the client library and, where it is installed, the server's own list of messages."""
    numbers = {'ER_' + name: number for name, number in vars(pymysql.constants.ER).items() if isinstance(number, int)}
    next_number = 0
    if not os.path.exists(path):
        return numbers
    with open(path, encoding='utf-8', errors='replace') as f:
        for line in f:
            start = re.match(r'(?:start-error-number|skip-to-error-number)\s+(\d+)', line)
            if start:
                next_number = int(start.group(1))
            elif name := re.match(r'((?:ER|WARN)_\w+)', line):
                numbers[name.group(1)] = next_number
                next_number += 1
    return numbers


class Refusals:
    """Which statements nextkey's grammar does not know: asked of the program itself."""

    def __init__(self, program):
        self.program, self.known = program, {}

    def why(self, sql):
        if sql not in self.known:
            run = subprocess.run([self.program, 'replay', '--format', 'jsonl', '-'], input=('%s; -- a\n' % sql).encode(),
                                 capture_output=True, timeout=20)
            complaint = run.stderr.decode().split('\n')[0]
            self.known[sql] = re.sub(r'^\S+:\d+:\d+: ', '', complaint) if run.returncode == 2 else None
        return self.known[sql]


class Player:
    """`test`: what mtr.py says about this test (left out statements and sections, options)."""

    def __init__(self, stage, refusals, errors, test):
        self.stage, self.refusals, self.errors, self.test = stage, refusals, errors, test
        self.steps, self.left_out, self.surprises = [], collections.Counter(), []
        self.line, self.section, self.names, self.generations = 0, None, {}, collections.Counter()
        self.needs_rest = collections.defaultdict(set)  # Session -> what it has to give back when it is closed.
        self.types = {}

    def begin(self):
        """The server as it was started, but for the engine that the suite is run with."""
        self.stage.open('eager')
        for name in GLOBALS:
            self.stage.ask('set global %s = default' % name)
        for name, value in [('default_storage_engine', 'MyISAM')] + sorted(self.test.options.items()):
            self._play('setup', 'set global %s = %s' % (name, value), is_added=True)

    # --- What the interpreter calls -------------------------------------------------------------------

    def takes(self, command):
        self.line = command.line
        if self.section and re.search(self.section[1], command.text, re.S):
            self.section = None
            return False
        if not self.section:
            self.section = next((s for s in self.test.sections if re.search(s[0], command.text, re.S)), None)
        if self.section and command.is_sql:
            self.left_out[self.section[2]] += 1
        return not self.section

    def send(self, connection, sql, errors, is_waited_for, may_time_out):
        sql = clean(sql)
        if not sql:
            return
        reason = self._reason_to_leave_out(sql, errors)
        if reason:
            self.left_out[reason] += 1
            return
        refusal = self.refusals.why(sql)
        if refusal:
            raise mtr_language.NotConvertible('line %d: %s: %s' % (self.line, refusal, ' '.join(sql.split())[:80]))
        name = self._name(connection)
        if name in self.stage.busy():
            raise mtr_language.NotConvertible('line %d: %s still waits' % (self.line, connection))
        may_time_out = may_time_out or is_waited_for and bool({1205} & self._numbers(errors))
        shortened = self._shorten(name) if may_time_out and not re.search(r'\bnowait\b', sql, re.I) else []
        self._note(name, sql)
        self._play(name, sql)
        if is_waited_for:
            self._wait_for(name)
            self._check(name, errors)
        for variable, seconds in shortened:
            if name not in self.stage.busy():
                self._play(name, 'set session %s = %d' % (variable, seconds), is_added=True)

    def reap(self, connection, errors):
        name = self._name(connection)
        if name not in self.stage.sessions:
            return
        self._wait_for(name)
        self._check(name, errors)

    def wait_until_idle(self):
        for name in sorted(self.stage.busy()):
            self._wait_for(name)

    def disconnect(self, connection):
        name = self.names.pop(connection, None)
        if name is None or name not in self.stage.sessions:
            return
        if name in self.stage.busy():
            raise mtr_language.NotConvertible('line %d: %s is closed while it waits' % (self.line, connection))
        if self._ask(name, 'select @@in_transaction')[0][0]:
            self._play(name, 'rollback', is_added=True)
        for sql in sorted(self.needs_rest.pop(name, ())):
            self._play(name, sql, is_added=True)
        self.stage.sessions[name].connection.close()

    def value(self, connection, query, column, row):
        """A variable of the test's language: asked aside where that can't change anything, else a step."""
        query, name = clean(query), self._name(connection)
        if re.search(r'\bfrom\s+(?!information_schema)|:=', query, re.I):
            self.send(connection, query, ['0'], True, False)
            rows = self.steps[-1].outcome['rows']
            return '' if not rows else str(rows[0][0])
        if name in self.stage.busy():
            name = self._name('aside')
        with self.stage.session(name).connection.cursor() as cursor:
            cursor.execute(query)
            rows = cursor.fetchall()
            at = 0 if column is None else [d[0].lower() for d in cursor.description].index(column.lower())
        value = rows[row - 1][at] if len(rows) >= row else None
        return '' if value is None else str(value)

    # --- One step ---------------------------------------------------------------------------------------

    def _name(self, connection):
        if connection not in self.names:
            self.generations[connection] += 1
            generation = self.generations[connection]
            name = re.sub(r'\W', '_', connection)
            self.names[connection] = name if generation == 1 else '%s_%d' % (name, generation)
        return self.names[connection]

    def _reason_to_leave_out(self, sql, errors):
        for pattern, reason in self.test.left_out:
            if re.search(pattern, sql, re.I | re.S):
                return reason
        if 1064 in self._numbers(errors):
            return 'syntax errors'
        return next((reason for pattern, reason in LEFT_OUT if pattern.search(sql)), None)

    def _numbers(self, errors):
        return {int(e) if e.isdigit() else self.errors.get(e, -1) for e in errors if e}

    def _note(self, name, sql):
        if re.match(r'(lock|flush)\b', sql, re.I):
            self.needs_rest[name].add('unlock tables')
        if re.search(r'\bget_lock\b', sql, re.I):
            self.needs_rest[name].add('do release_all_locks()')

    def _ask(self, name, sql):
        with self.stage.session(name).connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def _shorten(self, name):
        """-> the time-outs that were longer than a second, and how long."""
        long = [(variable, seconds) for variable in TIMEOUTS
                for seconds in self._ask(name, 'select @@' + variable)[0] if seconds > 1]
        for variable, _ in long:
            self._play(name, 'set session %s = 1' % variable, is_added=True)
        return long

    def _wait_for(self, name):
        if name not in self.stage.busy():
            return
        self._play(CLOCK, 'select sleep(1.3)', is_added=True)
        if name in self.stage.busy():
            raise mtr_language.NotConvertible('line %d: %s waits for ever' % (self.line, name))

    def _check(self, name, errors):
        """The test's own expectation, which the real server meets if the test was understood rightly."""
        errno = self.stage.sessions[name].result['errno'] or 0
        expected = self._numbers(errors)
        if errno not in expected and -1 not in expected:
            self.surprises.append('line %d: the server says %d, the test expects %s' % (self.line, errno,
                                                                                       ', '.join(errors)))

    def _play(self, name, sql, is_added=False):
        outcome = self.stage.play(len(self.steps) + 1, name, sql)
        ended = [sql] + [u['sql'] for u in outcome['unblocked']]
        if any(DEFINITION.match(text) for text in ended):
            self.types = compare.types_of_server(self.stage.ask, theatre.DATABASE)
        speller = compare.Speller(self.types, self.stage.first_row_id)
        self.steps.append(Step(name, sql, is_added, self.line, outcome, speller))
        if any(FILLS.match(text) for text in ended):
            self._analyze()

    def _analyze(self):
        """Statistics as they would be a few seconds later, made while no transaction is open."""
        sessions = [s for n, s in self.stage.sessions.items() if s.connection.open]
        if any(s.busy for s in sessions) or any('unlock tables' in rest for rest in self.needs_rest.values()):
            return
        for session in sessions:
            with session.connection.cursor() as cursor:
                cursor.execute('select @@in_transaction')
                if cursor.fetchall()[0][0]:
                    return
        self.stage.analyze([name for (name,) in self.stage.ask(
            "select TABLE_NAME from information_schema.TABLES where TABLE_SCHEMA = '%s' and ENGINE = 'InnoDB'" %
            theatre.DATABASE)])
