"""Makes ../resources/preference-pairs.safetensors: losses of pairs as TRL 1.16.0 has them, by its own code: DPOTrainer's, on
numbers and on a tiny LLaMA; CPOTrainer's and ORPOTrainer's on numbers.

  numbers/policy, reference   F64 [2, 6]: log-probabilities of six chosen and six rejected completions
  numbers/tokens              F64 [2, 6]: tokens of each
  numbers/NAME/loss           F64, the mean over the pairs; NAME is LOSS|DIVERGENCE|BETA, a loss as people write it
  numbers/NAME/gradient       F64 [2, 6], of the policy
  step/NAME/loss              F64: rows of the first batch of peft_steps.py are chosen, those of its second one rejected, the
                              policy is llama-lora with its first factors, the reference the model without them; NAME may
                              have |ld=X, the share of tokens beyond the shorter completion, and |wpo, weighted pairs
  step/NAME/gradient          F64, of the factors in the order of their names
  run/losses, run/norms       F64 [10]: ten steps of AdamW by sigmoid and a fifth of sft, batches 2 i and 2 i + 1 for step i
  run/trained                 F64, the factors after them
"""

import collections
import types

import torch
from peft.tuners.tuners_utils import BaseTunerLayer
from peft_steps import CASES, HERE, RATE, Training, data
from safetensors.torch import save_file
from trl.experimental.cpo import CPOTrainer
from trl.experimental.orpo import ORPOTrainer
from trl.trainer.dpo_trainer import DPOTrainer

CASE = "llama-lora"
KL = "reverse_kl"
# A loss, as people write it, the divergence and beta.
DPO = [
    *[(name, KL, beta) for beta in (0.1, 0.7) for name in (
        "sigmoid", "hinge", "ipo", "sigmoid_norm", "robust:smoothing=0.2", "exo_pair", "exo_pair:smoothing=0.1", "nca_pair",
        "bco_pair", "sppo_hard", "aot", "aot:smoothing=0.1", "aot_unpaired", "aot_unpaired:smoothing=0.1", "apo_zero",
        "apo_down", "discopop", "discopop:tau=0.3")],
    ("sft", KL, 0.1),
    ("sigmoid:weight=0.8+bco_pair:weight=0.2+sft", KL, 0.1),
    *[(name, divergence, 0.1) for divergence in ("forward_kl", "js_divergence", "alpha_divergence:0.5", "alpha_divergence:1")
      for name in ("sigmoid", "hinge", "ipo", "sigmoid_norm", "robust:smoothing=0.2", "exo_pair", "discopop")],
]
# Also the share of tokens beyond the shorter completion and whether pairs are weighted.
PAIRS = [("sigmoid", KL, 0.1, "ld=0.3"), ("sigmoid", KL, 0.1, "ld=0"), ("sigmoid", KL, 0.1, "wpo"),
         ("sigmoid", KL, 0.1, "ld=0.3", "wpo"), ("ipo", KL, 0.1, "ld=0.5"), ("sigmoid_norm", KL, 0.1, "ld=0.6", "wpo"),
         ("robust:smoothing=0.2", "js_divergence", 0.1, "wpo"), ("nca_pair", KL, 0.1, "wpo"), ("aot", KL, 0.1, "ld=0.3"),
         ("sigmoid:weight=0.8+bco_pair:weight=0.2", KL, 0.1, "ld=0.2", "wpo"),
         ("sigmoid:weight=0.8+bco_pair:weight=0.2+sft", KL, 0.1, "ld=0.2")]
OTHERS = [("cpo", 0.1), ("cpo:smoothing=0.1", 0.3), ("simpo", 2.0), ("simpo:gamma=1.2", 2.5), ("orpo", 0.1), ("orpo", 0.5),
          ("alphapo", 2.0), ("alphapo:alpha=-0.5,gamma=1.2", 2.5)]


