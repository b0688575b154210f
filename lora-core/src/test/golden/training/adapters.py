"""What PEFT and LyCORIS make of training their adapters on a small network.

The network has the names and shapes of SmallNet in the tests. Its weights, the batches and the
first factors are drawn here; factors that begin at 0 are drawn too, so that every gradient counts.

Writes ../../resources/dev/lora4j/core/train/adapters.safetensors, in F64 rounded to what is said:
  base/NAME                weights of the network, F32
  x, target                [steps, batch, ...], F32
  CASE/start/NAME          first factors by site and role, F32
  CASE/loss, CASE/f64      loss of the first step computed in F32 and in F64
  CASE/gradient/NAME       its gradients in F64, stored as F32
  CASE/trained/NAME        factors after the steps of AdamW in F64, of some cases
"""

import os

os.environ["LYCORIS_KERNEL_BACKEND"] = "torch"

from pathlib import Path

import numpy
import torch
from lycoris import modules as lycoris
from peft import BOFTConfig, GraloraConfig, HiraConfig, IA3Config, LoraConfig, MissConfig, OFTConfig, ShiraConfig, VeraConfig
from peft import get_peft_model, inject_adapter_in_model
from peft.tuners.boft import layer as boft_layer
from safetensors.numpy import save_file

TARGET = Path(__file__).parents[2] / "resources/dev/lora4j/core/train/adapters.safetensors"
STEPS = 20
RATE = 1e-2
RANK = 2
ALPHA = 3.0
RANDOM = numpy.random.default_rng(0)
CONV = "down_blocks.0.resnets.0.conv1"
POINT = "down_blocks.0.attentions.0.proj_in"
NORM = "down_blocks.0.attentions.0.norm"
BLOCK = "down_blocks.0.attentions.0.transformer_blocks.0."
QUERY, VALUE, OUT = BLOCK + "attn1.to_q", BLOCK + "attn1.to_v", BLOCK + "ff.net.2"
LAYERS = [CONV, POINT, QUERY, VALUE, OUT]
LINEAR = [QUERY, VALUE, OUT]
LOKR = 2


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        made = {
            CONV: torch.nn.Conv2d(4, 8, 3, 2, 1),
            NORM: torch.nn.GroupNorm(2, 8, 1e-6),
            POINT: torch.nn.Conv2d(8, 12, 1),
            QUERY: torch.nn.Linear(12, 8, bias=False),
            VALUE: torch.nn.Linear(12, 8, bias=False),
            OUT: torch.nn.Linear(8, 6),
        }
        for name, layer in made.items():
            parent = self
            *parts, last = name.split(".")
            for part in parts:
                if part not in parent._modules:
                    parent.add_module(part, torch.nn.Module())
                parent = parent._modules[part]
            parent.add_module(last, layer)

    def forward(self, x):
        at = self.get_submodule
        h = torch.nn.functional.silu(at(NORM)(at(CONV)(x)))
        tokens = at(POINT)(h).flatten(2, 3).transpose(1, 2)
        q, v = at(QUERY)(tokens), at(VALUE)(tokens)
        return at(OUT)(torch.nn.functional.silu(q) * v + q)


def drawn(shape, deviation):
    return RANDOM.normal(scale=deviation, size=tuple(shape)).astype(numpy.float32)


def peft(config):
    """PEFT's roles are parameters whose names hold the adapter's, after the layer's."""

    def attach(net):
        if isinstance(config, VeraConfig):
            # What layers share lies with the whole model, which has to live.
            model = get_peft_model(net, config, autocast_adapter_dtype=False)
            net.held = lambda: model
        else:
            inject_adapter_in_model(config, net)
        found = {}
        for name, parameter in net.named_parameters():
            if parameter.requires_grad:
                site = next(s for s in LAYERS if name.startswith(s + "."))
                role = name[len(site) + 1 :].replace(".default", "")
                found[f"{site}/{role.removesuffix('.weight')}"] = parameter
        return found

    return attach


