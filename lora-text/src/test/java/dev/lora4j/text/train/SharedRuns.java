package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.local.LocalSteps;
import dev.lora4j.core.train.local.OuterStep;
import dev.lora4j.core.train.run.GradientShare;
import dev.lora4j.core.train.run.GradientSource;
import dev.lora4j.core.train.run.RoundShare;
import dev.lora4j.core.train.run.RoundSource;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.SharedRound;
import dev.lora4j.core.train.run.TrainingWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Runs of a trainer whose gradients workers compute, beside one that computes its own. */
final class SharedRuns implements AutoCloseable {
  /** Batches of a step. */
  static final int BATCHES = 4;

  private final List<TrainingWorker> workers = new ArrayList<>();

  /** Opens a worker for each batch. */
  SharedRuns(SequenceTrainer<?> trainer) {
    for (int i = 0; i < BATCHES; i++) {
      workers.add(trainer.worker(RunListener.NONE));
    }
  }

  /** Settings with so many batches in a step. */
  static TextTrainingSettings settings(int steps, double rate, int batch) {
    TextTrainingSettings one = TextTrainingSettings.DEFAULT.steps(steps, rate).batch(batch);
    return one.with(one.training().withAccumulation(BATCHES));
  }

  /** Asserts all that a training with gradients from elsewhere promises. */
  static <T extends SequenceTrainer<T>> void check(T trainer) {
    try (SharedRuns shared = new SharedRuns(trainer)) {
      List<RunListener.Step> ownSteps = new ArrayList<>();
      List<RunListener.Step> oneSteps = new ArrayList<>();
      TrainedText own = trainer.run(ownSteps::add);
      TrainedText one = trainer.gradients(shared.parts(1)).run(oneSteps::add);
      assertEquals(own.adapter().identity(), one.adapter().identity());
      assertEquals(own.adapter().metadata(), one.adapter().metadata());
      assertEquals(ownSteps, oneSteps);
      TrainedText rounds = trainer.rounds(shared.rounds()).run(done -> {});
      assertEquals(own.adapter().identity(), rounds.adapter().identity());
      assertEquals(own.losses(), rounds.losses());
      for (int parts : new int[] {2, BATCHES}) {
        TrainedText some = trainer.gradients(shared.parts(parts)).run(done -> {});
        TrainedText again = trainer.gradients(shared.parts(parts)).run(done -> {});
        assertEquals(some.adapter().identity(), again.adapter().identity());
        assertEquals(own.losses().get(0), some.losses().get(0));
        double rate = trainer.settings().training().rate();
        double off = greatestDifference(own.adapter(), some.adapter());
        // A step of Adam is as long as the rate for any gradient, so that rounding shows where
        // that is tiny.
        assertTrue(off < 0.05 * own.losses().size() * rate, parts + " parts: " + off);
      }
      assertNotEquals(own.losses().get(0), own.losses().get(own.losses().size() - 1));
    }
  }

  /**
   * Gradients of so many parts. The last one is computed first, and each in each step by another
   * worker, so that nothing may depend on either.
   */
  GradientSource parts(int parts) {
    return step -> {
      List<GradientShare> all = new ArrayList<>();
      for (int i = parts - 1; i >= 0; i--) {
        int worker = (int) ((i + step.first() / step.batches()) % BATCHES);
        int from = step.batches() * i / parts;
        int to = step.batches() * (i + 1) / parts;
        all.add(0, workers.get(worker).share(step, from, to));
      }
      return all.stream().reduce(GradientShare::followedBy).orElseThrow();
    };
  }

  /** Rounds of two steps, in one part, each by another worker. */
  RoundSource rounds() {
    return new RoundSource() {
      @Override
      public LocalSteps local() {
        return new LocalSteps(2, 1, OuterStep.AVERAGE);
      }

      @Override
      public Optional<List<RoundShare>> round(SharedRound round, BooleanSupplier stop) {
        int worker = round.first() / 2 % BATCHES;
        return Optional.of(List.of(workers.get(worker).round(round, 0)));
      }
    };
  }

  private static double greatestDifference(Adapter a, Adapter b) {
    double greatest = 0;
    for (String site : a.sites().keySet()) {
      Factors own = a.at(site).get(0);
      for (Map.Entry<String, HostTensor> tensor : own.tensors().entrySet()) {
        float[] left = tensor.getValue().floats();
        float[] right = b.at(site).get(0).tensor(tensor.getKey()).floats();
        for (int i = 0; i < left.length; i++) {
          greatest = Math.max(greatest, Math.abs(left[i] - right[i]));
        }
      }
    }
    return greatest;
  }

  @Override
  public void close() {
    workers.forEach(TrainingWorker::close);
  }
}
