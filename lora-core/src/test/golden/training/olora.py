"""Factors that PEFT's OLoRA begins with, and what it makes of them after three steps.

One linear layer is trained from them, in whole numbers of F32 and in NF4 (bitsandbytes), and saved
the way PEFT takes the first product out again: path_initial_model_for_weight_conversion.
Writes ../../resources/dev/lora4j/core/train/olora.safetensors.
"""

import json
import pathlib
import tempfile

import bitsandbytes as bnb
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file

OUT = pathlib.Path(__file__).parents[2] / "resources/dev/lora4j/core/train"
RANK, ALPHA = 4, 7
torch.manual_seed(7)


class Net(torch.nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.to_q = layer

    def forward(self, x):
        return self.to_q(x)


def config(**more):
    return LoraConfig(
        r=RANK, lora_alpha=ALPHA, target_modules=["to_q"], init_lora_weights="olora", **more)


def trained(weight, x, target, root):
    """First factors, those after three steps of plain descent, and PEFT's converted ones."""
    layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    layer.weight.data = weight.clone()
    model = get_peft_model(Net(layer), config(use_rslora=root))
    lora = model.base_model.model.to_q
    tensors = {
        "first/down": lora.lora_A.default.weight.detach().clone(),
        "first/up": lora.lora_B.default.weight.detach().clone(),
    }
    with tempfile.TemporaryDirectory() as folder:
        model.peft_config["default"].init_lora_weights = True
        model.save_pretrained(f"{folder}/first")
        model.peft_config["default"].init_lora_weights = "olora"
        optimizer = torch.optim.SGD(
            [p for p in model.parameters() if p.requires_grad], lr=0.05)
        losses = []
        for _ in range(3):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(model(x), target)
            loss.backward()
            losses.append(loss.item())
            optimizer.step()
        tensors["down"] = lora.lora_A.default.weight.detach().clone()
        tensors["up"] = lora.lora_B.default.weight.detach().clone()
        tensors["losses"] = torch.tensor(losses)
        model.save_pretrained(
            f"{folder}/converted", path_initial_model_for_weight_conversion=f"{folder}/first")
        said = json.loads(pathlib.Path(f"{folder}/converted/adapter_config.json").read_text())
        saved = load_file(f"{folder}/converted/adapter_model.safetensors")
        down = next(v for k, v in saved.items() if "lora_A" in k)
        up = next(v for k, v in saved.items() if "lora_B" in k)
        assert down.shape[0] == said["r"] == 2 * RANK
        scale = said["lora_alpha"] / (said["r"] ** 0.5 if said["use_rslora"] else said["r"])
        tensors["change"] = scale * (up.double() @ down.double())
    return tensors


def of_nf4(weight):
    """First factors of a base in NF4, of which PEFT takes the numbers."""
    layer = bnb.nn.Linear4bit(
        weight.shape[1], weight.shape[0], bias=False, quant_type="nf4", compress_statistics=False)
    layer.weight = bnb.nn.Params4bit(
        weight.clone(), requires_grad=False, quant_type="nf4", compress_statistics=False,
        blocksize=64, module=layer)
    layer = layer.to("cpu")
    lora = get_peft_model(Net(layer), config()).base_model.model.to_q
    return {"down": lora.lora_A.default.weight, "up": lora.lora_B.default.weight}


def refuses_convolutions():
    try:
        get_peft_model(Net(torch.nn.Conv2d(8, 8, 1)), config())
    except ValueError as told:
        return "Unknown initialization" in str(told)
    return False


weight, wide = torch.randn(32, 64) * 0.05, torch.randn(64, 32) * 0.05
tensors = {}
for name, matrix, root in (("plain", weight, False), ("tall", wide, False), ("root", weight, True)):
    x, target = torch.randn(16, matrix.shape[1]), torch.randn(16, matrix.shape[0])
    tensors |= {f"{name}/weight": matrix, f"{name}/x": x, f"{name}/target": target}
    tensors |= {f"{name}/{k}": v for k, v in trained(matrix, x, target, root).items()}
tensors |= {f"nf4/{k}": v for k, v in of_nf4(weight).items()}
assert refuses_convolutions()
OUT.mkdir(parents=True, exist_ok=True)
save_file({k: v.detach().clone().contiguous() for k, v in tensors.items()}, OUT / "olora.safetensors")
