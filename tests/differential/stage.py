"""Plays statements of several sessions on a real server, one after the other, and tells after each who waits, who was
let go, and which locks there are.

A statement waits when InnoDB or the process list says that it waits for a lock, and no thread of the server can run
(real_server.py); where that can't be had, when several looks in a row say the same. Purge stands still while a
statement runs and does all its work before the locks are read, as on a server at rest.
"""

import re
import select
import time

import pymysql
from pymysql.constants import COMMAND

import innodb_status

DATABASE, OWN_DATABASE = 'test', 'differential_own'  # nextkey's one schema is `test` too.
SPELLINGS = [(re.compile(r'\bfor\s+share\b', re.I), 'lock in share mode')]
LOCK_WAIT = re.compile(r'^(User lock|Waiting for .*(lock|flush))$')
STABLE_LOOKS, STABLE_SECONDS, PAUSE_SECONDS = 4, 0.015, 0.003
SETTLE_SECONDS, PURGE_SECONDS, QUIESCENT_PURGE_SECONDS, WAKE_SECONDS = 90, 3, 0.03, 0.02


class Session:
    """One connection: send() returns at once, receive() takes the answer that is there."""

    def __init__(self, server):
        self.connection = server.connect(DATABASE)
        self.thread_id = self.connection.thread_id()
        self.busy, self.result, self.step, self.sql = False, None, 0, ''
        self.columns, self.message = [], ''  # Of the last answer.

    def fileno(self):
        return self.connection._sock.fileno()

    def send(self, step, sql):
        self.busy, self.result, self.step, self.sql = True, None, step, sql
        for pattern, spelling in SPELLINGS:
            sql = pattern.sub(spelling, sql)
        self.connection._execute_command(COMMAND.COM_QUERY, sql)

    def receive(self):
        self.result = {'status': 'ok', 'rows': None, 'affected': None, 'errno': None}
        try:
            self.connection._read_query_result()
            answer = self.connection._result
            if answer.rows is not None:
                self.result['rows'] = [list(row) for row in answer.rows]
                self.columns = [field.name for field in answer.fields]
            else:
                self.result['affected'] = answer.affected_rows
        except pymysql.MySQLError as error:
            self.result.update(status='error', errno=error.args[0] if error.args else 0)
            self.message = error.args[1] if len(error.args) > 1 else ''
        self.busy = False


