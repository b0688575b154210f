package dev.lora4j.diffusion.style;

import java.util.List;
import java.util.Map;

/** What a training run draws from. Which pictures a batch has depends on its number alone. */
interface Samples {
  /** The pictures of batch {@code number}, counted from 0 over all epochs; all of one size. */
  List<TrainingSample> batch(long number);

  /** The pictures that are held out for validation. */
  List<TrainingSample> validation();

  /** How many pictures are trained on. */
  int pictures();

  /** What the adapter's header says of them. */
  Map<String, String> metadata();
}