def lycoris_modules(kind, **options):
    def attach(net):
        for parameter in net.parameters():
            parameter.requires_grad_(False)
        found, modules = {}, []
        for site in LAYERS:
            kept = dict(options)
            if kind is lycoris.ia3.IA3Module:
                kept["train_on_input"] = site == OUT
            module = kind(site.replace(".", "_"), net.get_submodule(site), lora_dim=RANK, alpha=ALPHA, **kept)
            module.to(next(net.parameters()).dtype)
            module.apply_to()
            modules.append(module)
            for role, parameter in module.named_parameters():
                if parameter.requires_grad:
                    found[f"{site}/{role.removesuffix('.weight')}"] = parameter
        net.held = lambda: modules
        return found

    return attach


def lora(targets=LAYERS, **options):
    return peft(LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=targets, lora_dropout=0, **options))


class Hydra(torch.nn.Module):
    """HydraLoRA as the paper's code has it, with the softmax in the type of the input."""

    def __init__(self, base, heads):
        super().__init__()
        self.base, self.heads = base, heads
        self.lora_A = torch.nn.Linear(base.in_features, RANK, bias=False)
        for i in range(heads):
            setattr(self, f"lora_B{i}", torch.nn.Linear(RANK, base.out_features, bias=False))
        self.lora_route = torch.nn.Linear(base.in_features, heads, bias=False)

    def forward(self, x):
        result = self.base(x)
        route = torch.softmax(self.lora_route(x), dim=-1)
        for i in range(self.heads):
            head = getattr(self, f"lora_B{i}")(self.lora_A(x))
            result = result + route[:, :, i].unsqueeze(-1) * head * (ALPHA / RANK)
        return result


def hydra(heads):
    def attach(net):
        for parameter in net.parameters():
            parameter.requires_grad_(False)
        found = {}
        for site in LINEAR:
            parent, last = site.rsplit(".", 1)
            module = Hydra(net.get_submodule(site), heads)
            setattr(net.get_submodule(parent), last, module)
            for role, parameter in module.named_parameters():
                if role.startswith("lora_"):
                    found[f"{site}/hydra.{role.removesuffix('.weight')}"] = parameter
        return found

    return attach


def oft(**options):
    # PEFT's convolutions add overlapping places up in training, and not where they are merged.
    return peft(OFTConfig(r=0, oft_block_size=4, target_modules=LINEAR, **options))


def butterfly(module):
    """PEFT's block-diagonal kernel, which it has for cards alone."""
    return torch.stack([torch.block_diag(*torch.unbind(stage)) for stage in module])


boft_layer.FastBlockDiag = type("FastBlockDiag", (), dict(apply=staticmethod(butterfly)))
boft_layer.get_fbd_cuda = lambda: True
LoCon, LoHa, LoKr = lycoris.locon.LoConModule, lycoris.loha.LohaModule, lycoris.lokr.LokrModule
CASES = {
    # name: (how it is attached, whether it is trained)
    "lora": (lora(LINEAR), True),
    "rslora": (lora(use_rslora=True), False),
    "locon": (lora(), True),
    "locon-lycoris": (lycoris_modules(LoCon), False),
    "dora": (lora(use_dora=True), True),
    "dora-lycoris": (lycoris_modules(LoCon, weight_decompose=True, wd_on_out=True), True),
    "dora-lycoris-in": (lycoris_modules(LoCon, weight_decompose=True, wd_on_out=False), False),
    "loha": (lycoris_modules(LoHa), False),
    "lokr": (lycoris_modules(LoKr, factor=LOKR), False),
    "ia3": (peft(IA3Config(target_modules=LAYERS, feedforward_modules=[OUT])), False),
    "ia3-lycoris": (lycoris_modules(lycoris.ia3.IA3Module), False),
    "miss": (peft(MissConfig(r=RANK, target_modules=LINEAR)), True),
    "miss-shorter": (peft(MissConfig(r=5, target_modules=LINEAR)), True),
    "miss-mini": (peft(MissConfig(r=RANK, mini_r=2, init_weights="mini", target_modules=LINEAR)), False),
    "gralora": (peft(GraloraConfig(r=RANK, alpha=ALPHA, gralora_k=2, target_modules=LINEAR)), True),
    "gralora-hybrid": (peft(GraloraConfig(r=4, alpha=ALPHA, hybrid_r=3, target_modules=LINEAR)), False),
    "hira": (peft(HiraConfig(r=RANK, target_modules=LAYERS)), True),
    "oft": (oft(), True),
    "oft-exact": (oft(use_cayley_neumann=False), False),
    "oft-shared": (oft(block_share=True), False),
    "boft": (
        peft(BOFTConfig(boft_block_size=2, boft_block_num=0, boft_n_butterfly_factor=2, target_modules=LAYERS)),
        True,
    ),
    "diag-oft": (lycoris_modules(lycoris.diag_oft.DiagOFTModule), False),
    "diag-oft-limited": (
        lycoris_modules(lycoris.diag_oft.DiagOFTModule, constraint=0.1, rescaled=True), False),
    # The gradients tell whether the places are PEFT's.
    "shira": (peft(ShiraConfig(r=RANK, mask_type="random", random_seed=7, target_modules=LINEAR)), True),
    "locon-tucker": (lycoris_modules(LoCon, use_tucker=True), True),
    "loha-tucker": (lycoris_modules(LoHa, use_tucker=True), True),
    "lokr-tucker": (lycoris_modules(LoKr, factor=1, use_tucker=True), True),
    "vera": (peft(VeraConfig(r=RANK, projection_prng_key=3, target_modules=LINEAR)), True),
    "hydra": (hydra(3), True),
}


