"""The side of a peer: answers requests on stdin, each with one line of JSON on stdout.

A script defines prepare(arguments), which returns two functions: check(), the numbers that have to
agree, and unit(), the work once; and perhaps a third, which undoes the work and is not timed. It
calls serve(prepare). The protocol is that of the Java class
dev.lora4j.bench.PeerProcess.
"""

import argparse
import importlib.metadata
import json
import os
import sys
import time

# Whatever else is printed goes to stderr, so that it cannot be taken for an answer.
_answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def _answer(**answer):
    _answers.write(json.dumps(answer) + "\n")
    _answers.flush()


def read_safetensors(path):
    """All F32 tensors of a file, by name. Needs no package beside PyTorch."""
    import torch

    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = torch.frombuffer(data, dtype=torch.float32, count=(end - begin) // 4, offset=begin)
        tensors[name] = values.reshape(entry["shape"]).clone()
    return tensors


def refuse(why):
    """Says that this interpreter cannot do the work."""
    _answer(error=f"The peer {sys.executable} cannot take part: {why}.")


def serve(prepare, package="", describe=None, **options):
    """Does what is asked until there is nothing more to do.

    package is whose work it is, if not PyTorch's own; describe(arguments) says with whom or what;
    options are further arguments of the script, with their types.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--inputs", required=True)
    for option, kind in options.items():
        parser.add_argument(f"--{option}", type=kind, required=True)
    arguments = parser.parse_args()
    try:
        import torch
    except ImportError as error:
        _answer(error=f"The peer {sys.executable} cannot import torch ({error}). Install it there"
                      " (pip install torch), or name another interpreter with --peer.")
        return
    torch.set_num_threads(arguments.threads)
    check, unit, *undo = prepare(arguments)
    who = package or "torch"
    name = "PyTorch" if who == "torch" else who
    more = describe(arguments) if describe else ""
    _answer(name=f"{name} {importlib.metadata.version(who)}{more} in Python {sys.version.split()[0]}")
    for line in sys.stdin:
        words = line.split()
        if words == ["check"]:
            _answer(values=check())
        elif len(words) == 2 and words[0] == "run":
            seconds = []
            for _ in range(int(words[1])):
                began = time.perf_counter()
                unit()
                seconds.append(time.perf_counter() - began)
                for function in undo:
                    function()
            _answer(seconds=seconds)
        else:
            _answer(error=f"The peer knows no request {line!r}.")
