"""Asks a running server by lorax-client; fails at the first answer that is wrong."""

import sys

from lorax import Client, MergedAdapters
from lorax.errors import GenerationError, ValidationError

CITIZENS = "My fellow citizens, the"


def texts(client):
    base = client.generate(CITIZENS, max_new_tokens=12)
    assert base.generated_text and base.details.generated_tokens == 12
    assert base.details.finish_reason == "length" and len(base.details.tokens) == 12
    own = client.generate(CITIZENS, adapter_id="text0", max_new_tokens=12).generated_text
    other = client.generate(CITIZENS, adapter_id="text1", max_new_tokens=12).generated_text
    assert len({base.generated_text, own, other}) == 3
    seeded = {"do_sample": True, "temperature": 0.9, "seed": 5, "max_new_tokens": 12}
    assert client.generate(CITIZENS, **seeded).generated_text == client.generate(CITIZENS, **seeded).generated_text
    stop = base.generated_text[len(base.generated_text) // 2:]
    stopped = client.generate(CITIZENS, stop_sequences=[stop], max_new_tokens=12)
    assert stopped.details.finish_reason == "stop_sequence"


def merged(client):
    two = MergedAdapters(ids=["text0", "text1"], weights=[0.5, 0.5], merge_strategy="ties", density=0.5,
                         majority_sign_method="total")
    assert client.generate(CITIZENS, merged_adapters=two, max_new_tokens=12).generated_text


def streams(client):
    whole = client.generate(CITIZENS, adapter_id="text1", max_new_tokens=12).generated_text
    parts = list(client.generate_stream(CITIZENS, adapter_id="text1", max_new_tokens=12))
    assert "".join(part.token.text for part in parts if not part.token.special) == whole
    assert parts[-1].generated_text == whole and parts[-1].details.generated_tokens == 12


def errors(client):
    for kind, change in ((GenerationError, {"adapter_id": "nobody"}), (ValidationError, {"typical_p": 0.5})):
        try:
            client.generate(CITIZENS, **change)
        except kind:
            continue
        raise AssertionError(kind)


def main():
    client = Client(f"http://127.0.0.1:{sys.argv[1]}")
    for check in (texts, merged, streams, errors):
        check(client)


main()
