"""Reads the .test files of MariaDB's own test suite as far as tests of locks need it.

`read` makes commands of a text, `Interpreter` walks through them and tells a player what happens: which connection
sends which SQL, when it is waited for, which errors the test expects. What concerns the printing of results is passed
over, as is waiting until another connection has come somewhere: the player looks at every step until all is quiet.
"""

import os
import re

# Commands that change what is printed, checked or waited for, never what the server does.
WITHOUT_EFFECT = re.compile(
    r'(enable|disable)_(warnings|query_log|result_log|info|metadata|parsing|abort_on_error|reconnect|connect_log|'
    r'\w*_protocol|prepare_warnings|service_connection|session_track_info|column_names|rpl_parse|non_blocking_api|'
    r'ps_warnings)$|'
    r'(replace_(result|regex|column|numeric_round)|sorted_result|partially_sorted_result|vertical_results|'
    r'horizontal_results|lowercase_result|echo|sleep|real_sleep|result_format|character_set|remove_files?\w*|'
    r'ping|query_vertical_results|start_timer|end_timer|save_master_pos|output|optimizer_trace)$', re.I)
KNOWN = re.compile(r'(let|inc|dec|source|connect|connection|disconnect|dirty_close|send|send_eval|reap|eval|evalp|'
                   r'query|query_vertical|query_horizontal|error|delimiter|if|while|exit|skip|die|perl|exec|system|'
                   r'write_file|append_file|cat_file|shutdown_server|change_user|reset_connection|copy_file|'
                   r'send_quit|require|file_exists|mkdir|rmdir|chmod|diff_files|list_files|move_file)$', re.I)
# Included files that only ask what the server can do, or wait until something has happened.
INCLUDES_WITHOUT_EFFECT = re.compile(
    r'/(have_(?!debug|ndb|tokudb|rocksdb|wsrep|metadata_lock_info|plugin)\w+|not_\w+|no_\w+|maybe_\w+|count_sessions|'
    r'wait_until_\w+|wait_condition\w*|wait_for_status_var|force_restart\w*|big_test|default_charset|'
    r'no_valgrind\w*|innodb_row_format|wait_show_condition|wait_all_purged)\.inc$')


class NotConvertible(Exception):
    """The test needs what a replay doesn't have; the text says what."""


class Command:
    def __init__(self, line, word, text, is_sql):
        self.line, self.word, self.text, self.is_sql, self.block = line, word, text, is_sql, None


class _Reader:
    def __init__(self, text):
        self.text, self.at, self.delimiter = text, 0, ';'

    def line(self):
        return self.text.count('\n', 0, self.at) + 1

    def commands(self, is_block=False):
        out = []
        while True:
            self.at += len(re.match(r'\s*', self.text[self.at:]).group())
            rest = self.text[self.at:self.at + 400]
            if not rest:
                return out
            if rest[0] == '}' and is_block:
                self.at += 1
                return out
            if rest[0] == '{' and out and out[-1].block is None and out[-1].word in ('if', 'while'):
                self.at += 1
                out[-1].block = self.commands(is_block=True)
                continue
            command = self.command(rest)
            if command:
                out.append(command)

    def command(self, rest):
        line = self.line()
        if rest[0] == '#':
            self._take_line()
            return None
        if rest.startswith('--'):
            text = self._take_line()[2:].strip()
            word, arguments = _split(text)
            if not (KNOWN.match(word) or WITHOUT_EFFECT.match(word)):
                return None
            if word == 'delimiter':
                self._set_delimiter(arguments)
                return None
            return Command(line, word, arguments.rstrip(self.delimiter) if word != 'error' else arguments, False)
        conditional = re.match(r'(if|while)\s*\(', rest, re.I)
        if conditional:
            self.at += conditional.end()
            return Command(line, conditional.group(1).lower(), self._take_parenthesis(), False)
        text = self._take_statement()
        word, arguments = _split(text)
        if word == 'delimiter':
            self._set_delimiter(arguments)
            return None
        if word in ('perl', 'write_file', 'append_file'):
            end = re.search(r'^EOF\s*$', self.text[self.at:], re.M)
            self.at += end.end() if end else 0
            return Command(line, word, arguments, False)
        if KNOWN.match(word) or WITHOUT_EFFECT.match(word):
            return Command(line, word, arguments, False)
        return Command(line, word, text, True)

    def _set_delimiter(self, arguments):
        self.delimiter = arguments.strip() or ';'

    def _take_line(self):
        end = self.text.find('\n', self.at)
        end = len(self.text) if end < 0 else end
        taken, self.at = self.text[self.at:end], end
        return taken

    def _take_parenthesis(self):
        begin, depth, quote = self.at, 1, None
        while self.at < len(self.text):
            c = self.text[self.at]
            self.at += 1
            if quote:
                quote = None if c == quote else quote
            elif c in '\'"`':
                quote = c
            elif c in '()':
                depth += 1 if c == '(' else -1
                if depth == 0:
                    break
        return self.text[begin:self.at - 1]

    def _take_statement(self):
        """Up to the delimiter outside of quotes; comments on lines of their own go."""
        begin, quote = self.at, None
        while self.at < len(self.text):
            c = self.text[self.at]
            if quote:
                if c == '\\':
                    self.at += 1
                elif c == quote:
                    quote = None
            elif self.text.startswith(self.delimiter, self.at):
                taken = self.text[begin:self.at]
                self.at += len(self.delimiter)
                return taken
            elif c in '\'"`':
                quote = c
            elif c == '#' or self.text.startswith('-- ', self.at):
                self._take_line()
                continue
            self.at += 1
        return self.text[begin:]


