package dev.lora4j.diffusion.style;

import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.pipeline.LatentPath;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.slider.SliderPrompts;
import dev.lora4j.diffusion.slider.SliderSettings;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Noisy latents that the base passes through when it draws a slider's target prompts with its own
 * sampler, guidance scale and size, in 20 steps. A sample is one of these pictures on its way, at
 * the level that is nearest to the one drawn for it.
 */
final class DrawnLatents implements SampleSource {
  /** Purposes of random numbers, as the last counter of their key. */
  private static final int PICTURE = 22;

  private static final int SEED = 23;

  /** Pictures that a small base draws at once. */
  private static final int AT_ONCE = 8;

  private final List<TrainingSample> samples;
  private final Map<Path, LatentPath> paths;
  private final int batch;
  private final long seed;

  private DrawnLatents(
      List<TrainingSample> samples, Map<Path, LatentPath> paths, int batch, long seed) {
    this.samples = samples;
    this.paths = paths;
    this.batch = batch;
    this.seed = seed;
  }

  /**
   * Draws those of a trainer.
   *
   * @param cache has nothing of them
   * @throws IllegalArgumentException if it trains no slider, so that it has no prompt
   */
  static DrawnLatents of(StyleTrainer trainer, ContentCache cache, RunListener listener) {
    StableDiffusion base = trainer.base;
    SliderSettings settings =
        trainer.slider.orElseThrow(
            () -> new IllegalArgumentException("There are no pictures to train on."));
    int clipSkip = trainer.settings.clipSkip();
    long seed = trainer.settings.seed();
    List<SliderPrompts> variants = settings.variants();
    List<TrainingSample> samples = new ArrayList<>();
    Map<Path, LatentPath> paths = new HashMap<>();
    // Large bases are bound by their products, and draw one after the other in less memory.
    int most = StyleProgram.spares(base.base().denoiserWeights().bytes()) ? 1 : AT_ONCE;
    while (samples.size() < settings.drawn()) {
      List<Prompt> prompts = new ArrayList<>();
      int first = samples.size();
      for (int i = first; i < Math.min(settings.drawn(), first + most); i++) {
        long noise = SeededNoise.of(seed, i, SEED).index(Integer.MAX_VALUE);
        String target = variants.get(i % variants.size()).target();
        prompts.add(Prompt.of(target).seed(noise).clipSkip(clipSkip));
      }
      for (LatentPath path : base.paths(prompts)) {
        Path name = Path.of("drawn-" + (samples.size() + 1));
        paths.put(name, path);
        samples.add(sample(base, name, path, prompts.get(samples.size() - first).text()));
      }
      listener.encoding(samples.size(), settings.drawn());
    }
    return new DrawnLatents(samples, paths, trainer.batch, seed);
  }

  private static TrainingSample sample(
      StableDiffusion base, Path name, LatentPath path, String target) {
    int scale = base.base().vae().scale();
    int height = Math.toIntExact(path.shape().size(1) * scale);
    int width = Math.toIntExact(path.shape().size(2) * scale);
    LatentSample first = LatentSample.of(path.shape(), path.latents().get(0));
    TrainingSample.Sizes sizes = TrainingSample.Sizes.own(height, width);
    return new TrainingSample(name, first, target, true, sizes);
  }

  @Override
  public List<TrainingSample> batch(long number) {
    List<TrainingSample> drawn = new ArrayList<>(batch);
    for (int i = 0; i < batch; i++) {
      long sample = StyleTask.number(number, i);
      drawn.add(samples.get(SeededNoise.of(seed, sample, PICTURE).index(samples.size())));
    }
    return drawn;
  }

  @Override
  public Seen seen(Objective objective, TrainingSample sample, SampleDraw draw) {
    LatentPath path = Objects.requireNonNull(paths.get(sample.file()), "a sample of its own");
    int place = path.nearest(draw.level().timestep());
    LatentSample latents = LatentSample.of(path.shape(), path.latents().get(place));
    return new Seen(sample.of(latents), objective.withoutNoise(latents, path.levels().get(place)));
  }

  /** Its samples are captioned by the prompts that they were drawn by. */
  @Override
  public SampleSource prompted(List<SliderPrompts> prompts, long other) {
    return this;
  }

  @Override
  public List<TrainingSample> validation() {
    return List.of();
  }

  @Override
  public Epoch epoch() {
    return new Epoch(samples.size(), 0, (samples.size() + batch - 1L) / batch);
  }

  @Override
  public Map<String, String> metadata() {
    return Metadata.EMPTY.with(KohyaKeys.BATCH, (long) batch).entries();
  }
}
