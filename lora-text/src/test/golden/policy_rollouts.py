"""Makes ../resources/policy-rollouts.safetensors: losses of rewarded completions as TRL 1.16.0 has them, by its own code:
GRPOTrainer's and RLOOTrainer's, on numbers and on a tiny LLaMA, and their advantages.

  numbers/policy, before, reference   F64 [6, 7]: log-probabilities of the tokens of six completions
  numbers/tokens                      F64 [6]: tokens of each that count, 0 for one of them
  numbers/advantages                  F64 [6]
  numbers/NAME/loss, gradient         F64, F64 [6, 7]; NAME is LOSS|LEVEL|BETA|CORRECTED, a loss as people write it
  numbers/NAME/METRIC                 F64, as TRL logs it
  advantages/rewards, weights         F64 [2, 8], [2]: of two functions, of two groups of four; NaN where none was given
  advantages/NAME                     F64 [8]; NAME is group, batch, none, each, rloo or rloo_normalised
  step/NAME/loss, gradient            F64: rows of the first two batches of peft_steps.py are two groups, the policy is
                                      llama-lora with its first factors at a temperature of 0.9, the reference the model without
                                      them; with "before" the completions are some steps old
  step/before                         F64, of each token that counts, row by row
  shared/NAME/loss, gradient          F64: the same where the completions of a group follow the prompt of its first row
  run/losses, norms, trained          F64: fifty steps of AdamW by dapo, batches 2 i and 2 i + 1 (of 20) for step i
"""

import collections
import inspect
import textwrap
import types

import torch
from peft.tuners.tuners_utils import BaseTunerLayer
from peft_steps import CASES, HERE, RATE, Training, data
from safetensors.torch import save_file
from trl.trainer.grpo_trainer import GRPOTrainer, nanstd
from trl.trainer.rloo_trainer import RLOOTrainer

GREATEST, TEMPERATURE = 9, 0.9
LOSSES = [
    "grpo", "grpo:epsilon=0.1,epsilon_high=0.28", "grpo:delta=1.5", "bnpo", "dapo", "dapo:epsilon_high=0.28", "dr_grpo",
    "luspo", "cispo", "cispo:epsilon_high=1.1", "sapo", "sapo:temperature_pos=2,temperature_neg=0.7", "vespo",
    "vespo:k_pos=1.5,lambda_pos=2.5,k_neg=2,lambda_neg=1"]
SETTINGS = [
    *[(loss, level, 0.0, True) for loss in LOSSES for level in ("token", "sequence")],
    *[(loss, level, 0.2, corrected) for loss in ("grpo", "dapo", "dr_grpo", "cispo", "sapo") for level in ("token", "sequence")
      for corrected in (True, False)],
    ("rloo", "sequence", 0.0, True), ("rloo:epsilon=0.1,epsilon_high=0.3", "sequence", 0.0, True)]
STEPS = [
    *[(loss, "token", 0.0, True) for loss in ("grpo", "bnpo", "dapo", "dr_grpo", "cispo", "sapo", "vespo")],
    ("luspo", "sequence", 0.0, True), ("dapo", "token", 0.2, True), ("grpo", "sequence", 0.2, False),
    ("rloo", "sequence", 0.0, True)]
SHARED = [("dapo", "token", 0.2, True), ("grpo", "sequence", 0.0, True), ("rloo", "sequence", 0.0, True)]


def trainer(setting):
    """What _compute_loss reads of a trainer; its model is the log-probabilities themselves."""
    text, level, beta, corrected = setting
    name, _, rest = text.partition(":")
    given = {key: float(value) for key, value in (pair.split("=") for pair in rest.split(",") if pair)}
    epsilon = given.get("epsilon", 0.2)
    args = types.SimpleNamespace(
        use_bias_correction_kl=corrected, delta=given.get("delta"), sapo_temperature_pos=given.get("temperature_pos", 1.0),
        sapo_temperature_neg=given.get("temperature_neg", 1.05), vespo_k_pos=given.get("k_pos", 2.0),
        vespo_lambda_pos=given.get("lambda_pos", 3.0), vespo_k_neg=given.get("k_neg", 3.0),
        vespo_lambda_neg=given.get("lambda_neg", 2.0), steps_per_generation=1)
    accelerator = types.SimpleNamespace(num_processes=1, reduce=lambda x, reduction: x, gather=lambda x: x)
    return types.SimpleNamespace(
        model=types.SimpleNamespace(training=True), aux_loss_enabled=False, top_entropy_quantile=1.0,
        off_policy_mask_threshold=None, importance_sampling_level=level, beta=beta, args=args, loss_type=name,
        epsilon_low=epsilon, epsilon_high=given.get("epsilon_high", 5.0 if name == "cispo" else epsilon), use_vllm=False,
        current_gradient_accumulation_steps=1, accelerator=accelerator, max_completion_length=GREATEST,
        _entropy_bonus_enabled=False, get_gamma_weights=GRPOTrainer.get_gamma_weights,
        _metrics=collections.defaultdict(lambda: collections.defaultdict(list)),
        _get_per_token_logps_and_entropies=lambda model, *_, **__: (model, torch.zeros_like(model.detach()), None))


