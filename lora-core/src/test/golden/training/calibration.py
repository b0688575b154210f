"""What PEFT makes of batches of the training data before the first step: EVA, LoRA-GA and CorDA.

A small net of linear layers: queries, keys and values of one input, an output, and two layers
behind an activation. Also the mean squares of the gradients of its weights, by torch, and three
steps of plain descent from the factors of LoRA-GA and CorDA. CorDA's are computed in float64 and rounded.
Writes ../../resources/dev/lora4j/core/train/calibration.safetensors; with a name, that file, with what it has and the cases
of the names that follow.
"""

import pathlib
import sys

import torch
from peft import LoraConfig, EvaConfig, get_peft_model, initialize_lora_eva_weights
from peft.tuners.lora import LoraGAConfig
from peft.tuners.lora.config import CordaConfig
from peft.tuners.lora.corda import preprocess_corda
from peft.tuners.lora.loraga import preprocess_loraga
from safetensors.torch import load_file, save_file

OUT = pathlib.Path(__file__).parents[2] / "resources/dev/lora4j/core/train"
WIDTH, INNER, BATCHES = 16, 20, 6
LAYERS = ["q", "k", "v", "o", "up", "down"]
RANK, ALPHA = 4, 6
torch.manual_seed(11)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (
            torch.nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(4))
        self.up = torch.nn.Linear(WIDTH, INNER, bias=False)
        self.down = torch.nn.Linear(INNER, WIDTH, bias=False)

    def forward(self, x, target=None, mask=None):
        h = self.o(torch.tanh(self.q(x)) * torch.sigmoid(self.k(x)) + self.v(x))
        return self.down(torch.tanh(self.up(h + x)))


def net():
    made = Net()
    made.load_state_dict(WEIGHTS)
    return made


def loss(model, batch):
    return torch.nn.functional.mse_loss(model(batch["x"]), batch["target"])


def eva(masked=False, root=False, **settings):
    config = LoraConfig(
        r=RANK, lora_alpha=ALPHA, target_modules=LAYERS, init_lora_weights="eva",
        use_rslora=root, eva_config=EvaConfig(**settings))
    model = get_peft_model(net(), config)
    seen = []

    def forward(m, inputs):
        seen.append(1)
        return m(**inputs)

    more = {"prepare_model_inputs_fn": None, "prepare_layer_inputs_fn": None}
    if masked:
        more = {"prepare_model_inputs_fn": lambda inputs, _: inputs["mask"].nonzero()}
    initialize_lora_eva_weights(
        model, DATA, forward_fn=forward, show_progress_bar=False, **more)
    tensors = {"batches": torch.tensor([len(seen) - 1.0])}  # The first call compares inputs.
    for name in LAYERS:
        layer = getattr(model.base_model.model, name)
        if hasattr(layer, "lora_A"):
            tensors[f"{name}/down"] = layer.lora_A.default.weight
            tensors[f"{name}/alpha"] = torch.tensor([float(layer.lora_alpha["default"])])
            tensors[f"{name}/scale"] = torch.tensor([float(layer.scaling["default"])])
            assert not layer.lora_B.default.weight.any()
    return tensors


def ga(gamma, root):
    model = net()
    config = LoraConfig(
        r=RANK, lora_alpha=ALPHA, target_modules=LAYERS, init_lora_weights="lora_ga",
        use_rslora=root, lora_ga_config=LoraGAConfig(stable_gamma=gamma))

    def step():
        for batch in DATA[:4]:
            loss(model, batch).backward()

    preprocess_loraga(model, config, step)
    return stepped(get_peft_model(model, config), 0.05)


def corda(method, root):
    model = net()
    config = LoraConfig(
        r=RANK, lora_alpha=ALPHA, target_modules=LAYERS, init_lora_weights="corda",
        use_rslora=root, corda_config=CordaConfig(corda_method=method))

    def look():
        for batch in DATA[:4]:
            # PEFT knows one sample at a time.
            model(batch["x"].reshape(1, -1, WIDTH))

    single = torch.Tensor.float
    torch.Tensor.float = torch.Tensor.double
    preprocess_corda(model, config, look)
    torch.Tensor.float = single
    return stepped(get_peft_model(model, config), 0.002, rounded=True)


