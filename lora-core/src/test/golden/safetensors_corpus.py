"""Writes the corpus of whole files: valid ones that are unusual, and hostile ones.

They go to ../resources/.../safetensors/SafetensorsFuzzTestInputs/opensOrRefuses, where the fuzzer
takes them as seeds. hostile/KIND.what: the reader must refuse the file as KIND. valid/what: it must
open. reference.tsv says how the reference reader (Rust, through the Python package) judges each.
The headers alone, after a byte that counts the data, are seeds in HeaderFuzzTestInputs.
"""
import io
import json
import pathlib
import pickle
import re
import struct
import zipfile

from safetensors import deserialize

ROOT = pathlib.Path(__file__).parent / "../resources/dev/lora4j/core/safetensors"
OUT = ROOT / "SafetensorsFuzzTestInputs/opensOrRefuses"
files = {}


def entry(dtype="F32", shape=(1,), begin=0, end=4, **more):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end], **more}


def make(header, data=b""):
    if isinstance(header, dict):
        header = json.dumps(header, separators=(",", ":"), ensure_ascii=False)
    if isinstance(header, str):
        header = header.encode()
    return struct.pack("<Q", len(header)) + header + data


def hostile(kind, what, content):
    files[f"hostile/{kind}.{what}"] = content


def valid(what, content):
    files[f"valid/{what}"] = content


A4, B4 = b"abcd", b"efgh"
ONE = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'

# --- valid ---
valid("empty", make("{}"))
valid("empty-padded", make("{}" + " " * 30))
valid("padded-with-newlines", make("{}\n\r\t "))
valid("unaligned-header", make({"a": entry()}, A4))
valid("unaligned-tensor", make({"b": entry("U8", [1], 0, 1), "a": entry("F32", [1], 1, 5)}, b"xabcd"))
valid("header-order-is-not-file-order", make({"a": entry(begin=4, end=8), "b": entry()}, A4 + B4))
valid("spaces-in-json", make(json.dumps({"a": entry()}, indent=2), A4))
valid("fields-in-other-order", make('{"a":{"data_offsets":[0,4],"shape":[1],"dtype":"F32"}}', A4))
valid("metadata-last", make('{"a":' + ONE + ',"__metadata__":{"k":"v"}}', A4))
valid("metadata-empty", make({"__metadata__": {}}))
valid("metadata-null", make('{"__metadata__":null}'))
valid("metadata-nul-in-value", make('{"__metadata__":{"k":"a\\u0000b"}}'))
valid("escaped-names", make('{"\\u0061\\n\\ud83d\\ude00":' + ONE + "}", A4))
valid("empty-name", make({"": entry()}, A4))
valid("scalar", make({"a": entry("F64", [], 0, 8)}, bytes(8)))
valid("zero-size", make({"v_pred": entry("F32", [0], 0, 0)}))
valid("zero-size-in-the-middle", make(
    {"a": entry(), "z": entry("I8", [4, 0, 9], 4, 4), "b": entry(begin=4, end=8)}, A4 + B4))
valid("zero-before-huge", make({"a": entry("F32", [0, 2**40, 2**40], 0, 0)}))
valid("packed-f4", make({"a": entry("F4", [3, 2], 0, 3)}, b"abc"))
valid("packed-f6", make({"a": entry("F6_E2M3", [4], 0, 3), "b": entry("F6_E3M2", [2, 2], 3, 6)}, b"abcdef"))
valid("eight-dimensions", make({"a": entry("U8", [1] * 8, 0, 1)}, b"x"))
valid("no-utf8-troubles", make({"\u00e9\u4e2d\U0001f600\ufffd\u2028": entry()}, A4))
valid("same-bytes-other-normal-form", make(
    {"\u00e9": entry(), "e\u0301": entry(begin=4, end=8)}, A4 + B4))