def loss(own, before, reference, mask, advantages, setting):
    """The loss of TRL, and what it logs."""
    self = trainer(setting)
    inputs = {
        "prompt_ids": mask[:, :1], "prompt_mask": torch.ones_like(mask[:, :1]), "completion_ids": mask, "completion_mask": mask,
        "advantages": advantages, "old_per_token_logps": before, "ref_per_token_logps": reference,
        "num_items_in_batch": mask.sum()}
    if self.loss_type == "rloo":
        inputs["old_logps"] = (before * mask).sum(1)
        made = RLOOTrainer._compute_loss(self, own, inputs)
    else:
        made = GRPOTrainer._compute_loss(self, own, inputs)
    return made, {key: values[0] for key, values in self._metrics["train"].items()}


def of_numbers(gold):
    generator = torch.Generator().manual_seed(29)
    counts = torch.tensor([3, 7, 1, 5, 0, 6])
    policy = -3 * torch.rand((6, 7), generator=generator, dtype=torch.float64)
    before = policy + 0.25 * torch.randn((6, 7), generator=generator, dtype=torch.float64)
    before[0] -= 0.3
    before[1] += 0.4  # so that whole completions are clipped
    before[3] = policy[3]  # not changed yet
    reference = policy + 0.7 * torch.randn((6, 7), generator=generator, dtype=torch.float64)
    advantages = torch.tensor([1.2, -0.4, -0.8, 0.0, 0.9, -0.9], dtype=torch.float64)
    mask = (torch.arange(7)[None] < counts[:, None]).long()
    gold |= {
        "numbers/policy": policy, "numbers/before": before, "numbers/reference": reference,
        "numbers/tokens": counts.double(), "numbers/advantages": advantages}
    for setting in SETTINGS:
        x = policy.clone().requires_grad_()
        made, told = loss(x, before, reference, mask, advantages, setting)
        made.backward()
        name = "|".join(map(str, setting))
        gold[f"numbers/{name}/loss"] = made.detach()
        gold[f"numbers/{name}/gradient"] = x.grad
        for key in ("kl", "clip_ratio/low_mean", "clip_ratio/high_mean", "clip_ratio/region_mean", "cispo_clip_ratio"):
            # RLOO's means and GRPO's by completions leave NaN where nothing counts.
            if key in told and told[key] == told[key]:
                gold[f"numbers/{name}/{key}"] = torch.tensor(told[key], dtype=torch.float64)
        print(name, made.item(), told)


def excerpt(method, first, last, indent):
    """Lines of a method, as text to run."""
    lines = inspect.getsource(method).splitlines()
    begin = next(i for i, line in enumerate(lines) if line.strip().startswith(first))
    end = next(i for i in range(begin, len(lines)) if lines[i].strip().startswith(last))
    return textwrap.dedent("\n".join(lines[begin:end + 1]))


def of_advantages(gold):
    nan = float("nan")
    given = torch.tensor(
        [[1.0, 0.0, 0.5, nan, 2.0, 2.0, 2.0, 2.0], [nan, 0.3, 0.1, nan, 0.2, nan, nan, 0.9]], dtype=torch.float64)
    weights = torch.tensor([0.7, 2.0], dtype=torch.float64)
    gold |= {"advantages/rewards": given, "advantages/weights": weights}
    text = excerpt(
        GRPOTrainer._generate_and_score_completions, "unscorable_mask =", "advantages = torch.nan_to_num", 8)
    for name, scale, how in (
            ("group", "group", "sum_then_normalize"), ("batch", "batch", "sum_then_normalize"),
            ("none", "none", "sum_then_normalize"), ("each", "group", "normalize_then_sum")):
        scope = {
            "torch": torch, "nanstd": nanstd, "rewards_per_func": given.T.contiguous(), "num_generations": 4, "device": "cpu",
            "self": types.SimpleNamespace(
                multi_objective_aggregation=how, scale_rewards=scale, reward_weights=weights, reward_funcs=[0, 1])}
        exec(text, scope)
        gold[f"advantages/{name}"] = scope["advantages"].clone()
    text = excerpt(RLOOTrainer._generate_and_score_completions, "unscorable_mask =", "advantages = torch.nan_to_num", 8)
    for name, normalised in (("rloo", False), ("rloo_normalised", True)):
        scope = {
            "torch": torch, "nanstd": nanstd, "rewards_per_func": given.T.contiguous(), "num_generations": 4, "device": "cpu",
            "self": types.SimpleNamespace(
                reward_weights=weights, reward_clip_range=None, beta=0.0, normalize_advantages=normalised)}
        exec(text, scope)
        gold[f"advantages/{name}"] = scope["advantages"].clone()
    print({key: value for key, value in gold.items() if key.startswith("advantages/")})


