package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.LossScale;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.local.LocalSteps;
import dev.lora4j.core.train.local.OuterStep;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.run.TwoLayers.Rows;
import dev.lora4j.core.train.schedule.Cosine;
import dev.lora4j.core.train.schedule.RateSchedule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose steps are taken by others in rounds, beside a run that takes them itself. */
class LocalStepsTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("tests");
  private static final int STEPS = 14;

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

  private static Parts parts(LocalSteps local, TrainingSettings settings) {
    return new Parts(SCOPE, local, settings, () -> TwoLayers.of(SCOPE, 2));
  }

  private static TrainedAdapter run(
      TrainingTask task,
      TrainingSettings settings,
      CheckpointPolicy keeping,
      RoundSource source,
      RunListener listener) {
    return InterruptibleTask.run(
        sign -> {
          try (TrainingLoop loop =
              TrainingLoop.of(SCOPE, task, settings, keeping, source, listener, sign)) {
            return loop.run("toy");
          }
        });
  }

  private static double error(TrainedAdapter trained) {
    List<Float> losses = trained.losses();
    return losses.subList(losses.size() - 3, losses.size()).stream()
        .mapToDouble(Float::doubleValue)
        .average()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "adamw, 1, 5",
    "adamw, 4, 3",
    "prodigy, 2, 20",
    "lion8bit, 3, 4",
    "schedule_free_adamw, 2, 7"
  })
  void onePartHasTheBitsOfARunThatTakesItsOwn(String optimizer, int accumulate, int steps) {
    TrainingSettings settings = settings(optimizer, accumulate);
    TwoLayers task = TwoLayers.of(SCOPE, 2).holdingOut(new Rows(-1, 1, false, 1));
    Heard own = new Heard(0);
    Heard others = new Heard(0);
    CheckpointPolicy each = CheckpointPolicy.NOTHING.validateEvery(steps).previewEvery(steps);
    TrainedAdapter whole = new Runs(SCOPE, task, settings).whole(each, own);
    Parts source = parts(Parts.local(steps, 1), settings);
    TrainedAdapter shared = run(task, settings, each, source, others);
    assertEquals((STEPS + steps - 1) / steps, source.rounds());
    assertEquals(whole.adapter().identity(), shared.adapter().identity());
    assertEquals(own.steps, others.steps);
    assertEquals(own.validated, others.validated);
    assertEquals(own.previews, others.previews);
  }

  /** More parts than batches are one for each, as those of a step. */
  @Test
  void partsWithoutABatchAreLeftOut() {
    TrainingSettings settings = settings("adamw", 1);
    TwoLayers task = TwoLayers.of(SCOPE, 2);
    TrainedAdapter whole =
        new Runs(SCOPE, task, settings).whole(CheckpointPolicy.NOTHING, RunListener.NONE);
    TrainedAdapter shared =
        run(
            task,
            settings,
            CheckpointPolicy.NOTHING,
            parts(Parts.local(5, 4), settings),
            RunListener.NONE);
    assertEquals(whole.adapter().identity(), shared.adapter().identity());
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "5, 2", "5, 3", "20, 4"})
  void morePartsLearnTheSameAndAreTheSameEachTime(int steps, int parts) {
    TrainingSettings settings = settings("adamw", 4);
    TwoLayers task = TwoLayers.of(SCOPE, 2);
    CheckpointPolicy nothing = CheckpointPolicy.NOTHING;
    TrainedAdapter whole = new Runs(SCOPE, task, settings).whole(nothing, RunListener.NONE);
    Heard heard = new Heard(0);
    LocalSteps local = Parts.local(steps, parts);
    TrainedAdapter one = run(task, settings, nothing, parts(local, settings), heard);
    assertEquals(STEPS, heard.steps.size());
    assertEquals(whole.losses().get(0), one.losses().get(0), 1e-6f);
    assertNotEquals(whole.adapter().identity(), one.adapter().identity());
    assertEquals(error(whole), error(one), 0.15 * whole.losses().get(0));
    TrainedAdapter again = run(task, settings, nothing, parts(local, settings), RunListener.NONE);
    assertEquals(one.adapter().identity(), again.adapter().identity());
  }

  /** What is due within a round comes at its end, and nothing twice. */
  @Test
  void previewsAndCheckpointsComeBetweenRounds() {
    TrainingSettings settings = settings("adamw", 2);
    Heard heard = new Heard(0);
    CheckpointPolicy kept =
        CheckpointPolicy.NOTHING.in(folder.resolve("kept")).every(3).previewEvery(7);
    run(TwoLayers.of(SCOPE, 2), settings, kept, parts(Parts.local(4, 2), settings), heard);
    assertEquals(Set.of(0, 8, STEPS), heard.previews.keySet());
    assertEquals(
        List.of("step-000004", "step-000008", "step-000012", "step-000014"),
        heard.saved.stream()
            .map(p -> String.valueOf(p.getFileName()).replace(".safetensors", ""))
            .toList());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.9})
  void stoppedRunGoesOnToTheSameBits(double momentum) {
    TrainingSettings settings = settings("adamw", 2);
    LocalSteps local = new LocalSteps(3, 2, new OuterStep(0.7, momentum));
    TwoLayers task = TwoLayers.of(SCOPE, 2);
    TrainedAdapter whole =
        run(task, settings, CheckpointPolicy.NOTHING, parts(local, settings), RunListener.NONE);
    CheckpointPolicy kept = CheckpointPolicy.NOTHING.in(folder.resolve("kept"));
    assertThrows(
        TrainingInterrupted.class,
        () -> run(task, settings, kept, parts(local, settings), new Heard(5)));
    assertTrue(Thread.interrupted());
    TrainedAdapter rest =
        run(task, settings, kept.resume(true), parts(local, settings), RunListener.NONE);
    assertEquals(STEPS - 6, rest.losses().size());
    assertEquals(whole.adapter().identity(), rest.adapter().identity());
  }

  @Test
  void checkpointOfOtherRoundsIsRefused() {
    TrainingSettings settings = settings("adamw", 2);
    TwoLayers task = TwoLayers.of(SCOPE, 2);
    CheckpointPolicy kept = CheckpointPolicy.NOTHING.in(folder.resolve("kept"));
    assertThrows(
        TrainingInterrupted.class,
        () -> run(task, settings, kept, parts(Parts.local(3, 2), settings), new Heard(3)));
    assertTrue(Thread.interrupted());
    for (LocalSteps other : List.of(Parts.local(4, 2), Parts.local(3, 1))) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  run(task, settings, kept.resume(true), parts(other, settings), RunListener.NONE));
      assertTrue(e.getMessage().contains("local_steps"), e.getMessage());
    }
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Runs(SCOPE, task, settings).whole(kept.resume(true), RunListener.NONE));
    assertTrue(e.getMessage().contains("local_steps"), e.getMessage());
  }

  /** A round that is given up has changed nothing; the checkpoint is that before it. */
  @Test
  void roundIsGivenUpWhenTheRunStops() {
    TrainingSettings settings = settings("adamw", 2);
    TwoLayers task = TwoLayers.of(SCOPE, 2);
    LocalSteps local = Parts.local(3, 2);
    TrainedAdapter whole =
        run(task, settings, CheckpointPolicy.NOTHING, parts(local, settings), RunListener.NONE);
    CheckpointPolicy kept = CheckpointPolicy.NOTHING.in(folder.resolve("kept"));
    Thread caller = Thread.currentThread();
    Parts own = parts(local, settings);
    RoundSource stopping = new StoppingRounds(own, caller);
    TrainingInterrupted stopped =
        assertThrows(
            TrainingInterrupted.class, () -> run(task, settings, kept, stopping, new Heard(0)));
    assertTrue(Thread.interrupted());
    assertEquals(3, stopped.steps());
    TrainedAdapter rest =
        run(task, settings, kept.resume(true), parts(local, settings), RunListener.NONE);
    assertEquals(whole.adapter().identity(), rest.adapter().identity());
  }

  /** Interrupts the caller in its second round, and gives that up when the run says so. */
  private record StoppingRounds(Parts own, Thread caller) implements RoundSource {
    @Override
    public LocalSteps local() {
      return own.local();
    }

    @Override
    public Optional<List<RoundShare>> round(SharedRound round, BooleanSupplier stop) {
      if (round.first() == 0) {
        return own.round(round, stop);
      }
      caller.interrupt();
      while (!stop.getAsBoolean()) {
        Thread.onSpinWait();
      }
      return Optional.empty();
    }
  }

  @Test
  void stepsOfAPartThatAreNotFiniteAreTold() {
    TrainingSettings settings = settings("adamw", 2);
    Set<Long> broken = Set.of(5L);
    TwoLayers task = TwoLayers.of(SCOPE, 2).broken(broken);
    Heard own = new Heard(0);
    Heard others = new Heard(0);
    new Runs(SCOPE, task, settings).whole(CheckpointPolicy.NOTHING, own);
    Parts source =
        new Parts(SCOPE, Parts.local(4, 2), settings, () -> TwoLayers.of(SCOPE, 2).broken(broken));
    TrainedAdapter trained = run(task, settings, CheckpointPolicy.NOTHING, source, others);
    // The other part has learned from its batch.
    assertEquals(false, others.steps.get(2).skipped());
    assertEquals(own.notFinite, others.notFinite);
    assertTrue(Float.isNaN(trained.losses().get(2)));
    assertTrue(Float.isFinite(trained.losses().get(3)));
  }

  @Test
  void whatIsBrokenInAllPartsIsGivenUp() {
    TrainingSettings settings = settings("adamw", 1);
    Set<Long> broken = new TreeSet<>();
    for (long n = 0; n < 100; n++) {
      broken.add(n);
    }
    Parts source =
        new Parts(SCOPE, Parts.local(3, 1), settings, () -> TwoLayers.of(SCOPE, 2).broken(broken));
    TrainingFailure e =
        assertThrows(
            TrainingFailure.class,
            () ->
                run(
                    TwoLayers.of(SCOPE, 2).broken(broken),
                    settings,
                    CheckpointPolicy.NOTHING,
                    source,
                    RunListener.NONE));
    assertTrue(e.getMessage().contains("10 steps in a row"), e.getMessage());
  }

  /** A training of the two layers by another method. */
  private static TwoLayers by(TrainableMethod method) {
    TwoLayers like = TwoLayers.of(SCOPE, 2);
    return new TwoLayers(
        AdapterRecipe.DEFAULT
            .method(method)
            .targets(TargetLayers.matching("toy.*"))
            .rank(2, 2)
            .plan(List.copyOf(like.plan().sites().keySet())),
        like.weights(),
        like.factor(),
        like.broken(),
        like.heldOut(),
        like.weightsMemory());
  }

  @Test
  void whatHasNoMeanIsRefusedByName() {
    TrainingSettings adam = settings("adamw", 2);
    Map<String, TrainingTask> tasks =
        new TreeMap<>(
            Map.of(
                "the method lokr", by(TrainableMethods.named("lokr", Map.of())),
                "by the method dylora", by(TrainableMethods.named("dylora", Map.of())),
                "changes with each step", new FollowedFactor(TwoLayers.of(SCOPE, 2))));
    tasks.forEach((said, task) -> refused(task, adam, said));
    refused(TwoLayers.of(SCOPE, 2), settings("adamw8bit", 2), "codes of numbers");
    refused(TwoLayers.of(SCOPE, 2), settings("schedule_free_adamw", 2), "keeps weights of its own");
  }

  private static void refused(TrainingTask task, TrainingSettings settings, String said) {
    RoundSource never =
        new RoundSource() {
          @Override
          public LocalSteps local() {
            return Parts.local(3, 2);
          }

          @Override
          public Optional<List<RoundShare>> round(SharedRound round, BooleanSupplier stop) {
            throw new AssertionError("A round was asked for.");
          }
        };
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> run(task, settings, CheckpointPolicy.NOTHING, never, RunListener.NONE));
    assertTrue(e.getMessage().contains(said), e.getMessage());
    assertTrue(e.getMessage().contains("local steps = 1"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lora", "lora-fa", "miss", "mora", "full"})
  void methodsWithAMeanAreTrained(String name) {
    TrainingSettings settings = settings("adamw", 2);
    TrainableMethod method = TrainableMethods.named(name, Map.of());
    Parts source = new Parts(SCOPE, Parts.local(4, 2), settings, () -> by(method));
    TrainedAdapter trained =
        run(by(method), settings, CheckpointPolicy.NOTHING, source, RunListener.NONE);
    assertTrue(error(trained) < 0.9 * trained.losses().get(0), trained.losses().toString());
  }

  @Test
  void roundsOfOthersAndWrongPartsAreRefused() {
    TrainingSettings settings = settings("adamw", 2);
    TwoLayers task = TwoLayers.of(SCOPE, 2);
    try (TaskWorker worker =
        TaskWorker.of(SCOPE, ENGINE.threads(), settings, scope -> TwoLayers.of(SCOPE, 2))) {
      SharedStep.Run own = SharedStep.Run.of(task, settings);
      SharedStep.Run other = SharedStep.Run.of(task, settings.withSeed(9));
      Map<String, HostTensor> nothing = Map.of();
      assertThrows(
          IllegalArgumentException.class,
          () -> worker.round(new SharedRound(own, 0, 3, 2, nothing, lossScale()), 2));
      assertThrows(
          IllegalArgumentException.class,
          () -> worker.round(new SharedRound(own, 12, 3, 2, nothing, lossScale()), 0));
      assertThrows(
          IllegalArgumentException.class,
          () -> worker.round(new SharedRound(other, 0, 3, 2, nothing, lossScale()), 0));
    }
  }

  private static LossScale lossScale() {
    return LossScale.FIRST;
  }
}
