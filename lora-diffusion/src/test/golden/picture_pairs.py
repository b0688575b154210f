"""Makes src/test/resources/picture-pairs.safetensors: what diffusers, peft and torch make of learning from pairs on tiny-sd
by Diffusion-DPO, with the base as reference, as diffusers' research script has it: noise and timestep of a pair are the
same, the margin is what the reference's difference of mean squared errors exceeds the adapter's by.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python picture_pairs.py
Factors, latents, noise and contexts are formulas, as those of training.py, whose batches have the better pictures here.
All is computed in F64, with the shares of picture and noise rounded to F32.

  CASE/loss, CASE/accuracy   of the first batch
  CASE/gradient/...          as in training.py
  CASE/losses                of each change of the weights, of cases that are trained
  CASE/accuracies            likewise
  CASE/trained/...           as in training.py
"""

import dataclasses

import torch
from peft.tuners.tuners_utils import BaseTunerLayer
from safetensors.torch import save_file
from torch.nn.functional import logsigmoid, mse_loss

import training
from training import GRADIENTS, HERE, RATE, TRAINED, Batch, numbers, put

STEPS = 6


@dataclasses.dataclass
class Case(training.Case):
    loss: str = "sigmoid"
    beta: float = 1.0


CASES = {
    "epsilon": Case(beta=40, trained=True),
    "velocity": Case(velocity=True, beta=40, trained=True),
    "everywhere": Case(everywhere=True, beta=40),
    "hinge": Case(loss="hinge", beta=100),
    "ipo": Case(loss="ipo", beta=5),
}


class Pairs(training.Training):
    def outcome(self, batch):
        """Loss, and share of the pairs whose better picture has the greater reward; ties count half."""
        t, n = batch.timesteps.repeat(2), len(batch.timesteps)
        worse = numbers(f"worse.{batch.i}", *batch.latents.shape, scale=2)
        latents, noise = torch.cat([batch.latents, worse]), batch.noise.repeat(2, 1, 1, 1)
        alphas = self.scheduler.alphas_cumprod[t].reshape(-1, 1, 1, 1)
        signal, share = alphas.sqrt().float().double(), (1 - alphas).sqrt().float().double()
        noisy = signal * latents + share * noise
        target = signal * noise - share * latents if self.case.velocity else noise
        assert torch.allclose(noisy, self.scheduler.add_noise(latents, noise, t), atol=1e-6)
        context = batch.context.repeat(2, 1, 1)

        def errors():
            predicted = self.unet(noisy, t, context).sample
            return mse_loss(predicted, target, reduction="none").mean((1, 2, 3)).chunk(2)

        better, other = errors()
        self.adapters(False)
        with torch.no_grad():
            better_before, other_before = errors()
        self.adapters(True)
        margin = (better_before - other_before) - (better - other)
        assert margin.shape == (n,)
        accuracy = ((margin > 0).double() + 0.5 * (margin == 0).double()).mean()
        beta = self.case.beta
        if self.case.loss == "hinge":
            loss = torch.relu(1 - beta * margin).mean()
        elif self.case.loss == "ipo":
            loss = ((margin - 1 / (2 * beta)) ** 2).mean()
        else:
            loss = -logsigmoid(beta * margin).mean()
        return loss, accuracy, beta * margin.detach()

    def adapters(self, enabled):
        for module in self.unet.modules():
            if isinstance(module, BaseTunerLayer):
                module.enable_adapters(enabled)
        # Disabled ones would no longer be trained.
        for parameter in self.factors.values():
            parameter.requires_grad_(True)

    def first(self, key, gold):
        loss, accuracy, scaled = self.outcome(Batch(0))
        loss.backward()
        gold[key + "/loss"], gold[key + "/accuracy"] = loss.detach(), accuracy
        put(gold, key + "/gradient", [p.grad for p in self.factors.values()], GRADIENTS)
        print(key, "beta * margins", scaled.tolist(), "loss", loss.item())

    def train(self, key, gold):
        optimizer = torch.optim.AdamW(self.factors.values(), lr=RATE, weight_decay=1e-2)
        losses, accuracies = [], []
        for step in range(STEPS):
            optimizer.zero_grad()
            loss, accuracy, _ = self.outcome(Batch(step))
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
            accuracies.append(accuracy)
        gold[key + "/losses"] = torch.stack(losses)
        gold[key + "/accuracies"] = torch.stack(accuracies)
        put(gold, key + "/trained", [p.detach() for p in self.factors.values()], TRAINED)


def main():
    gold = {}
    for key, case in CASES.items():
        pairs = Pairs(case)
        pairs.first(key, gold)
        if case.trained:
            pairs.train(key, gold)
            print(key, gold[key + "/losses"].tolist(), gold[key + "/accuracies"].tolist())
    save_file(gold, HERE / "picture-pairs.safetensors")


if __name__ == "__main__":
    main()