def stepped(model, rate, rounded=False):
    tensors = {}

    def parts(prefix):
        for name in LAYERS:
            layer = getattr(model.base_model.model, name)
            tensors[f"{prefix}{name}/down"] = layer.lora_A.default.weight.detach().clone()
            tensors[f"{prefix}{name}/up"] = layer.lora_B.default.weight.detach().clone()

    parts("first/")
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=rate)
    losses = []
    for batch in DATA[:3]:
        optimizer.zero_grad()
        now = loss(model, batch)
        now.backward()
        losses.append(now.item())
        optimizer.step()
    tensors["losses"] = torch.tensor(losses)
    for name in LAYERS:
        layer = getattr(model.base_model.model, name)
        made = layer.scaling["default"] * (
            layer.lora_B.default.weight.double() @ layer.lora_A.default.weight.double())
        before = layer.scaling["default"] * (
            tensors[f"first/{name}/up"].double() @ tensors[f"first/{name}/down"].double())
        # CorDA's steps here are smaller than what rounding takes of the base's other part.
        rest = layer.base_layer.weight.double() - WEIGHTS[f"{name}.weight"].double()
        tensors[f"{name}/change"] = made + (-before if rounded else rest)
    return tensors


def energies():
    """The mean square of each weight's gradient, over four batches."""
    sums = torch.zeros(len(LAYERS), dtype=torch.float64)
    for batch in DATA[:4]:
        model = net()
        loss(model, batch).backward()
        sums += torch.stack(
            [getattr(model, n).weight.grad.double().square().mean() for n in LAYERS])
    return sums / 4


WEIGHTS = {k: v.clone() for k, v in Net().state_dict().items()}
WEIGHTS["up.weight"] *= 25
spread = torch.tensor([1.9 ** -i for i in range(WIDTH)])
turn = torch.linalg.qr(torch.randn(WIDTH, WIDTH)).Q
DATA = []
for _ in range(BATCHES):
    x = (torch.randn(4, 10, WIDTH) * spread + 0.3) @ turn
    DATA.append({
        "x": x, "target": torch.sin(x @ turn), "mask": torch.rand(4, 10) < 0.6})
tensors = {f"weights/{k}": v for k, v in WEIGHTS.items()}
for i, batch in enumerate(DATA):
    tensors |= {f"data/{i}/x": batch["x"], f"data/{i}/target": batch["target"]}
    tensors[f"data/{i}/places"] = batch["mask"].flatten().nonzero().flatten()
CASES = {
    "eva": eva(), "uniform": eva(rho=1.0), "white": eva(whiten=True, adjust_scaling_factors=False),
    "masked": eva(masked=True), "root": eva(root=True), "strict": eva(tau=0.9995),
    "ga": ga(16, False), "ga-root": ga(4, True),
    "ipm": corda("ipm", False), "kpm": corda("kpm", True)}
for name, case in CASES.items():
    tensors |= {f"{name}/{k}": v for k, v in case.items()}
tensors["energies"] = energies()
print({k: list(v.shape) for k, v in tensors.items() if k.startswith(("eva/", "masked/")) and k.endswith("down")})
print({k: v for k, v in tensors.items() if k.endswith(("batches", "losses", "energies"))})
tensors = {k: v.detach().clone().contiguous() for k, v in tensors.items()}
if len(sys.argv) > 1:
    before = load_file(sys.argv[1])
    assert all(torch.equal(before[k], v) for k, v in tensors.items() if k.startswith(("weights/", "data/")))
    tensors = before | {k: v for k, v in tensors.items() if k.split("/")[0] in sys.argv[2:]}
OUT.mkdir(parents=True, exist_ok=True)
save_file(tensors, OUT / "calibration.safetensors")
