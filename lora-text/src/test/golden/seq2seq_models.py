"""Tiny random encoder-decoder models as transformers writes them, with what it computes with them.

Writes ../resources/models/NAME: the model's folder, and expected.safetensors with
  ids          I64 [2, 11]           two inputs, the second one padded
  present      I64 [2, 11]           1 for tokens, 0 for padding
  targets      I64 [2, 9]            decoder tokens
  logits       F32 [2, 9, vocab]     of them
  inputs       I64 [7, 11]           inputs to generate from, padded
  lengths      I64 [7]               of these inputs
  greedy       I64 [7, 64]           the likeliest tokens
  penalised    I64 [7, 64]           the same with a repetition penalty
  beams.PENALTY.STOPPING/tokens      I64 [7, 25]  the best beam of each input, then -1
  beams.PENALTY.STOPPING/scores      F32 [7]
and ../resources/models/llama/beams.safetensors with the same beams of a causal model (its folder is
from causal_models.py), after prompts, with 73 for an end token.
"""

import copy
import json
import os

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM
from transformers import MT5Config, MT5ForConditionalGeneration
from transformers import T5Config, T5ForConditionalGeneration
from transformers import UMT5Config, UMT5ForConditionalGeneration

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.join(HERE, "..", "resources", "models")
VOCAB, END, BEAMS, MOST = 40, 1, 4, 64
SIZES = dict(
    vocab_size=VOCAB,
    d_model=24,
    d_kv=8,
    d_ff=40,
    num_layers=3,
    num_decoder_layers=2,
    num_heads=4,
    relative_attention_num_buckets=8,
    relative_attention_max_distance=20,
    decoder_start_token_id=0,
    pad_token_id=0,
    eos_token_id=END,
)
# With seeds that give texts of different lengths.
KINDS = {
    "t5": (T5ForConditionalGeneration, T5Config(**SIZES, feed_forward_proj="relu"), 22),
    "mt5": (MT5ForConditionalGeneration, MT5Config(**SIZES, feed_forward_proj="gated-gelu"), 16),
    "umt5": (UMT5ForConditionalGeneration, UMT5Config(**SIZES, feed_forward_proj="gated-gelu"), 13),
    "flan-t5": (
        T5ForConditionalGeneration,
        T5Config(**SIZES, feed_forward_proj="gated-gelu", tie_word_embeddings=False),
        22,
    ),
}
# Layers that outweigh the embedding, so that the next token is not the last one again.
SCALES = {"layer_norm": 0.2, "shared": 1, "lm_head": 0.6, ".o.": 1.2, ".wo.": 1.2, "relative": 1}
# Seeds of inputs for which the three rules of stopping give three texts.
TELLING = [101, 111]
PENALTIES = [1.0, 0.6, 2.0, -1.0]
STOPPING = {"early": True, "late": False, "never": "never"}


def draw(model, seed):
    """Weights that make sharp attention and unsure tokens, in values that BF16 has."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            scale = [v for k, v in SCALES.items() if k in name]
            p.copy_((scale or [0.3])[0] * torch.randn(p.shape, generator=generator))
            if "layer_norm" in name:
                p.add_(1)
            if name in ("shared.weight", "lm_head.weight"):
                p[END] *= 2
            p.copy_(p.bfloat16().float())


def published(folder):
    """The configuration as FLAN-T5 was published: a head that is not tied, and no word of how its input is scaled."""
    file = os.path.join(folder, "config.json")
    with open(file) as f:
        config = json.load(f)
    config["tie_word_embeddings"] = False
    assert config.pop("scale_decoder_outputs") is False
    with open(file, "w") as f:
        f.write(json.dumps(config, indent=2, sort_keys=True) + "\n")


def padded(rows, width, fill=0):
    return torch.stack([torch.nn.functional.pad(r, (0, width - len(r)), value=fill) for r in rows])


def cut(sequence, begin, end):
    """Without what it began with, and what fills it after its end."""
    added = sequence[begin:]
    ends = (added == end).nonzero()
    return added[: ends[0, 0] + 1] if len(ends) else added


def beams(gold, model, inputs, end, begin):
    for penalty in PENALTIES:
        for name, early in STOPPING.items():
            tokens, scores = [], []
            for row in inputs:
                out = model.generate(
                    row[None],
                    attention_mask=torch.ones_like(row[None]),
                    num_beams=BEAMS,
                    length_penalty=penalty,
                    early_stopping=early,
                    max_new_tokens=MOST,
                    do_sample=False,
                    eos_token_id=end,
                    pad_token_id=0,
                    output_scores=True,
                    return_dict_in_generate=True,
                )
                tokens.append(cut(out.sequences[0], begin(row), end))
                scores.append(out.sequences_scores[0])
            gold[f"beams.{penalty}.{name}/tokens"] = padded(tokens, MOST + 1, -1)
            gold[f"beams.{penalty}.{name}/scores"] = torch.stack(scores)
            print("  ", penalty, name, [len(t) for t in tokens])


def main():
    torch.set_num_threads(1)
    for name, (kind, config, seed) in KINDS.items():
        config._attn_implementation = "eager"
        model = kind(config).eval()
        if name != "t5":
            model.lm_head.weight = torch.nn.Parameter(torch.zeros_like(model.shared.weight))
        draw(model, seed)
        folder = os.path.join(MODELS, name)
        copy.deepcopy(model).bfloat16().save_pretrained(folder)
        if name == "flan-t5":
            published(folder)
        generator = torch.Generator().manual_seed(0)
        lengths = [11, 4, 7, 1, 9]
        rows = [torch.randint(2, VOCAB, (n,), generator=generator) for n in lengths]
        for own in TELLING:
            rows.append(torch.randint(2, VOCAB, (6,), generator=torch.Generator().manual_seed(own)))
        ids = torch.randint(2, VOCAB, (2, 11), generator=generator)
        present = torch.ones_like(ids)
        ids[1, 7:] = 0
        present[1, 7:] = 0
        targets = torch.randint(2, VOCAB, (2, 9), generator=generator)
        inputs = padded(rows, 11)
        mask = padded([torch.ones_like(r) for r in rows], 11)
        with torch.no_grad():
            gold = {
                "ids": ids,
                "present": present,
                "targets": targets,
                "logits": model(input_ids=ids, attention_mask=present, decoder_input_ids=targets).logits,
                "inputs": inputs,
                "lengths": torch.tensor([len(row) for row in rows]),
            }
            model.generation_config.eos_token_id = None
            for key, penalty in {"greedy": 1.0, "penalised": 1.7}.items():
                gold[key] = model.generate(
                    inputs, attention_mask=mask, repetition_penalty=penalty, max_new_tokens=64, do_sample=False
                )[:, 1:]
            assert gold["greedy"].shape == (7, 64)
            beams(gold, model, rows, END, lambda row: 1)
        save_file({k: v.contiguous() for k, v in gold.items()}, os.path.join(folder, "expected.safetensors"))
        print(name, gold["logits"].std().item(), [len(set(r.tolist())) for r in gold["greedy"]])
    folder = os.path.join(MODELS, "llama")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    generator = torch.Generator().manual_seed(7)
    lengths = [5, 2, 8, 1]
    rows = [torch.randint(2, 96, (n,), generator=generator) for n in lengths]
    gold = {"inputs": padded(rows, 8), "lengths": torch.tensor(lengths)}
    with torch.no_grad():
        beams(gold, model, rows, 73, len)
    save_file({k: v.contiguous() for k, v in gold.items()}, os.path.join(folder, "beams.safetensors"))


if __name__ == "__main__":
    main()
