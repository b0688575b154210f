"""Makes ../resources/on-policy.safetensors: steps of on-policy distillation as TRL 1.16.0 has them, by GKDTrainer's divergence in F64;
DistillationTrainer's own, which computes in F32, is checked to agree.

  step/BETA|TEMPERATURE/loss, gradient   F64: the first batch of peft_steps.py, whose rows stand for what the student wrote; the student is
                                         llama-lora with its first factors, the teacher the tiny GPT-2
  step/BETA|TEMPERATURE/entropy          F64, the mean of the student's over the tokens that count
  run/losses, run/norms                  F64 [10]: ten steps of AdamW, batch i for step i, beta 1 and temperature 0.9
  run/trained                            F64, the factors after them
  mixed/LAMBDA/own                       I64 [10], which batches GKDTrainer.training_step has the student write by the draws of SeededNoise
                                         of seed 0, purpose 43, the step and batch 0
  mixed/losses, norms, trained           as those of run, with lambda 0.5: batch i where the student wrote, else batch 10 + i as data
"""

import contextlib
from unittest import mock

import torch
from peft_steps import CASES, HERE, RATE, Training, data
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM
from trl.experimental.gkd import GKDTrainer
from trl.trainer.distillation_trainer import _chunked_divergence_loss

LAMBDAS = [0.0, 0.5, 1.0]
MASK = (1 << 64) - 1
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


def mixed(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def drawn(seed, *counters):
    """SeededNoise.of(seed, counters).uniform(), the first number of Java's SplittableRandom."""
    key = mixed(seed)
    for counter in counters:
        key = mixed(key ^ mixed((counter + 0x9E3779B97F4A7C15) & MASK))
    return (mixed((key + 0x9E3779B97F4A7C15) & MASK) >> 11) * 2.0**-53


def own(share, draws):
    """Which batches TRL has the student write."""
    trainer = object.__new__(GKDTrainer)
    trainer.lmbda, trainer.seq_kd, trainer.generation_config, trainer.generation_kwargs = share, False, None, {}
    trainer.accelerator, trainer.args = None, mock.Mock()
    module, learned = "trl.experimental.gkd.gkd_trainer.", []
    with (
        mock.patch(module + "random.random", side_effect=draws),
        mock.patch(module + "unwrap_model_for_generation", lambda *_, **__: contextlib.nullcontext()),
        mock.patch(module + "SFTTrainer.training_step", lambda _, __, inputs, ___: learned.append(inputs["labels"])),
        mock.patch.object(GKDTrainer, "generate_on_policy_outputs", lambda *_: (None, None, "own")),
    ):
        for _ in draws:
            trainer.training_step(None, {"labels": "data"}, None)
    return [labels == "own" for labels in learned]


def run(lesson, batches):
    optimizer = torch.optim.AdamW(lesson.factors, lr=RATE, weight_decay=0.01)
    losses, norms = [], []
    for i in batches:
        optimizer.zero_grad()
        made, _ = lesson.loss(i, (1.0, 0.9))
        made.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(lesson.factors, 1.0))
        losses.append(made.detach())
        optimizer.step()
    print([x.item() for x in losses])
    return {"losses": torch.stack(losses), "norms": torch.stack(norms), "trained": lesson.student.flat(lesson.factors)}


def fresh():
    lesson = Lesson()
    for factor in lesson.factors:
        factor.requires_grad_(True)
    return lesson


def main():
    gold = {}
    lesson = fresh()
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
    gold |= {f"run/{name}": value for name, value in run(lesson, range(10)).items()}
    draws = [drawn(0, 43, step, 0) for step in range(10)]
    choices = {share: own(share, draws) for share in LAMBDAS}
    print(draws, choices)
    gold |= {f"mixed/{share}/own": torch.tensor(flags).long() for share, flags in choices.items()}
    batches = [i if flag else 10 + i for i, flag in enumerate(choices[0.5])]
    gold |= {f"mixed/{name}": value for name, value in run(fresh(), batches).items()}
    save_file({key: value.contiguous() for key, value in gold.items()}, HERE / "on-policy.safetensors")


if __name__ == "__main__":
    main()
