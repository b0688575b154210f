"""Makes ../resources/quantised: a tiny LLaMA as transformers saves it quantised by bitsandbytes, and what peft makes of training
adapters on it, in F32.

  KIND/                           a folder of transformers, for nf4 with double quantisation, fp4, and int8
  steps.safetensors
    causal/ids, lengths, from     I64 [20, 3, 10], [20, 3], [20, 3]: batches of texts; learned are tokens from FROM on
    KIND/NAME                     F32: the numbers of a quantised weight
    CASE/start, loss, gradient, losses, trained     as in peft_steps.py, F32
"""

import shutil
from pathlib import Path

import bitsandbytes as bnb
import torch
from peft import LoraConfig, inject_adapter_in_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, BitsAndBytesConfig, LlamaConfig, LlamaForCausalLM

HERE = Path(__file__).resolve().parent.parent / "resources" / "quantised"
RANK, ALPHA, RATE, BATCHES, ROWS, VOCAB = 2, 3, 1e-2, 20, 3, 40
LAYER = "model.layers.1.mlp.down_proj"
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "down_proj"]
KINDS = {
    "nf4": BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
                              bnb_4bit_compute_dtype=torch.float32),
    "fp4": BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="fp4", bnb_4bit_compute_dtype=torch.float32,
                              bnb_4bit_quant_storage=torch.bfloat16),
    "int8": BitsAndBytesConfig(load_in_8bit=True),
}

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def plain(folder):
    torch.manual_seed(3)
    config = LlamaConfig(vocab_size=VOCAB, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
                         num_key_value_heads=2, max_position_embeddings=32, tie_word_embeddings=False, bos_token_id=0,
                         eos_token_id=1, initializer_range=0.2)
    LlamaForCausalLM(config).save_pretrained(folder)


def data(generator):
    size = torch.randint(4, 11, (BATCHES, ROWS), generator=generator)
    return {
        "causal/ids": torch.randint(2, VOCAB, (BATCHES, ROWS, 10), generator=generator),
        "causal/lengths": size,
        "causal/from": (size * torch.rand((BATCHES, ROWS), generator=generator) * 0.8).long(),
    }


def numbers(module):
    """The weight of a quantised layer, by bitsandbytes' definition."""
    if isinstance(module, bnb.nn.Linear8bitLt):
        state = module.state
        weight = module.weight if module.weight.dtype == torch.int8 else state.CB
        scale = module.weight.SCB if getattr(module.weight, "SCB", None) is not None else state.SCB
        return bnb.functional.int8_vectorwise_dequant(weight.data, scale)
    state = module.weight.quant_state
    return bnb.functional.dequantize_4bit(module.weight.data, state)


def loss(model, d, i):
    places = torch.arange(10)[None]
    inside = places < d["causal/lengths"][i][:, None]
    learned = inside & (places >= d["causal/from"][i][:, None])
    labels = d["causal/ids"][i].masked_fill(~learned, -100)
    out = model(input_ids=d["causal/ids"][i] * inside, attention_mask=inside.long()).logits
    total = torch.nn.functional.cross_entropy(out[:, :-1].flatten(0, 1), labels[:, 1:].flatten(), reduction="sum")
    return total / (labels[:, 1:] != -100).sum()


def flat(values):
    return torch.cat([v.detach().reshape(-1) for v in values]).float()


def train(kind, dora, d, gold):
    key = f"{kind}-{'dora' if dora else 'lora'}"
    # Without training, layers whose input needs no gradient are computed in BF16 on some processors. There are no dropouts.
    model = AutoModelForCausalLM.from_pretrained(HERE / kind, device_map="cpu").train()
    config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=TARGETS, lora_dropout=0, use_dora=dora)
    inject_adapter_in_model(config, model)
    generator = torch.Generator().manual_seed(11)
    factors = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        site, role = name.rsplit(".lora_", 1)
        part = {"A": "down", "B": "up", "magnitude_vector": "magnitude"}[role.split(".")[0]]
        with torch.no_grad():
            if part != "magnitude":
                parameter.copy_(0.2 * torch.randn(parameter.shape, generator=generator))
        factors[f"lm.{site}.{part}"] = parameter
    factors = dict(sorted(factors.items()))
    gold[f"{key}/start"] = flat(factors.values())
    optimizer = torch.optim.AdamW(factors.values(), lr=RATE, weight_decay=1e-2)
    losses = []
    for change in range(BATCHES):
        optimizer.zero_grad()
        value = loss(model, d, change)
        value.backward()
        if change == 0:
            gold[f"{key}/loss"] = value.detach().float()
            gold[f"{key}/gradient"] = flat(p.grad for p in factors.values())
        optimizer.step()
        losses.append(value.detach().float())
    gold[f"{key}/losses"] = torch.stack(losses)
    gold[f"{key}/trained"] = flat(factors.values())
    print(key, len(factors), losses[0].item(), losses[-1].item())


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    start = HERE / "plain"
    plain(start)
    gold = data(torch.Generator().manual_seed(5))
    d = dict(gold)
    for kind, config in KINDS.items():
        model = AutoModelForCausalLM.from_pretrained(start, quantization_config=config, device_map="cpu", dtype=torch.float32)
        model.save_pretrained(HERE / kind)
        module = model.get_submodule(LAYER)
        gold[f"{kind}/{LAYER}.weight"] = numbers(module).clone()
    train("nf4", False, d, gold)
    train("nf4", True, d, gold)
    train("fp4", False, d, gold)
    shutil.rmtree(start)
    save_file({k: v.contiguous() for k, v in gold.items()}, HERE / "steps.safetensors")


if __name__ == "__main__":
    main()
