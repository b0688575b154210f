"""Makes ../resources/value-rollouts.safetensors: PPO with a value head as TRL 0.11.4 has it, by its own code: compute_rewards,
compute_advantages and loss of its PPOTrainer, on numbers and on a tiny LLaMA.

Later versions of TRL have no PPOTrainer.step, and that one does not load beside the transformers of requirements.txt, so its functions are
taken out of its files. Run as: value_rollouts.py FOLDER, where FOLDER is the wheel of `pip download --no-deps trl==0.11.4`, unpacked.

  numbers/before, reference, values   F64 [5, 7]: log-probabilities and values of the tokens of five completions when they were written
  numbers/tokens                      F64 [5]: tokens of each that count
  numbers/scores                      F64 [5]
  numbers/estimate/NAME/paid, advantages, returns   F64 [5, 7]; NAME is GAMMA|LAMBDA|BETA
  numbers/policy, said                F64 [5, 7]: log-probabilities and values some steps later
  numbers/loss/NAME/policy, value, total, METRIC    F64; NAME is CLIPRANGE|CLIPRANGE_VALUE|VF_COEF, a METRIC as the last TRL with PPO
                                      calls it; advantages and returns are those of 0.97|0.8|0.3
  numbers/loss/NAME/of_policy, of_said              F64 [5, 7]: gradients of the total
  step/start, step/NAME/loss, gradient   rows of the first two batches of peft_steps.py are six completions, the policy is llama-lora at a
                                      temperature of 0.9 with a value head; NAME is "fresh" or, where they are some steps old, "later"
  step/before, values, gains, returns F64 of each token that counts, row by row, of "later"; of "fresh" with a / behind "fresh"
  run/start, losses, policies, values, norms, trained   six generations of four steps of AdamW, batches 2 i and 2 i + 1 for generation i
  run/scores                          F64 [6, 6]
  run/I/before, values, reference     F64 of each token that counts, row by row, of generation I

Factors are as in peft_steps.py, with the head's bias and weight behind them.
"""

import ast
import collections.abc
import sys
import types
from pathlib import Path

import torch
import torch.nn.functional as F
from peft_steps import HERE, RATE
from policy_rollouts import Rollouts, TEMPERATURE
from safetensors.torch import save_file

GAMMAS = [(1.0, 0.95, 0.2), (0.97, 0.8, 0.3), (1.0, 1.0, 0.0), (0.9, 0.0, 0.05)]
CLIPS = [(0.2, 0.2, 0.1), (0.1, 0.05, 0.5), (0.3, 1.0, 0.0)]
GENERATIONS, EPOCHS = 6, 4


