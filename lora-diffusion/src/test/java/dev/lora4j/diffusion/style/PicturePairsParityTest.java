package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.preference.PairLoss;
import dev.lora4j.diffusion.preference.PairObjective;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Learning from pairs against diffusers, PEFT and torch, which computed in F64. */
class PicturePairsParityTest {
  private static final double RATE = 1e-2;
  private static final Engine ENGINE = Engine.open();
  private static final ParityNumbers GOLDEN =
      new ParityNumbers(Path.of("src/test/resources/picture-pairs.safetensors"));

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  /** The rows of the table in {@code picture_pairs.py}. */
  private enum Case {
    EPSILON(Prediction.EPSILON, PairLoss.SIGMOID, 40),
    VELOCITY(Prediction.V_PREDICTION, PairLoss.SIGMOID, 40),
    EVERYWHERE(Prediction.EPSILON, PairLoss.SIGMOID, 40),
    HINGE(Prediction.EPSILON, PairLoss.HINGE, 100),
    IPO(Prediction.EPSILON, PairLoss.IPO, 5);

    private final Prediction prediction;
    private final PairLoss loss;
    private final double beta;

    Case(Prediction prediction, PairLoss loss, double beta) {
      this.prediction = prediction;
      this.loss = loss;
      this.beta = beta;
    }

    PairObjective objective() {
      return new PairObjective(loss, beta);
    }

    TargetPreset targets() {
      return this == EVERYWHERE ? TargetPreset.ALL : TargetPreset.ATTENTION;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A case with its base and program. */
  private record Staged(Scope scope, DiffusionModel model, Objective objective, TaskLoss program)
      implements AutoCloseable {
    static Staged of(Case at, DType compute) {
      Scope scope = ENGINE.scope(at.toString());
      LoadOptions options = LoadOptions.in(compute).predicting(at.prediction);
      DiffusionModel model = DiffusionModel.load(scope, TinySd.FOLDER, options);
      AdapterRecipe recipe =
          AdapterRecipe.DEFAULT.targets(TargetLayers.of(at.targets())).rank(2, 3);
      StyleSettings settings = StyleSettings.DEFAULT.with(recipe).with(ObjectiveSettings.PLAIN);
      AdapterPlan plan = recipe.plan(model.sites().all());
      Objective objective = new Objective(model.schedule(), settings.objective());
      Staging staging =
          new Staging(
              new Graph(),
              model.compute(),
              StyleProgram.groups(plan, settings),
              plan,
              Staging.Purpose.TRAINING);
      Expr loss =
          StyleProgram.loss(
              staging, model, objective, settings, PairPreference.besideBase(at.objective()));
      return new Staged(scope, model, objective, staging.staged(loss));
    }

    FlatLayout layout() {
      return program.factors().layout();
    }

    Function<String, Tensor> held(float[] start) {
      Map<String, Tensor> own = program.factors().held(scope, start);
      return name ->
          Optional.ofNullable(own.get(name)).orElseGet(() -> StyleProgram.held(model, name));
    }

    /** Loss, accuracy and gradient of the first batch. */
    List<Tensor> first(float[] start) {
      Expr loss = program.loss();
      List<Expr> outputs =
          List.of(loss.detach(), accuracy(program), program.parameters().gradient(loss));
      Program compiled = program.parameters().graph().training(scope, outputs);
      Tensor flat = Tensor.of(scope, Shape.of(start.length), start);
      Function<String, Tensor> frozen = held(start);
      HeldInputs held =
          compiled.hold(
              scope,
              name ->
                  layout()
                      .slot(name)
                      .map(slot -> flat.view(scope, slot.offset(), slot.parameter().shape()))
                      .orElseGet(() -> frozen.apply(name)));
      return compiled.run(scope, held, batch(scope, 0));
    }

    List<Tensor> batch(Scope work, int number) {
      return new ParityBatch(number).pairs(work, objective);
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  private static Expr accuracy(TaskLoss program) {
    return Objects.requireNonNull(program.measures().get("rewards/accuracies"));
  }

  @Test
  void everyGoldenCaseIsTested() {
    Set<String> cases =
        Arrays.stream(Case.values()).map(Case::toString).collect(Collectors.toSet());
    assertEquals(cases, GOLDEN.cases("loss"));
    assertEquals(Set.of("epsilon", "velocity"), GOLDEN.cases("losses"));
  }

  @ParameterizedTest
  @EnumSource
  void lossAccuracyAndGradientsOfAStepInF32(Case at) {
    try (Staged staged = Staged.of(at, DType.F32)) {
      FlatLayout layout = staged.layout();
      List<Tensor> out = staged.first(ParityNumbers.start(layout));
      double expected = GOLDEN.of(at, "loss")[0];
      assertEquals(expected, out.get(0).floats()[0], 1e-4 * expected);
      assertEquals(GOLDEN.of(at, "accuracy")[0], out.get(1).floats()[0]);
      GOLDEN.assertGradient(at, layout, HostTensor.of(out.get(2)).doubles(), 1e-3);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EPSILON", "VELOCITY"})
  void factorsAfterSomeStepsInF64(Case at) {
    try (Staged staged = Staged.of(at, DType.F64)) {
      FlatLayout layout = staged.layout();
      float[] start = ParityNumbers.start(layout);
      TaskLoss program = staged.program();
      TrainingStep step =
          TrainingStep.compile(
              staged.scope(),
              program.parameters(),
              program.loss(),
              program.measures(),
              StepSettings.of(new AdamW(0.9, 0.999, 1e-8, 1e-2), 0));
      TrainingState state = TrainingState.begin(staged.scope(), step, layout, start);
      double[] losses = GOLDEN.of(at, "losses");
      double[] accuracies = GOLDEN.of(at, "accuracies");
      try (TrainingRun run = step.bind(staged.scope(), state, layout, staged.held(start))) {
        for (int i = 0; i < losses.length; i++) {
          try (Scope work = staged.scope().child("batch")) {
            TrainingRun.Outcome outcome = run.step(RATE, staged.batch(work, i));
            // Losses are told in F32.
            assertEquals(losses[i], outcome.loss(), 1e-7 * losses[i], "step " + i);
            assertEquals(
                accuracies[i],
                outcome.measures().getOrDefault("rewards/accuracies", -1f).floatValue());
          }
        }
      }
      GOLDEN.assertTrained(at, layout, HostTensor.of(state.weights()).doubles(), 1e-9);
    }
  }
}
