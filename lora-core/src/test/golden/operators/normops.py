import torch
import torch.nn.functional as F

from cases import case, write

case("group_norm", lambda x, w, b: F.group_norm(x, 3, w, b), x=(2, 6, 3, 5), weight=(6,), bias=(6,))
case("group_norm_plain", lambda x: F.group_norm(x.transpose(1, 2), 1, eps=1e-6), x=(2, 3, 5))
case("layer_norm", lambda x, w, b: F.layer_norm(x.transpose(0, 1), (7,), w, b), x=(3, 2, 7), weight=(7,), bias=(7,))
case("layer_norm_weight", lambda x, w: F.layer_norm(x, (3, 5), w, eps=1e-6), x=(2, 3, 5), weight=(3, 5))
case("layer_norm_plain", lambda x: F.layer_norm(x, (5,), eps=1e-12), x=(5,))
case("rms_norm", lambda x, w: F.rms_norm(x, (7,), w, eps=1e-6), x=(3, 2, 7), weight=(7,))


def llama(x, weight):
    """LLaMA's norm, as transformers writes it."""
    wide = x.float()
    wide = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-6)
    return weight * wide.to(x.dtype)


case(
    "rms_norm_bf16",
    llama,
    x=torch.linspace(-3, 5, 21).bfloat16().reshape(3, 7),
    weight=torch.linspace(0.3, 1.7, 7).bfloat16(),
)
case("rms_norm_plain", lambda x: x / (x.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt(), x=(2, 5))
variance = torch.linspace(0.5, 2, 3, dtype=torch.float64)
case(
    "batch_norm",
    lambda x, m, v, w, b: F.batch_norm(x, m, v, w, b),
    x=(2, 3, 5, 1),
    mean=(3,),
    variance=variance,
    weight=(3,),
    bias=(3,),
)


def training(momentum):
    def compute(x, mean, variance, weight, bias):
        mean, variance = mean.clone(), variance.clone()
        y = F.batch_norm(x, mean, variance, weight, bias, training=True, momentum=momentum)
        return y, mean, variance

    return compute


case("batch_norm_training", training(0.1), x=(2, 3, 5, 4), mean=(3,), variance=variance, weight=(3,), bias=(3,))
case("batch_norm_training_1d", training(0.3), x=(5, 3), mean=(3,), variance=variance, weight=(3,), bias=(3,))
write("normops")
