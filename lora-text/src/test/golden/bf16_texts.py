"""bf16_texts.py [MODEL ...], by default all: what transformers makes of the tiny models of causal_models.py and seq2seq_models.py in BF16.

Two orders of rounding, such as those of its two kinds of attention, soon choose different tokens, as the two likeliest are
often nearly as likely. So of 2000 prompts that one is taken on whose 64 tokens both kinds of attention and F64 with the same
weights agree, and among which the likeliest stand furthest before the next; texts of fewer than 8 different tokens are left
out.

Writes ../resources/bf16.safetensors, for each MODEL:
  MODEL/prompt    I64 [5]              what is gone on from, or the input of an encoder
  MODEL/greedy    I64 [64]             the likeliest tokens in BF16
  MODEL/ids       I64 [4, 16]          sequences, or outputs
  MODEL/inputs    I64 [4, 5]           the inputs of outputs
  MODEL/exact     F32 [4, 16, vocab]   logits of ids in F64, with weights of BF16
  MODEL/error     F64 []               by how much those in BF16 are off: root of the sum of squares, as a share of that of exact
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
CAUSAL = ["llama", "llama3", "llama-linear", "mistral", "qwen2", "qwen3", "gemma2", "gemma3", "gpt2", "gpt2-scaled"]
CAUSAL += ["smollm3", "granite", "olmo2", "olmo3", "phi3", "phi4-mini"]
CAUSAL += ["starcoder2", "gpt-neox", "gpt-neox-serial", "opt", "opt-projected"]
PAIRS = ["t5", "mt5", "umt5", "flan-t5"]
PROMPTS, LENGTH, MOST, DIFFERENT = 2000, 5, 64, 8


class Model:
    """A model in BF16, or in F64 with the same weights."""

    def __init__(self, name, attention, wide=False):
        self.causal = name in CAUSAL
        kind = AutoModelForCausalLM if self.causal else AutoModelForSeq2SeqLM
        folder = RESOURCES / "models" / name
        self.model = kind.from_pretrained(folder, dtype=torch.bfloat16, attn_implementation=attention).eval()
        self.model.generation_config.eos_token_id = None
        self.words = self.model.config.vocab_size
        if wide:
            self.model.double()

    def follow(self, prompts):
        added = self.model.generate(prompts, max_new_tokens=MOST, do_sample=False)
        return added[:, LENGTH if self.causal else 1 :]

    def logits(self, inputs, ids):
        """Of sequences, or of outputs for inputs."""
        if self.causal:
            return self.model(ids).logits
        return self.model(input_ids=inputs, decoder_input_ids=ids).logits

    def choices(self, prompts, added):
        """The logits by which each of the added tokens was chosen."""
        begin = prompts
        if not self.causal:
            begin = torch.full_like(prompts[:, :1], self.model.config.decoder_start_token_id)
        return self.logits(prompts, torch.cat((begin, added[:, :-1]), 1))[:, -MOST:]


def telling(default, others, exact, prompts):
    """The prompt that is taken, and what follows it."""
    greedy = default.follow(prompts)
    two = exact.choices(prompts, greedy).topk(2)
    apart = (two.values[..., 0] - two.values[..., 1]).amin(1)
    apart[(two.indices[..., 0] != greedy).any(1)] = 0
    apart[[len(set(row)) < DIFFERENT for row in greedy.tolist()]] = 0
    for i in apart.argsort(descending=True):
        assert apart[i] > 0
        if all((model.follow(prompts[i][None])[0] == greedy[i]).all() for model in [default, *others, exact]):
            print("  apart by", apart[i].item(), "with", len(set(greedy[i].tolist())), "different tokens")
            return prompts[i], greedy[i]


def main():
    torch.set_num_threads(1)
    gold = load_file(RESOURCES / "bf16.safetensors") if sys.argv[1:] else {}
    for name in sys.argv[1:] or CAUSAL + PAIRS:
        # The only kind of attention of Gemma 2, whose scores are bounded.
        default, eager = Model(name, "eager" if name == "gemma2" else "sdpa"), Model(name, "eager")
        exact = Model(name, "eager", wide=True)
        generator = torch.Generator().manual_seed(4)
        prompts = torch.randint(2, exact.words, (PROMPTS, LENGTH), generator=generator)
        ids = torch.randint(2, exact.words, (4, 16), generator=generator)
        inputs = torch.randint(2, exact.words, (4, LENGTH), generator=generator)
        with torch.no_grad():
            prompt, greedy = telling(default, [eager], exact, prompts)
            wanted = exact.logits(inputs, ids)
            errors = [(m.logits(inputs, ids).double() - wanted).norm() / wanted.norm() for m in (default, eager)]
        found = {"prompt": prompt, "greedy": greedy, "ids": ids, "exact": wanted.float(), "error": errors[0]}
        if not exact.causal:
            found["inputs"] = inputs
        gold.update({f"{name}/{k}": v.contiguous().clone() for k, v in found.items()})
        print(name, [e.item() for e in errors])
    save_file(gold, RESOURCES / "bf16.safetensors")


if __name__ == "__main__":
    main()
