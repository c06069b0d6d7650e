#!/usr/bin/env python3
"""Runs the recipe of sim/explore/SPLIT.md through the program, with GNU parallel where it is installed, and
compares the merged answer with one search's: outcomes, counts, probabilities and witnesses."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

RACES = [["coupon"], ["seat", "--clients", "3"], ["transfer", "--clients", "3"], ["order", "--clients", "3"]]
SAME = ["race", "fix", "clients", "scope", "complete", "schedules", "depth", "outcomes", "verdict"]


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    # 1: an invariant breaks where the file does not expect it to; that is an answer.
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def run_units(program, folder):
    units = sorted(folder.glob("unit-*.json"))
    command = ["xargs", "-P", "2", "-n", "1", program, "explore", "--unit"]
    if shutil.which("parallel"):
        command = ["parallel", "--jobs", "100%", program, "explore", "--unit", "{}"]
    subprocess.run(command, input="\n".join(map(str, units)), text=True, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.result.json"))


def main():
    program = sys.argv[1]
    for race in RACES:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            whole = json.loads(run(program, "explore", *race, "--format", "json"))
            run(program, "explore", *race, "--split", "16", "-o", folder)
            results = run_units(program, folder)
            merged = json.loads(run(program, "merge", *results, "--format", "json"))
            for key in SAME:
                if merged[key] != whole[key]:
                    sys.exit(f"{race[0]}: {key} differs:\n{merged[key]}\n{whole[key]}")
            if not whole["complete"] or not whole["outcomes"]:
                sys.exit(f"{race[0]}: there is nothing to compare")
            print(f"{race[0]}: {len(results)} units looked at {merged['states']} states, one search at {whole['states']}")


main()
