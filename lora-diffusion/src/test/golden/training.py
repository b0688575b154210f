"""Makes src/test/resources/training.safetensors: what diffusers, transformers, peft and torch make of training adapters on
tiny-sd and tiny-xl, gradient checkpointing off.

Run offline with the versions of requirements.txt:  HF_HUB_OFFLINE=1 python training.py
Factors to begin with, latents, noise, contexts and tokens are formulas (formula.py), so that nothing keeps them; so are
timesteps, sizes of batches and of pictures, which differ from batch to batch. All is computed in F64, with what a trainer
rounds to F32 rounded to that: the shares of picture and noise, and the weights of losses.

  CASE/loss               of the first batch
  CASE/gradient/norms     Frobenius norm of its gradient at each factor, in the order of the factors' names
  CASE/gradient/samples   GRADIENTS numbers of the gradient at each factor, or all if it has fewer, evenly from the first on
  CASE/losses             of cases that are trained: of each change of the weights, the mean of its batches
  CASE/trained/...        the same of the factors after all changes, with TRAINED numbers of each
"""

import dataclasses
from pathlib import Path

import formula
import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from diffusers.training_utils import compute_snr
from peft import LoraConfig, inject_adapter_in_model
from safetensors.torch import save_file
from transformers import CLIPTextModel, CLIPTextModelWithProjection

HERE = Path(__file__).resolve().parent.parent / "resources"
RANK, ALPHA, RATE, GAMMA = 2, 3, 1e-2, 5.0
BATCHES, TOKENS, WIDTH = 20, 77, 24
XL_WIDTH, POOLED = 40, 20
GRADIENTS, TRAINED = 40, 8
ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]
TEXT = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]
PARTS = {"lora_A": "down", "lora_B": "up", "lora_magnitude_vector": "magnitude"}

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


@dataclasses.dataclass
class Case:
    everywhere: bool = False
    dora: bool = False
    velocity: bool = False
    min_snr: bool = False
    text: bool = False
    xl: bool = False
    accumulate: int = 1
    trained: bool = False


CASES = {
    "lora": Case(trained=True),
    "locon": Case(everywhere=True, trained=True),
    "dora": Case(everywhere=True, dora=True, trained=True),
    "min-snr": Case(min_snr=True),
    "v-min-snr-accumulated": Case(velocity=True, min_snr=True, accumulate=2, trained=True),
    "text": Case(text=True),
    "xl": Case(xl=True),
    "xl-text": Case(xl=True, text=True),
}


def numbers(name, *shape, scale):
    return formula.tensor(name, shape, scale).double()


