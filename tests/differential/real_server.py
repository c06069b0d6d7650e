"""A private MariaDB server and its sessions: plays statements one after the other and tells, after each, who waits,
who was let go and which locks there are.

The server listens on a unix socket in a temporary folder and is stopped by its process id. Its threads run on one
CPU in the class SCHED_FIFO where the system allows it: whoever releases locks then finishes its statement before the
released sessions go on, in their order. The stock server lists ten lock structures a transaction: `cut` names the
sessions of which it showed no more.
"""

import os
import re
import shutil
import subprocess
import tempfile
import threading
import time

import pymysql

DATABASE = 'test'  # nextkey's one schema has this name too.
OPTIONS = ['--no-defaults', '--user=root', '--skip-networking', '--skip-log-bin', '--skip-name-resolve',
           '--performance-schema=OFF', '--query-cache-type=0', '--character-set-server=utf8mb4',
           '--collation-server=utf8mb4_general_ci', '--innodb-status-output-locks=ON', '--innodb-stats-auto-recalc=OFF',
           '--innodb-adaptive-hash-index=OFF', '--innodb-change-buffering=none', '--innodb-flush-log-at-trx-commit=0',
           '--innodb-buffer-pool-size=64M', '--innodb-log-file-size=16M', '--innodb-purge-threads=1',
           '--innodb-fast-shutdown=2', '--innodb-snapshot-isolation=OFF', '--innodb-autoinc-lock-mode=1']
SPELLINGS = [(re.compile(r'\bfor\s+share\b', re.I), 'lock in share mode')]
WAIT_STATE = re.compile(r'^(User lock|Waiting for .*(lock|flush))$')
TRANSACTION = re.compile(r'^---TRANSACTION (\S+), ')
THREAD = re.compile(r'^(?:MariaDB|MySQL) thread id (\d+), ')
VIEW = re.compile(r'^Trx read view will not see trx with id >= (\d+)')
TABLE_LOCK = re.compile(r'^TABLE LOCK table `([^`]+)`\.`([^`]+)`.* lock mode (.*)$')
RECORD_LOCK = re.compile(r'^RECORD LOCKS .* index (\S+) of table `([^`]+)`\.`([^`]+)`.* trx id \d+ (lock[_ ]mode .*)$')
RECORD = re.compile(r'^Record lock, heap no (\d+)')
STABLE_POLLS, STABLE_SECONDS, POLL_SECONDS = 4, 0.015, 0.003


def _one_cpu():
    try:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        pass


class Server:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='differential_')
        self.socket = os.path.join(self.folder, 's.sock')
        data = os.path.join(self.folder, 'data')
        with open(os.path.join(self.folder, 'log'), 'wb') as log:
            subprocess.run(['mariadb-install-db', '--no-defaults', '--user=root', '--skip-test-db',
                            '--auth-root-authentication-method=normal', '--datadir=' + data],
                           stdout=log, stderr=log, check=True)
            self.process = subprocess.Popen([shutil.which('mariadbd') or '/usr/sbin/mariadbd'] + OPTIONS + [
                '--datadir=' + data, '--socket=' + self.socket, '--tmpdir=' + self.folder], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, preexec_fn=_one_cpu)
        end = time.time() + 60
        while True:
            try:
                self.connect().close()
                return
            except pymysql.MySQLError:
                if self.process.poll() is not None or time.time() > end:
                    self.stop()
                    raise RuntimeError('mariadbd did not start')
                time.sleep(0.05)

    def connect(self, database=None):
        return pymysql.connect(unix_socket=self.socket, user='root', database=database, charset='utf8mb4',
                               autocommit=None)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Session:
    """One connection; run() sends a statement and returns at once."""

    def __init__(self, server):
        self.connection = server.connect(DATABASE)
        self.thread_id = self.connection.thread_id()
        self.busy, self.result, self.step, self.sql = False, None, 0, ''

    def run(self, step, sql):
        self.busy, self.result, self.step, self.sql = True, None, step, sql
        for pattern, spelling in SPELLINGS:
            sql = pattern.sub(spelling, sql)
        threading.Thread(target=self._run, args=(sql,), daemon=True).start()

    def _run(self, sql):
        out = {'status': 'ok', 'rows': None, 'affected': None, 'errno': None}
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(sql)
                if cursor.description is not None:
                    out['rows'] = [list(row) for row in cursor.fetchall()]
                else:
                    out['affected'] = cursor.rowcount
        except pymysql.MySQLError as error:
            out.update(status='error', errno=error.args[0] if error.args else 0)
        self.result, self.busy = out, False


