"""Adapters that LyCORIS makes of a tiny ResNet, as it saves them, and the logits it gives with them.

After tiny_resnets.py. Writes ../resources/lycoris-NAME.safetensors for LoCon, LoHa and LoKr on the convolutions of
basic.safetensors, and ../resources/expected-lycoris.safetensors with F32 [3, 3] for each, of the pixels of
expected-basic.safetensors.
"""

import os

import torch
from lycoris import LycorisNetwork, create_lycoris
from safetensors.torch import load_file, save_file
from torchvision.models.resnet import BasicBlock

from tiny_resnets import RESOURCES, Narrow, draw, logits


def main():
    LycorisNetwork.apply_preset({"target_name": [".*conv.*", ".*downsample.0"]})
    pixels = load_file(os.path.join(RESOURCES, "expected-basic.safetensors"))["pixels"]
    expected = {}
    for seed, (name, algorithm) in enumerate({"locon": "lora", "loha": "loha", "lokr": "lokr"}.items()):
        model = draw(Narrow(BasicBlock, [2, 1, 1, 1], [6, 8, 10, 12], 6, 3), 7)
        network = create_lycoris(model, 1.0, linear_dim=2, linear_alpha=1, conv_dim=2, conv_alpha=1,
                                 algo=algorithm)
        network.apply_to()
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for key, p in network.named_parameters():
                p.copy_(0.3 * torch.randn(p.shape, generator=generator))
            expected[name] = logits(model.eval(), pixels).contiguous()
        save_file({k: v.contiguous() for k, v in network.state_dict().items()},
                  os.path.join(RESOURCES, f"lycoris-{name}.safetensors"))
    save_file(expected, os.path.join(RESOURCES, "expected-lycoris.safetensors"))
    print({k: v[0].tolist() for k, v in expected.items()})


if __name__ == "__main__":
    main()
