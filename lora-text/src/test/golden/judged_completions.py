"""Makes ../resources/judged-completions.safetensors: losses of good and bad completions as TRL 1.16.0 has them, by KTOTrainer's own
code, on numbers and on a tiny LLaMA.

  numbers/policy, reference         F64 [6]: log-probabilities of six completions
  numbers/mismatched                F64 [2, 6]: those of other completions, of the policy and of the reference
  numbers/good                      F64 [6]: 1 for good ones
  numbers/NAME/loss, gradient, kl   F64, F64 [6], F64; NAME is LOSS|BETA, a loss as people write it
  step/NAME/loss, gradient          F64: rows of the first two batches of peft_steps.py, of which rows 0, 1 and 4 are good; the
                                    policy is llama-lora with its first factors, the reference the model without them
"""

import collections
import types

import torch
from peft.tuners.tuners_utils import BaseTunerLayer
from peft_steps import CASES, HERE, Training, data
from safetensors.torch import save_file
from trl.trainer.kto_trainer import KTOTrainer

SETTINGS = [
    ("kto", 0.1), ("kto", 0.7), ("kto:desirable_weight=0.5,undesirable_weight=1.3", 0.3), ("apo_zero_unpaired", 0.1),
    ("apo_zero_unpaired:desirable_weight=2,undesirable_weight=0.7", 0.5)]
GOOD = torch.tensor([True, True, False, False, True, False])


def trainer(setting, mismatched):
    text, beta = setting
    name, _, rest = text.partition(":")
    given = {key: float(value) for key, value in (pair.split("=") for pair in rest.split(",") if pair)}
    same = types.SimpleNamespace(device="cpu", gather_for_metrics=lambda x: x, gather=lambda x: x)
    return types.SimpleNamespace(
        model=types.SimpleNamespace(training=True), aux_loss_enabled=False, accelerator=same, precompute_ref_logps=True,
        calculate_KL=name == "kto", loss_type=name, beta=beta, desirable_weight=given.get("desirable_weight", 1.0),
        undesirable_weight=given.get("undesirable_weight", 1.0), _total_train_tokens=0, _tp_size=1,
        _compute_kl_logps=lambda model, batch: mismatched,
        _metrics=collections.defaultdict(lambda: collections.defaultdict(list)))


def loss(own, mask, reference, mismatched, setting):
    """The loss of KTOTrainer, and the distance; own is [rows, tokens]."""
    nothing = torch.zeros_like(own.detach())
    told = types.SimpleNamespace(log_probs=own, entropy=nothing, is_top1=nothing > 1, mean_logits=nothing)
    self = trainer(setting, mismatched[0])
    inputs = {
        "input_ids": torch.zeros_like(mask), "attention_mask": torch.ones_like(mask), "completion_mask": mask,
        "label": GOOD, "ref_logps": reference, "ref_KL_logps": mismatched[1]}
    made = KTOTrainer._compute_loss(self, lambda **_: told, inputs, False)
    return made, self._metrics["train"]["kl"][0]


def of_numbers(gold):
    generator = torch.Generator().manual_seed(37)
    policy = -5 - 20 * torch.rand(6, generator=generator, dtype=torch.float64)
    reference = policy + 3 * torch.randn(6, generator=generator, dtype=torch.float64)
    mismatched = -30 * torch.rand((2, 6), generator=generator, dtype=torch.float64)
    mismatched[0] += 5  # so that the distance is above 0
    gold |= {
        "numbers/policy": policy, "numbers/reference": reference, "numbers/mismatched": mismatched,
        "numbers/good": GOOD.double()}
    mask = torch.tensor([[0, 1]]).expand(6, 2)
    for setting in SETTINGS:
        x = policy.clone().requires_grad_()
        made, kl = loss(x[:, None], mask, reference, mismatched, setting)
        made.backward()
        name = "|".join(map(str, setting))
        gold[f"numbers/{name}/loss"] = made.detach()
        gold[f"numbers/{name}/gradient"] = x.grad
        gold[f"numbers/{name}/kl"] = torch.tensor(kl, dtype=torch.float64)
        print(name, made.item(), kl)


class Rows:
    """Rows of two batches, and the prompt of each with the completion of the one before."""

    def __init__(self):
        self.batches = data(torch.Generator().manual_seed(5))
        self.student = Training(CASES["llama-lora"], self.batches)
        self.factors = list(self.student.factors.values())
        ids = self.batches["causal/ids"][:2].flatten(0, 1)
        size = self.batches["causal/lengths"][:2].flatten()
        begin = self.batches["causal/from"][:2].flatten().clamp(min=1)
        self.own = [(ids[i, :size[i]], begin[i]) for i in range(6)]
        self.other = [
            (torch.cat((self.own[i][0][:begin[i]], self.own[i - 1][0][begin[i - 1]:])), begin[i]) for i in range(6)]

    def log_probs(self, rows):
        width = max(len(ids) for ids, _ in rows)
        ids, inside, mask = (torch.zeros((6, width), dtype=torch.long) for _ in range(3))
        for i, (row, begin) in enumerate(rows):
            ids[i, :len(row)], inside[i, :len(row)], mask[i, begin:len(row)] = row, 1, 1
        logits = self.student.model(input_ids=ids, attention_mask=inside).logits[:, :-1].log_softmax(-1)
        return logits.gather(-1, ids[:, 1:, None])[..., 0] * mask[:, 1:], mask

    def layers(self, on):
        for module in self.student.model.modules():
            if isinstance(module, BaseTunerLayer):
                module.enable_adapters(on)

    def loss(self, setting):
        self.layers(False)
        with torch.no_grad():
            reference = self.log_probs(self.own)[0].sum(1)
            far = self.log_probs(self.other)[0].sum(1)
        self.layers(True)
        for factor in self.factors:
            factor.requires_grad_(True)
        with torch.no_grad():
            near = self.log_probs(self.other)[0].sum(1)
        own, mask = self.log_probs(self.own)
        return loss(own, mask, reference, torch.stack((near, far)), setting)


def of_steps(gold):
    rows = Rows()
    for setting in SETTINGS:
        for factor in rows.factors:
            factor.grad = None
        made, kl = rows.loss(setting)
        made.backward()
        name = "|".join(map(str, setting))
        gold[f"step/{name}/loss"] = made.detach()
        gold[f"step/{name}/gradient"] = rows.student.flat(factor.grad for factor in rows.factors)
        print(name, made.item(), kl)


def main():
    gold = {}
    of_numbers(gold)
    of_steps(gold)
    save_file({key: value.contiguous() for key, value in gold.items()}, HERE / "judged-completions.safetensors")


if __name__ == "__main__":
    main()
