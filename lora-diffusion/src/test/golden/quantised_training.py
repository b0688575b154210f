"""Makes src/test/resources/tiny-sd-nf4.safetensors and quantised-training.safetensors: tensors of tiny-sd's denoiser in
bitsandbytes' 4 bits, and what PEFT and torch make of training an adapter on it in F32, as training.py does for others.
diffusers itself quantises on graphics cards alone; the layers are exchanged as it exchanges them.

Needs bitsandbytes==0.50.2 beside requirements.txt:  HF_HUB_OFFLINE=1 python quantised_training.py
"""

import bitsandbytes as bnb
import bitsandbytes.functional as F
import torch
import training
from bitsandbytes.backends.default.ops import _dequantize_4bit_compute
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file

KINDS = {"nf4": False, "nf4-dora": True}


def numbers(packed, state, *args, **kwargs):
    """By the definition in PyTorch: kernels for processors take rows to begin with a block."""
    absmax = F.dequantize_blockwise(state.absmax, state.state2) + state.offset
    return _dequantize_4bit_compute(
        packed.reshape(-1), absmax, state.code, state.blocksize, state.shape, state.dtype
    )


def product(x, packed, quant_state, out=None, bias=None):
    return torch.nn.functional.linear(x, numbers(packed, quant_state), bias)


F.dequantize_4bit = numbers
bnb.matmul_4bit = product


def quantised():
    unet = UNet2DConditionModel.from_pretrained(training.HERE / "tiny-sd" / "unet")
    for name, layer in list(unet.named_modules()):
        if isinstance(layer, torch.nn.Linear):
            made = bnb.nn.Linear4bit(
                layer.in_features,
                layer.out_features,
                layer.bias is not None,
                compute_dtype=torch.float32,
                compress_statistics=True,
                quant_type="nf4",
            )
            made.weight = bnb.nn.Params4bit(
                layer.weight.data, requires_grad=False, quant_type="nf4", compress_statistics=True
            )
            made.bias = layer.bias
            unet.set_submodule(name, made.to("cpu"))
    unet.requires_grad_(False)
    unet.is_loaded_in_4bit = True
    return unet


class Quantised(training.Training):
    """In F32, on the denoiser in 4 bits."""

    def __init__(self, case):
        super().__init__(case)
        self.factors = {}
        self.unet = quantised().train()
        self.unet.double = lambda: self.unet
        self.attach(self.unet, "unet.", training.ATTENTION)
        self.factors = dict(sorted(self.factors.items()))
        assert all(p.dtype == torch.float32 for p in self.factors.values())

    def predicted(self, noisy, t, batch):
        return self.unet(noisy.float(), t, batch.context.float()).sample.double()


def save():
    """The tensors that are others than those of tiny-sd."""
    before = UNet2DConditionModel.from_pretrained(training.HERE / "tiny-sd" / "unet").state_dict()
    changed = {
        name: t.contiguous()
        for name, t in quantised().state_dict().items()
        if name not in before or not torch.equal(t, before[name])
    }
    save_file(changed, training.HERE / "tiny-sd-nf4.safetensors")


def main():
    save()
    gold = {}
    for key, dora in KINDS.items():
        made = Quantised(training.Case(dora=dora, trained=True))
        made.first(key, gold)
        made.train(key, gold)
        print(key, len(made.factors), "factors")
    save_file(gold, training.HERE / "quantised-training.safetensors")


if __name__ == "__main__":
    main()
