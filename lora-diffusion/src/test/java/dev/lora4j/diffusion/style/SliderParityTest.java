package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.FormulaModel;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.slider.SliderSettings;
import dev.lora4j.diffusion.train.objective.Objective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A step of a slider against diffusers and PEFT by the paper's target, by {@code sliders.py}. */
class SliderParityTest {
  private static final int TOKENS = 77;
  private static final int POOLED = 20;
  private static final double ETA = 2.5;
  private static final Engine ENGINE = Engine.open();
  private static final ParityNumbers GOLDEN =
      new ParityNumbers(Path.of("src/test/resources/sliders.safetensors"));

  /** The rows of the table in {@code sliders.py}. */
  enum Case {
    EPSILON("epsilon", ParityCase.LORA, Prediction.EPSILON),
    VELOCITY("velocity", ParityCase.LOCON, Prediction.V_PREDICTION),
    XL("xl", ParityCase.XL, Prediction.EPSILON);

    private final String text;
    private final ParityCase trained;
    private final Prediction prediction;

    Case(String text, ParityCase trained, Prediction prediction) {
      this.text = text;
      this.trained = trained;
      this.prediction = prediction;
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
  void lossesAndGradientInF32(Case at) {
    compare(at, DType.F32, 1e-5, 1e-4);
  }

  @ParameterizedTest
  @EnumSource
  void lossesAndGradientInF64(Case at) {
    // Embeddings of sizes and timesteps are computed in F32.
    compare(at, DType.F64, 1e-6, 1e-5);
  }

  private static void compare(Case at, DType type, double ofLoss, double ofGradient) {
    try (Scope scope = ENGINE.scope(at.text)) {
      Staged staged = Staged.of(scope, at, type);
      Numbers found = staged.run(scope, ParityNumbers.start(staged.layout()));
      found.losses.forEach(
          (name, loss) -> {
            double expected = GOLDEN.of(at.text, name)[0];
            assertEquals(expected, loss, ofLoss * expected, name);
          });
      GOLDEN.assertGradient(at.text, staged.layout(), found.gradient, ofGradient);
    }
  }

  @ParameterizedTest
  @EnumSource
  void freshAdapterIsAsFarAsTheDirectionIsLong(Case at) {
    try (Scope scope = ENGINE.scope(at.text)) {
      Staged staged = Staged.of(scope, at, DType.F64);
      float[] start = ParityNumbers.start(staged.layout());
      for (FlatLayout.Slot slot : staged.layout().slots()) {
        if (slot.parameter().name().endsWith(".up")) {
          int from = (int) slot.offset();
          Arrays.fill(start, from, from + (int) slot.parameter().shape().elements(), 0);
        }
      }
      Numbers fresh = staged.run(scope, start);
      double direction = GOLDEN.of(at.text, "direction")[0];
      fresh.losses.forEach((name, loss) -> assertEquals(direction, loss, 1e-6 * direction, name));
      assertEquals(0, fresh.gradientOf(staged.layout(), ".down"), "of factors that are times 0");
      assertTrue(fresh.gradientOf(staged.layout(), ".up") > 1e-3);
    }
  }

  /** Numbers of a batch. */
  private static final class Numbers {
    private final Map<String, Double> losses = new LinkedHashMap<>();
    private double[] gradient = {};

    /** The greatest number of the gradient at factors of a kind. */
    double gradientOf(FlatLayout layout, String ending) {
      double most = 0;
      for (FlatLayout.Slot slot : layout.slots()) {
        if (slot.parameter().name().endsWith(ending)) {
          int from = (int) slot.offset();
          int to = from + (int) slot.parameter().shape().elements();
          most = Math.max(most, Arrays.stream(gradient, from, to).map(Math::abs).max().orElse(0));
        }
      }
      return most;
    }
  }

  /** A case with its base and program. */
  private record Staged(DiffusionModel model, Objective objective, TaskLoss program) {
    static Staged of(Scope scope, Case at, DType type) {
      LoadOptions options = LoadOptions.in(type).predicting(at.prediction);
      DiffusionModel model = DiffusionModel.load(scope, at.trained.folder(), options);
      StyleSettings settings = at.trained.settings();
      AdapterPlan plan = settings.recipe().plan(model.sites().all());
      Objective objective = new Objective(model.schedule(), settings.objective());
      Staging staging =
          new Staging(
              new Graph(),
              model.compute(),
              StyleProgram.groups(plan, settings),
              plan,
              Staging.Purpose.TRAINING);
      SliderLoss loss =
          new SliderLoss(
              model,
              SliderSettings.of("", "more", "less").strength(ETA),
              prompt -> {
                throw new AssertionError("contexts are formulas");
              });
      Expr staged = StyleProgram.loss(staging, model, objective, settings, loss);
      return new Staged(model, objective, staging.staged(staged));
    }

    FlatLayout layout() {
      return program.factors().layout();
    }

    Numbers run(Scope scope, float[] start) {
      List<String> names = List.of("forwards", "backwards", "direction");
      List<Expr> outputs = new ArrayList<>(List.of(program.loss().detach()));
      names.forEach(name -> outputs.add(program.measures().get("slider/" + name)));
      outputs.add(program.parameters().gradient(program.loss()));
      Program compiled = program.parameters().graph().training(scope, outputs);
      double[] exact = new double[start.length];
      Arrays.setAll(exact, i -> start[i]);
      DType type = model.compute();
      Tensor flat = HostTensor.of(type, Shape.of(start.length), exact).on(scope);
      Map<String, Tensor> own = program.factors().held(scope, start);
      HeldInputs held =
          compiled.hold(
              scope,
              name ->
                  layout()
                      .slot(name)
                      .map(slot -> flat.view(scope, slot.offset(), slot.parameter().shape()))
                      .or(() -> Optional.ofNullable(own.get(name)))
                      .orElseGet(() -> StyleProgram.held(model, name)));
      List<Tensor> out = compiled.run(scope, held, inputs(scope));
      Numbers numbers = new Numbers();
      numbers.losses.put("loss", HostTensor.of(out.get(0)).doubles()[0]);
      for (int i = 0; i < names.size(); i++) {
        numbers.losses.put(names.get(i), HostTensor.of(out.get(1 + i)).doubles()[0]);
      }
      numbers.gradient = HostTensor.of(out.get(1 + names.size())).doubles();
      return numbers;
    }

    private List<Tensor> inputs(Scope scope) {
      List<Tensor> inputs =
          new ArrayList<>(new ParityBatch(0).inputs(scope, model, objective, false));
      for (String prompt : List.of("positive", "negative")) {
        long width = model.denoiser().crossAttentionDim();
        inputs.add(formula(scope, prompt, Shape.of(2, TOKENS, width)));
        if (model.xl()) {
          inputs.add(formula(scope, prompt + ".pooled", Shape.of(2, POOLED)));
        }
      }
      return inputs;
    }

    private static Tensor formula(Scope scope, String name, Shape shape) {
      float[] values = FormulaModel.numbers(name, (int) shape.elements());
      for (int i = 0; i < values.length; i++) {
        values[i] *= 2;
      }
      return Tensor.of(scope, shape, values);
    }
  }
}
