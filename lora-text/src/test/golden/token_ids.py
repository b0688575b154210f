"""Writes ../resources/token-ids.json: what SentencePiece and transformers make of awkward texts.

Usage: python token_ids.py SHARED_DATA   (the folder that holds tokenizers/ and models/)

llama: the vocabulary of ggml-vocab-llama-spm.gguf as a model of SentencePiece; t5 and tok512 as they are; all three
by SentencePiece itself. bert, gpt2, t5_json: by the library tokenizers, with how it decodes the ids.
"""

import json
import random
import struct
import sys
from pathlib import Path

import sentencepiece
from tokenizers import Tokenizer

SHARED = Path(sys.argv[1])
RESOURCES = Path(__file__).resolve().parent.parent / "resources"

WRITTEN = [
    "", " ", "  ", "\n", "\t", "\n\n", " \n ", "a", " a", "a ", "  a  b  ", "Hello, world!", "HELLO world", "isn't it? they're we've I'm",
    "1234567890", "3.14159", "1,000,000.00$", "½ ¾ ² ³ ①②③ Ⅷ ٣٤٥ १२३", "foo_bar-baz+qux=1", "if (a == b) {\n    return c;\n}\n",
    "https://example.com/a?b=c&d=e#f", "a.b@c.de", "C:\\path\\file.png", "\"quoted\" 'single' `tick`", "!!! ??? ... ---", "#$%^&*()[]{}<>|~",
    "café CAFÉ cafe\u0301", "naïve façade coöperate", "Ångström \u212b A\u030a", "İstanbul ısparta", "STRASSE straße ẞ", "ΑΒΓ Οδυσσεύς",
    "Привет МИР Ёлка", "שלום עולם", "مرحبا بالعالم", "नमस्ते दुनिया", "สวัสดีชาวโลก", "안녕하세요 세계", "こんにちは世界 カタカナ ﾊﾝｶｸ", "你好,世界。",
    "中文 and English混合", "ﬁ ﬂ ﬃ Ǆ", "ａｂｃ １２３ ＡＢＣ", "𝒜𝓇𝓉 𝟙𝟚𝟛", "e\u0301\u0300\u0302 h̸̡̪̯ͨ", "🦊", "a 🦊 fox 🦊🦊🦊", "👩‍🚀 👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪",
    "❤️ ❤ ♥ 1️⃣", "\u00a0a\u00a0b", "a\u2003b\u2009c", "a\u200bb", "a\u3000b", "a\u0085b", "\ufeffa", "a\u00adb", "a\rb\r\nc", "▁a ▁ b", "a▁b",
    "x" * 60, "supercalifragilisticexpialidocious", "Once upon a time, there was a little girl named Lily.",
    "She  loved   to    play     outside.", "The quick brown fox jumps over the lazy dog.", "def f(x):\n\treturn x**2  # square\n",
    "translate English to German: The house is wonderful.", "don't can't won't", "U.S.A. e.g. i.e.", "a\n\n\nb\n", "trailing newline\n", " leading",
]


def texts():
    rng = random.Random(11)
    pool = list("aeiou bcdt  \n.,'-09Zäß中🦊") + [" the", "ing", " of"]
    drawn = ["".join(rng.choice(pool) for _ in range(rng.randint(1, 40))) for _ in range(40)]
    return WRITTEN + drawn


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def llama():
    """The GGUF file's vocabulary with the settings of LLaMA's own model."""
    data = (SHARED / "tokenizers/ggml-vocab-llama-spm.gguf").read_bytes()
    at = 0

    def take(form):
        nonlocal at
        value = struct.unpack_from("<" + form, data, at)[0]
        at += struct.calcsize(form)
        return value

    def text():
        nonlocal at
        n = take("Q")
        at += n
        return data[at - n : at]

    def value(kind):
        if kind == 8:
            return text()
        if kind == 9:
            of, n = take("I"), take("Q")
            return [value(of) for _ in range(n)]
        return take("BbHhIif?__Qqd"[kind])

    take("I"), take("I"), take("Q")
    found = {}
    for _ in range(take("Q")):
        key = text().decode()
        found[key] = value(take("I"))
    pieces = zip(*(found["tokenizer.ggml." + k] for k in ("tokens", "scores", "token_type")))
    model = b""
    for piece, score, kind in pieces:
        model += field(1, field(1, piece) + b"\x15" + struct.pack("<f", score) + b"\x18" + varint(kind))
    trainer = b"\x18\x02" + b"\x98\x02\x01"  # BPE, byte fallback (field 35)
    rules = field(1, b"identity") + b"\x18\x01\x20\x00\x28\x01"
    return model + field(2, trainer) + field(3, rules)


def main():
    given = texts()
    golden = {"texts": given}
    spm = {
        "llama": sentencepiece.SentencePieceProcessor(model_proto=llama()),
        "t5": sentencepiece.SentencePieceProcessor(model_file=str(SHARED / "tokenizers/t5_spiece.model")),
        "tok512": sentencepiece.SentencePieceProcessor(model_file=str(SHARED / "models/tok512.model")),
    }
    for name, model in spm.items():
        ids = [model.encode(text) for text in given]
        golden[name] = {"ids": ids, "decoded": [model.decode(i) for i in ids]}
    for name, file in {"bert": "bert", "gpt2": "gpt2", "t5_json": "t5"}.items():
        tokenizer = Tokenizer.from_file(str(SHARED / f"tokenizers/{file}_tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        ids = [tokenizer.encode(text).ids for text in given]
        golden[name] = {"ids": ids, "decoded": [tokenizer.decode(i) for i in ids]}
    (RESOURCES / "token-ids.json").write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")


main()
