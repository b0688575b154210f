"""Writes seeds for fuzzing the shard index to ../resources/.../ShardIndexFuzzTestInputs."""
import pathlib

OUT = pathlib.Path(__file__).parent / (
    "../resources/dev/lora4j/core/safetensors/ShardIndexFuzzTestInputs/readsOrRefuses")
SEEDS = {
    "plain": '{"metadata":{"total_size":6},"weight_map":{"a":"m-00001-of-00002.safetensors",'
             '"b":"m-00002-of-00002.safetensors"}}',
    "empty": "",
    "no-map": "{}",
    "empty-map": '{"weight_map":{}}',
    "map-first": '{"weight_map":{"a":"m.safetensors"},"metadata":{"x":[1,{"y":null}]}}',
    "two-maps": '{"weight_map":{},"weight_map":{}}',
    "twice": '{"weight_map":{"a":"m.safetensors","a":"n.safetensors"}}',
    "parent": '{"weight_map":{"a":"../m.safetensors"}}',
    "absolute": '{"weight_map":{"a":"/etc/m.safetensors"}}',
    "backslash": '{"weight_map":{"a":"..\\\\m.safetensors"}}',
    "drive": '{"weight_map":{"a":"C:m.safetensors"}}',
    "control": '{"weight_map":{"a":"\\u0000\\u001b.safetensors"}}',
    "only-the-ending": '{"weight_map":{"a":".safetensors"}}',
    "half-pair": '{"weight_map":{"\\ud800":"\\udc00.safetensors"}}',
    "deep": '{"metadata":' + "[" * 40,
    "number": '{"weight_map":{"a":1}}',
    "html": "<!doctype html>",
    "pointer": "version https://git-lfs.github.com/spec/v1\n",
}
OUT.mkdir(parents=True, exist_ok=True)
for old in OUT.iterdir():
    old.unlink()
for name, text in SEEDS.items():
    (OUT / name).write_text(text)
