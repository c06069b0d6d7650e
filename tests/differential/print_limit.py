"""Makes a copy of the server that lists all locks of a transaction, where the stock one stops after ten structures.

Only the listing of SHOW ENGINE INNODB STATUS changes, by one number: the loop's bound, which stands in the instructions
just before the one place that refers to the text that the stock server prints when it stops. Where that place is not
found as expected, there is no copy, and the lists of long transactions are cut.
"""

import os
import struct

TEXT = b'10 LOCKS PRINTED FOR THIS TRX: SUPPRESSING FURTHER PRINTS'
LOAD_ADDRESS_OF_TEXT = b'\x48\x8d\x3d'  # lea disp32(%rip), %rdi
BOUND, LIFTED_BOUND = struct.pack('<I', 10), struct.pack('<I', 100000)
REACH = 160  # Bytes before that instruction in which the bound is looked for.
ELF_64, LOADED, EXECUTABLE = b'\x7fELF\x02', 1, 1


def _segments(program):
    """(flags, offset in the file, address, size) of what is loaded."""
    start, = struct.unpack_from('<Q', program, 32)
    size, count = struct.unpack_from('<HH', program, 54)
    for i in range(count):
        kind, flags, offset, address, _, length = struct.unpack_from('<IIQQQQ', program, start + i * size)
        if kind == LOADED:
            yield flags, offset, address, length


def _references(program, text_at):
    """Offsets of the instructions that load the text's address."""
    segments = list(_segments(program))
    target = next((a + text_at - o for _, o, a, n in segments if o <= text_at < o + n), None)
    for flags, offset, address, length in segments:
        at = program.find(LOAD_ADDRESS_OF_TEXT, offset, offset + length) if flags & EXECUTABLE else -1
        while at >= 0:
            distance, = struct.unpack_from('<i', program, at + 3)
            if address + at - offset + 7 + distance == target:
                yield at
            at = program.find(LOAD_ADDRESS_OF_TEXT, at + 1, offset + length)


def lift(server, copy):
    """-> whether `copy` was made of the program `server`."""
    with open(server, 'rb') as f:
        program = bytearray(f.read())
    text_at = program.find(TEXT)
    if not program.startswith(ELF_64) or text_at < 0 or program.find(TEXT, text_at + 1) >= 0:
        return False
    references = list(_references(program, text_at))
    if len(references) != 1:
        return False
    for at in range(references[0] - 5, references[0] - REACH, -1):
        if 0xb8 <= program[at] <= 0xbf and program[at + 1:at + 5] == BOUND:  # mov $10, %register
            program[at + 1:at + 5] = LIFTED_BOUND
            with open(copy, 'wb') as f:
                f.write(program)
            os.chmod(copy, 0o700)
            return True
    return False
