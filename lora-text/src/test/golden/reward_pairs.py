"""Makes ../resources/reward-pairs.safetensors: the loss of reward models as TRL 1.16.0 has it, by the code of its RewardTrainer, on
the tiny LLaMA of causal_models.py with a head of one label and PEFT's LoRA (modules_to_save score), in F64.

  margins                     F64 [20]: of the pairs of two batches of peft_steps.py, whose first rows are chosen
  start                       F32, factors and head to begin with, one after the other in the order of their names
  step/NAME/loss              F64, of the first pairs; NAME is MARGINS|CENTRING
  step/NAME/gradient          F64, of all that is trained, in the order of the names
  step/NAME/METRIC            F64, as TRL logs it
  run/losses, run/norms       F64 [10]: ten steps of AdamW with margins and centring, batches 2 i and 2 i + 1 for step i
  run/trained                 F64, what is trained after them

and ../resources/adapters/llama-reward, the adapter that begins, as PEFT saves it, with rewards.safetensors beside it:

  ids, lengths                I64 [6, 10], [6]: texts
  rewards                     F64 [6]: what transformers and PEFT make of them, in F64
  alone                       F32 [6]: the same in F32, each text alone, by AutoPeftModelForSequenceClassification

With the arguments `check BASE FOLDER`, reads such a folder that lora4j wrote for a base, by AutoPeftModelForSequenceClassification
with num_labels=1, and prints the reward of each text of lines of ids on standard input.
"""

import collections
import json
import os
import subprocess
import sys
import types

import torch
from peft import AutoPeftModelForSequenceClassification, LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForSequenceClassification
from trl.trainer.reward_trainer import DataCollatorForPreference, RewardTrainer

METRICS = ["accuracy", "margin", "min_reward", "mean_reward", "max_reward"]
SETTINGS = [(margins, centring) for margins in (False, True) for centring in (None, 0.01, 0.5)]
STEPS = 10


def trainer(centring):
    """What compute_loss reads of a trainer."""
    same = types.SimpleNamespace(gather_for_metrics=lambda x: x, gather=lambda x: x)
    return types.SimpleNamespace(
        model=types.SimpleNamespace(training=True), args=types.SimpleNamespace(center_rewards_coefficient=centring),
        accelerator=same, _tp_size=1, _total_train_tokens=0,
        _metrics=collections.defaultdict(lambda: collections.defaultdict(list)))


