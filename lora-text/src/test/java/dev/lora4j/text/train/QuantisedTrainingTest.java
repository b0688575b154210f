package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
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
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.core.train.run.TrainingBatch;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training on a base in few bits against transformers, peft and bitsandbytes, in F32. */
class QuantisedTrainingTest {
  private static final double RATE = 1e-2;
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final ReferenceSteps GOLDEN = new ReferenceSteps("quantised/steps.safetensors");

  @TempDir Path temp;

  @AfterAll
  static void close() {
    GOLDEN.close();
    LORA.close();
  }

  private LanguageModel open(String kind) throws IOException {
    Path files = Path.of("src/test/resources/quantised", kind);
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(files.resolve(name), temp.resolve(name));
    }
    return LanguageModel.open(LORA, TinyTokenizers.letters(temp), DType.F32);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nf4", "fp4", "int8"})
  void weightsStayInFewBits(String kind) throws IOException {
    try (LanguageModel model = open(kind)) {
      WeightStore weights = model.base().weights();
      assertEquals(14, weights.forms().size());
      assertTrue(weights.forms().keySet().stream().noneMatch(n -> n.contains("lm_head")));
      assertTrue(weights.forms().keySet().stream().noneMatch(n -> n.contains("embed")));
      long linear = 2 * (2 * 64 * 64 + 2 * 32 * 64 + 3 * 64 * 128);
      long others = 4 * (2 * 40 * 64 + 5 * 64);
      double bits = 8.0 * (weights.bytes() - others) / linear;
      assertTrue(bits < (kind.equals("int8") ? 9 : 6), bits + " bits");
      String name = "model.layers.1.mlp.down_proj.weight";
      try (Scope work = model.scope().child("numbers")) {
        double[] numbers = HostTensor.of(weights.numbers(work, name)).doubles();
        assertArrayEquals(GOLDEN.numbers(kind + "/" + name), numbers);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"nf4,lora", "nf4,dora", "fp4,lora"})
  void lossAndGradients(String kind, String method) throws IOException {
    String at = kind + "-" + method;
    try (Staged staged = Staged.of(open(kind), method)) {
      FlatLayout layout = staged.layout();
      float[] start = GOLDEN.start(at, layout);
      Expr loss = staged.program.loss();
      Scope scope = staged.scope;
      List<Expr> outputs = List.of(loss.detach(), staged.program.parameters().gradient(loss));
      Program compiled = staged.program.parameters().graph().training(scope, outputs);
      Tensor flat = Tensor.of(scope, Shape.of(start.length), start);
      Function<String, Tensor> frozen = staged.held(start);
      HeldInputs held =
          compiled.hold(
              scope,
              name ->
                  layout
                      .slot(name)
                      .map(s -> flat.view(scope, s.offset(), s.parameter().shape()))
                      .orElseGet(() -> frozen.apply(name)));
      List<Tensor> out = compiled.run(scope, held, staged.batch(0).inputs(scope));
      double expected = GOLDEN.numbers(at, "loss")[0];
      assertEquals(expected, out.get(0).floats()[0], 2e-6 * expected);
      GOLDEN.assertClose(at, "gradient", layout, HostTensor.of(out.get(1)).doubles(), 2e-6, 5e-6);
    }
  }

  @ParameterizedTest
  @CsvSource({"nf4,lora", "nf4,dora", "fp4,lora"})
  void twentySteps(String kind, String method) throws IOException {
    String at = kind + "-" + method;
    try (Staged staged = Staged.of(open(kind), method)) {
      FlatLayout layout = staged.layout();
      float[] start = GOLDEN.start(at, layout);
      StepSettings settings = StepSettings.of(new AdamW(0.9, 0.999, 1e-8, 1e-2), 0);
      TaskLoss program = staged.program;
      TrainingStep step =
          TrainingStep.compile(staged.scope, program.parameters(), program.loss(), settings);
      TrainingState state = TrainingState.begin(staged.scope, step, layout, start);
      double[] losses = GOLDEN.numbers(at, "losses");
      assertEquals(ReferenceSteps.BATCHES, losses.length);
      try (TrainingRun run = step.bind(staged.scope, state, layout, staged.held(start))) {
        for (int i = 0; i < losses.length; i++) {
          try (Scope work = staged.scope.child("batch")) {
            double loss = run.step(RATE, 1, staged.batch(i).inputs(work)).loss();
            assertEquals(losses[i], loss, 1e-5 * losses[i], "step " + i);
          }
        }
      }
      GOLDEN.assertClose(
          at, "trained", layout, HostTensor.of(state.weights()).doubles(), 1e-5, 5e-5);
    }
  }

  /** A model with the program of a step. */
  private record Staged(LanguageModel model, SequenceTask task, TaskLoss program, Scope scope)
      implements AutoCloseable {
    static Staged of(LanguageModel model, String method) {
      AdapterRecipe recipe =
          AdapterRecipe.DEFAULT
              .method(
                  TrainableMethods.named(
                      method, method.equals("dora") ? Map.of("convention", "peft") : Map.of()))
              .targets(TargetLayers.matching("*self_attn.*_proj", "*down_proj"))
              .rank(2, 3);
      SequenceBatches order = new SequenceBatches(GOLDEN.batch("llama", 0), 1, 0, false);
      AdapterPlan plan = recipe.plan(model.base().sites().all());
      SequenceTask task =
          new SequenceTask(
              new TokenLoss(model, new HeadUse(model, 0), false), plan, order, List.of());
      Staging staging =
          new Staging(new Graph(), DType.F32, task.groups(), task.plan(), Staging.Purpose.TRAINING);
      TaskLoss program = staging.staged(task.loss(staging));
      return new Staged(model, task, program, model.scope().child("case"));
    }

    FlatLayout layout() {
      return program.factors().layout();
    }

    Function<String, Tensor> held(float[] start) {
      Map<String, Tensor> own = program.factors().held(scope, start);
      return name -> Optional.ofNullable(own.get(name)).orElseGet(() -> task.held(name));
    }

    TrainingBatch batch(int number) {
      return task.together(List.of(GOLDEN.batch("llama", number))).get(0);
    }

    @Override
    public void close() {
      model.close();
    }
  }
}