class Stage:
    """The server, set up for one history after the other."""

    def __init__(self, server):
        self.server = server
        self.monitor, self.keeper = server.connect(), server.connect()
        self.sessions, self.wakers = {}, []
        for sql in ('create database ' + OWN_DATABASE, 'create table %s.probe (x int) engine=innodb' % OWN_DATABASE,
                    'create table %s.kick (n int) engine=innodb' % OWN_DATABASE,
                    'insert into %s.kick values (0)' % OWN_DATABASE,
                    'set session lock_wait_timeout = 0, innodb_lock_wait_timeout = 1'):
            self.ask(sql)
        self.ask('start transaction with consistent snapshot', self.keeper)

    def ask(self, sql, connection=None):
        connection = connection or self.monitor
        connection.query(sql)
        return connection._result.rows or ()

    def status(self):
        for _ in range(200):
            status = innodb_status.Status(self.ask('show engine innodb status')[0][2], DATABASE)
            if not status.is_torn:
                break
            time.sleep(PAUSE_SECONDS)
        return status

    # -- one history ------------------------------------------------------------------------------------------------

    def open(self, purge):
        """purge: `eager`, or `off` when it shall remove nothing of this history."""
        self.ask('drop database if exists ' + DATABASE)
        self.ask('create database ' + DATABASE)
        self.first_row_id = self._row_id()
        self.purge = 'eager'
        self._purge()
        self.purge = purge

    def _row_id(self):
        """Where the counter of hidden row ids stands: that of a row inserted now."""
        for sql in ('begin', 'insert into %s.probe values (1)' % OWN_DATABASE,
                    'select * from %s.probe for update' % OWN_DATABASE):
            self.ask(sql)
        status = innodb_status.Status(self.ask('show engine innodb status')[0][2], OWN_DATABASE)
        self.ask('rollback')
        return max(int.from_bytes(record[0], 'big') for *_, record in status.locks[self.monitor.thread_id()]
                   if isinstance(record, list))

    def close(self):
        for session in self.sessions.values():
            if session.busy:
                self.ask('kill %d' % session.thread_id)
            session.connection._force_close()
        for waker in self.wakers:
            waker._force_close()
        ids = {s.thread_id for s in self.sessions.values()}
        end = time.time() + 20
        while ids & {row[0] for row in self.ask('show processlist')} and time.time() < end:
            time.sleep(PAUSE_SECONDS / 3)
        self.sessions, self.wakers = {}, []

    def analyze(self, tables):
        if tables:
            self.ask('analyze table ' + ', '.join('%s.%s' % (DATABASE, name) for name in tables))

    def busy(self):
        return {name for name, s in self.sessions.items() if s.busy}

    def session(self, name):
        return self.sessions.get(name) or self.sessions.setdefault(name, Session(self.server))

    def play(self, number, name, sql):
        """-> the step as a dict, in the words of `nextkey replay --format jsonl`; locks as (session, lock)."""
        session = self.session(name)
        before = self.busy()
        session.send(number, sql)
        self._settle()
        status = self._purge()
        # Purge may have held up a statement: it keeps the tables from DDL that it works on.
        while self._receive(0):
            self._settle()
            status = self._purge()
        step = {'step': number, 'session': name, 'sql': sql, 'unblocked': []}
        step.update({'status': 'blocked', 'rows': None, 'affected': None, 'errno': None} if session.busy else session.result)
        for other in sorted(before):
            waiter = self.sessions[other]
            if not waiter.busy:
                step['unblocked'].append(dict(waiter.result, session=other, step=waiter.step, sql=waiter.sql))
        step['cut'] = sorted(n for n, s in self.sessions.items() if s.thread_id in status.cut)
        step['raw_locks'] = [(n, lock) for n, s in self.sessions.items() for lock in status.locks.get(s.thread_id, [])]
        step['weights'] = {n: status.weights[s.thread_id] for n, s in self.sessions.items()
                           if s.thread_id in status.weights}
        step['thread_ids'] = {s.thread_id: n for n, s in self.sessions.items()}
        return step

    # -- waiting ----------------------------------------------------------------------------------------------------

    def _receive(self, seconds):
        """Takes the answers that come within that time. -> whether there was one."""
        busy = [s for s in self.sessions.values() if s.busy]
        ready = select.select(busy, [], [], seconds)[0]
        for session in ready:
            session.receive()
        return bool(ready)

    def _waits(self):
        """Whether every busy session waits for a lock."""
        states = {row[0]: row[6] for row in self.ask('show processlist')}
        inside = None
        for session in self.sessions.values():
            if session.busy and not LOCK_WAIT.match(states.get(session.thread_id) or ''):
                inside = inside if inside is not None else self.status().waiting
                if session.thread_id not in inside:
                    return False
        return True

    def _switches(self):
        """How often each busy session's thread has given up the CPU, or None while one of them runs."""
        switches = []
        for thread_id, tid in self.ask('select ID, TID from information_schema.PROCESSLIST order by ID'):
            if any(s.busy and s.thread_id == thread_id for s in self.sessions.values()):
                try:
                    with open('/proc/%d/task/%d/status' % (self.server.process.pid, tid)) as f:
                        text = f.read()
                except OSError:
                    return None
                if not re.search(r'^State:\s+S', text, re.M):
                    return None
                switches.append(re.search(r'^voluntary_ctxt_switches:\s+(\d+)', text, re.M).group(1))
        return switches

    def _settle(self):
        """Until every session is idle or waits for a lock."""
        end, looks, since, last, pause = time.time() + SETTLE_SECONDS, 0, 0.0, None, 0
        while any(s.busy for s in self.sessions.values()):
            if self._receive(pause):
                looks, pause = 0, 0
                continue
            pause = PAUSE_SECONDS
            if not self._waits():
                looks = 0
            elif self.server.is_quiescent:
                if not self._receive(0):
                    return
            else:
                switches = self._switches()
                looks = looks + 1 if switches is not None and switches == last else 0
                since = since if looks else time.time()
                last = switches
                if looks >= STABLE_LOOKS and time.time() - since >= STABLE_SECONDS:
                    return
            if time.time() > end:
                raise RuntimeError('sessions neither finish nor wait for a lock')

    # -- purge ------------------------------------------------------------------------------------------------------

    def _wake_purge(self):
        """A commit does it. Under somebody's global read lock there is none: a wait for purge does it too, in its time."""
        try:
            self.ask('update %s.kick set n = n + 1' % OWN_DATABASE)
        except pymysql.MySQLError:
            self.wakers.append(self.server.connect())
            self.wakers[-1]._execute_command(COMMAND.COM_QUERY, 'set global innodb_max_purge_lag_wait = 0')

    def _purge(self):
        """Lets purge remove all that no session's read view needs. -> the status afterwards."""
        status = self.status()
        if status.history == 0 or self.purge == 'off':
            return status
        self.ask('commit', self.keeper)
        end = time.time() + (QUIESCENT_PURGE_SECONDS if self.server.is_quiescent else PURGE_SECONDS)
        pause = 0
        self._wake_purge()
        while not (status := self.status()).is_purged() and time.time() < end:
            time.sleep(pause)
            pause = pause * 2 + PAUSE_SECONDS
            if pause > WAKE_SECONDS:
                self._wake_purge()
        self.ask('start transaction with consistent snapshot', self.keeper)
        return status