class Judge:
    def __init__(self):
        from peft_steps import ALPHA, HERE, RANK, data

        self.here = HERE
        self.batches = data(torch.Generator().manual_seed(5))
        self.margins = 2 * torch.rand(20, generator=torch.Generator().manual_seed(31), dtype=torch.float64) - 0.5
        base = AutoModelForSequenceClassification.from_pretrained(
            HERE / "models" / "llama", num_labels=1, dtype=torch.float64)
        base.config.pad_token_id = 0  # which no text has
        config = LoraConfig(
            r=RANK, lora_alpha=ALPHA, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"], lora_dropout=0,
            task_type="SEQ_CLS", modules_to_save=["score"])
        self.model = get_peft_model(base, config).double().eval()
        self.model.peft_config["default"].base_model_name_or_path = "llama"
        learned = {}
        for name, parameter in self.model.named_parameters():
            if parameter.requires_grad:
                learned[self.named(name)] = parameter
        self.learned = dict(sorted(learned.items()))
        generator = torch.Generator().manual_seed(19)
        with torch.no_grad():
            for parameter in self.learned.values():
                parameter.copy_((0.3 * torch.randn(parameter.shape, generator=generator)).double())

    @staticmethod
    def named(name):
        name = name.removeprefix("base_model.model.")
        if "modules_to_save" in name:
            return "lm.score.new_weight"
        site, role = name.rsplit(".lora_", 1)
        return f"lm.{site}.{'down' if role.startswith('A') else 'up'}"

    def rows(self, first):
        """Ids of a batch and the next."""
        ids = self.batches["causal/ids"][first:first + 2].flatten(0, 1)
        size = self.batches["causal/lengths"][first:first + 2].flatten()
        return [row[:n].tolist() for row, n in zip(ids, size)]

    def loss(self, first, margins, centring):
        rows = self.rows(first)
        half = len(rows) // 2
        examples = [{"chosen_ids": rows[i], "rejected_ids": rows[half + i]} for i in range(half)]
        inputs = DataCollatorForPreference(pad_token_id=0)(examples)
        if margins:  # which the collator makes F32
            inputs["margin"] = self.margins[:half]
        self_ = trainer(centring)

        def model(margin=None, **given):
            return self.model(**given)

        made = RewardTrainer.compute_loss(self_, model, inputs)
        return made, {name: torch.tensor(self_._metrics["train"][name][0]).double() for name in METRICS}

    def flat(self, values):
        return torch.cat([v.detach().reshape(-1) for v in values])

    def steps(self, gold):
        for margins, centring in SETTINGS:
            for parameter in self.learned.values():
                parameter.grad = None
            made, metrics = self.loss(0, margins, centring)
            made.backward()
            name = f"{str(margins).lower()}|{centring or 0}"
            gold[f"step/{name}/loss"] = made.detach()
            gold[f"step/{name}/gradient"] = self.flat(p.grad for p in self.learned.values())
            gold |= {f"step/{name}/{metric}": value for metric, value in metrics.items()}
            print(name, made.item(), metrics)

    def run(self, gold):
        optimizer = torch.optim.AdamW(self.learned.values(), lr=1e-2, weight_decay=0.01)
        losses, norms = [], []
        for step in range(STEPS):
            optimizer.zero_grad()
            made, _ = self.loss(2 * step, True, 0.01)
            made.backward()
            norms.append(torch.nn.utils.clip_grad_norm_(self.learned.values(), 1.0))
            losses.append(made.detach())
            optimizer.step()
        print([x.item() for x in losses])
        gold["run/losses"] = torch.stack(losses)
        gold["run/norms"] = torch.stack(norms)
        gold["run/trained"] = self.flat(self.learned.values())

    def adapter(self):
        folder = self.here / "adapters" / "llama-reward"
        rows = self.rows(0)
        lengths = torch.tensor([len(row) for row in rows])
        ids = torch.zeros((len(rows), 10), dtype=torch.long)
        for row, own in zip(ids, rows):
            row[:len(own)] = torch.tensor(own)
        with torch.no_grad():
            rewards = self.model(input_ids=ids, attention_mask=(ids > 0).long()).logits[:, 0]
        self.model.float().save_pretrained(folder, save_embedding_layers=False)
        self.model.double()
        os.remove(folder / "README.md")
        # In a process whose transformers computes as it is.
        lines = "\n".join(json.dumps(row) for row in rows)
        told = subprocess.run(
            [sys.executable, __file__, "check", self.here / "models" / "llama", folder],
            input=lines, capture_output=True, text=True, check=True)
        alone = torch.tensor([float(line) for line in told.stdout.split()])
        print("F32 beside F64:", (alone - rewards).abs().max().item())
        save_file({"ids": ids, "lengths": lengths, "rewards": rewards, "alone": alone}, folder / "rewards.safetensors")


def rewards_of(base, folder, rows):
    """Of each text alone, in F32, by the folder of an adapter."""
    os.chdir(os.path.dirname(base))  # The adapter names its base without a folder.
    model = AutoPeftModelForSequenceClassification.from_pretrained(folder, num_labels=1, dtype=torch.float32).eval()
    with torch.no_grad():
        return [model(input_ids=torch.tensor([row])).logits.item() for row in rows]


def main():
    judge = Judge()
    gold = {"margins": judge.margins, "start": judge.flat(judge.learned.values()).float()}
    judge.adapter()
    judge.steps(gold)
    judge.run(gold)
    save_file(gold, judge.here / "reward-pairs.safetensors")


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        for reward in rewards_of(sys.argv[2], sys.argv[3], [json.loads(line) for line in sys.stdin]):
            print(reward)
    else:
        main()
