package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.Dropouts;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.run.AdapterStep;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What chance leaves out is the same in a part of the denoiser that is computed twice. */
class CheckpointedDropoutTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final Dropouts ALL = new Dropouts(0.1, 0.2, 0.1, 0.2);
  private static final String TRAINED = "unet.*.attentions.0.*to_q";
  private static final int BATCH = 2;
  private static final int WORDS = 5;
  private static final int SIDE = 8;
  private static final int STEPS = 2;

  @TempDir static Path folder;

  @AfterAll
  static void close() {
    LORA.close();
  }

  private static float[] numbers(int count, long seed) {
    Random random = new Random(seed);
    float[] all = new float[count];
    for (int i = 0; i < count; i++) {
      all[i] = (float) random.nextGaussian();
    }
    return all;
  }

  private static AdapterStep step(
      Scope scope, StableDiffusion sd, AdapterPlan plan, StyleSettings settings) {
    EncodedCaptions texts =
        new EncodedCaptions(sd, new ContentCache(folder, DType.F32), settings.clipSkip());
    StyleInputs captions = new StyleInputs(sd, texts, false);
    StyleTask task =
        new StyleTask(
            sd.base(),
            plan,
            settings,
            captions,
            new FixedSamples(List.of()),
            PredictionLoss.NOISE,
            1,
            steps -> Map.of());
    return new AdapterStep(scope, task, settings.training());
  }

  /** The weights after some steps on the same batch. */
  private static float[] trained(DType type, Dropouts dropouts, boolean checkpointed) {
    try (StableDiffusion sd = StableDiffusion.open(LORA, TinySd.FOLDER, LoadOptions.in(type));
        Scope scope = LORA.engine().scope("test")) {
      StyleSettings settings = StyleSettings.DEFAULT.withRank(4).withCheckpointing(checkpointed);
      settings =
          settings.with(
              settings.recipe().targets(TargetLayers.matching(TRAINED)).dropouts(dropouts));
      AdapterPlan plan = settings.recipe().plan(sd.base().sites().all());
      Objective objective = new Objective(sd.base().schedule(), settings.objective());
      AdapterStep step = step(scope, sd, plan, settings);
      TrainingState state = step.begin(scope);
      TrainingRun run = step.bind(scope, state);
      int channels = sd.base().denoiser().inChannels();
      int width = sd.base().denoiser().crossAttentionDim();
      List<LatentSample> samples = new ArrayList<>();
      List<SampleDraw> draws = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        float[] latents = numbers(channels * SIDE * SIDE, i);
        samples.add(LatentSample.of(Shape.of(channels, SIDE, SIDE), latents));
        draws.add(objective.draw(1, i, i, BATCH, samples.get(i)));
      }
      Tensor context =
          Tensor.of(scope, Shape.of(BATCH, WORDS, width), numbers(BATCH * WORDS * width, 7));
      for (int i = 0; i < STEPS; i++) {
        List<Tensor> inputs = new ArrayList<>(step.factors().inputs(scope, 5, i, i));
        inputs.add(context);
        inputs.addAll(objective.batch(scope, samples, draws));
        assertFalse(run.step(1e-2, inputs).skipped());
      }
      return state.weights().floats();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void checkpointedDropoutTrainsTheSameWeights(DType type) {
    float[] kept = trained(type, ALL, false);
    assertArrayEquals(kept, trained(type, ALL, true));
    assertFalse(Arrays.equals(kept, trained(type, Dropouts.NONE, false)));
  }
}
