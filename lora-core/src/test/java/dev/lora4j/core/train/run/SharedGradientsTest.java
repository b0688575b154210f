package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.run.TwoLayers.Rows;
import dev.lora4j.core.train.schedule.Cosine;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose gradients are computed elsewhere, beside a run that computes them itself. */
class SharedGradientsTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("tests");
  private static final int STEPS = 7;

  @TempDir Path folder;

  @AfterAll
  static void close() {
    SCOPE.close();
    ENGINE.close();
  }

  private static TrainingSettings settings(String optimizer, int accumulate) {
    return TrainingSettings.of(
            Optimizers.named(optimizer, Map.of()), 0.05, RateSchedule.of(new Cosine(), STEPS))
        .withAccumulation(accumulate)
        .withClip(0.3)
        .withSeed(3)
        .withStored(DType.F32);
  }

  private static TaskWorker worker(TrainingTask task, TrainingSettings settings) {
    return TaskWorker.of(SCOPE, ENGINE.threads(), settings, scope -> task);
  }

  /** As many machines as shares, each with a task of its own, which begin with what was before. */
  private static GradientSource machines(int shares, TrainingSettings settings, Set<Long> broken) {
    return machines(shares, () -> TwoLayers.of(SCOPE, 2).broken(broken), settings);
  }

  private static GradientSource machines(
      int shares, Supplier<TrainingTask> tasks, TrainingSettings settings) {
    List<TaskWorker> machines = new ArrayList<>();
    for (int i = 0; i < shares; i++) {
      machines.add(worker(tasks.get(), settings));
    }
    return step -> {
      List<GradientShare> all = new ArrayList<>();
      // The last one first: whoever is ready first must not matter.
      for (int i = shares - 1; i >= 0; i--) {
        int from = step.batches() * i / shares;
        int to = step.batches() * (i + 1) / shares;
        // Another one in each step: what each computed before must not matter.
        int machine = (int) ((i + step.first() / step.batches()) % shares);
        all.add(0, machines.get(machine).share(step, from, to));
      }
      return all.stream().reduce(GradientShare::followedBy).orElseThrow();
    };
  }

  private static TrainedAdapter shared(
      TrainingTask task,
      TrainingSettings settings,
      CheckpointPolicy keeping,
      GradientSource source,
      RunListener listener) {
    return InterruptibleTask.run(
        sign -> {
          try (TrainingLoop loop =
              TrainingLoop.of(SCOPE, task, settings, keeping, source, listener, sign)) {
            return loop.run("toy");
          }
        });
  }

  /** Numbers of the adapter, one site after the other. */
  private static float[] numbers(TrainedAdapter trained) {
    float[] all = new float[0];
    for (List<Factors> stack : trained.adapter().sites().values()) {
      for (HostTensor tensor : stack.get(0).tensors().values()) {
        float[] own = tensor.floats();
        all = Arrays.copyOf(all, all.length + own.length);
        System.arraycopy(own, 0, all, all.length - own.length, own.length);
      }
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource({"adamw, 1", "adamw, 4", "prodigy, 4", "lion8bit, 3"})
  void oneShareHasTheBitsOfARunThatComputesItsOwn(String optimizer, int accumulate) {
    TrainingSettings settings = settings(optimizer, accumulate);
    TwoLayers task = TwoLayers.of(SCOPE, 2).holdingOut(new Rows(-1, 1, false, 1));
    Heard own = new Heard(0);
    Heard others = new Heard(0);
    CheckpointPolicy each = CheckpointPolicy.NOTHING.validateEvery(1).previewEvery(1);
    TrainedAdapter whole = new Runs(SCOPE, task, settings).whole(each, own);
    TrainedAdapter shared = shared(task, settings, each, machines(1, settings, Set.of()), others);
    assertEquals(whole.adapter().identity(), shared.adapter().identity());
    assertEquals(own.steps, others.steps);
    assertEquals(own.validated, others.validated);
    assertEquals(own.previews, others.previews);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void moreSharesDifferByRoundingAndAreTheSameEachTime(int shares) {
    TrainingSettings settings = settings("adamw", 4);
    TwoLayers task = TwoLayers.of(SCOPE, 2);
    CheckpointPolicy nothing = CheckpointPolicy.NOTHING;
    TrainedAdapter whole = new Runs(SCOPE, task, settings).whole(nothing, RunListener.NONE);
    TrainedAdapter shared =
        shared(task, settings, nothing, machines(shares, settings, Set.of()), RunListener.NONE);
    assertArrayEquals(numbers(whole), numbers(shared), 1e-5f);
    assertEquals(whole.losses().get(0), shared.losses().get(0));
    TrainedAdapter again =
        shared(task, settings, nothing, machines(shares, settings, Set.of()), RunListener.NONE);
    assertEquals(shared.adapter().identity(), again.adapter().identity());
  }

  @Test
  void runGoesOnFromTheCheckpointOfOneThatComputedItsOwn() {
    TrainingSettings settings = settings("adamw", 2);
    TwoLayers task = TwoLayers.of(SCOPE, 2);
    Runs runs = new Runs(SCOPE, task, settings);
    TrainedAdapter whole = runs.whole(CheckpointPolicy.NOTHING, RunListener.NONE);
    CheckpointPolicy kept = CheckpointPolicy.NOTHING.in(folder.resolve("kept"));
    runs.stopped(kept, 3);
    TrainedAdapter rest =
        shared(
            task, settings, kept.resume(true), machines(1, settings, Set.of()), RunListener.NONE);
    assertEquals(STEPS - 3, rest.losses().size());
    assertEquals(whole.adapter().identity(), rest.adapter().identity());
  }

  /** The state moves by what is trained, and is that of the step, whoever computes it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void stateOfTheTaskMovesAsInARunThatComputesItsOwn(int shares) {
    TrainingSettings settings = settings("adamw", 3);
    TrainedAdapter whole =
        new Runs(SCOPE, new FollowedFactor(TwoLayers.of(SCOPE, 2)), settings)
            .whole(CheckpointPolicy.NOTHING, RunListener.NONE);
    Supplier<TrainingTask> tasks = () -> new FollowedFactor(TwoLayers.of(SCOPE, 2));
    CheckpointPolicy kept = CheckpointPolicy.NOTHING.in(folder.resolve("kept"));
    GradientSource source = machines(shares, tasks, settings);
    assertThrows(
        TrainingInterrupted.class, () -> shared(tasks.get(), settings, kept, source, new Heard(4)));
    assertTrue(Thread.interrupted());
    TrainedAdapter rest =
        shared(tasks.get(), settings, kept.resume(true), source, RunListener.NONE);
    assertEquals(STEPS - 4, rest.losses().size());
    assertArrayEquals(numbers(whole), numbers(rest), shares == 1 ? 0 : 1e-5f);
    TrainedAdapter still =
        new Runs(SCOPE, TwoLayers.of(SCOPE, 2), settings)
            .whole(CheckpointPolicy.NOTHING, RunListener.NONE);
    assertNotEquals(still.adapter().identity(), whole.adapter().identity());
  }

  @Test
  void workersOfOtherTasksAreRefusedByWhatIsNotTheSame() {
    TrainingSettings settings = settings("adamw", 2);
    FollowedFactor other =
        new FollowedFactor(TwoLayers.of(SCOPE, 2), Map.of("texts", "a", "batch", "1", "loss", "l"));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                shared(
                    new FollowedFactor(TwoLayers.of(SCOPE, 2), Map.of("texts", "b", "loss", "l")),
                    settings,
                    CheckpointPolicy.NOTHING,
                    machines(1, () -> other, settings),
                    RunListener.NONE));
    assertTrue(e.getMessage().contains("not the same are batch, texts."), e.getMessage());
  }

  /** Weights that are read for each step are those of the workers; the update holds none. */
  @Test
  void memoryForWeightsIsThatOfWorkers() {
    TrainingSettings settings = settings("adamw", 2);
    TwoLayers task = TwoLayers.of(SCOPE, 2);
    TrainedAdapter whole =
        new Runs(SCOPE, task, settings).whole(CheckpointPolicy.NOTHING, RunListener.NONE);
    TrainedAdapter shared =
        shared(
            task.within(1),
            settings,
            CheckpointPolicy.NOTHING,
            machines(1, settings, Set.of()),
            RunListener.NONE);
    assertEquals(whole.adapter().identity(), shared.adapter().identity());
  }

  @Test
  void batchThatIsNotFiniteChangesNothingAndIsNamed() {
    TrainingSettings settings = settings("adamw", 2);
    Set<Long> broken = Set.of(5L);
    TwoLayers task = TwoLayers.of(SCOPE, 2).broken(broken);
    Heard own = new Heard(0);
    Heard others = new Heard(0);
    TrainedAdapter whole = new Runs(SCOPE, task, settings).whole(CheckpointPolicy.NOTHING, own);
    TrainedAdapter shared =
        shared(task, settings, CheckpointPolicy.NOTHING, machines(2, settings, broken), others);
    assertTrue(others.steps.get(2).skipped());
    assertEquals(own.notFinite, others.notFinite);
    assertArrayEquals(numbers(whole), numbers(shared), 1e-5f);
  }

  @Test
  void workersOfOtherSettingsAreRefused() {
    TrainingSettings settings = settings("adamw", 2);
    for (TrainingSettings other : List.of(settings.withAccumulation(1), settings.withSeed(4))) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  shared(
                      TwoLayers.of(SCOPE, 2),
                      settings,
                      CheckpointPolicy.NOTHING,
                      machines(1, other, Set.of()),
                      RunListener.NONE));
      assertTrue(e.getMessage().contains("has other settings"), e.getMessage());
    }
  }

  @Test
  void sharesOfOtherStepsAndAdaptersAreRefused() {
    TrainingSettings settings = settings("adamw", 2);
    TwoLayers task = TwoLayers.of(SCOPE, 2);
    try (TaskWorker machine = worker(task, settings)) {
      HostTensor other = HostTensor.of(Shape.of(5), new float[5]);
      SharedStep step = new SharedStep(SharedStep.Run.of(task, settings), 0, 2, other, 1, Map.of());
      TensorException e = assertThrows(TensorException.class, () -> machine.share(step, 0, 2));
      assertTrue(e.getMessage().contains("belong to another adapter"), e.getMessage());
      IllegalArgumentException none =
          assertThrows(IllegalArgumentException.class, () -> machine.share(step, 1, 3));
      assertTrue(none.getMessage().contains("from 1 to 3"), none.getMessage());
    }
    TrainingFailure few =
        assertThrows(
            TrainingFailure.class,
            () ->
                shared(
                    task,
                    settings,
                    CheckpointPolicy.NOTHING,
                    step -> new GradientShare(step.weights(), List.of()),
                    RunListener.NONE));
    assertTrue(few.getMessage().contains("0 batches"), few.getMessage());
  }

  /** What a machine does that was slow or lost is done by another, whatever each did before. */
  @Test
  void shareIsTheSameWhoeverComputesIt() {
    TrainingSettings settings = settings("adamw", 4);
    try (TaskWorker busy = worker(TwoLayers.of(SCOPE, 2), settings);
        TaskWorker fresh = worker(TwoLayers.of(SCOPE, 2), settings)) {
      int count = 2 * 2 * 2 * TwoLayers.WIDTH;
      SharedStep first = step(0, count, 0.1f);
      SharedStep later = step(4, count, -0.3f);
      GradientShare before = busy.share(later, 1, 3);
      GradientShare other = busy.share(first, 0, 4);
      GradientShare after = busy.share(later, 1, 3);
      assertEquals(before, after);
      assertEquals(before, fresh.share(later, 1, 3));
      assertNotEquals(other.sum(), after.sum());
    }
  }

  private static SharedStep step(long first, int count, float value) {
    float[] weights = new float[count];
    Arrays.fill(weights, value);
    return new SharedStep(
        SharedStep.Run.of(TwoLayers.of(SCOPE, 2), settings("adamw", 4)),
        first,
        4,
        HostTensor.of(Shape.of(count), weights),
        1,
        Map.of());
  }

  @Test
  void sharesAreAddedInTheirOwnType() {
    double small = 0x1p-40;
    for (DType type : List.of(DType.F32, DType.F64)) {
      GradientShare one = share(type, 1, 0.5f);
      GradientShare both = one.followedBy(share(type, small, 0.25f));
      double sum = type == DType.F64 ? 1 + small : 1;
      assertArrayEquals(new double[] {sum, -sum}, both.sum().doubles(), type.toString());
      assertEquals(List.of(0.5f, 0.25f), losses(both));
      assertThrows(
          IllegalArgumentException.class,
          () -> one.followedBy(new GradientShare(HostTensor.of(Shape.of(1), 1), List.of())));
    }
  }

  private static GradientShare share(DType type, double value, float loss) {
    HostTensor sum = HostTensor.of(type, Shape.of(2), new double[] {value, -value});
    return new GradientShare(sum, List.of(new GradientShare.Measured(loss, Map.of())));
  }

  private static List<Float> losses(GradientShare share) {
    return share.batches().stream().map(GradientShare.Measured::loss).toList();
  }
}