def made(base, attach, start, dtype):
    net = Net()
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(torch.from_numpy(base[name]))
    # Before adapters are attached, as lengths of DoRA are taken then.
    net.to(dtype)
    factors = attach(net)
    net.to(dtype)
    with torch.no_grad():
        for name, parameter in factors.items():
            if name not in start:
                # Lengths of DoRA and PEFT's (IA)3 begin at what leaves the layer as it is.
                around = name.endswith(("lora_magnitude_vector", "dora_scale", "ia3_l", "boft_s", "rescale"))
                first = parameter.detach().numpy() if around else 0
                start[name] = (first + drawn(parameter.shape, 0.3)).astype(numpy.float32)
            parameter.copy_(torch.from_numpy(start[name]))
    return net, factors


def step(net, x, target):
    # LyCORIS inverts in F32 whatever it is given.
    original = torch.Tensor.float
    if x.dtype == torch.float64:
        torch.Tensor.float = torch.Tensor.double
    loss = (net(x) - target).pow(2).mean()
    torch.Tensor.float = original
    loss.backward()
    return loss.item()


def main():
    shapes = {name: p.shape for name, p in Net().named_parameters()}
    base = {name: drawn(shape, 0.4) for name, shape in shapes.items()}
    x, target = drawn((STEPS, 2, 4, 6, 6), 1), drawn((STEPS, 2, 9, 6), 1)
    out = {f"base/{name}": value for name, value in base.items()} | {"x": x, "target": target}
    for case, (attach, trained) in CASES.items():
        start = {}
        for dtype in (torch.float64, torch.float32):
            net, factors = made(base, attach, start, dtype)
            batches = [(torch.from_numpy(a).to(dtype), torch.from_numpy(b).to(dtype)) for a, b in zip(x, target)]
            loss = step(net, *batches[0])
            out[f"{case}/loss" if dtype == torch.float32 else f"{case}/f64"] = numpy.array([loss])
            if dtype == torch.float32:
                continue
            for name, parameter in factors.items():
                out[f"{case}/start/{name}"] = start[name]
                out[f"{case}/gradient/{name}"] = parameter.grad.numpy().astype(numpy.float32)
            if trained:
                optimizer = torch.optim.AdamW(factors.values(), lr=RATE, weight_decay=1e-2)
                for i, batch in enumerate(batches):
                    if i > 0:
                        optimizer.zero_grad()
                        step(net, *batch)
                    optimizer.step()
                for name, parameter in factors.items():
                    out[f"{case}/trained/{name}"] = parameter.detach().numpy().copy()
    save_file(out, TARGET)


if __name__ == "__main__":
    main()
