"""Makes ../resources/decoder-vectors.safetensors: vectors of texts by decoders without heads, by transformers' AutoModel and the Pooling
of sentence-transformers 6.2.0, on models of causal_models.py with PEFT's LoRA, in F64: norms, rotary positions and softmax too, which
transformers computes in F32 whatever the type.

  ids, lengths           I64 [4, 4, 11], [4, 4]: of anchors, positives and two columns of negatives
  NAME/POOLING           F64 [16, 32], of all texts without an adapter
  NAME/start             F32, factors one after the other in the order of their names
  NAME/adapted           F64 [16, 32], by the last tokens with these
  NAME/loss              F64, of MultipleNegativesRankingLoss by the last tokens with one negative at a scale of 20
  NAME/gradient          F64, of all factors

Beside it, ../resources/adapters/NAME-vectors is the adapter as PEFT writes it.
"""

from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.modules import Pooling
from transformers import AutoModel
from transformers.models.gpt_neox import modeling_gpt_neox
from transformers.models.qwen3 import modeling_qwen3

HERE = Path(__file__).resolve().parent.parent / "resources"
ROWS, LONGEST = 4, 11
TARGETS = {"qwen3": ["q_proj", "v_proj", "down_proj"], "gpt2": ["c_attn"], "gpt-neox": ["query_key_value"], "opt": ["q_proj", "fc1"]}

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def norm(self, x):
    return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.variance_epsilon))


def rotary(self, x, position_ids):
    angles = position_ids[:, :, None].double() * self.inv_freq.double()
    angles = torch.cat((angles, angles), -1)
    return angles.cos() * self.attention_scaling, angles.sin() * self.attention_scaling


modeling_qwen3.Qwen3RMSNorm.forward = norm
modeling_qwen3.Qwen3RotaryEmbedding.forward = modeling_gpt_neox.GPTNeoXRotaryEmbedding.forward = rotary


def embed(model, ids, lengths, pooling):
    present = (torch.arange(LONGEST)[None] < lengths[:, None]).long()
    hidden = model(input_ids=ids * present, attention_mask=present).last_hidden_state
    pool = Pooling(hidden.shape[-1], pooling_mode=pooling)
    return pool({"token_embeddings": hidden, "attention_mask": present})["sentence_embedding"]


def flat(values):
    return torch.cat([v.detach().reshape(-1) for v in values])


def main():
    generator = torch.Generator().manual_seed(31)
    ids = torch.randint(2, 80, (4, ROWS, LONGEST), generator=generator)
    lengths = torch.randint(2, LONGEST + 1, (4, ROWS), generator=generator)
    gold = {"ids": ids, "lengths": lengths}
    for name, targets in TARGETS.items():
        base = AutoModel.from_pretrained(HERE / "models" / name, dtype=torch.float64, attn_implementation="sdpa").eval()
        with torch.no_grad():
            for pooling in ("lasttoken", "mean"):
                gold[f"{name}/{pooling}"] = embed(base, ids.flatten(0, 1), lengths.flatten(), pooling)
        config = LoraConfig(r=2, lora_alpha=3, target_modules=targets, lora_dropout=0, fan_in_fan_out=name == "gpt2")
        model = get_peft_model(base, config).double().eval()
        learned = {}
        for key, parameter in model.named_parameters():
            if parameter.requires_grad:
                site, role = key.removeprefix("base_model.model.").rsplit(".lora_", 1)
                learned[f"lm.{site}.{'down' if role.startswith('A') else 'up'}"] = parameter
        learned = dict(sorted(learned.items()))
        with torch.no_grad():
            for parameter in learned.values():
                parameter.copy_((0.3 * torch.randn(parameter.shape, generator=generator)).float().double())
            gold[f"{name}/start"] = flat(learned.values()).float()
            gold[f"{name}/adapted"] = embed(model, ids.flatten(0, 1), lengths.flatten(), "lasttoken")
        columns = [embed(model, ids[c], lengths[c], "lasttoken") for c in range(3)]
        loss = MultipleNegativesRankingLoss(None, scale=20.0).compute_loss_from_embeddings(columns, None)
        loss.backward()
        gold[f"{name}/loss"] = loss.detach()
        gold[f"{name}/gradient"] = flat(p.grad for p in learned.values())
        print(name, loss.item())
        if name == "qwen3":
            model.peft_config["default"].base_model_name_or_path = name
            model.float().save_pretrained(HERE / "adapters" / f"{name}-vectors")
            (HERE / "adapters" / f"{name}-vectors" / "README.md").unlink()
    save_file(gold, HERE / "decoder-vectors.safetensors")


if __name__ == "__main__":
    main()
