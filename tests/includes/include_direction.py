"""Checks the direction of includes: each layer sees the ones below it and nothing else.

Usage: include_direction.py ROOT. Prints one line a breach, and exits with 1 when there are any.

Headers of ours are included in quotes, by their name from the one include root (`"engine/ids.h"`).
What has another first folder is a library (`"absl/strings/str_cat.h"`) and may be included anywhere.
A generated parser's header is named alone, and only beside its grammar: `"grammar.h"` by the files
of the folder in which grammar.y stands.
"""

import pathlib
import re
import sys

# lockmgr refers to places by ids alone, and writes itself into a fingerprint: two headers of engine.
ALLOWED = {
    "engine": ("engine/",),
    "lockmgr": ("lockmgr/", "engine/ids.h", "engine/fingerprint.h"),
    "txn": ("txn/", "lockmgr/", "engine/"),
    "sim": ("sim/", "txn/", "lockmgr/", "engine/"),
}
OUTER = ("tests", "bench")  # They may include any layer, and their own headers.
LAYERS = tuple(folder + "/" for folder in ALLOWED)
OURS = LAYERS + tuple(folder + "/" for folder in OUTER)
SUFFIXES = {".h", ".cc", ".y", ".yy", ".l", ".ll", ".re"}

QUOTED = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
ANGLED = re.compile(r"^\s*#\s*include\s*<([^>]+)>")


def breaches_of_line(folder, line, generated=frozenset()):
    """What is wrong with one line of a file below `folder`: a sentence, or None.

    `generated`: headers that are made from a grammar beside that file.
    """
    angled = ANGLED.match(line)
    if angled:
        if angled.group(1).startswith(LAYERS):
            return f"<{angled.group(1)}> is ours: it is included in quotes"
        return None
    quoted = QUOTED.match(line)
    if not quoted:
        return None
    name = quoted.group(1)
    if ".." in name.split("/"):
        return f'"{name}" climbs: headers are named from the include root'
    if name in generated:
        return None
    if "/" not in name:
        return f'"{name}" is named without its folder: headers are named from the include root'
    if folder in OUTER or not name.startswith(OURS) or name.startswith(ALLOWED[folder]):
        return None
    return f'{folder} includes "{name}"; it may include {", ".join(ALLOWED[folder])}'


def breaches(root):
    """All breaches below `root`, as `path:line: sentence`, in the order of paths."""
    found = []
    for folder in (*ALLOWED, *OUTER):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in SUFFIXES or not path.is_file():
                continue
            generated = {grammar.stem + ".h" for grammar in path.parent.glob("*.y")}
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                problem = breaches_of_line(folder, line, generated)
                if problem:
                    found.append(f"{path.relative_to(root)}:{number}: {problem}")
    return found


def main():
    found = breaches(pathlib.Path(sys.argv[1]))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