def trainer(losses, divergence, beta, *more):
    """What _compute_loss reads of a trainer."""
    names, weights, settings = [], [], {}
    for text in losses.split("+"):
        name, _, rest = text.partition(":")
        given = dict(pair.split("=") for pair in rest.split(",") if pair)
        names.append(name)
        weights.append(float(given.pop("weight", 1)))
        settings |= {key: float(value) for key, value in given.items()}
    kind, _, alpha = divergence.partition(":")
    share = [float(one[3:]) for one in more if one.startswith("ld=")]
    same = types.SimpleNamespace(device="cpu", gather_for_metrics=lambda x: x, gather=lambda x: x)
    return types.SimpleNamespace(
        model=types.SimpleNamespace(training=True), aux_loss_enabled=False, ld_alpha=share[0] if share else None,
        precompute_ref_logps=True,
        f_divergence_type=kind, f_alpha_divergence_coef=float(alpha or 0.5), loss_types=names, loss_weights=weights, beta=beta,
        label_smoothing=settings.get("smoothing", 1e-3 if "exo_pair" in names else 0.0), use_weighting="wpo" in more,
        args=types.SimpleNamespace(discopop_tau=settings.get("tau", 0.05)), accelerator=same, _tp_size=1,
        _metrics=collections.defaultdict(lambda: collections.defaultdict(list)), _total_train_tokens=0)


def loss(log_probs, mask, reference, setting, squares=None):
    """The loss of DPOTrainer for log-probabilities [rows, tokens] of tokens, at the place of the one before.

    The reference has sums [rows], or is a program that computes what log_probs are; squares are the logarithms of the sums
    of the squared probabilities of all tokens.
    """
    nothing = torch.zeros_like(log_probs)
    told = types.SimpleNamespace(
        log_probs=log_probs, entropy=nothing, mean_logits=nothing, is_top1=nothing > 1,
        log_sum_sq_probs=nothing if squares is None else squares)
    inputs = {"input_ids": torch.zeros_like(mask), "attention_mask": torch.ones_like(mask), "completion_mask": mask}
    self = trainer(*setting)
    if callable(reference):
        self.precompute_ref_logps = False
        self.args.gradient_checkpointing_kwargs = None
        self.model = torch.nn.Identity()
        self.model.is_gradient_checkpointing = False
        self.ref_model = lambda **_: types.SimpleNamespace(log_probs=reference())
    else:
        inputs["ref_chosen_logps"], inputs["ref_rejected_logps"] = reference.chunk(2)
    return DPOTrainer._compute_loss(self, lambda **_: told, inputs, False)


def of_numbers(gold):
    generator = torch.Generator().manual_seed(23)
    tokens = torch.randint(2, 8, (2, 6), generator=generator)
    policy = -tokens * (0.3 + 3 * torch.rand((2, 6), generator=generator, dtype=torch.float64))
    reference = policy + 2 * torch.randn((2, 6), generator=generator, dtype=torch.float64)
    reference[:, 2] = policy[:, 2]  # as before the first step
    policy[0, 4] += 30
    reference[1, 4] += 30  # nearly certain
    policy[0, 4] = min(policy[0, 4].item(), -0.01)
    gold |= {"numbers/policy": policy, "numbers/reference": reference, "numbers/tokens": tokens.double()}
    width = int(tokens.max())
    inside = torch.arange(width)[None] < tokens.flatten()[:, None]
    mask = torch.cat((torch.zeros((12, 1), dtype=torch.long), inside.long()), 1)

    def told(name, made, x):
        made.backward()
        gold[f"numbers/{name}/loss"] = made.detach().double()
        gold[f"numbers/{name}/gradient"] = x.grad.double()
        print(name, made.item())

    for setting in DPO:
        # TRL's alpha divergence knows no F64.
        kind = torch.float32 if setting[1].startswith("alpha") else torch.float64
        x = policy.to(kind).clone().requires_grad_()
        each = (x.flatten() / tokens.flatten())[:, None] * inside
        made = loss(each, mask, reference.to(kind).flatten(), setting)
        told("|".join(map(str, setting)), made, x)
    for text, beta in OTHERS:
        name, _, rest = text.partition(":")
        given = {key: float(value) for key, value in (pair.split("=") for pair in rest.split(",") if pair)}
        self = types.SimpleNamespace(
            alpha=given.get("alpha", 0.25 if name == "alphapo" else 0.0), beta=beta,
            label_smoothing=given.get("smoothing", 0.0), simpo_gamma=given.get("gamma", 0.5),
            loss_type="sigmoid" if name == "cpo" else "simpo", accelerator=types.SimpleNamespace(device="cpu"))
        x = policy.clone().requires_grad_()
        scores = x if name == "cpo" else x / tokens
        if name == "orpo":
            made = -ORPOTrainer.odds_ratio_loss(self, scores[0], scores[1])[0].mean()
        else:
            made = CPOTrainer.cpo_loss(self, scores[0], scores[1])[0].mean()
        told(f"{text}|{KL}|{beta}", made, x)