class Status:
    """SHOW ENGINE INNODB STATUS: by thread id what each transaction holds."""

    def __init__(self, text):
        self.waiting, self.locks, self.cut, self.views = set(), {}, set(), []
        self.history = int(re.search(r'^History list length (\d+)', text, re.M).group(1))
        self.purged = int(re.search(r"^Purge done for trx's n:o < (\d+)", text, re.M).group(1))
        self.counter = int(re.search(r'^Trx id counter (\d+)', text, re.M).group(1))
        thread, waits, header = None, False, None
        for line in text[text.find('LIST OF TRANSACTIONS FOR EACH SESSION:'):].split('\n'):
            if TRANSACTION.match(line):
                thread, waits, header = None, False, None
            elif line.startswith('LOCK WAIT '):
                waits = True
            elif (m := THREAD.match(line)) and thread is None:
                thread = int(m.group(1))
                if waits:
                    self.waiting.add(thread)
            elif m := VIEW.match(line):
                self.views.append(int(m.group(1)))
            elif m := TABLE_LOCK.match(line):
                if m.group(1) == DATABASE:
                    self._add(thread, (m.group(2), None) + _mode(m.group(3)) + (None,))
                header = None
            elif m := RECORD_LOCK.match(line):
                header = (m.group(3), m.group(1)) + _mode(m.group(4)) if m.group(2) == DATABASE else None
            elif (m := RECORD.match(line)) and header:
                self._add(thread, header + ('supremum' if m.group(1) == '1' else [],))
            elif header and (m := re.match(r'^ (\d+): (SQL NULL|len \d+; hex ([0-9a-f]*);)', line)):
                fields = self.locks[thread][-1][-1]
                if isinstance(fields, list):
                    fields.append(None if m.group(2) == 'SQL NULL' else bytes.fromhex(m.group(3)))
            elif line.startswith('10 LOCKS PRINTED FOR THIS TRX'):
                self.cut.add(thread)

    def _add(self, thread, lock):
        self.locks.setdefault(thread, []).append(lock)


def _mode(text):
    name = re.match(r'(?:lock[_ ]mode )?(AUTO-INC|IS|IX|S|X)\b', text).group(1).replace('AUTO-INC', 'AUTO_INC')
    for words, flag in (('locks gap before rec', ',GAP'), ('locks rec but not gap', ',REC_NOT_GAP'),
                        ('insert intention', ',INSERT_INTENTION')):
        if words in text:
            name += flag
    return name, 'WAITING' if text.rstrip().endswith('waiting') else 'GRANTED'


