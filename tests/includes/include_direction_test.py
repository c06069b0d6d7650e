"""The include check itself: what it must find, and what it must leave alone."""

import unittest

from include_direction import breaches_of_line


class IncludeDirection(unittest.TestCase):
    def allowed(self, folder, line):
        self.assertIsNone(breaches_of_line(folder, line))

    def refused(self, folder, line):
        self.assertIsNotNone(breaches_of_line(folder, line))

    def test_a_layer_sees_itself_and_what_is_below(self):
        self.allowed("engine", '#include "engine/ids.h"')
        self.allowed("lockmgr", '#include "lockmgr/lock_types.h"')
        self.allowed("txn", '#include "lockmgr/lock_table.h"')
        self.allowed("sim", '#include "txn/server.h"')
        self.allowed("tests", '#include "sim/replay.h"')
        self.allowed("bench", '#include "bench/table_reporter.h"')

    def test_nothing_looks_upward(self):
        self.refused("engine", '#include "lockmgr/lock_table.h"')
        self.refused("engine", '#include "txn/server.h"')
        self.refused("lockmgr", '#include "txn/result.h"')
        self.refused("txn", '#include "sim/replay.h"')
        self.refused("sim", '#include "tests/sim/helper.h"')

    def test_the_lock_manager_knows_two_headers_of_the_engine(self):
        self.allowed("lockmgr", '#include "engine/ids.h"')
        self.allowed("lockmgr", '#include "engine/fingerprint.h"')
        self.refused("lockmgr", '#include "engine/row.h"')

    def test_there_is_one_include_root(self):
        self.refused("txn", '#include "ast.h"')
        self.refused("txn", '#include "../engine/ids.h"')
        self.refused("txn", "#include <engine/ids.h>")

    def test_libraries_may_be_included_anywhere(self):
        self.allowed("engine", "#include <vector>")
        self.allowed("engine", "#include <absl/container/btree_map.h>")
        self.allowed("lockmgr", '#include "absl/container/btree_map.h"')

    def test_a_generated_header_is_named_alone_beside_its_grammar(self):
        self.assertIsNone(breaches_of_line("txn", '#include "grammar.h"', {"grammar.h"}))
        self.refused("txn", '#include "grammar.h"')

    def test_spaces_do_not_hide_an_include(self):
        self.refused("engine", '  #  include "txn/server.h"')
        self.allowed("engine", '// #include "txn/server.h"')


if __name__ == "__main__":
    unittest.main()