# --- what is no safetensors file at all ---
hostile("IS_PICKLE", "protocol-2", pickle.dumps({"state_dict": [1.0] * 9}, protocol=2))
hostile("IS_PICKLE", "protocol-4", pickle.dumps({"state_dict": [1.0] * 9}, protocol=4))
hostile("IS_PICKLE", "protocol-5-short", pickle.dumps(None, protocol=5))
hostile("IS_PICKLE", "torch-legacy-magic", bytes.fromhex("80028a0a6cfc9c46f9206aa850192e8002"))


def zipped(method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        z.writestr(zipfile.ZipInfo("archive/data.pkl"), pickle.dumps({"a": 1}, protocol=2) * 20)
    return out.getvalue()


hostile("IS_ZIP", "stored", zipped(zipfile.ZIP_STORED))
hostile("IS_ZIP", "deflated", zipped(zipfile.ZIP_DEFLATED))
hostile("IS_ZIP", "length-field-in-bounds", b"PK\3\4" + bytes(4) + b"tail")
hostile("IS_HTML", "doctype", b"<!DOCTYPE html>\n<html><body>Please log in</body></html>")
hostile("IS_HTML", "upper-case-after-newlines", b"\n\n<HTML><head><title>404</title>")
hostile("IS_HTML", "xml-error", b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')
hostile("IS_LFS_POINTER", "v1", b"version https://git-lfs.github.com/spec/v1\noid sha256:"
        + b"0" * 64 + b"\nsize 134217728\n")
hostile("IS_OTHER_FORMAT", "text-error", b"Invalid username or password.")
hostile("IS_OTHER_FORMAT", "text-short", b"Entry")
hostile("IS_OTHER_FORMAT", "text-utf8", "Zugriff nicht m\u00f6glich".encode())
hostile("IS_OTHER_FORMAT", "json", b'{"error":"Repository not found"}')
hostile("IS_OTHER_FORMAT", "gguf", b"GGUF\3\0\0\0\xff\0\0\0\0\0\0\0" + bytes(16))
hostile("IS_OTHER_FORMAT", "png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
hostile("IS_OTHER_FORMAT", "gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + bytes(9))
hostile("IS_OTHER_FORMAT", "npy", b"\x93NUMPY\1\0v\0{'descr': '<f4'}")
hostile("IS_OTHER_FORMAT", "hdf5", b"\x89HDF\r\n\x1a\n" + bytes(40))

# --- 1 to 3: the header's length ---
hostile("FILE_TOO_SHORT", "empty", b"")
hostile("FILE_TOO_SHORT", "seven-bytes", b"\2\0\0\0\0\0\0")
hostile("HEADER_TOO_LARGE", "one-too-many", struct.pack("<Q", 100_000_001) + b"{}")
hostile("HEADER_TOO_LARGE", "2-to-63", struct.pack("<Q", 2**63) + b"{}")
hostile("HEADER_TOO_LARGE", "2-to-64-less-1", struct.pack("<Q", 2**64 - 1) + b"{}")
hostile("HEADER_TOO_LARGE", "wraps-to-0", struct.pack("<Q", 2**64 - 8) + b"{}")
hostile("HEADER_TOO_LARGE", "big-endian", struct.pack(">Q", 2) + b"{}")
hostile("HEADER_PAST_END", "by-one", struct.pack("<Q", 3) + b"{}")
hostile("HEADER_PAST_END", "largest-allowed", struct.pack("<Q", 100_000_000) + b"{}")
hostile("HEADER_PAST_END", "only-the-length", struct.pack("<Q", 2))

# --- 4: UTF-8 ---
hostile("HEADER_NOT_UTF8", "latin-1", make(b'{"\xe9":' + ONE.encode() + b"}", A4))
hostile("HEADER_NOT_UTF8", "cut-sequence", make(b'{"__metadata__":{"a":"\xf0\x9f\x98"}}'))
hostile("HEADER_NOT_UTF8", "overlong", make(b'{"__metadata__":{"\xc0\xaf":""}}'))
hostile("HEADER_NOT_UTF8", "surrogate-bytes", make(b'{"__metadata__":{"\xed\xa0\x80":""}}'))
hostile("HEADER_NOT_UTF8", "beyond-unicode", make(b'{"__metadata__":{"\xf4\x90\x80\x80":""}}'))
hostile("HEADER_NOT_UTF8", "at-the-very-end", make(b"{} \xff"))

# --- 5: JSON ---
for what, text in {
    "empty-header": "", "not-a-brace": "xyz", "byte-order-mark": "\ufeff{}", "array": "[]",
    "null": "null", "cut": '{"a":{"dtype":"F32"', "two-values": "{}{}", "trailing-comma": "{},",
    "comma-in-object": '{"a":' + ONE + ",}", "single-quotes": "{'__metadata__':{}}",
    "unquoted-name": "{__metadata__:{}}", "comment": "{/* */}", "equals": '{"__metadata__"={}}',
    "trailing-nul": "{}\0\0", "raw-newline-in-string": '{"__metadata__":{"a":"\n"}}',
    "bad-escape": '{"__metadata__":{"a":"\\x41"}}', "quote-escape": '{"__metadata__":{"a":"\\\'"}}',
    "short-u-escape": '{"__metadata__":{"a":"\\u12"}}', "leading-zero": '{"a":{"shape":[01]}}',
    "plus-sign": '{"a":{"shape":[+1]}}', "nan": '{"a":{"shape":[NaN]}}',
    "huge-number": '{"a":{"shape":[' + "9" * 2000 + "]}}",
    "missing-colon": '{"__metadata__" {}}', "hex": '{"a":{"shape":[0x1]}}',
}.items():
    hostile("HEADER_NOT_JSON", what, make(text))
hostile("HEADER_NOT_JSON", "all-zeros", bytes(4096))
hostile("LEADING_WHITESPACE", "space", make(" {}"))
hostile("LEADING_WHITESPACE", "newline", make('\n{"a":' + ONE + "}", A4))
hostile("LEADING_WHITESPACE", "only", make("        "))
for what, text in {
    "tensor-is-string": '{"a":"F32"}', "tensor-is-null": '{"a":null}', "tensor-is-array": '{"a":[]}',
    "dtype-is-number": '{"a":{"dtype":32}}', "dtype-is-null": '{"a":{"dtype":null}}',
    "shape-is-number": '{"a":{"dtype":"F32","shape":1}}', "shape-of-strings": '{"a":{"shape":["1"]}}',
    "shape-of-arrays": '{"a":{"shape":' + "[" * 200 + "]" * 200 + "}}",
    "shape-with-null": '{"a":{"shape":[null]}}',
    "offsets-is-object": '{"a":{"data_offsets":{"begin":0}}}',
    "one-offset": '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}',
    "three-offsets": '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}',
    "no-offsets": '{"a":{"dtype":"F32","shape":[1],"data_offsets":[]}}',
    "metadata-is-array": '{"__metadata__":[]}',
    "metadata-is-tensor": '{"__metadata__":' + ONE + "}",
    "metadata-of-numbers": '{"__metadata__":{"a":1}}', "metadata-of-null": '{"__metadata__":{"a":null}}',
    "metadata-nested": '{"__metadata__":{"a":{"b":"c"}}}',
}.items():
    hostile("WRONG_TYPE", what, make(text, b"" if "metadata" in what else A4))
for field in "dtype", "shape", "data_offsets":
    some = entry()
    del some[field]
    hostile("MISSING_FIELD", field, make({"a": some}, A4))
hostile("MISSING_FIELD", "all", make({"a": {}}))
hostile("EXTRA_FIELD", "strides", make({"a": entry(strides=[1])}, A4))
hostile("EXTRA_FIELD", "case-differs", make('{"a":{"DTYPE":"F32","shape":[1],"data_offsets":[0,4]}}', A4))
hostile("EXTRA_FIELD", "deep", make('{"a":{"x":' + "[" * 90 + "]" * 90 + "," + ONE[1:] + "}", A4))
for dtype in "f32", "F33", "", "BF8", "F8_E4M3FN", "F32 ", "F4_E2M1", "I4":
    hostile("UNKNOWN_DTYPE", "is-" + (dtype.replace(" ", "_") or "empty"), make({"a": entry(dtype)}, A4))
hostile("DUPLICATE_NAME", "tensor-same-range", make('{"a":' + ONE + ',"a":' + ONE + "}", A4))
hostile("DUPLICATE_NAME", "tensor-other-range", make(
    '{"a":' + ONE + ',"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', A4 + B4))
hostile("DUPLICATE_NAME", "tensor-escaped", make('{"a":' + ONE + ',"\\u0061":' + ONE + "}", A4))
hostile("DUPLICATE_NAME", "metadata", make('{"__metadata__":{},"__metadata__":{}}'))
hostile("DUPLICATE_NAME", "metadata-null", make('{"__metadata__":null,"__metadata__":{}}'))
hostile("DUPLICATE_NAME", "metadata-key", make('{"__metadata__":{"a":"1","a":"1"}}'))
for field, value in ("dtype", '"F32"'), ("shape", "[1]"), ("data_offsets", "[0,4]"):
    hostile("DUPLICATE_NAME", field, make('{"a":{"' + field + '":' + value + "," + ONE[1:] + "}", A4))
hostile("BAD_NAME", "nul-in-tensor", make('{"a\\u0000b":' + ONE + "}", A4))
hostile("BAD_NAME", "nul-in-metadata-key", make('{"__metadata__":{"\\u0000":""}}'))
hostile("BAD_TEXT", "half-pair-in-tensor", make('{"\\ud800":' + ONE + "}", A4))
hostile("BAD_TEXT", "reversed-pair-in-key", make('{"__metadata__":{"\\udc00\\ud800":""}}'))
hostile("BAD_TEXT", "half-pair-in-value", make('{"__metadata__":{"k":"\\ud83d"}}'))
hostile("TOO_MANY_DIMENSIONS", "nine", make({"a": entry("U8", [1] * 9, 0, 1)}, b"x"))
hostile("TOO_MANY_DIMENSIONS", "ten-thousand", make({"a": entry("U8", [1] * 10_000, 0, 1)}, b"x"))
for number in "-1", "1.0", "1e0", "1.5", "-0", str(2**48), str(2**63), str(2**64), "9" * 500:
    short = number if len(number) < 30 else "500-digits"
    hostile("BAD_SIZE", "shape-" + short, make('{"a":{"dtype":"F32","shape":[%s],"data_offsets":[0,4]}}' % number, A4))
for number in "-1", "4.0", str(2**48), str(2**64 + 4):
    hostile("BAD_SIZE", "end-" + number, make('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,%s]}}' % number, A4))
hostile("BAD_SIZE", "begin-minus", make('{"a":{"dtype":"F32","shape":[2],"data_offsets":[-4,4]}}', A4))

# --- 6: ranges ---
hostile("RANGE_REVERSED", "first", make({"a": entry(begin=4, end=0)}, A4))
hostile("RANGE_REVERSED", "second", make({"a": entry(), "b": entry(begin=4, end=0)}, A4 + B4))
hostile("RANGE_OVERLAP", "same-range", make({"a": entry(), "b": entry()}, A4))
hostile("RANGE_OVERLAP", "partly", make({"a": entry(), "b": entry(begin=2, end=6)}, A4 + B4[:2]))
hostile("RANGE_OVERLAP", "inside", make({"a": entry("F32", [2], 0, 8), "b": entry("U8", [1], 3, 4)}, A4 + B4))
hostile("RANGE_OVERLAP", "empty-inside", make({"a": entry(), "b": entry("U8", [0], 2, 2)}, A4))
hostile("RANGE_OVERLAP", "memory-bomb", make({f"t{i}": entry("U8", [64], 0, 64) for i in range(100)}, bytes(64)))
hostile("RANGE_HOLE", "before-the-first", make({"a": entry(begin=4, end=8)}, A4 + B4))
hostile("RANGE_HOLE", "between", make({"a": entry(), "b": entry(begin=8, end=12)}, A4 + B4 + A4))
hostile("RANGE_HOLE", "empty-after-a-hole", make({"a": entry(), "b": entry("U8", [0], 8, 8)}, A4 + B4))
hostile("RANGE_HOLE", "of-one-byte", make({"a": entry("U8", [1], 0, 1), "b": entry("U8", [1], 2, 3)}, b"abc"))

# --- 7 to 9: shapes ---
hostile("SIZE_OVERFLOW", "product", make({"a": entry("F32", [2**40, 2**40], 0, 4)}, A4))
hostile("SIZE_OVERFLOW", "product-wraps-to-1", make({"a": entry("F32", [2**32, 2**32], 0, 4)}, A4))
hostile("SIZE_OVERFLOW", "bits", make({"a": entry("F64", [2**47, 2**12], 0, 4)}, A4))
hostile("SIZE_OVERFLOW", "zero-comes-late", make({"a": entry("F32", [2**40, 2**40, 0], 0, 0)}))
hostile("PARTIAL_BYTE", "f4", make({"a": entry("F4", [3], 0, 2)}, b"ab"))
hostile("PARTIAL_BYTE", "f6", make({"a": entry("F6_E2M3", [2, 1], 0, 2)}, b"ab"))
hostile("PARTIAL_BYTE", "f6-scalar", make({"a": entry("F6_E3M2", [], 0, 1)}, b"a"))
hostile("RANGE_MISMATCH", "too-short", make({"a": entry("F32", [2], 0, 4)}, A4))
hostile("RANGE_MISMATCH", "too-long", make({"a": entry("F16", [1], 0, 4)}, A4))
hostile("RANGE_MISMATCH", "scalar-without-bytes", make({"a": entry("F32", [], 0, 0)}))
hostile("RANGE_MISMATCH", "zero-size-with-bytes", make({"a": entry("F32", [0, 4], 0, 4)}, A4))
hostile("RANGE_MISMATCH", "f4-counted-as-bytes", make({"a": entry("F4", [4], 0, 4)}, A4))
hostile("RANGE_MISMATCH", "largest", make({"a": entry("F32", [2**45], 0, 4)}, A4))

# --- 10: the end of the file ---
hostile("TRUNCATED", "by-one-byte", make({"a": entry()}, A4[:3]))
hostile("TRUNCATED", "no-data", make({"a": entry()}))
hostile("TRUNCATED", "huge", make({"a": entry("U8", [2**48 - 1], 0, 2**48 - 1)}, A4))
hostile("TRAILING_BYTES", "one", make({"a": entry()}, A4 + b"\0"))
hostile("TRAILING_BYTES", "second-file", make({"a": entry()}, A4) + make({"a": entry()}, B4))
hostile("TRAILING_BYTES", "zip-after-empty", make("{}") + zipped(zipfile.ZIP_STORED))

verdicts = []
for name, content in sorted(files.items()):
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    try:
        deserialize(content)
        verdict = "accepted"
    except Exception as error:
        verdict = str(error).removeprefix("Error while deserializing: ")[:100]
    # Which of many tensors is named depends on a random order.
    verdict = re.sub(r"`t\d+`", "`t`", verdict)
    verdicts.append(f"{name}\t{verdict}")
headers = ROOT / "HeaderFuzzTestInputs/opensOrRefuses"
headers.mkdir(parents=True, exist_ok=True)
for name, content in files.items():
    length = struct.unpack("<Q", content[:8].ljust(8, b"\xff"))[0]
    data = len(content) - 8 - length
    if name.startswith("valid/") and data < 256:
        seed = bytes([data]) + content[8:8 + length]
        (headers / name.removeprefix("valid/")).write_bytes(seed)
for old in list(OUT.glob("hostile/*")) + list(OUT.glob("valid/*")):
    if str(old.relative_to(OUT)) not in files:
        old.unlink()
(ROOT / "reference.tsv").write_text("\n".join(verdicts) + "\n")
print(len(files), "files")
