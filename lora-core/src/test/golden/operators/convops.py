import torch
import torch.nn.functional as F

from cases import case, write

F64 = torch.float64
case("conv2d", lambda x, w: F.conv2d(x.transpose(2, 3), w, stride=2, padding=1), x=(2, 3, 7, 5), weight=(5, 3, 3, 2))
case("conv2d_bias", lambda x, w, b: F.conv2d(x, w, b, padding=2), x=(1, 2, 3, 5), weight=(3, 2, 3, 1), bias=(3,))
case("conv1d_strided", lambda x, w: F.conv1d(x, w, stride=3, padding=2), x=(2, 3, 11), weight=(1, 3, 4))
case("conv1d_same_even", lambda x, w: F.conv1d(x, w, padding="same", dilation=3), x=(1, 2, 7), weight=(3, 2, 4))
case("conv2d_dilated_grouped", lambda x, w: F.conv2d(x, w, padding=(3, 0), dilation=(2, 1), groups=2), x=(2, 4, 5, 3), weight=(6, 2, 3, 3))
case("conv2d_uneven", lambda x, w: F.conv2d(F.pad(x, (1, 2, 0, 1)), w, stride=2), x=(1, 2, 5, 4), weight=(3, 2, 3, 3))


def module(name, x, out, kernel, **settings):
    """The module, which has the padding modes; its weight is an input of the case."""
    conv = torch.nn.Conv2d(x[1], out, kernel, bias=False, dtype=F64, **settings)

    def compute(x, weight):
        with torch.no_grad():
            conv.weight.copy_(weight)
            return conv(x)

    case(name, compute, x=x, weight=tuple(conv.weight.shape))


module("conv2d_reflect", (2, 2, 5, 3), 3, 3, stride=(2, 1), padding=(2, 1), padding_mode="reflect")
module("conv2d_replicate", (1, 1, 2, 5), 2, (2, 3), padding=(1, 3), padding_mode="replicate")
module("conv2d_circular", (1, 2, 3, 5), 2, (3, 2), padding=(3, 1), padding_mode="circular")
module("conv2d_same_reflect", (1, 2, 4, 5), 2, (4, 3), padding="same", padding_mode="reflect")
case("conv3d", lambda x, w: F.conv3d(x, w, stride=(1, 2, 1), padding=(0, 1, 2)), x=(1, 2, 3, 4, 2), weight=(2, 2, 2, 3, 1))
case("conv1d_depthwise", lambda x, w: F.conv1d(x, w, groups=3), x=(2, 3, 5), weight=(3, 1, 2))
case(
    "conv1d_bf16",
    lambda x, w, b: F.conv1d(x, w, b, padding=1),
    x=torch.linspace(-1, 1, 24).bfloat16().reshape(1, 4, 6),
    weight=torch.linspace(1, -2, 24).bfloat16().reshape(2, 4, 3),
    bias=torch.tensor([0.5, -0.25]).bfloat16(),
)
case("conv2d_pointwise", lambda x, w, b: F.conv2d(x, w, b), x=(3, 5, 1, 2), weight=(2, 5, 1, 1), bias=(2,))
case("conv_transpose1d", lambda x, w: F.conv_transpose1d(x, w, stride=3, padding=1), x=(2, 3, 5), weight=(3, 2, 4))
case(
    "conv_transpose2d",
    lambda x, w: F.conv_transpose2d(x, w, stride=(2, 3), padding=(1, 0), output_padding=(1, 2), dilation=(1, 2)),
    x=(1, 2, 3, 4),
    weight=(2, 3, 3, 2),
)
case("conv_transpose3d", lambda x, w: F.conv_transpose3d(x, w, padding=(1, 0, 1)), x=(1, 2, 3, 2, 3), weight=(2, 1, 2, 3, 2))
case(
    "conv_transpose2d_grouped",
    lambda x, w, b: F.conv_transpose2d(x.transpose(2, 3), w, b, stride=2, groups=2),
    x=(2, 4, 3, 2),
    weight=(4, 3, 2, 3),
    bias=(6,),
)
write("convops")