def _split(text):
    m = re.match(r'\s*([A-Za-z_0-9]*)\s*(.*)\Z', text, re.S)
    return m.group(1).lower(), m.group(2).strip()


def read(text):
    return _Reader(text).commands()


class Interpreter:
    """`player` has: send(connection, sql, errors, is_waited_for, may_time_out), reap(connection, errors),
    disconnect(connection), wait_until_idle(), value(connection, query, column, row); takes(command) says whether to run it at all."""

    def __init__(self, root, path, player):
        self.root, self.path, self.player = root, path, player
        self.variables = {'MYSQLTEST_VARDIR': '/nowhere'}
        self.connection, self.errors, self.sends_next = 'default', None, False

    def run(self):
        try:
            self._include(os.path.join(self.root, self.path))
        except StopIteration:
            pass

    def _include(self, path):
        with open(path, encoding='utf-8', errors='replace') as f:
            self._run(read(f.read()), os.path.dirname(path))

    def _run(self, commands, folder):
        for number, command in enumerate(commands):
            if not self.player.takes(command):
                continue
            if command.word in ('if', 'while'):
                while self._holds(command.text):
                    self._run(command.block or [], folder)
                    if command.word == 'if':
                        break
            elif command.is_sql:
                self._sql(command.text, commands[number + 1:])
            elif WITHOUT_EFFECT.match(command.word):
                pass
            else:
                getattr(self, '_do_' + command.word, self._do_unknown)(command.text, commands[number + 1:], folder)

    # --- SQL ---------------------------------------------------------------------------------------

    def _sql(self, sql, rest, is_sent=False):
        is_sent, self.sends_next = is_sent or self.sends_next, False
        errors, self.errors = self.errors, None
        may_time_out = is_sent and self._reaps_a_time_out(rest)
        self.player.send(self.connection, sql, errors or ['0'], not is_sent, may_time_out)

    def _reaps_a_time_out(self, rest):
        """Whether the next reap of this connection expects, among others, that the wait timed out."""
        name, error = self.connection, ''
        for command in rest:
            if command.word == 'connection':
                name = command.text.strip()
            elif command.word == 'error':
                error = command.text
            elif command.word == 'reap' and name == self.connection:
                return bool(re.search(r'LOCK_WAIT_TIMEOUT|1205', error))
            elif command.is_sql:
                error = ''
        return False

    def _do_query(self, text, rest, folder):
        self._sql(text, rest)

    _do_query_vertical = _do_query_horizontal = _do_query

    def _do_eval(self, text, rest, folder):
        self._sql(self._expand(text), rest)

    _do_evalp = _do_eval

    def _do_send(self, text, rest, folder):
        if text:
            self._sql(text, rest, is_sent=True)
        else:
            self.sends_next = True

    def _do_send_eval(self, text, rest, folder):
        self._sql(self._expand(text), rest, is_sent=True)

    def _do_reap(self, text, rest, folder):
        errors, self.errors = self.errors, None
        self.player.reap(self.connection, errors or ['0'])

    def _do_error(self, text, rest, folder):
        self.errors = [e.strip() for e in self._expand(text).split('#')[0].rstrip(';').split(',')]

    # --- Connections -------------------------------------------------------------------------------

    def _do_connect(self, text, rest, folder):
        arguments = [a.strip() for a in self._expand(text).strip().strip('()').split(',')]
        if len(arguments) > 2 and arguments[2].strip('\'"') not in ('root', ''):
            raise NotConvertible('connects as user %s' % arguments[2])
        if len(arguments) > 4 and arguments[4].strip('\'"') not in ('test', '*NO-ONE*', ''):
            raise NotConvertible('another database')
        self.connection = arguments[0]

    def _do_connection(self, text, rest, folder):
        self.connection = self._expand(text).strip()

    def _do_disconnect(self, text, rest, folder):
        self.player.disconnect(self._expand(text).strip())

    _do_dirty_close = _do_disconnect

    # --- Variables and control -----------------------------------------------------------------------

    def _do_let(self, text, rest, folder):
        m = re.match(r'\$?(\w+)\s*=\s*(.*)\Z', text, re.S)
        if not m:
            raise NotConvertible('let %s' % text)
        if m.group(1) == 'wait_condition':
            self.variables[m.group(1)] = m.group(2)
        else:
            self.variables[m.group(1)] = self._value(m.group(2).strip())

    def _do_inc(self, text, rest, folder):
        self._add(text, 1)

    def _do_dec(self, text, rest, folder):
        self._add(text, -1)

    def _add(self, text, step):
        name = text.strip().lstrip('$')
        self.variables[name] = str(int(self.variables.get(name) or 0) + step)

    def _do_source(self, text, rest, folder):
        name = self._expand(text).strip()
        if name.endswith('wait_condition.inc') and re.search(r'\binfo\s+is\s+null', self.variables['wait_condition'], re.I):
            self.player.wait_until_idle()  # What runs has to end, if by its time-out.
        if INCLUDES_WITHOUT_EFFECT.search('/' + name):
            return
        for path in (os.path.join(self.root, name), os.path.join(folder, name), os.path.join(self.root, 'suite', name)):
            if os.path.exists(path) and not re.search(r'have_|restart|debug|rpl|master-slave', name):
                return self._include(path)
        raise NotConvertible('--source %s' % name)

    def _do_exit(self, text, rest, folder):
        raise StopIteration

    def _do_unknown(self, text, rest, folder):
        raise NotConvertible('a command of mysqltest that has no meaning in a replay: %s' % text[:40])

    def _expand(self, text):
        return re.sub(r'\$(\w+)', lambda m: self.variables.get(m.group(1), os.environ.get(m.group(1), '')), text)

    def _value(self, text):
        got = re.match(r'query_get_value\s*\((.*),\s*(\w+),\s*(\d+)\s*\)\s*\Z', text, re.S)
        if got:
            return self.player.value(self.connection, self._expand(got.group(1)).strip('"'), got.group(2),
                                     int(got.group(3)))
        if text.startswith('`'):
            return self.player.value(self.connection, self._expand(text.strip('`')), None, 1)
        return self._expand(text)

    def _holds(self, condition):
        condition = condition.strip()
        is_negated = condition.startswith('!')
        compared = re.match(r'(\$\w+)\s*(==|!=|<=|>=|<|>)\s*(.*)\Z', condition, re.S)
        if compared:
            left, operator, right = self._value(compared.group(1)), compared.group(2), self._value(compared.group(3))
            left, right = left.strip('\'"'), right.strip('\'"')
            if re.match(r'-?\d+\Z', left) and re.match(r'-?\d+\Z', right):
                left, right = int(left), int(right)
            return {'==': left == right, '!=': left != right, '<': left < right, '>': left > right,
                    '<=': left <= right, '>=': left >= right}[operator]
        value = self._value(condition.lstrip('!').strip())
        return (value not in ('', '0', None)) != is_negated
