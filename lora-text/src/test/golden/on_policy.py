"""Makes ../resources/on-policy.safetensors: steps of on-policy distillation as TRL 1.16.0 has them, by GKDTrainer's divergence in F64;
DistillationTrainer's own, which computes in F32, is checked to agree.

  step/BETA|TEMPERATURE/loss, gradient   F64: the first batch of peft_steps.py, whose rows stand for what the student wrote; the student is
                                         llama-lora with its first factors, the teacher the tiny GPT-2
  step/BETA|TEMPERATURE/entropy          F64, the mean of the student's over the tokens that count
  run/losses, run/norms                  F64 [10]: ten steps of AdamW, batch i for step i, beta 1 and temperature 0.9
  run/trained                            F64, the factors after them
"""

import torch
from peft_steps import CASES, HERE, RATE, Training, data
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM
from trl.experimental.gkd import GKDTrainer
from trl.trainer.distillation_trainer import _chunked_divergence_loss

SETTINGS = [(0.0, 1.0), (0.5, 1.0), (1.0, 1.0), (1.0, 0.9), (0.3, 2.0)]


class Lesson:
    def __init__(self):
        self.batches = data(torch.Generator().manual_seed(5))
        self.student = Training(CASES["llama-lora"], self.batches)
        self.factors = list(self.student.factors.values())
        self.teacher = AutoModelForCausalLM.from_pretrained(HERE / "models" / "gpt2", dtype=torch.float64).eval()

    def rows(self, i):
        places = torch.arange(10)[None]
        inside = places < self.batches["causal/lengths"][i][:, None]
        learned = inside & (places >= self.batches["causal/from"][i][:, None].clamp(min=1))
        return self.batches["causal/ids"][i] * inside, inside.long(), learned[:, 1:]

    def loss(self, i, setting):
        beta, temperature = setting
        ids, inside, learned = self.rows(i)
        own = self.student.model(input_ids=ids, attention_mask=inside).logits[:, :-1]
        with torch.no_grad():
            # Logits of a teacher are kept in F32.
            said = self.teacher(input_ids=ids, attention_mask=inside).logits[:, :-1].float().double()
        labels = torch.where(learned, ids[:, 1:], -100)
        made = GKDTrainer.generalized_jsd_loss(own, said, labels=labels, beta=beta, temperature=temperature)
        logs = (own[learned] / temperature).log_softmax(-1)
        self.check(own, said, learned, setting, made)
        return made, -(logs.exp() * logs).sum(-1).mean()

    def check(self, own, said, learned, setting, made):
        """Logits as hidden states behind a head that changes nothing."""
        head = torch.eye(own.shape[-1])
        other, _, _ = _chunked_divergence_loss(
            own.detach().float(), said.float(), head, head, learned.long(), setting[0], temperature=setting[1])
        assert torch.allclose(other, made.detach().float(), rtol=1e-4), (setting, other, made)


def main():
    gold = {}
    lesson = Lesson()
    for factor in lesson.factors:
        factor.requires_grad_(True)
    for setting in SETTINGS:
        for factor in lesson.factors:
            factor.grad = None
        made, entropy = lesson.loss(0, setting)
        made.backward()
        name = "|".join(map(str, setting))
        gold[f"step/{name}/loss"] = made.detach()
        gold[f"step/{name}/entropy"] = entropy.detach()
        gold[f"step/{name}/gradient"] = lesson.student.flat(factor.grad for factor in lesson.factors)
        print(name, made.item(), entropy.item())
    optimizer = torch.optim.AdamW(lesson.factors, lr=RATE, weight_decay=0.01)
    losses, norms = [], []
    for step in range(10):
        optimizer.zero_grad()
        made, _ = lesson.loss(step, (1.0, 0.9))
        made.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(lesson.factors, 1.0))
        losses.append(made.detach())
        optimizer.step()
    print([x.item() for x in losses])
    gold["run/losses"] = torch.stack(losses)
    gold["run/norms"] = torch.stack(norms)
    gold["run/trained"] = lesson.student.flat(lesson.factors)
    save_file({key: value.contiguous() for key, value in gold.items()}, HERE / "on-policy.safetensors")


if __name__ == "__main__":
    main()
