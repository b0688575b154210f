package dev.lora4j.spark;

import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.style.StyleTrainer;
import java.util.Optional;

/**
 * The trainer whose pictures one Java machine encodes, for all tasks that run in it: to look
 * through a folder takes longer than to encode a few of its pictures.
 */
final class OpenTrainer {
  private static Optional<StyleTrainer> open = Optional.empty();
  private static String training = "";

  private OpenTrainer() {}

  /**
   * The trainer of a training, made by whoever asks first.
   *
   * @param id of the training
   */
  static synchronized StyleTrainer of(String id, ExecutorModel place, WorkerSource.Style style) {
    if (training.equals(id) && open.isPresent()) {
      return open.get();
    }
    StableDiffusion base = ExecutorBases.of(place);
    int most = base.scope().engine().threads();
    StyleTrainer made = style.trainer(base).threads(Math.min(TaskThreads.count(), most));
    open = Optional.of(made);
    training = id;
    return made;
  }

  /** Forgets that of a training. */
  static synchronized void close(String id) {
    if (training.equals(id)) {
      open = Optional.empty();
      training = "";
    }
  }
}
