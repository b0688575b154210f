import torch
import torch.nn.functional as F

from cases import SPECIAL, case, write

x = torch.cat([SPECIAL, torch.linspace(-12, 12, 21, dtype=torch.float64)])
case("silu", F.silu, x=x)
case("gelu", F.gelu, x=x)
case("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), x=x)
case("quick_gelu", lambda x: x * torch.sigmoid(1.702 * x), x=x)
case("sigmoid", torch.sigmoid, x=x)
case("tanh", torch.tanh, x=x)
case("softmax", lambda x: F.softmax(x, -2), x=torch.tensor([[1000.0, -1000], [1001, 2], [3, -torch.inf]], dtype=torch.float64))
write("activating")
