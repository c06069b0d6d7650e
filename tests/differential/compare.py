"""Compares one step of the real server with one of `nextkey replay --format jsonl`, and spells the real server's
records as nextkey does. Both follow the schema that histories.py made."""

import decimal
import re


def _number(data):
    return str(int.from_bytes(data, 'big') - (1 << (8 * len(data) - 1)))


def _decimal(data):
    """decimal(10,2): 8 digits in 4 bytes, 2 in one; a negative one is inverted."""
    raw = bytearray(data)
    is_negative = not raw[0] & 0x80
    raw[0] ^= 0x80
    if is_negative:
        raw = bytearray(b ^ 0xff for b in raw)
    return '%s%d.%02d' % ('-' if is_negative else '', int.from_bytes(raw[:4], 'big'), raw[4])


def _datetime(data):
    packed = int.from_bytes(data[:5], 'big') - (1 << 39)
    day, second = packed >> 17, packed & 0x1ffff
    return "'%04d-%02d-%02d %02d:%02d:%02d'" % ((day >> 5) // 13, (day >> 5) % 13, day & 31, second >> 12,
                                                (second >> 6) & 63, second & 63)


DECODERS = {'int': _number, 'bigint': _number, 'varchar(20)': lambda data: "'%s'" % data.decode('utf-8'),
            'decimal(10,2)': _decimal, 'datetime': _datetime}


class Speller:
    def __init__(self, schema, first_row_id):
        self.first_row_id = first_row_id
        self.types = {}  # (table, index) -> the types of the key's columns; None: a hidden row id.
        for t in schema.tables:
            if t.engine != 'innodb':
                continue
            types = {c.name: c.type_name for c in t.columns}
            clustered = t.primary
            if not clustered:
                for i in t.indexes:
                    if i.is_unique and not clustered and not any(t.column(c).is_nullable for c in i.columns):
                        clustered = i.columns
            self.types[t.name, 'PRIMARY'] = [types[c] for c in t.primary]
            self.types[t.name, 'GEN_CLUST_INDEX'] = [None]
            for i in [(i.name, i.columns) for i in t.indexes] :
                rest = [types[c] for c in clustered if c not in i[1]] if clustered else [None]
                self.types[t.name, i[0]] = [types[c] for c in i[1]] + ([] if i[1] == clustered else rest)

    def lock(self, session, raw):
        table, index, mode, status, fields = raw
        if index is None:
            return (session, table, None, mode, status, None)
        if fields == 'supremum':
            return (session, table, index, mode, status, 'supremum pseudo-record')
        spelled = []
        for data, type_name in zip(fields, self.types.get((table, index), [])):
            if data is None:
                spelled.append('NULL')
            elif type_name is None:
                spelled.append('rowid:%d' % (int.from_bytes(data, 'big') - self.first_row_id))
            else:
                spelled.append(DECODERS[type_name](data))
        return (session, table, index, mode, status, ', '.join(spelled))


def _value(value):
    if value is None:
        return None
    try:
        return format(decimal.Decimal(str(value)).normalize() + 0, 'f')
    except decimal.InvalidOperation:
        return str(value)


def _rows(outcome, sql, thread_ids):
    rows = outcome.get('rows')
    if not rows:
        return None
    if re.search(r'is_used_lock|connection_id', sql, re.I):
        rows = [['conn:' + thread_ids[v] if v in thread_ids else v for v in row] for row in rows]
    out = [[_value(v) for v in row] for row in rows]
    return out if re.search(r'\border\s+by\b', sql, re.I) else sorted(out, key=repr)


def _outcome(real, ours, sql, thread_ids, prefix, out):
    for field in ('status', 'errno'):
        if real.get(field) != ours.get(field):
            out.append('%s%s: %s | %s' % (prefix, field, real.get(field), ours.get(field)))
    if _rows(real, sql, thread_ids) != _rows(ours, sql, thread_ids):
        out.append('%srows: %s | %s' % (prefix, real.get('rows'), ours.get('rows')))
    if real.get('rows') is None and real['status'] == 'ok' and (real.get('affected') or 0) != (ours.get('affected') or 0):
        out.append('%saffected: %s | %s' % (prefix, real.get('affected'), ours.get('affected')))


def differences(real, ours, speller):
    """Lines `field: real | nextkey`; none where the steps agree."""
    out, ids = [], real['thread_ids']
    _outcome(real, ours, real['sql'], ids, '', out)
    real_ended = {u['session']: u for u in real['unblocked']}
    our_ended = {u['session']: u for u in ours.get('unblocked') or []}
    for name in sorted(set(real_ended) | set(our_ended)):
        if name not in our_ended or name not in real_ended:
            out.append('unblocked: %s | %s' % (name if name in real_ended else '-', name if name in our_ended else '-'))
        else:
            _outcome(real_ended[name], our_ended[name], real_ended[name]['sql'], ids, 'unblocked %s: ' % name, out)
    shown = {speller.lock(*entry) for entry in real['raw_locks'] if entry[0] not in real['cut']}
    listed = {(k['session'], k['table'], k['index'], k['mode'], k['status'], k['data'])
              for k in ours.get('locks') or [] if k['session'] not in real['cut']}
    for lock in sorted(shown - listed, key=repr):
        out.append('lock: %s | -' % ' '.join(str(part) for part in lock if part))
    for lock in sorted(listed - shown, key=repr):
        out.append('lock: - | %s' % ' '.join(str(part) for part in lock if part))
    return out
