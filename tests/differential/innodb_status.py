"""Reads SHOW ENGINE INNODB STATUS: which transactions wait, which locks they hold, how far purge has come.

A lock is (table, index or None, mode, status, record): mode and status as MySQL's data_locks spells them, the record
as a list of the entry's fields in bytes, 'supremum', or None for a table's lock. Transactions go by the server's thread
id. Nothing here knows what a table looks like: compare.py spells the bytes.
"""

import re

TRANSACTIONS = 'LIST OF TRANSACTIONS FOR EACH SESSION:'
END_OF_TRANSACTIONS = '\nFILE I/O\n'
HISTORY = re.compile(r'^History list length (\d+)', re.M)
PURGED = re.compile(r"^Purge done for trx's n:o < (\d+)", re.M)
COUNTER = re.compile(r'^Trx id counter (\d+)', re.M)
THREAD = re.compile(r'^(?:MariaDB|MySQL) thread id (\d+), ')
VIEW = re.compile(r'^Trx read view will not see trx with id >= (\d+)')
TABLE_LOCK = re.compile(r'^TABLE LOCK table `([^`]+)`\.`([^`]+)`.* lock mode (.*)$')
RECORD_LOCK = re.compile(r'^RECORD LOCKS .* index (\S+) of table `([^`]+)`\.`([^`]+)`.* trx id \d+ (lock[_ ]mode .*)$')
RECORD = re.compile(r'^Record lock, heap no (\d+)( PHYSICAL RECORD)?')
FIELD = re.compile(r'^ \d+: (?:SQL NULL|len \d+; hex ([0-9a-f]*);)')
MODE = re.compile(r'(?:lock[_ ]mode )?(AUTO-INC|IS|IX|S|X)\b')
FLAGS = (('locks gap before rec', ',GAP'), ('locks rec but not gap', ',REC_NOT_GAP'),
         ('insert intention', ',INSERT_INTENTION'))
WEIGHT = re.compile(r'(\d+) lock struct\(s\), .*?(?:, undo log entries (\d+))?$', re.M)
SUPREMUM = '1'


def weights(text):
    """-> {thread id: (lock structures, undo records)} of all transactions that have any: the two numbers of which a
    deadlock's victim has the least."""
    out = {}
    for transaction in text.split('\n---TRANSACTION ')[1:]:
        thread = next((m.group(1) for line in transaction.split('\n') if (m := THREAD.match(line))), None)
        counts = WEIGHT.search(transaction)
        numbers = int(counts.group(1)), int(counts.group(2) or 0)
        if thread and any(numbers):
            out[int(thread)] = numbers
    return out


def _mode(text):
    name = MODE.match(text).group(1).replace('AUTO-INC', 'AUTO_INC')
    return (name + ''.join(flag for words, flag in FLAGS if words in text),
            'WAITING' if text.rstrip().endswith('waiting') else 'GRANTED')


class Status:
    """waiting: thread ids; locks: thread id -> locks in `database`; cut: thread ids of which not all locks were listed;
    is_torn: a page was busy and its records are not shown, ask again."""

    def __init__(self, text, database):
        self.waiting, self.locks, self.cut, self.views, self.is_torn = set(), {}, set(), [], False
        self.history = int(HISTORY.search(text).group(1))
        self.purged = int(PURGED.search(text).group(1))
        self.counter = int(COUNTER.search(text).group(1))
        self.weights = weights(text)
        begin = text.find(TRANSACTIONS)
        end = text.find(END_OF_TRANSACTIONS, begin)
        for transaction in text[begin:end].split('\n---TRANSACTION ')[1:]:
            self._read_transaction(transaction.split('\n'), database)

    def is_purged(self):
        """Whether purge has removed all that no read view needs."""
        return self.history == 0 or self.purged >= min(self.views + [self.counter])

    def _read_transaction(self, lines, database):
        thread, waits, header, fields, locks = None, False, None, None, []
        for line in lines:
            if header and line.startswith(' '):
                if fields is not None and (m := FIELD.match(line)):
                    fields.append(None if m.group(1) is None else bytes.fromhex(m.group(1)))
            elif header and (m := RECORD.match(line)):
                fields = [] if m.group(1) != SUPREMUM else None
                self.is_torn |= fields is not None and m.group(2) is None
                locks.append(header + ('supremum' if fields is None else fields,))
            elif m := RECORD_LOCK.match(line):
                header = (m.group(3), m.group(1)) + _mode(m.group(4)) if m.group(2) == database else None
            elif m := TABLE_LOCK.match(line):
                header = None
                if m.group(1) == database:
                    locks.append((m.group(2), None) + _mode(m.group(3)) + (None,))
            elif line.startswith('LOCK WAIT '):
                waits = True
            elif thread is None and (m := THREAD.match(line)):
                thread = int(m.group(1))
            elif m := VIEW.match(line):
                self.views.append(int(m.group(1)))
            elif line.startswith('10 LOCKS PRINTED FOR THIS TRX'):
                self.cut.add(thread)
        if waits:
            self.waiting.add(thread)
        if locks:
            self.locks.setdefault(thread, []).extend(locks)
