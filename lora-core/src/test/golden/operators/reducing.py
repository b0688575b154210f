import torch

from cases import case, write

case("sum", torch.sum, x=(3, 5, 7))
case("sum_over", lambda x: x.sum((0, -1), keepdim=True), x=(3, 5, 7))
case("mean", torch.mean, x=(3, 5, 7))
case("mean_over", lambda x: x.mean(1, keepdim=True), x=(3, 5, 7))
case("norm", torch.linalg.vector_norm, x=(3, 5, 7))
case("all", torch.all, x=torch.tensor([[True, True], [True, False]]))
case("argmax", lambda x: x.argmax(-2), x=(3, 5, 7))
case("matmul", torch.matmul, a=(2, 1, 5, 3), b=(3, 3, 7))
case("matmul_transposed", lambda a, b: a.mT @ b, a=(3, 5), b=(2, 3, 1))
write("reducing")
