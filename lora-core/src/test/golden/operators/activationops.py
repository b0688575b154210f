import torch
import torch.nn.functional as F

from cases import SPECIAL, case, write

x = torch.cat([SPECIAL, torch.linspace(-12, 12, 21, dtype=torch.float64)])
case("relu", F.relu, x=x)
case("relu6", F.relu6, x=x)
case("leaky_relu", lambda x: F.leaky_relu(x, 0.2), x=x)
case("elu", lambda x: F.elu(x, 1.5), x=x)
case("silu", F.silu, x=x)
case("gelu", F.gelu, x=x)
case("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), x=x)
case("quick_gelu", lambda x: x * torch.sigmoid(1.702 * x), x=x)
case("softplus", lambda x: F.softplus(x, beta=2), x=x)
case("mish", F.mish, x=x)
case("hard_sigmoid", F.hardsigmoid, x=x)
case("hard_swish", F.hardswish, x=x)
case("sigmoid", torch.sigmoid, x=x)
case("tanh", torch.tanh, x=x)
wide = torch.tensor([[1000.0, -1000], [1001, 2], [3, -torch.inf]], dtype=torch.float64)
case("softmax", lambda x: F.softmax(x, -2), x=wide)
case("log_softmax", lambda x: F.log_softmax(x, 0), x=wide)
case("glu", lambda x: F.glu(x.transpose(0, 1), -1), x=(6, 3))


def halves(activation, dim):
    def compute(x):
        hidden, gate = x.chunk(2, dim)
        return hidden * activation(gate)

    return compute


case("geglu", halves(F.gelu, 1), x=(3, 10, 2))
case("swiglu", halves(F.silu, -1), x=(5, 6))
write("activationops")
