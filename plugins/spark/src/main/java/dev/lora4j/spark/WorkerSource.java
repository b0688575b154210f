package dev.lora4j.spark;

import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.TrainingWorker;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.style.EncodingSource;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.SequenceTrainer;
import java.io.Serializable;

/**
 * Opens on a machine what computes gradients there. A lambda of it takes along what it uses, which
 * therefore has to be serialisable: paths as texts, settings made inside.
 */
@FunctionalInterface
public interface WorkerSource extends Serializable {
  /** A trainer with its pictures and settings; on every machine the same. */
  @FunctionalInterface
  interface Style extends Serializable {
    /** Makes it on a base. */
    StyleTrainer trainer(StableDiffusion base);
  }

  /** A trainer of a language model with its texts and settings; on every machine the same. */
  @FunctionalInterface
  interface Texts extends Serializable {
    /** Makes it on a base. */
    SequenceTrainer<?> trainer(LanguageModel base);
  }

  /**
   * Opens a worker.
   *
   * @param threads that its operators may use
   */
  TrainingWorker open(int threads);

  /** Workers of trainers on pictures, which they encode when a step shows them. */
  static WorkerSource of(ExecutorModel place, Style style) {
    return threads -> {
      StableDiffusion base = ExecutorBases.of(place);
      int most = base.scope().engine().threads();
      return style
          .trainer(base)
          .threads(Math.min(threads, most))
          .encoding(EncodingSource.WHEN_NEEDED)
          .worker(RunListener.NONE);
    };
  }

  /** Workers of trainers on texts. */
  static WorkerSource ofTexts(BasePlace place, Texts texts) {
    return threads -> {
      LanguageModel base = ExecutorTexts.of(place);
      int most = base.scope().engine().threads();
      return texts.trainer(base).threads(Math.min(threads, most)).worker(RunListener.NONE);
    };
  }
}
