package dev.lora4j.diffusion.style;

import java.util.List;
import java.util.Map;

/**
 * Source of the samples of a training run. Which pictures a batch has depends on its number alone.
 */
interface SampleSource {
  /** The pictures of batch {@code number}, counted from 0 over all epochs; all of one size. */
  List<TrainingSample> batch(long number);

  /** The pictures that are held out for validation. */
  List<TrainingSample> validation();

  /**
   * Number of equal parts of a batch, and of the pictures that are held out. Pictures at one place
   * of their parts get the same noise at the same timestep.
   */
  default int parts() {
    return 1;
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
