package dev.lora4j.core.adapter.tlora;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;

/**
 * The directions that count at a timestep: the first {@code floor(progress^power * (rank - least))
 * + least}, where progress is 0 for noise alone and 1 for the picture.
 *
 * @param least directions for noise alone
 * @param power exponent of the progress
 */
record TimestepRank(int least, double power) {
  /**
   * 1 for each direction that counts, else 0.
   *
   * @param rank of all directions
   * @param progress of each sample, F64 [batch]
   * @return F64 [batch, rank]
   */
  Expr mask(Dim rank, Expr progress) {
    Expr numbers = Constants.arange(progress.graph(), DType.F64, rank);
    Expr all = numbers.over(0).max().add(1);
    Expr few = all.clampMax((double) least);
    Expr count = progress.pow(power).mul(all.sub(few)).floor().add(few);
    return numbers.unsqueeze(0).lt(count.unsqueeze(1)).to(DType.F64);
  }
}
