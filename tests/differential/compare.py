"""Compares one step of the real server with one of `nextkey replay --format jsonl`, and spells the real server's
records as nextkey does: by the columns' types, which come from histories.py's schema or from the server's own
INFORMATION_SCHEMA."""

import decimal
import re


def _number(data):
    return str(int.from_bytes(data, 'big') - (1 << (8 * len(data) - 1)))


def _natural(data):
    return str(int.from_bytes(data, 'big'))


def _text(data):
    try:
        text = data.decode('utf-8')
    except UnicodeDecodeError:
        text = data.decode('latin-1')
    return "'%s'" % text.replace("'", "\\'")


def _padded_text(data):
    return _text(data.rstrip(b' '))


def _decimal(precision, scale):
    """Groups of nine digits in four bytes, the rest in fewer; a negative one is inverted."""
    sizes = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4]
    whole = [(precision - scale) % 9] + [9] * ((precision - scale) // 9)
    fraction = [9] * (scale // 9) + [scale % 9]

    def decode(data):
        raw = bytearray(data)
        is_negative = not raw[0] & 0x80
        raw[0] ^= 0x80
        if is_negative:
            raw = bytearray(b ^ 0xff for b in raw)
        at, digits = 0, ['', '']
        for side, groups in enumerate((whole, fraction)):
            for width in groups:
                size = sizes[width]
                if width:
                    digits[side] += '%0*d' % (width, int.from_bytes(raw[at:at + size], 'big'))
                at += size
        return ('-' if is_negative else '') + (digits[0].lstrip('0') or '0') + ('.' + digits[1] if digits[1] else '')

    return decode


def _datetime(data):
    packed = int.from_bytes(data[:5], 'big') - (1 << 39)
    day, second = packed >> 17, packed & 0x1ffff
    return "'%04d-%02d-%02d %02d:%02d:%02d'" % ((day >> 5) // 13, (day >> 5) % 13, day & 31, second >> 12,
                                                (second >> 6) & 63, second & 63)


def _date(data):
    day = int.from_bytes(data, 'big') - (1 << 23)
    return "'%04d-%02d-%02d'" % (day >> 9, (day >> 5) & 15, day & 31)


def decoder(column_type):
    """`column_type` as INFORMATION_SCHEMA.COLUMNS spells it; None for one whose bytes are not understood."""
    words = column_type.lower()
    kind = re.match(r'\w+', words).group()
    if kind in ('tinyint', 'smallint', 'mediumint', 'int', 'bigint'):
        return _natural if 'unsigned' in words else _number
    if kind == 'decimal':
        numbers = re.findall(r'\d+', words) or ['10', '0']
        return _decimal(int(numbers[0]), int(numbers[1]) if len(numbers) > 1 else 0)
    return {'varchar': _text, 'char': _padded_text, 'text': _text, 'datetime': _datetime, 'date': _date}.get(kind)


def types_of_schema(schema):
    """-> {(table, index): the types of its records' key columns}; None stands for a hidden row id."""
    out = {}
    for t in schema.tables:
        if t.engine != 'innodb':
            continue
        nullable = {c.name for c in t.columns if c.is_nullable}
        indexes = [(i.name, i.is_unique, i.columns) for i in t.indexes] + [('iz', False, t.plain[:1])]
        if t.primary:
            indexes.insert(0, ('PRIMARY', True, t.primary))
        _add_table(out, t.name, {c.name: c.type_name for c in t.columns}, nullable, indexes)
    return out


def types_of_server(ask, database):
    """The same for a database of a server; `ask(sql)` gives rows."""
    out, columns, nullable, indexes = {}, {}, {}, {}
    for table, name, is_nullable, column_type in ask(
            "select TABLE_NAME, COLUMN_NAME, IS_NULLABLE, COLUMN_TYPE from information_schema.COLUMNS "
            "where TABLE_SCHEMA = '%s' order by ORDINAL_POSITION" % database):
        columns.setdefault(table, {})[name] = column_type
        nullable.setdefault(table, set()).update([name] if is_nullable == 'YES' else [])
    for table, index, is_not_unique, column in ask(
            "select TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME from information_schema.STATISTICS "
            "where TABLE_SCHEMA = '%s'" % database):
        indexes.setdefault(table, {}).setdefault(index, (index, not is_not_unique, []))[2].append(column)
    for table in columns:
        _add_table(out, table, columns[table], nullable[table], list(indexes.get(table, {}).values()))
    return out


def _add_table(out, table, types, nullable, indexes):
    """`indexes`: (name, whether it is unique, its columns)."""
    clustered = next((key for name, _, key in indexes if name == 'PRIMARY'), None)
    for _, is_unique, key in indexes:
        if not clustered and is_unique and not nullable & set(key):
            clustered = key
    out[table, 'GEN_CLUST_INDEX'] = [None]
    for name, _, key in indexes:
        rest = [types[c] for c in clustered if c not in key] if clustered else [None]
        out[table, name] = [types[c] for c in key] + ([] if key == clustered else rest)


class Speller:
    def __init__(self, types, first_row_id):
        self.types, self.first_row_id = types, first_row_id

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
                decode = decoder(type_name)
                spelled.append(decode(data) if decode else data.hex())
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
    for name in sorted(set(real['weights']) | set(ours['weights'])):
        numbers = [weights.get(name, (0, 0)) for weights in (real['weights'], ours['weights'])]
        if numbers[0] != numbers[1]:
            out.append('lock structures, undo records of %s: %s | %s' % ((name,) + tuple(numbers)))
    return out
