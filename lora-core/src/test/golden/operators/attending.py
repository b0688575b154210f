import torch
import torch.nn.functional as F

from cases import case, write

attend = F.scaled_dot_product_attention
case("attend", lambda q, k, v: attend(q, k, v), q=(2, 3, 5, 4), k=(2, 3, 7, 4), v=(2, 3, 7, 6))
case("attend_causal", lambda q, k, v: attend(q, k, v, is_causal=True), q=(1, 2, 5, 3), k=(1, 2, 5, 3), v=(1, 2, 5, 3))
write("attending")
