"""A fresh process that loads a handler and calls it with each event, as Lambda does: python invoke.py [MODULE]

It speaks to its parent as invoke.cjs does.
"""
import json
import os
import sys
import time

BYTES_A_KIB = 1024


def mark():
    """Milliseconds by the clock, and those of processor time that the process has used."""
    return {"wall": time.perf_counter() * 1000, "cpu": time.process_time() * 1000}


def peak_memory():
    """In bytes; None where the system does not tell."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            lines = dict(line.split(":", 1) for line in status)
    except OSError:
        return None
    return int(lines["VmHWM"].split()[0]) * BYTES_A_KIB


def main():
    events = json.loads(os.environ["BENCH_EVENTS"])
    started = mark()
    handler = __import__(sys.argv[1]).handler if len(sys.argv) > 1 else lambda event, context: None
    loaded = mark()
    calls = []
    memory = None
    for event in events:
        before = mark()
        handler(event, None)
        calls.append({"before": before, "after": mark()})
        if len(calls) > 1:
            continue
        os.write(3, b".")
        memory = peak_memory()
    os.write(3, json.dumps({"started": started, "loaded": loaded, "calls": calls, "memory": memory}).encode())


main()
