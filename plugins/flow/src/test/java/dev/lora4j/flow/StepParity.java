package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.TrainingRun.Outcome;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.schedule.Constant;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.style.LatentStep;
import dev.lora4j.diffusion.style.LearningRates;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import dev.lora4j.diffusion.train.objective.TimestepSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of a LoRA on a tiny pipeline, against diffusers, PEFT and torch. */
public abstract class StepParity {
  private static final double REFERENCE = 0.29;
  private static final int STEPS = 5;
  private static final int BATCH = 2;

  private final GoldenPipeline golden;
  private final Shape latents;
  private final Shape context;
  private final Shape pooled;
  private final String name;
  private final List<Shape> references;

  /**
   * For a pipeline with latents of 16 channels, two by two a patch.
   *
   * @param textWidth width of the text conditioning
   * @param pooledWidth width of the pooled text; 0 without it
   */
  protected StepParity(GoldenPipeline golden, int textWidth, int pooledWidth) {
    this(golden, Shape.of(16, 8, 12), textWidth, pooledWidth);
  }

  /**
   * For a pipeline.
   *
   * @param latents [channels, height, width]
   * @param textWidth width of the text conditioning
   * @param pooledWidth width of the pooled text; 0 without it
   */
  protected StepParity(GoldenPipeline golden, Shape latents, int textWidth, int pooledWidth) {
    this(golden, latents, textWidth, pooledWidth, "step", List.of());
  }

  /**
   * For a pipeline that sees reference pictures.
   *
   * @param name what the files' names begin with
   * @param references latents of each, [channels, height, width]
   */
  protected StepParity(
      GoldenPipeline golden,
      Shape latents,
      int textWidth,
      int pooledWidth,
      String name,
      List<Shape> references) {
    this.golden = golden;
    this.name = name;
    this.references = List.copyOf(references);
    this.latents = latents;
    context = Shape.of(BATCH, 9, textWidth);
    pooled = Shape.of(BATCH, pooledWidth);
  }

  private static StyleSettings settings(boolean checkpointing) {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT
            .method(new LoraTraining())
            .targets(TargetLayers.of(TargetPreset.ATTENTION_FEED_FORWARD))
            .rank(2, 3);
    return StyleSettings.DEFAULT
        .with(recipe)
        .with(LearningRates.of(1e-2))
        .with(RateSchedule.of(new Constant(), STEPS))
        .with(
            ObjectiveSettings.PLAIN.with(
                TimestepSettings.INDEPENDENT.withSampling(TimestepSettings.Sampling.LOGIT_NORMAL)))
        .withCheckpointing(checkpointing);
  }

  private static float[] waves(Shape shape, double frequency, int phase) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.cos(i * frequency + phase);
    }
    return values;
  }

  private LatentStep step(Scope scope, DType type, boolean checkpointing) {
    DiffusionModel model =
        DiffusionModel.load(scope, golden.pipeline().source(), LoadOptions.in(type));
    List<LatentSample> samples =
        List.of(
            LatentSample.of(latents, waves(latents, 0.37, 0)),
            LatentSample.of(latents, waves(latents, 0.37, 1)));
    return new LatentStep(
        scope,
        model,
        settings(checkpointing),
        samples,
        HostTensor.of(context, waves(context, 0.73, 0)),
        pooled(),
        references.isEmpty() ? List.of() : List.of(references(0), references(1)));
  }

  /** Reference pictures of a row. */
  private List<LatentSample> references(int row) {
    return IntStream.range(0, references.size())
        .mapToObj(
            i ->
                LatentSample.of(
                    references.get(i), waves(references.get(i), REFERENCE, 2 * i + row)))
        .toList();
  }

  private List<HostTensor> pooled() {
    return pooled.elements() == 0
        ? List.of()
        : List.of(HostTensor.of(pooled, waves(pooled, 0.59, 0)));
  }

  /** All that the reference has to know. */
  private Map<String, HostTensor> given(LatentStep step) {
    Map<String, HostTensor> given = new LinkedHashMap<>();
    given.put("context", HostTensor.of(context, waves(context, 0.73, 0)));
    pooled().forEach(told -> given.put("pooled", told));
    for (int row = 0; row < BATCH; row++) {
      given.put("latents" + row, HostTensor.of(latents, waves(latents, 0.37, row)));
      for (int i = 0; i < references.size(); i++) {
        LatentSample one = references(row).get(i);
        given.put("reference" + i + "." + row, HostTensor.of(one.shape(), one.latents()));
      }
    }
    for (int i = 0; i < STEPS; i++) {
      List<SampleDraw> draws = step.draws(i);
      for (int row = 0; row < BATCH; row++) {
        NoiseLevel level = draws.get(row).level();
        float[] told = {(float) level.timestep(), (float) level.signal(), (float) level.noise()};
        given.put("level" + i + "." + row, HostTensor.of(Shape.of(told.length), told));
        given.put("noise" + i + "." + row, HostTensor.of(latents, draws.get(row).noise()));
      }
    }
    given.putAll(step.initial());
    return given;
  }

  /** Writes a file to {@code target} too, which is copied to be the reference's. */
  @Test
  void theReferenceKnowsWhatAStepDraws() {
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(1));
        Scope scope = engine.scope("draws");
        LatentStep step = step(scope, DType.F32, false)) {
      Map<String, HostTensor> given = given(step);
      SafetensorsWriter writer = new SafetensorsWriter();
      given.forEach((name, t) -> writer.add(name, DType.F32, t.shape(), t::bytes));
      writer.write(
          Path.of("target", golden.folder().getFileName() + "-" + name + "-inputs.safetensors"));
      Path inputs = golden.folder().resolve(name + "-inputs.safetensors");
      try (TensorStore store = TensorStore.open(inputs)) {
        assertEquals(given.keySet(), store.tensors().keySet());
      }
      given.forEach(
          (name, t) ->
              Goldens.assertClose(name, Goldens.tensor(inputs, name).doubles(), t.doubles(), 1e-6));
    }
  }

  private Path expected() {
    return golden.folder().resolve(name + "-expected.safetensors");
  }

  private void assertSteps(DType type, boolean checkpointing, double close) {
    double[] losses = Goldens.tensor(expected(), "losses").doubles();
    double[] norms = Goldens.tensor(expected(), "norms").doubles();
    assertEquals(STEPS, losses.length);
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(1));
        Scope scope = engine.scope("steps");
        LatentStep step = step(scope, type, checkpointing)) {
      for (int i = 0; i < STEPS; i++) {
        Outcome outcome = step.take();
        assertEquals(losses[i], outcome.loss(), close * losses[i], "loss of step " + i);
        assertEquals(norms[i], outcome.gradientNorm(), 10 * close * norms[i], "norm of " + i);
        assertTrue(!outcome.skipped(), "skipped");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void fiveStepsAreThoseOfDiffusersInF32(boolean checkpointing) {
    assertSteps(DType.F32, checkpointing, 1e-5);
  }

  /** What is told of a step is F32. */
  @Test
  void fiveStepsAreThoseOfDiffusersInF64() {
    assertSteps(DType.F64, false, 1e-7);
  }
}
