package dev.lora4j.diffusion.style;

import java.util.List;
import java.util.Map;

/** What a training run draws from. Which pictures a batch has depends on its number alone. */
interface SampleSource {
  /** The pictures of batch {@code number}, counted from 0 over all epochs; all of one size. */
  List<TrainingSample> batch(long number);

  /** The pictures that are held out for validation. */
  List<TrainingSample> validation();

  /** What an epoch shows. */
  Epoch epoch();

  /** What the adapter's header says of them. */
  Map<String, String> metadata();

  /**
   * How much is seen in one epoch, pictures as often as they come.
   *
   * @param pictures that are trained on
   * @param regularisation pictures that show what shall not change
   * @param batches they make
   */
  record Epoch(long pictures, long regularisation, long batches) {}
}
