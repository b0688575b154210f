package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.StudentFactors;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.util.List;

/**
 * First factors of a LoRA that learns from teachers, in F32: at each linear layer and convolution
 * of the denoiser that a teacher changes, all of one rank and alpha.
 */
public final class StudentStart {
  private final StableDiffusion base;
  private final StudentFactors factors;

  /**
   * Starts on a base.
   *
   * @param seed of the directions that begin at random
   */
  public StudentStart(
      StableDiffusion base, List<Teacher> teachers, int rank, double alpha, long seed) {
    this.base = base;
    factors =
        new StudentFactors(
            List.copyOf(base.base().sites().all()),
            base.base().denoiser().component(),
            teachers.stream()
                .map(t -> new StudentFactors.Teacher(t.adapter(), t.weight()))
                .toList(),
            rank,
            alpha,
            seed);
  }

  /** Factors that change nothing: down at random, up of zeros. */
  public Adapter fresh(String name) {
    return factors.fresh(name);
  }

  /**
   * The mean of the teachers' changes, cut to the rank. Directions that they do not have begin as
   * fresh ones.
   *
   * @throws AdapterException if a teacher has no change of its own, as DoRA has none
   */
  public Adapter merged(String name) {
    try (Scope work = base.scope().child("merged-teachers")) {
      return factors.merged(work, name);
    }
  }
}
