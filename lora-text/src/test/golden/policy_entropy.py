"""Makes ../resources/policy-entropy.safetensors: steps of rewarded completions as TRL 1.16.0 has them where entropy counts, by
GRPOTrainer's own code.

  NAME/loss, gradient, policy   F64: NAME is LOSS|LEVEL|BETA|CORRECTED|COEF|QUANTILE; rows, model and reference are those of step/ in
                                policy_rollouts.py; policy is the loss without the bonus
"""

import types

import policy_rollouts
import torch
from peft_steps import HERE
from policy_rollouts import TEMPERATURE, Rollouts
from safetensors.torch import save_file
from trl.trainer.grpo_trainer import GRPOTrainer

SETTINGS = [
    *[(loss, "token", 0.0, True, coef, share) for loss in ("grpo", "bnpo", "dapo", "dr_grpo", "cispo")
      for coef, share in ((0.05, 1.0), (0.0, 0.35), (0.3, 0.35))],
    ("dapo", "token", 0.2, True, 0.1, 0.5), ("luspo", "sequence", 0.0, True, -0.02, 0.8)]


class Entropies(Rollouts):
    def loss(self, setting):
        reference = self.reference(0)
        ids, inside, mask = self.rows(0)
        logs = (self.student.model(input_ids=ids, attention_mask=inside).logits[:, :-1] / TEMPERATURE).log_softmax(-1)
        own, mask = logs.gather(-1, ids[:, 1:, None])[..., 0], mask[:, 1:]
        entropies = -(logs.exp() * logs).sum(-1)
        plain = policy_rollouts.trainer

        def trainer(of):
            self = plain(of)
            self.accelerator.pad_across_processes = lambda x, dim, pad_index: x
            self.top_entropy_quantile, self.entropy_coef = setting[5], setting[4]
            self._entropy_bonus_enabled, self.use_adaptive_entropy = setting[4] != 0, False
            self.accelerator.sync_gradients = False
            self.get_high_entropy_mask = types.MethodType(GRPOTrainer.get_high_entropy_mask, self)
            self._get_per_token_logps_and_entropies = lambda model, *_, **__: (model, entropies, None)
            return self

        policy_rollouts.trainer = trainer
        try:
            return policy_rollouts.loss(own, own.detach(), reference, mask, self.advantages, setting[:4])
        finally:
            policy_rollouts.trainer = plain


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
    save_file({key: value.contiguous() for key, value in gold.items()}, HERE / "policy-entropy.safetensors")


if __name__ == "__main__":
    main()
