package dev.lora4j.spark;

import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.LanguageModel;

/**
 * The language models of one Java machine, each opened once, for all tasks that run in it. They
 * stay until the machine ends or they are {@linkplain #close closed}.
 */
public final class ExecutorTexts {
  private static final OpenModels<BasePlace, LanguageModel> MODELS =
      new OpenModels<>(
          (lora, place) ->
              LanguageModel.open(lora, place.local(), TextLoadOptions.in(place.compute())),
          LanguageModel::close);

  private ExecutorTexts() {}

  /**
   * A language model, opened by whoever asks first.
   *
   * @throws dev.lora4j.core.model.ModelException if it cannot be opened; the message names this
   *     machine
   */
  public static LanguageModel of(BasePlace place) {
    return MODELS.of(place);
  }

  /**
   * Closes all language models; nothing may use them any more. For programs whose tasks run in
   * themselves.
   */
  public static void close() {
    MODELS.close();
  }
}
