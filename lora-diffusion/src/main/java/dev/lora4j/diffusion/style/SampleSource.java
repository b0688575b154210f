package dev.lora4j.diffusion.style;

import dev.lora4j.diffusion.slider.SliderPrompts;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * Source of the samples of a training run. Which pictures a batch has depends on its number alone.
 */
interface SampleSource {
  /** The pictures of batch {@code number}, counted from 0 over all epochs; all of one size. */
  List<TrainingSample> batch(long number);

  /**
   * A sample as the denoiser sees it.
   *
   * @param draw its level, and the noise that is added
   */
  record Seen(TrainingSample sample, SampleDraw draw) {}

  /** Input of a step for a sample and its draw; by default the sample, noised by the draw. */
  default Seen seen(Objective objective, TrainingSample sample, SampleDraw draw) {
    return new Seen(sample, draw);
  }

  /** The same samples captioned by target prompts of a slider. */
  default SampleSource prompted(List<SliderPrompts> prompts, long seed) {
    return new SliderPictures(this, prompts, seed);
  }

  /** The pictures that are held out for validation. */
  List<TrainingSample> validation();

  /**
   * Number of equal parts of a batch, and of the pictures that are held out. Pictures at one place
   * of their parts get the same noise at the same timestep.
   */
  default int parts() {
    return 1;
  }

  /** How many pictures {@link #encode} encodes; none if they are encoded already. */
  default int pictures() {
    return 0;
  }

  /**
   * Encodes pictures of a share that look the same each time.
   *
   * @param done receives how many are encoded, after each
   */
  default void encode(EncodingShare share, IntConsumer done) {}

  /** Captions of the pictures of a share that are the same each time. */
  default Stream<String> captions(EncodingShare share) {
    return Stream.empty();
  }

  /** Number of reference pictures that the denoiser sees beside each sample. */
  default int references() {
    return 0;
  }

  /** The size of an epoch. */
  Epoch epoch();

  /** Metadata of the samples in the adapter's header. */
  Map<String, String> metadata();

  /**
   * Size of an epoch, each picture counted with its repeats.
   *
   * @param pictures that are trained on
   * @param regularisation pictures that show what shall not change
   * @param batches they make
   */
  record Epoch(long pictures, long regularisation, long batches) {}
}
