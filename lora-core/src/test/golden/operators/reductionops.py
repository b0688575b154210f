import torch

from cases import SPECIAL, case, write

flags = torch.tensor([[True, True], [True, False]])
case("sum", torch.sum, x=(3, 5, 7))
case("sum_special", torch.sum, x=SPECIAL)
case("sum_over", lambda x: x.sum((0, -1), keepdim=True), x=(3, 5, 7))
case("sum_flags", lambda x: x.sum(0, keepdim=True), x=flags)
case("sum_whole", torch.sum, x=torch.arange(5, dtype=torch.int32))
case("mean", torch.mean, x=(3, 5, 7))
case("mean_over", lambda x: x.mean(1, keepdim=True), x=(3, 5, 7))
case("norm", torch.linalg.vector_norm, x=(3, 5, 7))
case("all", torch.all, x=flags)
case("any", torch.any, x=flags)
case("argmax", lambda x: x.argmax(-2), x=(3, 5, 7))
case("argmin", lambda x: x.argmin(0), x=(3, 5, 7))
case("cumsum", lambda x: x.cumsum(1), x=(3, 5, 2))
case("cumsum_flags", lambda x: x.cumsum(1), x=flags)
case("cumprod", lambda x: x.cumprod(-1), x=(3, 5))
case("over", lambda x: x.mean((0, 2)), x=(3, 5, 2))
case("over_all", lambda x: x.amax(), x=(3, 5, 2))
write("reductionops")
