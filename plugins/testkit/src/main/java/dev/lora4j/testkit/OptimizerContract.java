package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.TrainingCheckpoint;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contract of {@link Optimizer}. */
public abstract class OptimizerContract extends ExtensionContract<Optimizer> {
  private static final int STEPS = 12;

  private final double rate;
  private Optional<Engine> opened = Optional.empty();

  /**
   * Tests an optimiser on the class path, see {@link ExtensionContract}.
   *
   * @param rate at which it learns, from weights within 0.5 of 0, to be 0.1 within some hundred
   *     steps
   */
  protected OptimizerContract(String request, double rate) {
    super(Optimizer.class, request);
    this.rate = rate;
  }

  @BeforeEach
  void open() {
    opened = Optional.of(Engine.open());
  }

  @AfterEach
  void close() {
    engine().close();
  }

  private Engine engine() {
    return opened.orElseThrow();
  }

  @Test
  void slotsHaveNamesOfTheirOwn() {
    List<String> names = extension().memories().stream().map(OptimizerSlot::name).toList();
    assertEquals(names.size(), new TreeSet<>(names).size(), names.toString());
    assertEquals(names, extension().memories().stream().map(OptimizerSlot::name).toList());
  }

  @Test
  void trainingLowersTheLoss() {
    try (Scope scope = engine().scope("learning");
        QuadraticGoal pull = new QuadraticGoal(scope, extension())) {
      double first = pull.step(rate, 0.1).loss();
      double last = first;
      for (int i = 0; i < 300; i++) {
        last = pull.step(rate, 0.1).loss();
      }
      assertTrue(last < first / 4, "the loss goes from " + first + " to " + last);
    }
  }

  @Test
  void nonFiniteGradientChangesNoBit() {
    try (Scope scope = engine().scope("not finite");
        QuadraticGoal pull = new QuadraticGoal(scope, extension())) {
      for (int i = 0; i < 4; i++) {
        Map<String, HostTensor> before = pull.state().contents();
        for (double poison : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
          TrainingRun.Outcome outcome = pull.step(rate, poison);
          assertTrue(outcome.skipped(), "a step with " + poison + " was taken");
          assertEquals(before, pull.state().contents(), "after " + poison);
        }
        pull.step(rate, 0.1);
      }
    }
  }

  @Test
  void resumedRunHasTheSameBits(@TempDir Path folder) {
    Path file = folder.resolve("checkpoint.safetensors");
    try (Scope scope = engine().scope("resuming");
        QuadraticGoal whole = new QuadraticGoal(scope, extension());
        QuadraticGoal other = new QuadraticGoal(scope, extension())) {
      for (int i = 0; i < STEPS; i++) {
        whole.step(rate, Math.cos(i));
        if (i == STEPS / 2 - 1) {
          TrainingCheckpoint.of(whole.state(), 0).write(file);
        }
      }
      TrainingState resumed =
          TrainingCheckpoint.read(file).restore(scope, other.program(), other.program().layout());
      try (TrainingRun rest = other.program().bind(scope, resumed)) {
        for (int i = STEPS / 2; i < STEPS; i++) {
          other.step(rest, rate, Math.cos(i));
        }
      }
      assertEquals(whole.state().contents(), resumed.contents());
    }
  }

  @Test
  void memoryStaysFlatOverSteps() {
    try (Scope scope = engine().scope("growing");
        QuadraticGoal pull = new QuadraticGoal(scope, extension())) {
      for (int i = 0; i < 3; i++) {
        pull.step(rate, 0.1);
      }
      long before = engine().live();
      for (int i = 0; i < STEPS; i++) {
        pull.step(rate, 0.1);
      }
      assertEquals(before, engine().live(), "native handles");
    }
  }
}
