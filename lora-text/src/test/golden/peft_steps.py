"""Makes ../resources/peft-steps.safetensors, or with arguments its cases of these names anew: what transformers, peft and torch make of training adapters on the tiny models of
causal_models.py and seq2seq_models.py, without dropouts.

All is computed in F64: norms, rotary positions and softmax too, which transformers computes in F32 whatever the type.

  causal/ids, lengths, from               I64 [20, 3, 10], [20, 3], [20, 3]: batches of texts; learned are tokens from FROM on
  pairs/inputs, lengths, targets, sizes   I64 [20, 3, 9], [20, 3], [20, 3, 7], [20, 3]: batches of pairs
  CASE/start      F32 factors to begin with, one after the other in the order of their names
  CASE/loss       F64 of the first change of the weights
  CASE/gradient   F64 its gradient, as the factors
  CASE/losses     F64 of each change
  CASE/trained    F64 the factors after all changes
"""

import dataclasses
import sys
from pathlib import Path

import torch
from peft import LoraConfig, inject_adapter_in_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM
from transformers.models.gemma2 import modeling_gemma2
from transformers.models.gemma3 import modeling_gemma3
from transformers.models.gpt_neox import modeling_gpt_neox
from transformers.models.granite import modeling_granite
from transformers.models.llama import modeling_llama
from transformers.models.olmo3 import modeling_olmo3
from transformers.models.phi3 import modeling_phi3
from transformers.models.smollm3 import modeling_smollm3
from transformers.models.starcoder2 import modeling_starcoder2
from transformers.models.t5 import modeling_t5
from transformers.models.umt5 import modeling_umt5

HERE = Path(__file__).resolve().parent.parent / "resources"
RANK, ALPHA, RATE, BATCHES, ROWS, VOCAB, START = 2, 3, 1e-2, 20, 3, 40, 0
PARTS = {"lora_A": "down", "lora_B": "up", "lora_magnitude_vector": "magnitude"}

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


@dataclasses.dataclass
class Case:
    model: str
    targets: list
    dora: bool = False
    accumulate: int = 1


ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
CASES = {
    "llama-lora": Case("llama", ATTENTION),
    "llama-dora": Case("llama", ATTENTION, dora=True),
    "llama-accumulated": Case("llama", ATTENTION, accumulate=2),
    "t5-lora": Case("t5", ["q", "v"]),
    "t5-accumulated": Case("t5", ["q", "v"], accumulate=2),
    "flan-t5-lora": Case("flan-t5", ["q", "v", "wi_0", "wi_1", "lm_head"]),
    "umt5-lora": Case("umt5", ["q", "v"]),
    "gemma2-lora": Case("gemma2", [*ATTENTION, "gate_proj", "down_proj"]),
    "gemma3-lora": Case("gemma3", [*ATTENTION, "gate_proj", "down_proj"]),
    "smollm3-lora": Case("smollm3", [*ATTENTION, "gate_proj", "down_proj"]),
    "granite-lora": Case("granite", [*ATTENTION, "gate_proj", "down_proj"]),
    "olmo3-lora": Case("olmo3", [*ATTENTION, "gate_proj", "down_proj"]),
    "starcoder2-lora": Case("starcoder2", [*ATTENTION, "c_fc", "c_proj"]),
    "gpt-neox-lora": Case("gpt-neox", ["query_key_value", "dense", "dense_h_to_4h", "dense_4h_to_h"]),
    "opt-lora": Case("opt", ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]),
    "phi4-mini-lora": Case("phi4-mini", ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"]),
}


def norm(self, x):
    return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))


def rotary(self, x, position_ids):
    angles = position_ids[:, :, None].double() * self.inv_freq.double()
    angles = torch.cat((angles, angles), -1)
    return angles.cos() * self.attention_scaling, angles.sin() * self.attention_scaling


def offset_norm(self, x):
    return (1 + self.weight) * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps))


def rotary_by_type(self, x, position_ids, layer_type):
    angles = position_ids[:, :, None].double() * getattr(self, f"{layer_type}_inv_freq").double()
    angles = torch.cat((angles, angles), -1)
    scale = getattr(self, f"{layer_type}_attention_scaling")
    return angles.cos() * scale, angles.sin() * scale


def capped(module, q, k, v, mask, scaling, softcap, **_):
    k, v = (x.repeat_interleave(module.num_key_value_groups, 1) for x in (k, v))
    scores = torch.tanh(q @ k.mT * scaling / softcap) * softcap + mask
    return (torch.softmax(scores, -1) @ v).transpose(1, 2), None


modeling_gemma2.Gemma2RMSNorm.forward = modeling_gemma3.Gemma3RMSNorm.forward = offset_norm
modeling_gemma2.Gemma2RotaryEmbedding.forward = rotary
modeling_gemma3.Gemma3RotaryEmbedding.forward = rotary_by_type
modeling_gemma2.eager_attention_forward = capped
modeling_llama.LlamaRMSNorm.forward = norm
modeling_llama.LlamaRotaryEmbedding.forward = rotary
modeling_granite.GraniteRMSNorm.forward = modeling_olmo3.Olmo3RMSNorm.forward = norm
modeling_phi3.Phi3RMSNorm.forward = modeling_smollm3.SmolLM3RMSNorm.forward = norm
modeling_granite.GraniteRotaryEmbedding.forward = modeling_phi3.Phi3RotaryEmbedding.forward = rotary
modeling_smollm3.SmolLM3RotaryEmbedding.forward = modeling_starcoder2.Starcoder2RotaryEmbedding.forward = rotary
modeling_gpt_neox.GPTNeoXRotaryEmbedding.forward = rotary
modeling_olmo3.Olmo3RotaryEmbedding.forward = rotary_by_type
modeling_t5.T5LayerNorm.forward = norm
modeling_umt5.UMT5LayerNorm.forward = norm