class Batch:
    """What both sides know of batch number i."""

    def __init__(self, i):
        self.i, n, width = i, 2 - i % 2, (8, 12)[i // 2 % 2]
        self.timesteps = torch.tensor([(37 + 331 * (i + 3 * row)) % 1000 for row in range(n)])
        self.latents = numbers(f"latents.{i}", n, 4, 8, width, scale=2)
        self.noise = numbers(f"noise.{i}", n, 4, 8, width, scale=2)
        self.context = numbers(f"context.{i}", n, TOKENS, WIDTH, scale=2)
        self.wide = numbers(f"context.{i}", n, TOKENS, XL_WIDTH, scale=2)
        self.ids = ((numbers(f"ids.{i}", n, TOKENS, scale=1) + 1) * 256).long()

    def told(self):
        """What a denoiser of Stable Diffusion XL is told besides: encoded texts, sizes."""
        i, n = self.i, len(self.timesteps)
        sizes = torch.tensor([[64 + 8 * row, 96, 8, 16 * row, 64, 64] for row in range(n)]).double()
        return numbers(f"pooled.{i}", n, POOLED, scale=2), sizes

    def ended(self, end):
        """Tokens with an end, after which they go on as if nothing were there."""
        ids = self.ids.clone()
        for row in range(len(ids)):
            ids[row, 5 + 7 * row] = end
        return ids


class Training:
    def __init__(self, case):
        self.case = case
        model = HERE / ("tiny-xl" if case.xl else "tiny-sd")
        self.unet = UNet2DConditionModel.from_pretrained(model / "unet").double().train()
        self.text = CLIPTextModel.from_pretrained(model / "text_encoder").double().train()
        kinds = (torch.nn.Linear, torch.nn.Conv2d)
        layers = [name for name, m in self.unet.named_modules() if isinstance(m, kinds)]
        self.factors = {}
        self.attach(self.unet, "unet.", layers if case.everywhere else ATTENTION)
        if case.text:
            self.attach(self.text, "text_encoder.text_model.", TEXT)
        if case.xl:
            second = CLIPTextModelWithProjection.from_pretrained(model / "text_encoder_2")
            self.second = second.double().train()
            if case.text:
                self.attach(self.second, "text_encoder_2.text_model.", TEXT)
        self.factors = dict(sorted(self.factors.items()))
        self.scheduler = DDPMScheduler.from_pretrained(model / "scheduler")
        c = self.scheduler.config
        betas = torch.linspace(c.beta_start**0.5, c.beta_end**0.5, c.num_train_timesteps, dtype=torch.float64) ** 2
        exact = torch.cumprod(1 - betas, 0)
        assert torch.allclose(exact.float(), self.scheduler.alphas_cumprod, rtol=2e-5)
        self.scheduler.alphas_cumprod = exact

    def attach(self, model, prefix, targets):
        config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=targets, lora_dropout=0, use_dora=self.case.dora)
        inject_adapter_in_model(config, model)
        model.double()
        for name, parameter in model.named_parameters():
            if not parameter.requires_grad:
                continue
            site, role = name.removeprefix("text_model.").rsplit(".lora_", 1)
            part = PARTS["lora_" + role.split(".")[0]]
            name = f"{prefix}{site}.{part}"
            drawn = numbers(name, *parameter.shape, scale=0.25 if part == "up" else 0.125)
            with torch.no_grad():
                # The lengths that DoRA gives weights: those of tiny-sd are about 1.
                parameter.copy_((1 + drawn).float() if part == "magnitude" else drawn)
            self.factors[name] = parameter

    def loss(self, batch):
        t = batch.timesteps
        alphas = self.scheduler.alphas_cumprod[t].reshape(-1, 1, 1, 1)
        signal, share = alphas.sqrt().float().double(), (1 - alphas).sqrt().float().double()
        noisy = signal * batch.latents + share * batch.noise
        velocity = signal * batch.noise - share * batch.latents
        assert torch.allclose(noisy, self.scheduler.add_noise(batch.latents, batch.noise, t), atol=1e-6)
        assert torch.allclose(velocity, self.scheduler.get_velocity(batch.latents, batch.noise, t), atol=1e-6)
        predicted = self.predicted(noisy, t, batch)
        target = velocity if self.case.velocity else batch.noise
        losses = torch.nn.functional.mse_loss(predicted, target, reduction="none").mean((1, 2, 3))
        if self.case.min_snr:
            snr = (alphas / (1 - alphas)).flatten()
            assert torch.allclose(snr.float(), compute_snr(self.scheduler, t), rtol=1e-4)
            losses = losses * (snr.clamp(max=GAMMA) / (snr + 1 if self.case.velocity else snr)).float().double()
        return losses.mean()

    def predicted(self, noisy, t, batch):
        if not self.case.xl:
            context = self.text(batch.ids).last_hidden_state if self.case.text else batch.context
            return self.unet(noisy, t, context).sample
        context, (pooled, sizes) = batch.wide, batch.told()
        if self.case.text:
            ids = batch.ended(self.second.config.eos_token_id)
            one = self.text(ids, output_hidden_states=True)
            two = self.second(ids, output_hidden_states=True)
            context, pooled = torch.cat([one.hidden_states[-2], two.hidden_states[-2]], -1), two.text_embeds
        return self.unet(noisy, t, context, added_cond_kwargs=dict(text_embeds=pooled, time_ids=sizes)).sample

    def first(self, key, gold):
        loss = self.loss(Batch(0))
        loss.backward()
        # The last layer of the first encoder of Stable Diffusion XL is not looked at.
        unused = [name for name, p in self.factors.items() if p.grad is None]
        assert all(name.startswith("text_encoder.") and ".layers.2." in name for name in unused) and self.case.xl or not unused
        self.factors = {name: p for name, p in self.factors.items() if name not in unused}
        gold[key + "/loss"] = loss.detach()
        put(gold, key + "/gradient", [p.grad for p in self.factors.values()], GRADIENTS)

    def train(self, key, gold):
        optimizer = torch.optim.AdamW(self.factors.values(), lr=RATE, weight_decay=1e-2)
        losses = []
        for first in range(0, BATCHES, self.case.accumulate):
            optimizer.zero_grad()
            loss = sum(self.loss(Batch(first + i)) for i in range(self.case.accumulate)) / self.case.accumulate
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        gold[key + "/losses"] = torch.stack(losses)
        put(gold, key + "/trained", [p.detach() for p in self.factors.values()], TRAINED)


def put(gold, key, tensors, most):
    gold[key + "/norms"] = torch.stack([t.norm() for t in tensors])
    gold[key + "/samples"] = torch.cat([samples(t.reshape(-1), most) for t in tensors])
    if key.endswith("/gradient"):
        gold[key + "/samples"] = gold[key + "/samples"].float()


def samples(values, most):
    count = min(len(values), most)
    return values[[i * len(values) // count for i in range(count)]]


def main():
    gold = {}
    for key, case in CASES.items():
        training = Training(case)
        training.first(key, gold)
        if case.trained:
            training.train(key, gold)
        count = sum(p.numel() for p in training.factors.values())
        print(key, len(training.factors), "factors,", count, "numbers")
    save_file(gold, HERE / "training.safetensors")


if __name__ == "__main__":
    main()