class Rollouts:
    """Rows of two batches, as completions."""

    advantages = torch.tensor([0.9, -0.3, -0.6, 1.1, -1.1, 0.0], dtype=torch.float64)

    def __init__(self):
        self.batches = data(torch.Generator().manual_seed(5))
        self.student = Training(CASES["llama-lora"], self.batches)
        self.factors = list(self.student.factors.values())

    shared = False

    def rows(self, first):
        if self.shared:
            return self.shared_rows(first)
        ids = self.batches["causal/ids"][first:first + 2].flatten(0, 1)
        size = self.batches["causal/lengths"][first:first + 2].flatten()[:, None]
        begin = self.batches["causal/from"][first:first + 2].flatten()[:, None].clamp(min=1)
        places = torch.arange(10)[None]
        inside = places < size
        return ids * inside, inside.long(), (inside & (places >= begin)).long()

    def shared_rows(self, first):
        ids = self.batches["causal/ids"][first:first + 2].flatten(0, 1)
        size = self.batches["causal/lengths"][first:first + 2].flatten()
        begin = self.batches["causal/from"][first:first + 2].flatten().clamp(min=1)
        rows = []
        for i in range(6):
            head = i - i % 3
            rows.append((torch.cat((ids[head, :begin[head]], ids[i, begin[i]:size[i]])), begin[head]))
        width = max(len(row) for row, _ in rows)
        made, inside, mask = (torch.zeros((6, width), dtype=torch.long) for _ in range(3))
        for i, (row, start) in enumerate(rows):
            made[i, :len(row)], inside[i, :len(row)], mask[i, start:len(row)] = row, 1, 1
        return made, inside, mask

    def log_probs(self, first):
        ids, inside, mask = self.rows(first)
        logits = self.student.model(input_ids=ids, attention_mask=inside).logits[:, :-1] / TEMPERATURE
        return logits.log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0], mask[:, 1:]

    def reference(self, first):
        for module in self.student.model.modules():
            if isinstance(module, BaseTunerLayer):
                module.enable_adapters(False)
        with torch.no_grad():
            known = self.log_probs(first)[0]
        for module in self.student.model.modules():
            if isinstance(module, BaseTunerLayer):
                module.enable_adapters(True)
        for factor in self.factors:
            factor.requires_grad_(True)
        return known

    def loss(self, first, setting, offsets=None):
        reference = self.reference(first)
        own, mask = self.log_probs(first)
        before = own.detach() if offsets is None else offsets
        return loss(own, before, reference, mask, self.advantages, setting)[0], mask


def of_steps(gold):
    rollouts = Rollouts()
    with torch.no_grad():
        own, mask = rollouts.log_probs(0)
    noise = torch.randn(own.shape, generator=torch.Generator().manual_seed(31), dtype=torch.float64)
    old = own + 0.2 * noise
    gold["step/before"] = old[mask.bool()]
    for setting in STEPS:
        for kind, offsets in (("", None), ("before ", old)):
            for factor in rollouts.factors:
                factor.grad = None
            made, _ = rollouts.loss(0, setting, offsets)
            made.backward()
            name = kind + "|".join(map(str, setting))
            gold[f"step/{name}/loss"] = made.detach()
            gold[f"step/{name}/gradient"] = rollouts.student.flat(factor.grad for factor in rollouts.factors)
    rollouts.shared = True
    for setting in SHARED:
        for factor in rollouts.factors:
            factor.grad = None
        made, _ = rollouts.loss(0, setting)
        made.backward()
        name = "|".join(map(str, setting))
        gold[f"shared/{name}/loss"] = made.detach()
        gold[f"shared/{name}/gradient"] = rollouts.student.flat(factor.grad for factor in rollouts.factors)
    rollouts.shared = False
    optimizer = torch.optim.AdamW(rollouts.factors, lr=RATE, weight_decay=0.01)
    losses, norms = [], []
    for step in range(50):
        optimizer.zero_grad()
        made, _ = rollouts.loss(2 * step % 20, ("dapo", "token", 0.2, True))
        made.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(rollouts.factors, 1.0))
        losses.append(made.detach())
        optimizer.step()
    print([round(x.item(), 4) for x in losses])
    gold["run/losses"] = torch.stack(losses)
    gold["run/norms"] = torch.stack(norms)
    gold["run/trained"] = rollouts.student.flat(factor.detach() for factor in rollouts.factors)


def main():
    gold = {}
    of_numbers(gold)
    of_advantages(gold)
    of_steps(gold)
    save_file({key: value.contiguous() for key, value in gold.items()}, HERE / "policy-rollouts.safetensors")


if __name__ == "__main__":
    main()
