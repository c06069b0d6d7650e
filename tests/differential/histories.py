"""Random histories: a schema with rows, then statements of several sessions, all drawn from one seed.

The next statement is drawn when the outcome of the one before is known, so that a session that waits is never
asked for another one and those that hold locks commit more often while others wait. Only statements whose access
path follows a rule are drawn (a point on a whole key, a forced index, a range of the primary key, a full scan): where
the server's optimizer would weigh costs, the locks would depend on its statistics and not on InnoDB.
"""

import random

INTEGER_VALUES = [5, 10, 15, 20, 25, 30, 40, 50, 60, 70]
TEXT_VALUES = ["'ann'", "'bob'", "'cid'", "'dan'", "'eve'", "'fay'", "'gus'"]
DECIMAL_VALUES = ['0.50', '1.25', '1.50', '2.00', '3.75', '10.00']
DATETIME_VALUES = ["'2024-01-01 00:00:00'", "'2024-02-03 04:05:06'", "'2024-06-30 12:00:00'", "'2025-01-01 00:00:00'"]
VALUES_OF = {'int': INTEGER_VALUES, 'bigint': INTEGER_VALUES, 'varchar(20)': TEXT_VALUES,
             'decimal(10,2)': DECIMAL_VALUES, 'datetime': DATETIME_VALUES}
LEVELS = ['read uncommitted', 'read committed', 'repeatable read', 'serializable']


class Column:
    def __init__(self, name, type_name, is_nullable):
        self.name, self.type_name, self.is_nullable = name, type_name, is_nullable


class Index:
    def __init__(self, name, columns, is_unique):
        self.name, self.columns, self.is_unique = name, columns, is_unique


class Table:
    """primary: columns of the primary key (may be empty); plain: columns that no index holds."""

    def __init__(self, name):
        self.name, self.engine = name, 'innodb'
        self.columns, self.primary, self.indexes, self.plain, self.foreign = [], [], [], [], []
        self.has_auto_increment = False

    def column(self, name):
        return next(c for c in self.columns if c.name == name)


class Schema:
    def __init__(self, rng):
        self.rng = rng
        self.tables = []
        for i in range(rng.choice([1, 1, 2, 2, 3])):
            self.tables.append(self._table('tuw'[i]))

    def _table(self, name):
        rng, t = self.rng, Table(name)
        parents = [p for p in self.tables if p.engine == 'innodb' and p.primary == ['id']]
        shape = rng.choices(['single', 'composite', 'none', 'unique_not_null'], [70, 12, 10, 8])[0]
        t.engine = 'myisam' if rng.random() < 0.04 else 'innodb'
        t.columns.append(Column('id', 'bigint' if rng.random() < 0.1 and not self.tables else 'int', shape == 'none'))
        if shape == 'single':
            t.primary = ['id']
            t.has_auto_increment = rng.random() < 0.15
        elif shape == 'composite':
            t.columns.append(Column('b', 'int', False))
            t.primary = ['id', 'b']
        elif shape == 'unique_not_null':
            t.indexes.append(Index('uid', ['id'], True))
        for k in range(rng.choice([0, 1, 1, 2])):
            type_name = rng.choices(list(VALUES_OF), [60, 10, 15, 8, 7])[0]
            column = Column('k%d' % k, type_name, rng.random() < 0.6)
            t.columns.append(column)
            columns = [column.name]
            if rng.random() < 0.2:
                t.columns.append(Column('m%d' % k, 'int', rng.random() < 0.5))
                columns.append('m%d' % k)
            t.indexes.append(Index('i%d' % k, columns, rng.random() < 0.4))
        if parents and t.engine == 'innodb' and rng.random() < 0.6:
            parent = rng.choice(parents)
            t.columns.append(Column('p', parent.column('id').type_name, rng.random() < 0.6))
            t.indexes.append(Index('ip', ['p'], rng.random() < 0.1))
            actions = ['', ' on delete cascade', ' on update cascade', ' on delete cascade on update cascade']
            if t.column('p').is_nullable:
                actions += [' on delete set null', ' on update set null']
            t.foreign.append(('p', parent, rng.choice(actions)))
        for name_of_plain in ['n', 'c'][:rng.choice([1, 2])]:
            t.columns.append(Column(name_of_plain, 'int', True))
            t.plain.append(name_of_plain)
        return t

    def statements(self):
        for t in self.tables:
            parts = []
            for c in t.columns:
                text = '%s %s' % (c.name, c.type_name)
                if not c.is_nullable and c.name not in t.primary:
                    text += ' not null'
                if t.has_auto_increment and c.name == 'id':
                    text += ' auto_increment'
                parts.append(text)
            if t.primary:
                parts.append('primary key (%s)' % ', '.join(t.primary))
            for i in t.indexes:
                parts.append('%skey %s (%s)' % ('unique ' if i.is_unique else '', i.name, ', '.join(i.columns)))
            for column, parent, action in t.foreign:
                parts.append('foreign key (%s) references %s (id)%s' % (column, parent.name, action))
            yield 'create table %s (%s) engine=%s' % (t.name, ', '.join(parts), t.engine)
            rows = self._rows(t)
            if rows:
                yield 'insert ignore into %s values %s' % (t.name, ', '.join(rows))

    def _rows(self, t):
        rng = self.rng
        ids = sorted(rng.sample([10, 20, 30, 40, 50, 60], rng.choice([0, 3, 4, 5, 6])))
        rows = []
        for number in ids:
            values = []
            for c in t.columns:
                if c.name == 'id':
                    values.append(str(number))
                elif c.name == 'p' and t.foreign:
                    values.append(str(number if rng.random() < 0.8 else 'null' if c.is_nullable else 10))
                else:
                    values.append(literal(rng, c, 0.15))
            rows.append('(%s)' % ', '.join(values))
        return rows