class Pairs:
    def __init__(self):
        self.batches = data(torch.Generator().manual_seed(5))
        self.student = Training(CASES[CASE], self.batches)

    def rows(self, first):
        """Ids and mask of a batch and the next."""
        ids = self.batches["causal/ids"][first:first + 2].flatten(0, 1)
        size = self.batches["causal/lengths"][first:first + 2].flatten()[:, None]
        begin = self.batches["causal/from"][first:first + 2].flatten()[:, None].clamp(min=1)
        places = torch.arange(10)[None]
        inside = places < size
        return ids * inside, inside.long(), (inside & (places >= begin)).long()

    def log_probs(self, first):
        ids, inside, mask = self.rows(first)
        logits = self.student.model(input_ids=ids, attention_mask=inside).logits[:, :-1].log_softmax(-1)
        squares = torch.logsumexp(2 * logits.detach(), -1)
        return logits.gather(-1, ids[:, 1:, None])[..., 0] * mask[:, 1:], mask, squares

    def layers(self, on):
        for module in self.student.model.modules():
            if isinstance(module, BaseTunerLayer):
                module.enable_adapters(on)

    def loss(self, first, setting):
        self.layers(False)
        with torch.no_grad():
            each = self.log_probs(first)[0]
        self.layers(True)
        own, mask, squares = self.log_probs(first)
        for factor in self.student.factors.values():
            factor.requires_grad_(True)
        return loss(own, mask, (lambda: each) if len(setting) > 3 else each.sum(1), setting, squares)


def of_steps(gold):
    pairs = Pairs()
    factors = list(pairs.student.factors.values())
    for setting in [s for s in DPO if s[2] == 0.1 and not s[1].startswith("alpha")] + PAIRS:
        for factor in factors:
            factor.grad = None
        made = pairs.loss(0, setting)
        made.backward()
        name = "|".join(map(str, setting))
        gold[f"step/{name}/loss"] = made.detach()
        gold[f"step/{name}/gradient"] = pairs.student.flat(factor.grad for factor in factors)
    optimizer = torch.optim.AdamW(factors, lr=RATE, weight_decay=0.01)
    losses, norms = [], []
    for step in range(10):
        optimizer.zero_grad()
        made = pairs.loss(2 * step, ("sigmoid+sft:weight=0.2", KL, 0.1))
        made.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(factors, 1.0))
        losses.append(made.detach())
        optimizer.step()
    print([x.item() for x in losses])
    gold["run/losses"] = torch.stack(losses)
    gold["run/norms"] = torch.stack(norms)
    gold["run/trained"] = pairs.student.flat(factor.detach() for factor in factors)


def main():
    gold = {}
    of_numbers(gold)
    of_steps(gold)
    save_file(gold, HERE / "preference-pairs.safetensors")


if __name__ == "__main__":
    main()