class Stage:
    """The server, set up for one history after the other. `decode(table, index, fields)` spells a record."""

    def __init__(self, server):
        self.server = server
        self.monitor, self.keeper = server.connect(), server.connect()
        self.sessions = {}
        self.ask('create database if not exists differential_own')
        self.ask('create table if not exists differential_own.kick (id int primary key, n int) engine=innodb')
        self.ask('create table if not exists differential_own.probe (x int) engine=innodb')
        self.ask('insert ignore into differential_own.kick values (1, 0)')
        self.ask('set session lock_wait_timeout = 1, innodb_lock_wait_timeout = 1')

    def ask(self, sql, connection=None):
        with (connection or self.monitor).cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description is not None else ()

    def status(self):
        return Status(self.ask('show engine innodb status')[0][2])

    def open(self):
        self.ask('drop database if exists ' + DATABASE)
        self.ask('create database ' + DATABASE)
        self.first_row_id = self._row_id()
        self._purge()

    def _row_id(self):
        """Where the counter of hidden row ids stands: that of a row inserted now."""
        with self.monitor.cursor() as cursor:
            for sql in ('use differential_own', 'begin', 'insert into probe values (1)', 'select * from probe for update'):
                cursor.execute(sql)
            text = self.ask('show engine innodb status')[0][2]
            cursor.execute('rollback')
        ids = re.findall(r'len 6; hex ([0-9a-f]{12});', text[text.find('differential_own`.`probe'):])
        return max([int(i, 16) for i in ids if int(i, 16) < 1 << 32][:1] or [0])

    def close(self):
        for session in self.sessions.values():
            try:
                self.ask('kill %d' % session.thread_id)
            except pymysql.MySQLError:
                pass
        ids = {s.thread_id for s in self.sessions.values()}
        self.ask('commit', self.keeper)
        end = time.time() + 20
        while ids & {row[0] for row in self.ask('select ID from information_schema.PROCESSLIST')} and time.time() < end:
            time.sleep(0.003)
        self.sessions = {}

    def analyze(self):
        for (name,) in self.ask("select TABLE_NAME from information_schema.TABLES where TABLE_SCHEMA = '%s' "
                                "and ENGINE = 'InnoDB'" % DATABASE):
            self.ask('analyze table %s.%s' % (DATABASE, name))

    def busy(self):
        return {name for name, s in self.sessions.items() if s.busy}

    def session(self, name):
        return self.sessions.get(name) or self.sessions.setdefault(name, Session(self.server))

    def play(self, number, name, sql):
        """-> the step as a dict, in the words of `nextkey replay --format jsonl`; locks as (session, lock)."""
        session = self.session(name)
        before = self.busy()
        session.run(number, sql)
        self._settle()
        self._purge()
        step = {'step': number, 'session': name, 'sql': sql, 'unblocked': []}
        step.update({'status': 'blocked', 'rows': None, 'affected': None, 'errno': None} if session.busy else session.result)
        for other in sorted(before):
            waiter = self.sessions[other]
            if not waiter.busy:
                step['unblocked'].append(dict(waiter.result, session=other, step=waiter.step, sql=waiter.sql))
        status = self.status()
        step['cut'] = sorted(n for n, s in self.sessions.items() if s.thread_id in status.cut)
        step['raw_locks'] = [(n, lock) for n, s in self.sessions.items() for lock in status.locks.get(s.thread_id, [])]
        step['thread_ids'] = {s.thread_id: n for n, s in self.sessions.items()}
        return step

    def _waits(self, pending):
        processes = {row[0]: row[1:] for row in self.ask('select ID, STATE, TID from information_schema.PROCESSLIST')}
        waiting = self.status().waiting
        seen = []
        for s in pending:
            state, tid = processes.get(s.thread_id, ('', 0))
            if s.thread_id not in waiting and not (state and WAIT_STATE.match(state)):
                return None
            try:
                with open('/proc/%d/task/%d/status' % (self.server.process.pid, tid)) as f:
                    text = f.read()
            except OSError:
                return None
            if not re.search(r'^State:\s+S', text, re.M):
                return None
            seen.append((s.thread_id, re.search(r'^voluntary_ctxt_switches:\s+(\d+)', text, re.M).group(1)))
        return seen

    def _settle(self):
        """Until every session is idle or asleep in a wait for a lock, unchanged over several looks."""
        last, since, same, end = None, 0.0, 0, time.time() + 90
        while time.time() < end:
            pending = [s for s in self.sessions.values() if s.busy]
            if not pending:
                return
            seen = self._waits(pending)
            if [s for s in self.sessions.values() if s.busy] != pending:
                seen = None
            if seen is None or seen != last:
                last, since, same = seen, time.time(), 0
            else:
                same += 1
                if same >= STABLE_POLLS and time.time() - since >= STABLE_SECONDS:
                    return
            time.sleep(POLL_SECONDS)
        raise RuntimeError('sessions neither finish nor wait for a lock')

    def _purge(self):
        """Lets purge remove all that no session's read view needs; between these calls a view holds it back."""
        self.ask('commit', self.keeper)
        end, kicks, idle = time.time() + 3, 0, 0
        start = time.time()
        while time.time() < end:
            status = self.status()
            if status.history == 0 or status.purged >= min(status.views + [status.counter]):
                idle += 1
                if idle == 3:
                    break
            elif time.time() - start > 0.05 * (kicks + 1) ** 2:
                kicks += 1
                try:
                    self.ask('set statement lock_wait_timeout=0 for update differential_own.kick set n = n + 1')
                except pymysql.MySQLError:
                    break
            time.sleep(0.001)
        self.ask('start transaction with consistent snapshot', self.keeper)
