"""What transformers makes of published GGUF models, for tests that have these files.

gguf_models.py FOLDER, where FOLDER holds SmolLM2-135M-Instruct.Q4_1.gguf (golden/real_models.py).
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from gguf import GGUFReader
from transformers import AutoModelForCausalLM

OUT = Path(__file__).parents[1] / "resources/gguf-smollm2.safetensors"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"

TEXTS = [
    "The capital of France is",
    "In 1969, 3 people flew 384400 km to the Moon.",
    "def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\n\n\n# It's  done.\t",
    "<|im_start|>user\nna\u00efve caf\u00e9 \u4f60\u597d \U0001f98a\u200d<|im_end|>\n<|im_start|>assistant\n",
    "   leading and trailing spaces   ",
    "\u0663\u0664 \u00bd x\u00b2 we'll 'tis I'D",
]


def tokenizer(reader):
    """As the tokenizer.json of SmolLM2 describes it, with the vocabulary of the file."""
    field = lambda name: reader.fields[f"tokenizer.ggml.{name}"].contents()  # noqa: E731
    tokens, kinds = field("tokens"), field("token_type")
    vocab = {token: i for i, token in enumerate(tokens)}
    merges = [tuple(merge.split(" ")) for merge in field("merges")]
    made = Tokenizer(models.BPE(vocab, merges))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(t, special=True) for t, k in zip(tokens, kinds) if k == 3])
    return made


def main():
    folder = Path(sys.argv[1])
    words = tokenizer(GGUFReader(folder / FILE))
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=FILE, dtype=torch.float32)
    model.eval()
    out = {}
    with torch.no_grad():
        for number, text in enumerate(TEXTS):
            ids = torch.tensor([words.encode(text).ids])
            out[f"{number}.text"] = torch.tensor(list(text.encode()), dtype=torch.uint8)
            out[f"{number}.ids"] = ids[0]
            # Every 64th, of the last token.
            out[f"{number}.logits"] = model(ids).logits[0, -1, ::64].clone()
        ids = out["0.ids"][None]
        model.generation_config.eos_token_id = None  # it would end before
        grown = model.generate(ids, do_sample=False, max_new_tokens=64)
        out["grown"] = grown[0, ids.shape[1] :]
        print(repr(words.decode(out["grown"].tolist())))
    save_file(out, OUT)


if __name__ == "__main__":
    main()
