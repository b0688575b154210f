"""Makes ../resources/policy-entropy.safetensors: steps of rewarded completions as TRL 1.16.0 has them where entropy counts, by
GRPOTrainer's own code.

  NAME/loss, gradient, policy   F64: NAME is LOSS|LEVEL|BETA|CORRECTED|COEF|QUANTILE; rows, model and reference are those of step/ in
                                policy_rollouts.py; policy is the loss without the bonus
  adaptive/NAME/losses, norms, coefficients, entropies   F64 [12]: steps of AdamW on batches 2 i and 2 i + 1, where the coefficient is
                                controlled; NAME goes on with |TARGET|DELTA|MIN|MAX. The coefficient after each step, and the entropy that it saw
  adaptive/NAME/trained         F64, the factors after them
"""

import types

import policy_rollouts
import torch
from peft_steps import HERE, RATE
from policy_rollouts import TEMPERATURE, Rollouts
from safetensors.torch import save_file
from trl.trainer.grpo_trainer import GRPOTrainer

SETTINGS = [
    *[(loss, "token", 0.0, True, coef, share) for loss in ("grpo", "bnpo", "dapo", "dr_grpo", "cispo")
      for coef, share in ((0.05, 1.0), (0.0, 0.35), (0.3, 0.35))],
    ("dapo", "token", 0.2, True, 0.1, 0.5), ("luspo", "sequence", 0.0, True, -0.02, 0.8)]


ADAPTIVE = [
    (("dapo", "token", 0.0, True, 0.1, 1.0), (3.1, 0.04, 0.0, 0.15)),
    (("grpo", "sequence", 0.2, True, 0.0, 0.5), (3.5, 0.1, -0.05, 0.2))]


class Entropies(Rollouts):
    control = None

    def loss(self, setting, first=0):
        reference = self.reference(first)
        ids, inside, mask = self.rows(first)
        logs = (self.student.model(input_ids=ids, attention_mask=inside).logits[:, :-1] / TEMPERATURE).log_softmax(-1)
        own, mask = logs.gather(-1, ids[:, 1:, None])[..., 0], mask[:, 1:]
        entropies = -(logs.exp() * logs).sum(-1)
        plain = policy_rollouts.trainer

        control = self.control

        def trainer(of):
            self = plain(of)
            self.accelerator.pad_across_processes = lambda x, dim, pad_index: x
            self.top_entropy_quantile, self.entropy_coef = setting[5], setting[4]
            self._entropy_bonus_enabled, self.use_adaptive_entropy = setting[4] != 0, False
            self.accelerator.sync_gradients = False
            self.get_high_entropy_mask = types.MethodType(GRPOTrainer.get_high_entropy_mask, self)
            self._get_per_token_logps_and_entropies = lambda model, *_, **__: (model, entropies, None)
            if control:
                control.enter(self)
            return self

        policy_rollouts.trainer = trainer
        try:
            return policy_rollouts.loss(own, own.detach(), reference, mask, self.advantages, setting[:4])
        finally:
            policy_rollouts.trainer = plain


class Control:
    """What a trainer keeps of the entropy from step to step."""

    def __init__(self, coefficient, target, delta, least, most):
        self.coefficient, self.last = coefficient, float("inf")
        self.args = {
            "entropy_target": target, "entropy_coef_delta": delta, "entropy_coef_min": least, "entropy_coef_max": most}

    def enter(self, trainer):
        self.trainer = trainer
        vars(trainer.args).update(self.args)
        trainer.use_adaptive_entropy = trainer._entropy_bonus_enabled = trainer.accelerator.sync_gradients = True
        trainer.entropy_coef, trainer._last_world_entropy = self.coefficient, self.last
        trainer._entropy_window_stats = None

    def leave(self):
        self.coefficient, self.last = self.trainer.entropy_coef, self.trainer._last_world_entropy


def controlled(setting, control):
    rollouts = Entropies()
    rollouts.control = Control(setting[4], *control)
    for factor in rollouts.factors:
        factor.requires_grad_(True)
    optimizer = torch.optim.AdamW(rollouts.factors, lr=RATE, weight_decay=0.01)
    told = {"losses": [], "norms": [], "coefficients": [], "entropies": []}
    for step in range(12):
        optimizer.zero_grad()
        made, _ = rollouts.loss(setting, 2 * step % 20)
        rollouts.control.leave()
        made.backward()
        told["norms"].append(torch.nn.utils.clip_grad_norm_(rollouts.factors, 1.0).item())
        told["losses"].append(made.item())
        told["coefficients"].append(rollouts.control.coefficient)
        told["entropies"].append(rollouts.control.last)
        optimizer.step()
    print(setting, control, told)
    trained = rollouts.student.flat(factor.detach() for factor in rollouts.factors)
    return {key: torch.tensor(values, dtype=torch.float64) for key, values in told.items()} | {"trained": trained}


def main():
    gold = {}
    rollouts = Entropies()
    for setting in SETTINGS:
        for factor in rollouts.factors:
            factor.grad = None
        made, told = rollouts.loss(setting)
        made.backward()
        name = "|".join(map(str, setting))
        gold[f"{name}/loss"] = made.detach()
        gold[f"{name}/policy"] = torch.tensor(told.get("policy_loss", made.item()), dtype=torch.float64)
        gold[f"{name}/gradient"] = rollouts.student.flat(factor.grad for factor in rollouts.factors)
        print(name, made.item(), told)
    for setting, control in ADAPTIVE:
        name = "|".join(map(str, setting + control))
        gold |= {f"adaptive/{name}/{key}": value for key, value in controlled(setting, control).items()}
    save_file({key: value.contiguous() for key, value in gold.items()}, HERE / "policy-entropy.safetensors")


if __name__ == "__main__":
    main()