def taken(path, names, scope):
    """Functions and methods of a file, compiled into a scope."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name in names:
            node.returns, node.decorator_list = None, []
            for argument in node.args.args:
                argument.annotation = None
            exec(compile(ast.Module([node], []), str(path), "exec"), scope)


def trl(folder):
    scope = {"torch": torch, "F": F, "Dict": dict, "Mapping": collections.abc.Mapping}
    taken(folder / "trl/core.py", {"masked_mean", "masked_var", "masked_whiten", "clip_by_value", "entropy_from_logits",
                                   "flatten_dict"}, scope)
    taken(folder / "trl/trainer/ppo_trainer.py", {"compute_rewards", "_kl_penalty", "compute_advantages", "loss"}, scope)
    return scope


def trainer(scope, gamma=1.0, lam=0.95, beta=0.2, clip=0.2, clip_value=0.2, coefficient=0.1):
    """What those methods read of a trainer."""
    self = types.SimpleNamespace(
        kl_ctl=types.SimpleNamespace(value=beta),
        config=types.SimpleNamespace(
            kl_penalty="kl", whiten_rewards=False, gamma=gamma, lam=lam, cliprange=clip, cliprange_value=clip_value,
            vf_coef=coefficient, ratio_threshold=10.0))
    for name in ("compute_rewards", "_kl_penalty", "compute_advantages", "loss"):
        setattr(self, name, types.MethodType(scope[name], self))
    return self


def of_numbers(gold, scope):
    generator = torch.Generator().manual_seed(43)

    def normal(scale):
        return scale * torch.randn((5, 7), generator=generator, dtype=torch.float64)

    counts = torch.tensor([3, 7, 1, 5, 6])
    mask = (torch.arange(7)[None] < counts[:, None]).double()  # counts of integers would be divided in F32
    before = -3 * torch.rand((5, 7), generator=generator, dtype=torch.float64)
    reference, values = before + normal(0.6), normal(0.5)
    scores = torch.tensor([1.0, -0.3, 0.4, 2.0, 0.0], dtype=torch.float64)
    gold |= {
        "numbers/before": before, "numbers/reference": reference, "numbers/values": values, "numbers/tokens": counts.double(),
        "numbers/scores": scores}
    for gamma, lam, beta in GAMMAS:
        self = trainer(scope, gamma, lam, beta)
        paid, _, _ = self.compute_rewards(scores, before, reference, mask)
        masked, advantages, returns = self.compute_advantages(values, paid, mask)
        name = f"numbers/estimate/{gamma}|{lam}|{beta}"
        gold |= {f"{name}/paid": paid, f"{name}/advantages": advantages, f"{name}/returns": returns}
        if beta == 0.3:
            known = masked, advantages, returns
    masked, advantages, returns = known
    gold["numbers/policy"] = before + normal(0.25)
    gold["numbers/said"] = values + normal(0.3)
    for clip, clip_value, coefficient in CLIPS:
        policy, said = (gold[f"numbers/{key}"].clone().requires_grad_() for key in ("policy", "said"))
        self = trainer(scope, clip=clip, clip_value=clip_value, coefficient=coefficient)
        own, other, told = self.loss(before, masked, torch.zeros((5, 7, 4)), said, policy, mask, advantages, returns)
        (own + other).backward()
        name = f"numbers/loss/{clip}|{clip_value}|{coefficient}"
        gold |= {
            f"{name}/policy": own.detach(), f"{name}/value": told["loss/value"], f"{name}/total": told["loss/total"],
            f"{name}/policy/approxkl_avg": told["policy/approxkl"], f"{name}/policy/clipfrac_avg": told["policy/clipfrac"].double(),
            f"{name}/val/clipfrac_avg": told["val/clipfrac"].double(),
            f"{name}/val/ratio": scope["masked_mean"](told["policy/ratio"], mask),
            f"{name}/of_policy": policy.grad, f"{name}/of_said": said.grad}
        print(name, own.item(), other.item(), told["policy/clipfrac"].item(), told["val/clipfrac"].item())


class Valued(Rollouts):
    """Completions, and a head beside the model."""

    def __init__(self, scope):
        super().__init__()
        self.trl = trainer(scope, gamma=0.97, lam=0.9, beta=0.1, coefficient=0.3)
        width = self.student.model.config.hidden_size
        self.head = torch.nn.Linear(width, 1).double()
        generator = torch.Generator().manual_seed(3)
        with torch.no_grad():
            self.head.weight.copy_(0.3 * torch.randn((1, width), generator=generator))
            self.head.bias.copy_(0.1 * torch.ones(1))
        self.trained = [*self.factors, self.head.bias, self.head.weight]

    def flat(self, of):
        return torch.cat([self.student.flat(of(p) for p in self.factors)]
                         + [of(p).flatten().double() for p in self.trained[-2:]])

    def forward(self, first):
        ids, inside, mask = self.rows(first)
        told = self.student.model(input_ids=ids, attention_mask=inside, output_hidden_states=True)
        logits = told.logits[:, :-1] / TEMPERATURE
        own = logits.log_softmax(-1).gather(-1, ids[:, 1:, None])[..., 0]
        return own, logits, self.head(told.hidden_states[-1])[:, :-1, 0], mask[:, 1:].double()

    def generation(self, first, scores):
        """What is known of completions before they are learned."""
        reference = self.reference(first)
        with torch.no_grad():
            own, _, values, mask = self.forward(first)
        paid, _, _ = self.trl.compute_rewards(scores, own, reference, mask)
        masked, advantages, returns = self.trl.compute_advantages(values, paid, mask)
        return own, reference, masked, advantages, returns

    def loss(self, first, known):
        before, _, values, advantages, returns = known
        own, logits, said, mask = self.forward(first)
        return self.trl.loss(before, values, logits, said, own, mask, advantages, returns)


def of_steps(gold, scope):
    at = Valued(scope)
    gold["step/start"] = at.flat(lambda p: p.detach())
    scores = torch.tensor([1.0, 0.0, -0.5, 2.0, 0.3, 0.7], dtype=torch.float64)
    fresh = at.generation(0, scores)
    mask = at.rows(0)[2][:, 1:].bool()
    generator = torch.Generator().manual_seed(47)
    noise = [scale * torch.randn(fresh[0].shape, generator=generator, dtype=torch.float64) for scale in (0.2, 0.4)]
    later = (fresh[0] + noise[0], fresh[1], (fresh[2] + noise[1]) * mask, fresh[3], fresh[4])
    for name, known in (("fresh", fresh), ("later", later)):
        for parameter in at.trained:
            parameter.grad = None
        policy, value, told = at.loss(0, known)
        (policy + value).backward()
        gold |= {
            f"step/{name}/loss": (policy + value).detach(), f"step/{name}/gradient": at.flat(lambda p: p.grad),
            f"step/{name}/before": known[0][mask], f"step/{name}/values": known[2][mask], f"step/{name}/gains": known[3][mask],
            f"step/{name}/returns": known[4][mask]}
        print(name, policy.item(), value.item(), told["policy/clipfrac"].item(), told["val/clipfrac"].item())


def of_run(gold, scope):
    at = Valued(scope)
    gold["run/start"] = at.flat(lambda p: p.detach())
    all_scores = torch.rand((GENERATIONS, 6), generator=torch.Generator().manual_seed(53), dtype=torch.float64)
    gold["run/scores"] = all_scores
    optimizer = torch.optim.AdamW(at.trained, lr=RATE, weight_decay=0.01)
    losses, policies, values, norms = [], [], [], []
    for i in range(GENERATIONS):
        known = at.generation(2 * i, all_scores[i])
        mask = at.rows(2 * i)[2][:, 1:].bool()
        gold |= {f"run/{i}/before": known[0][mask], f"run/{i}/values": known[2][mask], f"run/{i}/reference": known[1][mask]}
        for _ in range(EPOCHS):
            optimizer.zero_grad()
            policy, value, told = at.loss(2 * i, known)
            (policy + value).backward()
            norms.append(torch.nn.utils.clip_grad_norm_(at.trained, 1.0))
            losses.append((policy + value).detach())
            policies.append(policy.detach())
            values.append(told["loss/value"])
            optimizer.step()
    print([round(x.item(), 4) for x in losses])
    gold |= {
        "run/losses": torch.stack(losses), "run/policies": torch.stack(policies), "run/values": torch.stack(values),
        "run/norms": torch.stack(norms), "run/trained": at.flat(lambda p: p.detach())}


def main():
    gold, scope = {}, trl(Path(sys.argv[1]))
    of_numbers(gold, scope)
    of_steps(gold, scope)
    of_run(gold, scope)
    save_file({key: value.contiguous() for key, value in gold.items()}, HERE / "value-rollouts.safetensors")


if __name__ == "__main__":
    main()