def data(generator):
    def lengths(low, high):
        return torch.randint(low, high + 1, (BATCHES, ROWS), generator=generator)

    def tokens(width):
        return torch.randint(2, VOCAB, (BATCHES, ROWS, width), generator=generator)

    size = lengths(4, 10)
    return {
        "causal/ids": tokens(10),
        "causal/lengths": size,
        "causal/from": (size * torch.rand((BATCHES, ROWS), generator=generator) * 0.8).long(),
        "pairs/inputs": tokens(9),
        "pairs/lengths": lengths(1, 9),
        "pairs/targets": tokens(7),
        "pairs/sizes": lengths(1, 7),
    }


class Training:
    def __init__(self, case, data):
        self.case, self.data = case, data
        self.pairs = case.model.endswith("t5")
        kind = AutoModelForSeq2SeqLM if self.pairs else AutoModelForCausalLM
        attention = "eager" if self.pairs or case.model == "gemma2" else "sdpa"
        folder = HERE / "models" / case.model
        self.model = kind.from_pretrained(folder, dtype=torch.float64, attn_implementation=attention).eval()
        config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=case.targets, lora_dropout=0, use_dora=case.dora)
        inject_adapter_in_model(config, self.model)
        self.model.double()
        for module in self.model.modules():
            if hasattr(module, "scalar_embed_scale"):
                module.embed_scale = torch.tensor(module.scalar_embed_scale, dtype=torch.float64)
        self.factors = {}
        generator = torch.Generator().manual_seed(11)
        for name, parameter in self.model.named_parameters():
            if not parameter.requires_grad:
                continue
            site, role = name.rsplit(".lora_", 1)
            part = PARTS["lora_" + role.split(".")[0]]
            with torch.no_grad():
                if part == "magnitude":
                    parameter.copy_(parameter.float())
                else:
                    parameter.copy_(0.2 * torch.randn(parameter.shape, generator=generator))
            self.factors[f"lm.{site}.{part}"] = parameter
        self.factors = dict(sorted(self.factors.items()))

    def batch(self, i):
        """The sum over the tokens that are learned, and how many they are."""
        d = {k: v[i] for k, v in self.data.items()}
        if self.pairs:
            inside = torch.arange(9)[None] < d["pairs/lengths"][:, None]
            learned = torch.arange(7)[None] < d["pairs/sizes"][:, None]
            labels = d["pairs/targets"].masked_fill(~learned, -100)
            out = self.model(input_ids=d["pairs/inputs"] * inside, attention_mask=inside.long(), labels=labels)
        else:
            places = torch.arange(10)[None]
            inside = places < d["causal/lengths"][:, None]
            learned = inside & (places >= d["causal/from"][:, None])
            labels = d["causal/ids"].masked_fill(~learned, -100)
            out = self.model(input_ids=d["causal/ids"] * inside, attention_mask=inside.long(), labels=labels)
            labels = labels[:, 1:]
        count = (labels != -100).sum()
        logits = out.logits if self.pairs else out.logits[:, :-1]
        total = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum")
        assert torch.allclose((total / count).float(), out.loss.float(), rtol=1e-5)
        return total, count

    def loss(self, change):
        n = self.case.accumulate
        sums, counts = zip(*(self.batch(change * n + i) for i in range(n)))
        return sum(sums) / sum(counts)

    def flat(self, values):
        return torch.cat([v.detach().reshape(-1) for v in values])

    def run(self, key, gold):
        gold[f"{key}/start"] = self.flat(self.factors.values()).float()
        optimizer = torch.optim.AdamW(self.factors.values(), lr=RATE, weight_decay=1e-2)
        losses = []
        for change in range(BATCHES // self.case.accumulate):
            optimizer.zero_grad()
            loss = self.loss(change)
            loss.backward()
            if change == 0:
                gold[f"{key}/loss"] = loss.detach()
                gold[f"{key}/gradient"] = self.flat(p.grad for p in self.factors.values())
            optimizer.step()
            losses.append(loss.detach())
        gold[f"{key}/losses"] = torch.stack(losses)
        gold[f"{key}/trained"] = self.flat(self.factors.values())
        print(key, len(self.factors), "factors,", len(gold[f"{key}/start"]), "numbers,", losses[0].item(), losses[-1].item())


def main():
    gold = data(torch.Generator().manual_seed(5))
    batches = dict(gold)
    if sys.argv[1:]:
        gold = load_file(HERE / "peft-steps.safetensors")
    for key, case in CASES.items():
        if sys.argv[1:] and key not in sys.argv[1:]:
            continue
        Training(case, batches).run(key, gold)
    save_file(gold, HERE / "peft-steps.safetensors")


if __name__ == "__main__":
    main()
