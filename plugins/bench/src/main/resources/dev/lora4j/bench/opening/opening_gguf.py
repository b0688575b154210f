"""Opening a GGUF file with the Python package gguf."""

import peer


def prepare(arguments):
    from gguf import GGUFReader

    def check():
        tensors = GGUFReader(arguments.inputs).tensors
        return [float(len(tensors)), float(sum(int(t.n_elements) for t in tensors))]

    def unit():
        return GGUFReader(arguments.inputs).tensors

    return check, unit


peer.serve(prepare, package="gguf")
