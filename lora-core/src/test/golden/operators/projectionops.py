import torch
import torch.nn.functional as F

from cases import case, write

case("linear", F.linear, x=(5,), weight=(3, 5))
case("linear_bias", lambda x, weight, bias: F.linear(x.transpose(0, 1), weight, bias), x=(3, 2, 5), weight=(7, 5), bias=(7,))
case("embedding", lambda table, ids: F.embedding(ids, table), table=(7, 3), ids=torch.tensor([[6, 0, 0], [3, 1, 6]]))
case("embedding_i32", lambda table, ids: F.embedding(ids, table), table=(7, 3), ids=torch.tensor(4, dtype=torch.int32))
write("projectionops")
