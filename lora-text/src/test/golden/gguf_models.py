"""What transformers makes of published GGUF models, for tests that have these files.

gguf_models.py FOLDER [NAME ...], where FOLDER holds the files of golden/real_models.py.
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from gguf import GGUFReader
from transformers import AutoModelForCausalLM

OUT = Path(__file__).parents[1] / "resources"

TEXTS = [
    "The capital of France is",
    "In 1969, 3 people flew 384400 km to the Moon.",
    "def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\n\n\n# It's  done.\t",
    "<|im_start|>user\nna\u00efve caf\u00e9 \u4f60\u597d \U0001f98a\u200d<|im_end|>\n<|im_start|>assistant\n",
    "   leading and trailing spaces   ",
    "\u0663\u0664 \u00bd x\u00b2 we'll 'tis I'D",
]


def field(reader, name):
    return reader.fields[f"tokenizer.ggml.{name}"].contents()


def smollm2(reader):
    """As the tokenizer.json of SmolLM2 describes it, with the vocabulary of the file."""
    tokens, kinds = field(reader, "tokens"), field(reader, "token_type")
    vocab = {token: i for i, token in enumerate(tokens)}
    merges = [tuple(merge.split(" ")) for merge in field(reader, "merges")]
    made = Tokenizer(models.BPE(vocab, merges))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(t, special=True) for t, k in zip(tokens, kinds) if k == 3])
    return lambda text: made.encode(text).ids, made.decode


def gemma(reader):
    """SentencePiece itself with the vocabulary of the file; special tokens are found in texts."""
    proto = sentencepiece_model_pb2.ModelProto()
    unknown = field(reader, "unknown_token_id")
    pieces = zip(field(reader, "tokens"), field(reader, "scores"), field(reader, "token_type"))
    for i, (text, score, kind) in enumerate(pieces):
        # 4 is of the user. The converter writes the spaces of such pieces as they are.
        kind = 2 if i == unknown else 4 if kind == 3 else kind
        text = text.replace(" ", "\u2581") if kind == 4 else text
        proto.pieces.add(piece=text, score=score, type=kind)
    proto.trainer_spec.model_type = 2  # BPE
    proto.trainer_spec.byte_fallback = True
    proto.trainer_spec.unk_id = unknown
    proto.normalizer_spec.name = "identity"
    proto.normalizer_spec.add_dummy_prefix = False
    proto.normalizer_spec.remove_extra_whitespaces = False
    made = SentencePieceProcessor(model_proto=proto.SerializeToString())
    begin = field(reader, "bos_token_id")
    return lambda text: [begin, *made.encode(text)], made.decode


MODELS = {
    "gguf-smollm2": ("SmolLM2-135M-Instruct.Q4_1.gguf", smollm2, 64, TEXTS),
    "gguf-gemma3": (
        "gemma-3-270m.Q4_K_M.gguf",
        gemma,
        512,
        [
            *TEXTS[:3],
            "<start_of_turn>user\nna\u00efve caf\u00e9 \u4f60\u597d \U0001f98a\u200d<end_of_turn>\n<start_of_turn>model\n",
            *TEXTS[4:],
            "a\tb\n\n\n\n  two    four \u0001 <b>&amp;</b>",
        ],
    ),
}


def main():
    folder = Path(sys.argv[1])
    for name, (file, tokenizer, every, texts) in MODELS.items():
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        encode, decode = tokenizer(GGUFReader(folder / file))
        model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32)
        model.eval()
        out = {}
        with torch.no_grad():
            for number, text in enumerate(texts):
                ids = torch.tensor([encode(text)])
                out[f"{number}.text"] = torch.tensor(list(text.encode()), dtype=torch.uint8)
                out[f"{number}.ids"] = ids[0]
                # Some of the last token.
                out[f"{number}.logits"] = model(ids).logits[0, -1, ::every].clone()
            ids = out["0.ids"][None]
            model.generation_config.eos_token_id = None  # it would end before
            grown = model.generate(ids, do_sample=False, max_new_tokens=64)
            out["grown"] = grown[0, ids.shape[1] :]
            print(repr(decode(out["grown"].tolist())))
        save_file(out, OUT / f"{name}.safetensors")


if __name__ == "__main__":
    main()
