package dev.lora4j.core.train.run;

import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.local.LocalSteps;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Takes steps of a run in parts that know nothing of each other for a round, for example on several
 * machines. Averages, checkpoints, validation and previews stay where the run is, and come between
 * two rounds.
 *
 * <p>With one part and no outer step of its own, a run has the same bits as one that takes its
 * steps itself. With more it is another training, which depends on their number.
 */
public non-sealed interface RoundSource extends StepSource {
  /** How long the parts go on alone, and what becomes of their results. */
  LocalSteps local();

  /**
   * Checks that a training can be taken in rounds, before any expensive work.
   *
   * @throws IllegalArgumentException with what is in the way
   */
  default void requireFits(AdapterPlan plan, TrainingSettings settings) {
    RoundChecks.require(plan, settings, Math.min(local().parts(), settings.accumulate()));
  }

  /**
   * Takes the steps of a round.
   *
   * @param stop whether the run is to stop; a round may be given up then
   * @return what the parts have come to, in their order; empty if the round was given up
   * @throws TrainingFailure if it cannot be done
   */
  Optional<List<RoundShare>> round(SharedRound round, BooleanSupplier stop);
}
