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
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.FormulaModel;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.consistency.ConsistencyDraw;
import dev.lora4j.diffusion.consistency.ConsistencyObjective;
import dev.lora4j.diffusion.consistency.ConsistencySettings;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.LatentSample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A step of consistency distillation against diffusers' script, by {@code consistency.py}. */
class ConsistencyParityTest {
  private static final int TOKENS = 77;
  private static final Shape LATENTS = Shape.of(4, 8, 8);
  private static final Engine ENGINE = Engine.open();
  private static final ParityNumbers GOLDEN =
      new ParityNumbers(Path.of("src/test/resources/consistency.safetensors"));

  /** The rows of the table in {@code consistency.py}. */
  enum Case {
    EPSILON("epsilon", ParityCase.LORA, Prediction.EPSILON, ConsistencySettings.Measure.HUBER),
    VELOCITY(
        "velocity", ParityCase.LOCON, Prediction.V_PREDICTION, ConsistencySettings.Measure.HUBER),
    L2("velocity-l2", ParityCase.LORA, Prediction.V_PREDICTION, ConsistencySettings.Measure.L2),
    XL("xl", ParityCase.XL, Prediction.EPSILON, ConsistencySettings.Measure.HUBER);

    private final String text;
    private final ParityCase trained;
    private final Prediction prediction;
    private final ConsistencySettings.Measure measure;

    Case(
        String text,
        ParityCase trained,
        Prediction prediction,
        ConsistencySettings.Measure measure) {
      this.text = text;
      this.trained = trained;
      this.prediction = prediction;
      this.measure = measure;
    }
  }

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  @Test
  void everyGoldenCaseIsTested() {
    Set<String> tested =
        Arrays.stream(Case.values()).map(one -> one.text).collect(Collectors.toSet());
    assertEquals(tested, GOLDEN.cases("loss"));
  }

  @ParameterizedTest
  @EnumSource
  void lossAndGradientInF32(Case at) {
    compare(at, DType.F32, 1e-5, 2e-3);
  }

  @ParameterizedTest
  @EnumSource
  void lossAndGradientInF64(Case at) {
    // Embeddings of sizes and timesteps are computed in F32.
    compare(at, DType.F64, 1e-7, 1e-6);
  }

  private static void compare(Case at, DType type, double ofLoss, double ofGradient) {
    try (Scope scope = ENGINE.scope(at.text)) {
      LoadOptions options = LoadOptions.in(type).predicting(at.prediction);
      DiffusionModel model = DiffusionModel.load(scope, at.trained.folder(), options);
      StyleSettings settings = at.trained.settings();
      AdapterPlan plan = settings.recipe().plan(model.sites().all());
      ConsistencyObjective objective =
          new ConsistencyObjective(model.schedule(), ConsistencySettings.DEFAULT.with(at.measure));
      TaskLoss program = ConsistencyProgram.stage(new Graph(), model, plan, objective, settings);
      Expr loss = program.loss();
      List<Expr> outputs = List.of(loss.detach(), program.parameters().gradient(loss));
      Program compiled = program.parameters().graph().training(scope, outputs);
      FlatLayout layout = program.factors().layout();
      float[] start = ParityNumbers.start(layout);
      double[] exact = new double[start.length];
      Arrays.setAll(exact, i -> start[i]);
      Tensor flat = HostTensor.of(type, Shape.of(start.length), exact).on(scope);
      Map<String, Tensor> own = program.factors().held(scope, start);
      HeldInputs held =
          compiled.hold(
              scope,
              name ->
                  layout
                      .slot(name)
                      .map(slot -> flat.view(scope, slot.offset(), slot.parameter().shape()))
                      .or(() -> Optional.ofNullable(own.get(name)))
                      .orElseGet(() -> StyleProgram.held(model, name)));
      List<Tensor> out = compiled.run(scope, held, inputs(scope, model, objective));
      double expected = GOLDEN.of(at.text, "loss")[0];
      assertEquals(expected, HostTensor.of(out.get(0)).doubles()[0], ofLoss * expected);
      GOLDEN.assertGradient(at.text, layout, HostTensor.of(out.get(1)).doubles(), ofGradient);
    }
  }

  private static List<Tensor> inputs(
      Scope scope, DiffusionModel model, ConsistencyObjective objective) {
    ParityBatch batch = new ParityBatch(0);
    List<Tensor> inputs = new ArrayList<>(batch.captions(scope, model, 2, false));
    if (!model.xl()) {
      int width = model.denoiser().crossAttentionDim();
      float[] untold = FormulaModel.numbers("untold", TOKENS * width);
      for (int i = 0; i < untold.length; i++) {
        untold[i] *= 2;
      }
      inputs.add(Tensor.of(scope, Shape.of(1, TOKENS, width), untold));
    }
    int length = (int) LATENTS.elements();
    float[] latents = batch.scaled("latents", 2 * length);
    float[] noise = batch.scaled("noise", 2 * length);
    int[] from = {19, 639};
    int[] to = {0, 619};
    double[] guidance = {5.5, 12.25};
    List<LatentSample> samples = new ArrayList<>();
    List<ConsistencyDraw> draws = new ArrayList<>();
    for (int row = 0; row < 2; row++) {
      int begin = row * length;
      samples.add(LatentSample.of(LATENTS, Arrays.copyOfRange(latents, begin, begin + length)));
      draws.add(
          new ConsistencyDraw(
              model.schedule().level(from[row]),
              model.schedule().level(to[row]),
              guidance[row],
              Arrays.copyOfRange(noise, begin, begin + length)));
    }
    inputs.addAll(objective.inputs(scope, samples, draws));
    return inputs;
  }
}
