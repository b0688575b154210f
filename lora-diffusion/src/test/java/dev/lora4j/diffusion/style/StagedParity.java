package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
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
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A step of a case of {@code training.py} with another loss, whose captions are formulas. */
record StagedParity(DiffusionModel model, Objective objective, TaskLoss program) {
  private static final int TOKENS = 77;
  private static final int POOLED = 20;

  /** The rows of the tables in the scripts that have another loss. */
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

    /** Its name among the goldens. */
    @Override
    public String toString() {
      return text;
    }
  }

  /** Numbers of a batch: the loss and its measures by name, and the gradient. */
  @SuppressWarnings("ArrayRecordComponent") // Its numbers are compared, never itself.
  record Numbers(Map<String, Double> losses, double[] gradient) {
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

  static StagedParity of(
      Scope scope, Case at, DType type, Function<DiffusionModel, PredictionLoss> loss) {
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
    Expr staged = StyleProgram.loss(staging, model, objective, settings, loss.apply(model));
    return new StagedParity(model, objective, staging.staged(staged));
  }

  /** In the place of an encoded caption where contexts are formulas. */
  static EncodedCaption none() {
    return new EncodedCaption(new float[0], new float[0]);
  }

  FlatLayout layout() {
    return program.factors().layout();
  }

  /** The factors of the goldens, or those of a fresh adapter. */
  float[] start(boolean fresh) {
    float[] start = ParityNumbers.start(layout());
    for (FlatLayout.Slot slot : layout().slots()) {
      if (fresh && slot.parameter().name().endsWith(".up")) {
        int from = (int) slot.offset();
        Arrays.fill(start, from, from + (int) slot.parameter().shape().elements(), 0);
      }
    }
    return start;
  }

  /**
   * Runs a batch.
   *
   * @param captions names of the formulas of other captions, in the order of the inputs
   */
  Numbers run(Scope scope, float[] start, List<String> captions) {
    List<Expr> outputs = new ArrayList<>(List.of(program.loss().detach()));
    outputs.addAll(program.measures().values());
    outputs.add(program.parameters().gradient(program.loss()));
    Program compiled = program.parameters().graph().training(scope, outputs);
    double[] exact = new double[start.length];
    Arrays.setAll(exact, i -> start[i]);
    Tensor flat = HostTensor.of(model.compute(), Shape.of(start.length), exact).on(scope);
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
    List<Tensor> out = compiled.run(scope, held, inputs(scope, captions));
    Map<String, Double> losses = new LinkedHashMap<>();
    losses.put("loss", HostTensor.of(out.get(0)).doubles()[0]);
    int next = 1;
    for (String name : program.measures().keySet()) {
      String last = name.substring(name.lastIndexOf('/') + 1);
      losses.put(last, HostTensor.of(out.get(next++)).doubles()[0]);
    }
    return new Numbers(losses, HostTensor.of(out.get(next)).doubles());
  }

  private List<Tensor> inputs(Scope scope, List<String> captions) {
    List<Tensor> inputs =
        new ArrayList<>(new ParityBatch(0).inputs(scope, model, objective, false));
    for (String name : captions) {
      long width = model.denoiser().crossAttentionDim();
      inputs.add(formula(scope, name, Shape.of(2, TOKENS, width)));
      if (model.xl()) {
        inputs.add(formula(scope, name + ".pooled", Shape.of(2, POOLED)));
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
