package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.AdapterStep;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.InterruptibleTask;
import dev.lora4j.core.train.run.NonFiniteDiagnosis;
import dev.lora4j.core.train.run.NonFiniteStep;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.core.train.run.TrainingBatch;
import dev.lora4j.core.train.run.TrainingFailure;
import dev.lora4j.core.train.run.TrainingLoop;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.Objective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An infinity at any layer changes nothing, and is found. */
@Tag("slow")
class InjectedInfinityTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final int LAYERS = 10;
  private static final StyleSettings SETTINGS =
      StyleSettings.DEFAULT.withRank(4).withSteps(4).withStored(DType.F32);

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  /** Ten layers of the denoiser, from its first to its last. */
  static Stream<Site> layers() {
    List<Site> all =
        SD.base().sites().all().stream()
            .filter(s -> s.name().startsWith("unet."))
            .filter(s -> s.kind() == Site.Kind.LINEAR || s.convolution())
            .toList();
    return IntStream.range(0, LAYERS).mapToObj(i -> all.get(i * (all.size() - 1) / (LAYERS - 1)));
  }

  private static List<TrainingSample> samples() {
    int side = SD.base().sampleSize();
    Shape shape = Shape.of(SD.base().denoiser().inChannels(), side, side);
    List<TrainingSample> samples = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      float[] latents = new float[(int) shape.elements()];
      Arrays.fill(latents, 0.1f * i);
      samples.add(
          new TrainingSample(
              Path.of("picture-" + i + ".png"),
              new LatentSample(shape, latents, false, Optional.empty()),
              "a fox",
              true,
              TrainingSample.Sizes.own(64, 64)));
    }
    return samples;
  }

  private static StyleTask task(StyleSettings settings, List<TrainingSample> samples) {
    AdapterPlan plan = settings.recipe().plan(SD.base().sites().all());
    ContentCache cache = ContentCache.ofUser(DType.F32);
    StyleInputs captions = new StyleInputs(SD, new EncodedCaptions(SD, cache, 0), false);
    return new StyleTask(
        SD.base(),
        plan,
        settings,
        captions,
        new FixedSamples(samples),
        PredictionLoss.NOISE,
        1,
        steps -> Map.of());
  }

  @ParameterizedTest
  @MethodSource("layers")
  void infinityChangesNoWeightAndIsNamed(Site site) {
    try (Scope scope = SD.scope().child("test")) {
      List<TrainingSample> samples = samples();
      StyleTask task = task(SETTINGS, samples);
      AdapterStep step = new AdapterStep(scope, task, SETTINGS.training());
      String weight = site.name().substring("unet.".length()) + ".weight";
      Tensor broken = broken(scope, SD.base().denoiserWeights().tensor(weight));
      Function<String, Tensor> held =
          name -> name.equals(weight) ? broken : step.held().apply(name);
      TrainingState state = step.begin(scope);
      try (TrainingRun good = step.bind(scope, state);
          TrainingRun bad = step.step().bind(scope, state, step.layout(), held)) {
        TrainingBatch batch = task.batches(0, 1).get(0);
        List<Tensor> inputs = step.inputs(scope, 0, batch);
        good.step(1e-3, inputs);
        Map<String, HostTensor> before = state.contents();
        assertTrue(bad.step(1e-3, inputs).skipped());
        Map<String, HostTensor> after = state.contents();
        assertEquals(before.keySet(), after.keySet());
        before.forEach(
            (name, tensor) ->
                assertTrue(Arrays.equals(bytes(tensor), bytes(after.get(name))), name));
        for (boolean sparing : List.of(false, true)) {
          TaskLoss watched = watched(task, sparing);
          try (NonFiniteDiagnosis diagnosis =
              new NonFiniteDiagnosis(scope, watched, state.weights(), held)) {
            NonFiniteStep found = diagnosis.look(inputs, batch.items());
            assertEquals(Optional.of(site.name()), found.layer());
            assertTrue(found.toString().contains("picture-0.png, picture-1.png"), found.toString());
          }
        }
      }
    }
  }

  private static TaskLoss watched(StyleTask task, boolean sparing) {
    Graph graph = new Graph();
    if (sparing) {
      graph.lowMemory();
    }
    Objective objective = new Objective(SD.base().schedule(), SETTINGS.objective());
    return StyleProgram.stage(
        graph, SD.base(), task.plan(), objective, SETTINGS, Staging.Purpose.DIAGNOSIS);
  }

  private static byte[] bytes(HostTensor tensor) {
    byte[] all = new byte[tensor.bytes().remaining()];
    tensor.bytes().get(all);
    return all;
  }

  private static Tensor broken(Scope scope, Tensor weight) {
    float[] values = weight.floats();
    values[values.length / 2] = Float.POSITIVE_INFINITY;
    return Tensor.of(scope, weight.shape(), values);
  }

  @Test
  void stepsThatNeverGetThroughEndTheRun() {
    List<TrainingSample> samples = samples();
    samples.get(1).latents().latents()[0] = Float.NaN;
    List<NonFiniteStep> told = new ArrayList<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void step(Step progress) {
            assertTrue(progress.skipped());
          }

          @Override
          public void notFinite(int step, NonFiniteStep where) {
            told.add(where);
          }
        };
    TrainingFailure e =
        assertThrows(
            TrainingFailure.class,
            () ->
                InterruptibleTask.run(
                    sign -> {
                      try (TrainingLoop loop =
                          new TrainingLoop(
                              SD.scope(),
                              task(SETTINGS.withSteps(50), samples),
                              SETTINGS.withSteps(50).training(),
                              CheckpointPolicy.NOTHING,
                              listener,
                              sign)) {
                        return loop.run("x");
                      }
                    }));
    assertTrue(e.getMessage().contains("unet.conv_in"), e.getMessage());
    assertTrue(e.getMessage().contains("picture-1.png"), e.getMessage());
    assertEquals(10, told.size());
  }
}
