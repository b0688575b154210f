package dev.lora4j.core.adapter.training;

import dev.lora4j.core.identity.Canonical;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongToDoubleFunction;

/**
 * Choice of the directions of factors that are trained, made anew between two steps. The others
 * stay as they are to the last bit: the optimizer sees a gradient of 0 there, and neither moves nor
 * decays them. The norm of the gradient is that of the directions that are trained.
 *
 * <p>A run goes through numbered stages, from 0. What a rule remembers between two steps are its
 * {@link #numbers}, which checkpoints store beside the stage.
 */
public interface DirectionRule extends Canonical {
  /**
   * State of a run that a choice may depend on.
   *
   * @param step number of the last step, from 1, with those that changed nothing
   * @param loss of the batches of this step; empty if it changed nothing, or if the call is about a
   *     validation
   * @param validation the validation loss after this step, if it was measured now
   */
  record Progress(long step, OptionalDouble loss, OptionalDouble validation) {}

  /**
   * Directions that follow each other.
   *
   * @param from the first, from 0
   * @param to the one after the last
   */
  record Span(int from, int to) {
    /** Checks the order. */
    public Span {
      if (from < 0 || to <= from) {
        throw new IllegalArgumentException(
            "Directions " + from + " to " + to + " are none; at least one is trained.");
      }
    }

    /** Returns true if a direction is in neither or only one of both. */
    public boolean disjoint(Span other) {
      return to <= other.from || other.to <= from;
    }
  }

  /**
   * Names of its numbers, of lower-case letters and underscores; each is 0 before the first step.
   */
  List<String> numbers();

  /**
   * The stage of a layer that goes on with factors of a file.
   *
   * @param rank directions of the layer
   * @param used how many of them change the layer, with all before the last that does
   */
  default int first(int rank, int used) {
    return 0;
  }

  /**
   * The stage after a step.
   *
   * @param stage the one before
   * @param numbers in the order of {@link #numbers}, to be changed in place
   */
  int next(Progress progress, int stage, double[] numbers);

  /**
   * The directions that are trained in a stage.
   *
   * @param rank directions of the layer
   */
  Span trained(int stage, int rank);

  /**
   * Share of what the optimizer remembers of finished directions that is taken away before the next
   * ones go on with it, the smallest numbers first; 1 for all. Used where a stage has other
   * directions than the one before, and as many.
   */
  default double pruned() {
    return 1;
  }

  /**
   * Factor of the learning rate.
   *
   * @param step its number, from 0
   * @param schedule factor of the run's schedule by the number of the step
   */
  default double rate(long step, LongToDoubleFunction schedule) {
    return schedule.applyAsDouble(step);
  }

  /**
   * Number of the first step of a stage, from 0, at which the rate begins anew.
   *
   * @return empty if this is no such stage
   */
  default OptionalLong restart(int stage) {
    return OptionalLong.empty();
  }

  /** The course of the run in one sentence for the user, before it begins. */
  String course();

  /** Settings that are hardly meant, each as a sentence for the user; empty if there are none. */
  default List<String> doubts() {
    return List.of();
  }

  /**
   * The change to a stage as a sentence for the user.
   *
   * @param numbers after the change
   */
  String change(int stage, double[] numbers);
}