def literal(rng, column, null_share=0.08):
    if column.is_nullable and rng.random() < null_share:
        return 'null'
    return str(rng.choice(VALUES_OF[column.type_name]))


class Session:
    def __init__(self, name):
        self.name, self.in_transaction, self.savepoints, self.statements = name, False, [], 0


class History:
    """next_step(busy) -> (session, kind, sql) or None at the end; note(session, outcome) tells what came of it."""

    def __init__(self, seed, steps=None):
        self.rng = random.Random(seed)
        self.schema = Schema(self.rng)
        self.sessions = [Session('T%d' % (i + 1)) for i in range(self.rng.choices([2, 3, 4], [45, 40, 15])[0])]
        self.setup = list(self.schema.statements())
        self.limit = steps or self.rng.randint(8, 30)
        self.count = 0
        self.sleeps = 0
        self.pending = []
        flavour = self.rng.random()
        self.level = self.rng.choice(LEVELS) if flavour < 0.5 else 'repeatable read'
        for s in self.sessions:
            level = self.rng.choice(LEVELS) if flavour > 0.9 else self.level
            if level != 'repeatable read':
                self.pending.append((s, 'isolation', 'set session transaction isolation level ' + level))
        self.purge = 'off' if self.rng.random() < 0.08 else 'eager'
        self.has_timeout = self.rng.random() < 0.2
        if self.has_timeout:
            for s in self.sessions[1:]:
                self.pending.append((s, 'set', 'set innodb_lock_wait_timeout = 1, lock_wait_timeout = 1'))

    def next_step(self, busy):
        if self.count >= self.limit:
            return None
        while self.pending and self.pending[0][0].name in busy:
            self.pending.pop(0)
        if self.pending:
            return self.pending.pop(0)
        free = [s for s in self.sessions if s.name not in busy]
        if not free:
            return None
        self.count += 1
        s = self.rng.choice(free)
        kind, sql = self._draw(s, bool(busy))
        return s, kind, sql

    # -- what one session does next -------------------------------------------------------------------------------

    def _draw(self, s, someone_waits):
        rng = self.rng
        s.statements += 1
        if someone_waits and self.has_timeout and self.sleeps < 2 and rng.random() < 0.25:
            self.sleeps += 1
            return 'sleep', 'select sleep(1.1)'
        if not s.in_transaction and rng.random() < 0.55:
            s.in_transaction, s.savepoints = True, []
            return 'begin', rng.choices(['begin', 'start transaction', 'start transaction with consistent snapshot',
                                         'set autocommit = 0', 'start transaction read only'], [60, 20, 8, 8, 2])[0]
        if s.in_transaction and rng.random() < (0.28 if someone_waits else 0.10):
            s.in_transaction = False
            return ('commit', 'commit') if rng.random() < 0.6 else ('rollback', 'rollback')
        kinds = {'select_plain': 10, 'select_update': 15, 'select_share': 9, 'join': 3, 'subquery': 2, 'aggregate': 2,
                 'insert': 15, 'insert_many': 3, 'insert_ignore': 3, 'insert_select': 3, 'odku': 4, 'replace': 4,
                 'update': 14, 'update_key': 8, 'delete': 9, 'savepoint': 2, 'rollback_to': 1, 'get_lock': 1.2,
                 'release_lock': 0.8, 'lock_tables': 0.5, 'unlock_tables': 0.6, 'ftwrl': 0.25, 'autocommit': 0.5,
                 'isolation': 0.6, 'ddl': 0.3}
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        t = rng.choice(self.schema.tables)
        sql = getattr(self, '_' + kind)(s, t)
        if sql is None:
            kind, sql = 'select_update', self._select_update(s, t)
        return kind, sql

    def _savepoint(self, s, t):
        s.savepoints.append('s%d' % self.rng.randint(1, 2))
        return 'savepoint ' + s.savepoints[-1]

    def _rollback_to(self, s, t):
        if not s.savepoints:
            return None
        return self.rng.choices(['rollback to savepoint ', 'release savepoint '], [4, 1])[0] + self.rng.choice(s.savepoints)

    def _get_lock(self, s, t):
        return "select get_lock('%s', %d)" % (self.rng.choice('ab'), self.rng.choice([0, 0, 100]))

    def _release_lock(self, s, t):
        return self.rng.choice(["select release_lock('a')", "select release_lock('b')", 'select release_all_locks()',
                                "select is_free_lock('a')", "select is_used_lock('b')"])

    def _lock_tables(self, s, t):
        s.in_transaction = False
        return 'lock tables %s %s' % (t.name, self.rng.choice(['read', 'write']))

    def _unlock_tables(self, s, t):
        return 'unlock tables'

    def _ftwrl(self, s, t):
        s.in_transaction = False
        return 'flush tables with read lock'

    def _autocommit(self, s, t):
        return 'set autocommit = %d' % self.rng.randint(0, 1)

    def _isolation(self, s, t):
        return 'set %stransaction isolation level %s' % (self.rng.choice(['', 'session ']), self.rng.choice(LEVELS))

    def _ddl(self, s, t):
        s.in_transaction = False
        return self.rng.choice(['alter table %s add column z int' % t.name, 'truncate table %s' % t.name,
                                'alter table %s add index iz (%s)' % (t.name, t.plain[0])])

    # -- conditions -----------------------------------------------------------------------------------------------

    def _keys(self, t):
        """(name, columns, is_unique) of every index with columns."""
        keys = [('primary', t.primary, True)] if t.primary else []
        return keys + [(i.name, i.columns, i.is_unique) for i in t.indexes]

    def _value(self, t, name, null_share=0.0):
        return literal(self.rng, t.column(name), null_share)

    def _span(self, t, name):
        rng = self.rng
        low, high = sorted([rng.choice(VALUES_OF[t.column(name).type_name]) for _ in range(2)],
                           key=lambda v: v if isinstance(v, int) else (float(v) if v[0] != "'" else v))
        return rng.choice(['{c} > {l}', '{c} >= {l}', '{c} < {h}', '{c} <= {h}', '{c} between {l} and {h}',
                           '{c} > {l} and {c} < {h}', '{c} >= {l} and {c} < {h}', '{c} > {l} and {c} <= {h}']).format(
                               c=name, l=low, h=high)

    def _condition(self, t, columns, shape):
        """A condition on the first of an index's columns."""
        rng, first = self.rng, columns[0]
        if shape == 'point':
            return ' and '.join('%s = %s' % (c, self._value(t, c)) for c in columns)
        if shape == 'prefix':
            return '%s = %s' % (first, self._value(t, first))
        if shape == 'in':
            values = sorted({str(self._value(t, first)) for _ in range(rng.randint(2, 3))})
            return '%s in (%s)' % (first, ', '.join(values))
        if shape == 'null':
            return '%s is null' % first
        return self._span(t, first)

    def _extra(self, t):
        if self.rng.random() > 0.15:
            return ''
        return ' and %s %s %d' % (t.plain[0], self.rng.choice(['>', '<', '<>']), self.rng.choice(INTEGER_VALUES))

    def _path(self, t, use):
        """-> (hint, where, order): use is select, update or delete."""
        rng = self.rng
        keys = self._keys(t)
        if not keys or rng.random() < 0.08:
            where = '' if rng.random() < 0.4 else ' where %s %s %d' % (
                t.plain[0], rng.choice(['>', '<', '=']), rng.choice(INTEGER_VALUES))
            hint = ' force index (primary)' if t.primary and use == 'select' else ''
            return hint if where == '' else '', where, ''
        name, columns, is_unique = rng.choice(keys) if rng.random() < 0.5 else keys[0]
        is_primary = name == 'primary'
        shapes = ['point'] * 5 + ['span'] * 3 + ['in']
        if len(columns) > 1:
            shapes += ['prefix'] * 2
        if not is_primary and t.column(columns[0]).is_nullable:
            shapes.append('null')
        if use == 'delete' and not is_primary:
            shapes = ['point'] if is_unique and not any(t.column(c).is_nullable for c in columns) else ['prefix']
        shape = rng.choice(shapes)
        if use == 'delete' and shape == 'in':
            shape = 'point'
        where = ' where ' + self._condition(t, columns, shape) + self._extra(t)
        hint = '' if use == 'delete' or is_primary and rng.random() < 0.7 else ' force index (%s)' % name
        if is_primary and use != 'delete' and shape not in ('point',):
            hint = ' force index (primary)'
        order = ''
        if use == 'select' and shape in ('span', 'prefix') and rng.random() < 0.4:
            way = rng.choice(['', ' desc'])
            order = ' order by ' + ', '.join(c + way for c in columns)
            if rng.random() < 0.6:
                order += ' limit %d' % rng.randint(1, 2)
        elif use == 'select' and shape == 'span' and rng.random() < 0.1:
            order = ' limit 1'
        elif use != 'select' and is_primary and shape == 'span' and rng.random() < 0.3:
            order = ' order by %s limit %d' % (', '.join(c + rng.choice(['']) for c in columns), rng.randint(1, 2))
        return hint, where, order

    # -- reads ----------------------------------------------------------------------------------------------------

    def _select(self, t, lock):
        hint, where, order = self._path(t, 'select')
        return 'select * from %s%s%s%s%s' % (t.name, hint, where, order, lock)

    def _select_plain(self, s, t):
        return self._select(t, '')

    def _lock_suffix(self, lock):
        return lock + self.rng.choices(['', ' nowait', ' skip locked'], [84, 7, 9])[0]

    def _select_update(self, s, t):
        return self._select(t, self._lock_suffix(' for update'))

    def _select_share(self, s, t):
        return self._select(t, self._lock_suffix(' for share'))

    def _join(self, s, t):
        rng = self.rng
        other = rng.choice(self.schema.tables)
        ints = [k for k in self._keys(other) if other.column(k[1][0]).type_name == 'int']
        if not ints or not t.primary:
            return None
        name, columns, _ = rng.choice(ints)
        return 'select * from %s a force index (primary) straight_join %s b force index (%s) on b.%s = a.%s where %s%s' % (
            t.name, other.name, name, columns[0], t.plain[0], 'a.' + self._span(t, 'id').replace(' and id', ' and a.id'),
            rng.choice(['', ' for update', ' for share']))

    def _subquery(self, s, t):
        rng = self.rng
        if not t.primary:
            return None
        other = rng.choice([x for x in self.schema.tables if x is not t] or [t])
        if other is not t and other.primary and rng.random() < 0.5:
            return 'update %s set %s = (select max(%s) from %s force index (primary) where %s) where %s' % (
                t.name, t.plain[0], other.plain[0], other.name, self._span(other, 'id'), self._condition(t, t.primary, 'point'))
        if not other.primary:
            return None
        return 'select * from %s where %s and %s in (select %s from %s x force index (primary) where x.%s)%s' % (
            t.name, self._condition(t, t.primary, 'point'), t.plain[0], other.plain[0], other.name,
            'id = %d' % rng.choice(INTEGER_VALUES), rng.choice(['', ' for update', ' for share']))

    def _aggregate(self, s, t):
        hint, where, _ = self._path(t, 'select')
        if not where:
            hint = ' force index (primary)' if t.primary else ''
        what = self.rng.choice(['count(%s)' % t.plain[0], 'sum(%s)' % t.plain[0], 'max(%s)' % t.plain[0],
                                'count(*), sum(%s)' % t.plain[0]])
        return 'select %s from %s%s%s%s' % (what, t.name, hint, where, self.rng.choice(['', '', ' for update', ' for share']))

    # -- writes ---------------------------------------------------------------------------------------------------

    def _values(self, t):
        return '(%s)' % ', '.join(
            'null' if c.name == 'id' and t.has_auto_increment and self.rng.random() < 0.4 else literal(self.rng, c)
            for c in t.columns)

    def _names(self, t):
        return ', '.join(c.name for c in t.columns)

    def _insert(self, s, t):
        return 'insert into %s (%s) values %s' % (t.name, self._names(t), self._values(t))

    def _insert_many(self, s, t):
        rows = ', '.join(self._values(t) for _ in range(self.rng.randint(2, 3)))
        return 'insert into %s (%s) values %s' % (t.name, self._names(t), rows)

    def _insert_ignore(self, s, t):
        return 'insert ignore into %s (%s) values %s' % (t.name, self._names(t), self._values(t))

    def _insert_select(self, s, t):
        rng = self.rng
        other = rng.choice(self.schema.tables)
        if not other.primary:
            return None
        exprs = []
        for c in t.columns:
            if c.name == 'id':
                exprs.append('%s + %d' % ('id', rng.choice([1, 5, 100])))
            elif c.type_name == 'int' and rng.random() < 0.4:
                exprs.append('%s' % other.plain[0] if c.is_nullable else 'id')
            else:
                exprs.append(literal(rng, c))
        return '%s into %s (%s) select %s from %s force index (primary) where %s' % (
            rng.choice(['insert', 'insert', 'replace', 'insert ignore']), t.name, self._names(t), ', '.join(exprs), other.name,
            self._condition(other, other.primary, rng.choice(['point', 'span'])))

    def _odku(self, s, t):
        target = self.rng.choice([c for c in t.columns if c.name not in t.primary])
        value = target.name + ' + 1' if target.type_name in ('int', 'bigint') and self.rng.random() < 0.6 else literal(
            self.rng, target)
        return 'insert into %s (%s) values %s on duplicate key update %s = %s' % (
            t.name, self._names(t), self._values(t), target.name, value)

    def _replace(self, s, t):
        return 'replace into %s (%s) values %s' % (t.name, self._names(t), self._values(t))

    def _update(self, s, t):
        hint, where, order = self._path(t, 'update')
        target = self.rng.choice(t.plain)
        value = self.rng.choice([target + ' + 1', str(self.rng.choice(INTEGER_VALUES))])
        return 'update %s%s set %s = %s%s%s' % (t.name, hint, target, value, where, order)

    def _update_key(self, s, t):
        """Changes an indexed column of rows found by another index, or the key of one row."""
        rng = self.rng
        targets = [c for c in t.columns if c.name not in t.plain]
        target = rng.choice(targets)
        value = literal(rng, target)
        keys = [k for k in self._keys(t) if target.name not in k[1]]
        if target.name in t.primary or not keys:
            name, columns, is_unique = self._keys(t)[0] if self._keys(t) else (None, None, False)
            if not is_unique:
                return None
            return 'update %s set %s = %s where %s' % (t.name, target.name, value, self._condition(t, columns, 'point'))
        name, columns, _ = rng.choice(keys)
        return 'update %s force index (%s) set %s = %s where %s' % (
            t.name, name, target.name, value, self._condition(t, columns, rng.choice(['point', 'point', 'prefix', 'span'])))

    def _delete(self, s, t):
        _, where, order = self._path(t, 'delete')
        return 'delete from %s%s%s' % (t.name, where, order)
