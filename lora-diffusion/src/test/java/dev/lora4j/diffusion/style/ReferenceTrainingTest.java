package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
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
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.train.objective.Objective;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Training against diffusers, transformers, PEFT and torch, which computed in F64: the whole
 * program of a step, with the same factors, latents, noise, timesteps and contexts.
 */
class ReferenceTrainingTest {
  private static final double RATE = 1e-2;
  private static final Engine ENGINE = Engine.open();
  private static final ParityNumbers GOLDEN =
      new ParityNumbers(Path.of("src/test/resources/training.safetensors"));

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  /** A case with its base and program. */
  private record Staged(
      Scope scope, DiffusionModel model, Objective objective, TaskLoss program, boolean text)
      implements AutoCloseable {
    static Staged of(ParityCase at, DType compute) {
      Scope scope = ENGINE.scope(at.toString());
      LoadOptions options = LoadOptions.in(compute).predicting(at.prediction());
      DiffusionModel model = DiffusionModel.load(scope, at.folder(), options);
      StyleSettings settings = at.settings();
      AdapterPlan plan = settings.recipe().plan(model.sites().all());
      Objective objective = new Objective(model.schedule(), settings.objective());
      TaskLoss program =
          StyleProgram.stage(model, plan, objective, settings, Staging.Purpose.TRAINING);
      return new Staged(scope, model, objective, program, StyleProgram.trainsText(plan));
    }

    FlatLayout layout() {
      return program.factors().layout();
    }

    Function<String, Tensor> held(float[] start) {
      Map<String, Tensor> own = program.factors().held(scope, start);
      return name ->
          Optional.ofNullable(own.get(name)).orElseGet(() -> StyleProgram.held(model, name));
    }

    /** Of the first batch. */
    List<Tensor> lossAndGradient(float[] start) {
      Expr loss = program.loss();
      List<Expr> outputs = List.of(loss.detach(), program.parameters().gradient(loss));
      Program compiled = program.parameters().graph().training(scope, outputs);
      Tensor flat = Tensor.of(scope, Shape.of(start.length), start);
      Function<String, Tensor> frozen = held(start);
      HeldInputs held =
          compiled.hold(scope, name -> factor(flat, name).orElseGet(() -> frozen.apply(name)));
      return compiled.run(scope, held, batch(scope, 0));
    }

    private Optional<Tensor> factor(Tensor flat, String name) {
      return layout()
          .slot(name)
          .map(slot -> flat.view(scope, slot.offset(), slot.parameter().shape()));
    }

    List<Tensor> batch(Scope work, int number) {
      return new ParityBatch(number).inputs(work, model, objective, text);
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  @Test
  void everyGoldenCaseIsTested() {
    assertEquals(names(ParityCase.values()), GOLDEN.cases("loss"));
    assertEquals(names(ParityCase.allTrained()), GOLDEN.cases("losses"));
  }

  private static Set<String> names(ParityCase... cases) {
    return Arrays.stream(cases).map(ParityCase::toString).collect(Collectors.toSet());
  }

  @ParameterizedTest
  @EnumSource
  void lossAndGradientsOfAStepInF32(ParityCase at) {
    try (Staged staged = Staged.of(at, DType.F32)) {
      FlatLayout layout = staged.layout();
      float[] start = ParityNumbers.start(layout);
      List<Tensor> out = staged.lossAndGradient(start);
      double expected = GOLDEN.of(at, "loss")[0];
      assertEquals(expected, out.get(0).floats()[0], 1e-5 * expected);
      GOLDEN.assertGradient(at, layout, HostTensor.of(out.get(1)).doubles(), 1e-4);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lora4j.diffusion.style.ParityCase#allTrained")
  void factorsAfterTwentyBatchesInF64(ParityCase at) {
    try (Staged staged = Staged.of(at, DType.F64)) {
      FlatLayout layout = staged.layout();
      float[] start = ParityNumbers.start(layout);
      StepSettings plain = StepSettings.of(new AdamW(0.9, 0.999, 1e-8, 1e-2), 0);
      StepSettings settings = at.accumulate() > 1 ? plain.accumulating() : plain;
      TaskLoss program = staged.program();
      TrainingStep step =
          TrainingStep.compile(staged.scope(), program.parameters(), program.loss(), settings);
      TrainingState state = TrainingState.begin(staged.scope(), step, layout, start);
      double[] losses = GOLDEN.of(at, "losses");
      try (TrainingRun run = step.bind(staged.scope(), state, layout, staged.held(start))) {
        for (int i = 0; i < losses.length; i++) {
          // Losses are told in F32.
          assertEquals(losses[i], change(at, staged, run, i), 1e-7 * losses[i], "step " + i);
        }
      }
      assertEquals(ParityBatch.COUNT, losses.length * at.accumulate());
      GOLDEN.assertTrained(at, layout, HostTensor.of(state.weights()).doubles(), 1e-10);
    }
  }

  /** Changes the weights once; gives the mean of the batches' losses. */
  private static double change(ParityCase at, Staged staged, TrainingRun run, int number) {
    int batches = at.accumulate();
    double share = 1.0 / batches;
    double loss = 0;
    for (int i = 0; i < batches; i++) {
      try (Scope work = staged.scope().child("batch")) {
        List<Tensor> batch = staged.batch(work, number * batches + i);
        boolean last = i == batches - 1;
        loss += share * (last ? run.step(RATE, share, batch) : run.accumulate(share, batch)).loss();
      }
    }
    return loss;
  }
}
