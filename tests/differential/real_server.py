"""A private MariaDB server: its files, its process, connections to it.

It listens on a unix socket in a temporary folder (in memory where there is /dev/shm) and is stopped by its process id.
Server and caller run on one CPU, the server in the class SCHED_FIFO where the system allows it. Two things follow.
Whoever releases locks finishes its statement before the released sessions go on, in their order. And whenever the
caller gets to run, no thread of the server can: all of them sleep, so that one look tells who waits (`is_quiescent`).
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

import pymysql

import print_limit

MEMORY, BYTES_NEEDED = '/dev/shm', 400 << 20
USER = '--user=' + pwd.getpwuid(os.getuid()).pw_name
OPTIONS = ['--no-defaults', USER, '--skip-networking', '--skip-log-bin', '--skip-name-resolve',
           '--performance-schema=OFF', '--event-scheduler=OFF', '--query-cache-type=0', '--sync-frm=OFF',
           '--character-set-server=utf8mb4', '--collation-server=utf8mb4_general_ci', '--innodb-status-output-locks=ON',
           '--innodb-stats-auto-recalc=OFF', '--innodb-adaptive-hash-index=OFF', '--innodb-change-buffering=none',
           '--innodb-flush-log-at-trx-commit=0', '--innodb-flush-method=nosync', '--innodb-doublewrite=OFF',
           '--innodb-use-native-aio=OFF', '--innodb-buffer-pool-size=64M', '--innodb-log-file-size=16M',
           '--innodb-purge-threads=1', '--innodb-fast-shutdown=2', '--innodb-buffer-pool-dump-at-shutdown=OFF',
           '--innodb-buffer-pool-load-at-startup=OFF', '--innodb-snapshot-isolation=OFF', '--innodb-autoinc-lock-mode=1']


def memory():
    """A folder in memory, or None (the default) where there is none with enough room."""
    return MEMORY if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > BYTES_NEEDED else None


def _die_with_caller():
    """The kernel kills the server when its caller is gone, however that went."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


def _prepare_server():
    _die_with_caller()
    _first_in_first_out()


def _first_in_first_out():
    for policy, priority in ((os.SCHED_FIFO, 1), (os.SCHED_BATCH, 0)):
        try:
            os.sched_setscheduler(0, policy, os.sched_param(priority))
            return
        except OSError:
            pass


def _step_back():
    """The caller runs when nobody else wants to: nearly what the server's own class would give."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


class Installation:
    """What every server starts from: a fresh data folder and the program that lists all locks, or the installed one."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='differential_', dir=memory())
        self.data, copy = os.path.join(self.folder, 'data'), os.path.join(self.folder, 'mariadbd')
        made = subprocess.run(['mariadb-install-db', '--no-defaults', USER, '--skip-test-db',
                               '--auth-root-authentication-method=normal', '--datadir=' + self.data],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if made.returncode:
            self.remove()
            raise RuntimeError('mariadb-install-db failed:\n' + made.stdout.decode()[-2000:])
        installed = os.path.realpath(shutil.which('mariadbd') or '/usr/sbin/mariadbd')
        self.program = copy if print_limit.lift(installed, copy) else installed

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Server:
    def __init__(self, installation, cpu):
        os.sched_setaffinity(0, {cpu})
        self.folder = tempfile.mkdtemp(prefix='differential_', dir=memory())
        self.socket = os.path.join(self.folder, 's.sock')
        self.process = None
        try:
            self._start(installation)
            self._wait_until_up()
        except BaseException:
            self.stop()
            raise
        if os.sched_getscheduler(self.process.pid) != os.SCHED_FIFO and shutil.which('sudo'):
            subprocess.run(['sudo', '-n', 'chrt', '--all-tasks', '--fifo', '--pid', '1', str(self.process.pid)],
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.is_quiescent = os.sched_getscheduler(self.process.pid) == os.SCHED_FIFO
        if not self.is_quiescent:
            _step_back()

    def _start(self, installation):
        data = os.path.join(self.folder, 'data')
        shutil.copytree(installation.data, data)
        with open(os.path.join(self.folder, 'log'), 'wb') as log:
            self.process = subprocess.Popen(
                [installation.program] + OPTIONS + ['--basedir=/usr', '--datadir=' + data, '--socket=' + self.socket,
                                                    '--tmpdir=' + self.folder],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=_prepare_server)

    def _wait_until_up(self):
        end = time.time() + 60
        while True:
            try:
                self.connect().close()
                return
            except pymysql.MySQLError:
                if self.process.poll() is not None or time.time() > end:
                    with open(os.path.join(self.folder, 'log')) as log:
                        raise RuntimeError('mariadbd did not start:\n' + log.read()[-2000:])
                time.sleep(0.05)

    def connect(self, database=None):
        return pymysql.connect(unix_socket=self.socket, user='root', database=database, charset='utf8mb4',
                               autocommit=None)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
