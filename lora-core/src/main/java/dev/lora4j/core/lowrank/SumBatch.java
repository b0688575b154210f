package dev.lora4j.core.lowrank;

import dev.lora4j.core.tensor.Tensor;
import java.util.List;

/**
 * Sums at several sites of one shape as native tensors: the change at site {@code i} is {@code
 * sums[i].share() * up[i] * down[i]}.
 *
 * @param down F32 [sites, rank, rest]
 * @param up F32 [sites, out, rank]
 */
record SumBatch(List<SiteSum> sums, Tensor down, Tensor up) {}
