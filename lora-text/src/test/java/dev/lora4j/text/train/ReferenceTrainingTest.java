package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.nn.FlatLayout;
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
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.core.train.run.TrainingBatch;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Training against transformers, PEFT and torch, which computed in F64: the whole program of a
 * step, with the same factors and tokens.
 */
class ReferenceTrainingTest {
  private static final double RATE = 1e-2;
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final ReferenceSteps GOLDEN = new ReferenceSteps();

  @TempDir Path temp;

  @AfterAll
  static void close() {
    GOLDEN.close();
    LORA.close();
  }

  /** A case with its model and program. */
  private record Staged(
      ReferenceCase at, LanguageModel model, SequenceTask task, TaskLoss program, Scope scope)
      implements AutoCloseable {
    static Staged of(ReferenceCase at, Path folder, DType compute) throws IOException {
      return of(at, folder, compute, false);
    }

    static Staged of(ReferenceCase at, Path folder, DType compute, boolean packed)
        throws IOException {
      Path files = Path.of("src/test/resources/models", at.model());
      for (String name : List.of("config.json", "model.safetensors")) {
        Files.copy(files.resolve(name), folder.resolve(name));
      }
      LanguageModel model = LanguageModel.open(LORA, TinyTokenizers.letters(folder), compute);
      SequenceBatches order = new SequenceBatches(GOLDEN.batch(at.model(), 0), 1, 0, false);
      AdapterPlan plan = at.recipe().plan(model.base().sites().all());
      SequenceTask task =
          new SequenceTask(
              new TokenLoss(model, new HeadUse(model, 0), packed), plan, order, List.of());
      Staging staging =
          new Staging(new Graph(), compute, task.groups(), task.plan(), Staging.Purpose.TRAINING);
      TaskLoss program = staging.staged(task.loss(staging));
      return new Staged(at, model, task, program, model.scope().child("case"));
    }

    FlatLayout layout() {
      return program.factors().layout();
    }

    Function<String, Tensor> held(float[] start) {
      Map<String, Tensor> own = program.factors().held(scope, start);
      return name -> Optional.ofNullable(own.get(name)).orElseGet(() -> task.held(name));
    }

    /** The batches of one change of the weights. */
    List<TrainingBatch> batches(int change) {
      int count = at.accumulate();
      List<List<TokenSequence>> all =
          IntStream.range(0, count)
              .mapToObj(b -> GOLDEN.batch(at.model(), change * count + b))
              .toList();
      return task.together(all);
    }

    /** Changes the weights once; gives the mean of the batches' losses. */
    double change(TrainingRun run, int number) {
      List<TrainingBatch> batches = batches(number);
      double share = 1.0 / batches.size();
      double loss = 0;
      for (int i = 0; i < batches.size(); i++) {
        try (Scope work = scope.child("batch")) {
          List<Tensor> batch = batches.get(i).inputs(work);
          boolean last = i == batches.size() - 1;
          loss +=
              share * (last ? run.step(RATE, share, batch) : run.accumulate(share, batch)).loss();
        }
      }
      return loss;
    }

    @Override
    public void close() {
      model.close();
    }
  }

  @Test
  void everyGoldenCaseIsTested() {
    assertEquals(GOLDEN.cases(), ReferenceCase.names());
  }

  @ParameterizedTest
  @EnumSource
  void lossAndGradientsOfAStepInF32(ReferenceCase at) throws IOException {
    assertStep(at, false);
  }

  /** Packed rows change nothing: the sequences of a row do not see each other. */
  @ParameterizedTest
  @EnumSource(
      names = {
        "LLAMA_LORA",
        "LLAMA_ACCUMULATED",
        "GEMMA2_LORA",
        "GEMMA3_LORA",
        "OLMO3_LORA",
        "GPT_NEOX_LORA",
        "OPT_LORA"
      })
  void packedStepIsTheSame(ReferenceCase at) throws IOException {
    assertStep(at, true);
  }

  private void assertStep(ReferenceCase at, boolean packed) throws IOException {
    try (Staged staged = Staged.of(at, temp, DType.F32, packed)) {
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
      List<TrainingBatch> batches = staged.batches(0);
      double sum = 0;
      double[] gradient = new double[start.length];
      for (TrainingBatch batch : batches) {
        List<Tensor> out = compiled.run(scope, held, batch.inputs(scope));
        sum += out.get(0).floats()[0];
        double[] own = HostTensor.of(out.get(1)).doubles();
        for (int i = 0; i < own.length; i++) {
          gradient[i] += own[i] / batches.size();
        }
      }
      double expected = GOLDEN.numbers(at, "loss")[0];
      assertEquals(expected, sum / batches.size(), 1e-5 * expected);
      GOLDEN.assertClose(at, "gradient", layout, gradient, 1e-4, 5e-4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void factorsAfterTwentyBatchesInF64(ReferenceCase at) throws IOException {
    try (Staged staged = Staged.of(at, temp, DType.F64)) {
      FlatLayout layout = staged.layout();
      float[] start = GOLDEN.start(at, layout);
      StepSettings plain = StepSettings.of(new AdamW(0.9, 0.999, 1e-8, 1e-2), 0);
      StepSettings settings = at.accumulate() > 1 ? plain.accumulating() : plain;
      TaskLoss program = staged.program;
      TrainingStep step =
          TrainingStep.compile(staged.scope, program.parameters(), program.loss(), settings);
      TrainingState state = TrainingState.begin(staged.scope, step, layout, start);
      double[] losses = GOLDEN.numbers(at, "losses");
      try (TrainingRun run = step.bind(staged.scope, state, layout, staged.held(start))) {
        for (int i = 0; i < losses.length; i++) {
          // Losses are told in F32, and so is what a token counts.
          assertEquals(losses[i], staged.change(run, i), 2e-7 * losses[i], "step " + i);
        }
      }
      assertTrue(losses.length * at.accumulate() == ReferenceSteps.BATCHES);
      GOLDEN.assertClose(at, "trained", layout, HostTensor.of(state.weights()).doubles(), 1e-8);
    }
  }
}
