"""Tiny random ResNets as torchvision and transformers write them, with what they and PEFT compute.

Writes ../resources/basic.safetensors and ../resources/bottleneck.safetensors: torchvision's own ResNet with
narrow layers, and ../resources/folder: a ResNetForImageClassification of transformers, each with random
statistics of its norms; and beside them expected-NAME.safetensors with
  pictures       U8 [3, 48, 48, 3]    pictures of noise
  pixels         F32 [3, 3, 48, 48]   what the networks read of them
  logits         F32 [3, classes]     in evaluation
  adapted        F32 [3, classes]     with the adapter of PEFT's in ../resources/adapter-NAME
  losses         F64 [6]              of six AdamW steps on that adapter and its head, in F64
  first.NAME, last.NAME               factors and head before and after these steps, F64
"""

import os
import shutil

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from transformers import ResNetConfig, ResNetForImageClassification

HERE = os.path.dirname(os.path.abspath(__file__))
RESOURCES = os.path.join(HERE, "..", "resources")


class Narrow(ResNet):
    """torchvision's ResNet with fewer channels in each stage."""

    def __init__(self, block, layers, widths, stem, classes):
        nn.Module.__init__(self)
        self._norm_layer, self.inplanes, self.dilation = nn.BatchNorm2d, stem, 1
        self.groups, self.base_width = 1, 64
        self.conv1 = nn.Conv2d(3, stem, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(stem)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = self._make_layer(block, widths[0], layers[0])
        self.layer2 = self._make_layer(block, widths[1], layers[1], stride=2)
        self.layer3 = self._make_layer(block, widths[2], layers[2], stride=2)
        self.layer4 = self._make_layer(block, widths[3], layers[3], stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(widths[3] * block.expansion, classes)


def draw(model, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.Conv2d):
                fan = module.weight[0].numel()
                module.weight.copy_(torch.randn(module.weight.shape, generator=generator) * (2 / fan) ** 0.5)
            elif isinstance(module, nn.BatchNorm2d):
                n = module.weight.shape
                module.weight.copy_(1 + 0.3 * torch.randn(n, generator=generator))
                module.bias.copy_(0.2 * torch.randn(n, generator=generator))
                module.running_mean.copy_(0.2 * torch.randn(n, generator=generator))
                module.running_var.copy_(0.6 + torch.rand(n, generator=generator))
            elif isinstance(module, nn.Linear):
                module.weight.copy_(0.5 * torch.randn(module.weight.shape, generator=generator))
                module.bias.copy_(0.5 * torch.randn(module.bias.shape, generator=generator))
    return model.eval()


def logits(model, pixels):
    out = model(pixels)
    return out.logits if hasattr(out, "logits") else out


def adapted(model, targets, head, seed):
    """PEFT's LoRA on a model with random factors and a random head."""
    generator = torch.Generator().manual_seed(seed)
    config = LoraConfig(r=2, lora_alpha=3, target_modules=targets, modules_to_save=[head])
    tuned = get_peft_model(model, config).eval()
    with torch.no_grad():
        for name, p in tuned.named_parameters():
            if p.requires_grad:
                scale = 0.2
                p.copy_(scale * torch.randn(p.shape, generator=generator))
    return tuned


def steps(tuned, pixels, expected):
    """Six steps of AdamW with the norms in evaluation, as all steps here are."""
    tuned = tuned.double().eval()
    trained = {n: p for n, p in tuned.named_parameters() if p.requires_grad}
    for name, p in trained.items():
        expected["first." + name] = p.detach().clone()
    rule = torch.optim.AdamW(trained.values(), lr=1e-3, weight_decay=0.01)
    classes = torch.tensor([2, 0, 1])
    losses = []
    for _ in range(6):
        loss = nn.functional.cross_entropy(logits(tuned, pixels.double()), classes)
        losses.append(loss.item())
        rule.zero_grad()
        loss.backward()
        rule.step()
    expected["losses"] = torch.tensor(losses, dtype=torch.float64)
    for name, p in trained.items():
        expected["last." + name] = p.detach().clone()


def write(name, make, targets, head):
    generator = torch.Generator().manual_seed(5)
    pictures = torch.randint(0, 256, (3, 48, 48, 3), generator=generator, dtype=torch.uint8)
    mean = torch.tensor([0.485, 0.456, 0.406], dtype=torch.float64)
    deviation = torch.tensor([0.229, 0.224, 0.225], dtype=torch.float64)
    pixels = ((pictures.double() / 255 - mean) / deviation).permute(0, 3, 1, 2).float().contiguous()
    expected = {"pictures": pictures, "pixels": pixels}
    with torch.no_grad():
        expected["logits"] = logits(make(), pixels)
    tuned = adapted(make(), targets, head, 6)
    folder = os.path.join(RESOURCES, "adapter-" + name)
    shutil.rmtree(folder, ignore_errors=True)
    tuned.save_pretrained(folder)
    os.remove(os.path.join(folder, "README.md"))
    with torch.no_grad():
        expected["adapted"] = logits(tuned, pixels)
    steps(tuned, pixels, expected)
    save_file({k: v.contiguous() for k, v in expected.items()},
              os.path.join(RESOURCES, f"expected-{name}.safetensors"))


CONVOLUTIONS = r".*\.(conv\d|downsample\.0)|conv1"


def torchvision_model(name, block, layers):
    def make():
        return draw(Narrow(block, layers, [6, 8, 10, 12], 6, 3), 7)

    save_file(make().state_dict(), os.path.join(RESOURCES, name + ".safetensors"))
    write(name, make, CONVOLUTIONS, "fc")


def transformers_model():
    config = ResNetConfig(
        embedding_size=6, hidden_sizes=[8, 12, 16], depths=[2, 1, 1], layer_type="bottleneck",
        downsample_in_bottleneck=True, downsample_in_first_stage=True,
        id2label={0: "fox", 1: "owl", 2: "hen"}, label2id={"fox": 0, "owl": 1, "hen": 2})
    folder = os.path.join(RESOURCES, "folder")

    def make():
        return draw(ResNetForImageClassification(config), 8)

    make().save_pretrained(folder)
    write("folder", make, r".*\.convolution", "classifier")


if __name__ == "__main__":
    torch.set_num_threads(1)
    os.makedirs(RESOURCES, exist_ok=True)
    torchvision_model("basic", BasicBlock, [2, 1, 1, 1])
    torchvision_model("bottleneck", Bottleneck, [1, 2, 1, 1])
    transformers_model()
