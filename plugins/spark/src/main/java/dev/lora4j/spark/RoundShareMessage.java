package dev.lora4j.spark;

import dev.lora4j.core.train.LossScale;
import dev.lora4j.core.train.run.NonFiniteStep;
import dev.lora4j.core.train.run.RoundShare;
import dev.lora4j.core.train.run.RunListener;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Result of a part of a round, on its way back.
 *
 * @param nanos that its steps took
 */
record RoundShareMessage(
    LinkedHashMap<String, TensorMessage> contents,
    double scale,
    long streak,
    int batches,
    ArrayList<Taken> steps,
    TreeMap<Integer, Place> notFinite,
    long nanos)
    implements Serializable {
  /** See {@link RunListener.Step}. */
  record Taken(
      int step,
      int steps,
      float loss,
      float gradientNorm,
      double rate,
      boolean skipped,
      LinkedHashMap<String, Double> measures)
      implements Serializable {
    static Taken of(RunListener.Step step) {
      return new Taken(
          step.step(),
          step.steps(),
          step.loss(),
          step.gradientNorm(),
          step.rate(),
          step.skipped(),
          new LinkedHashMap<>(step.measures()));
    }

    RunListener.Step taken() {
      return new RunListener.Step(step, steps, loss, gradientNorm, rate, skipped, measures);
    }
  }

  /** See {@link NonFiniteStep}; a name that is not there has no characters. */
  record Place(String layer, String weight, ArrayList<String> items) implements Serializable {
    static Place of(NonFiniteStep found) {
      return new Place(
          found.layer().orElse(""), found.weight().orElse(""), new ArrayList<>(found.items()));
    }

    NonFiniteStep found() {
      return new NonFiniteStep(named(layer), named(weight), items);
    }

    private static Optional<String> named(String name) {
      return Optional.of(name).filter(n -> !n.isEmpty());
    }
  }

  static RoundShareMessage of(RoundShare share, long nanos) {
    ArrayList<Taken> steps = new ArrayList<>();
    share.steps().forEach(step -> steps.add(Taken.of(step)));
    TreeMap<Integer, Place> notFinite = new TreeMap<>();
    share.notFinite().forEach((step, found) -> notFinite.put(step, Place.of(found)));
    return new RoundShareMessage(
        new LinkedHashMap<>(TensorMessage.all(share.contents())),
        share.lossScale().scale(),
        share.lossScale().streak(),
        share.batches(),
        steps,
        notFinite,
        nanos);
  }

  RoundShare share() {
    TreeMap<Integer, NonFiniteStep> found = new TreeMap<>();
    notFinite.forEach((step, place) -> found.put(step, place.found()));
    return new RoundShare(
        TensorMessage.tensors(contents),
        new LossScale(scale, streak),
        batches,
        steps.stream().map(Taken::taken).toList(),
        found);
  }
}
