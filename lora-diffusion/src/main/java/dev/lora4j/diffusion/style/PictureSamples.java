package dev.lora4j.diffusion.style;

import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.train.objective.LatentSample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/** Draws from pictures in memory, all of one size. Every one comes once in an epoch. */
final class PictureSamples implements SampleSource {
  private static final int ENCODED_AT_ONCE = 16;

  /** Purposes of random numbers, as the last counter of their key. */
  private static final int ORDER = 1;

  private static final int CAPTION = 2;

  private final List<TrainingSample> samples;
  private final int batch;
  private final double captionDropout;
  private final long seed;

  /** Order of the latest epoch; it can always be made again. */
  private int[] order = new int[0];

  private long ordered = -1;

  private PictureSamples(
      List<TrainingSample> samples, int batch, double captionDropout, long seed) {
    this.samples = samples;
    this.batch = batch;
    this.captionDropout = captionDropout;
    this.seed = seed;
  }

  /** Encodes all of {@code pictures}; {@code done} receives their number. */
  static PictureSamples of(
      StableDiffusion base,
      List<Picture> pictures,
      int batch,
      double captionDropout,
      long seed,
      IntConsumer done) {
    List<TrainingSample> samples = new ArrayList<>();
    int scale = base.base().vae().scale();
    for (int from = 0; from < pictures.size(); from += ENCODED_AT_ONCE) {
      List<Picture> some =
          pictures.subList(from, Math.min(pictures.size(), from + ENCODED_AT_ONCE));
      List<float[]> latents = base.encode(some);
      for (int i = 0; i < some.size(); i++) {
        Picture picture = some.get(i);
        Shape shape =
            Shape.of(
                base.base().denoiser().inChannels(),
                picture.height() / scale,
                picture.width() / scale);
        samples.add(
            new TrainingSample(
                Path.of(picture.name()),
                new LatentSample(shape, latents.get(i), false, Optional.empty()),
                picture.caption(),
                true,
                TrainingSample.Sizes.own(picture.height(), picture.width())));
      }
      done.accept(samples.size());
    }
    return new PictureSamples(samples, batch, captionDropout, seed);
  }

  @Override
  public Epoch epoch() {
    return new Epoch(samples.size(), 0, (samples.size() + batch - 1L) / batch);
  }

  private int[] order(long epoch) {
    if (epoch != ordered) {
      order = SeededNoise.of(seed, epoch, ORDER).permutation(samples.size());
      ordered = epoch;
    }
    return order;
  }

  @Override
  public List<TrainingSample> batch(long number) {
    List<TrainingSample> drawn = new ArrayList<>(batch);
    for (int i = 0; i < batch; i++) {
      long turn = number * batch + i;
      TrainingSample sample =
          samples.get(order(turn / samples.size())[(int) (turn % samples.size())]);
      boolean silent = SeededNoise.of(seed, turn, CAPTION).uniform() < captionDropout;
      drawn.add(
          silent
              ? new TrainingSample(sample.file(), sample.latents(), "", true, sample.sizes())
              : sample);
    }
    return drawn;
  }

  @Override
  public Map<String, String> metadata() {
    return Metadata.EMPTY
        .with(KohyaKeys.BATCH, (long) batch)
        .with(KohyaKeys.CAPTION_DROPOUT, captionDropout)
        .entries();
  }

  @Override
  public List<TrainingSample> validation() {
    return List.of();
  }
}
