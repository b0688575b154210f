package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.model.TextModel;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * A running engine with a loaded model.
 *
 * @param <M> kind of model
 */
record Opened<M>(Lora4j lora, M model) {
  /**
   * Loading of a model.
   *
   * @param <M> kind of model
   */
  interface Loading<M> {
    /** Loads what lies in a folder or file. */
    M load(Lora4j lora, Path path, TextLoadOptions options);
  }

  /**
   * Starts the engine, loads what the options name, and notes what that is.
   *
   * @param base of a model
   */
  static <M> Opened<M> of(
      Console console, TextModelOptions options, Loading<M> loading, Function<M, TextModel> base) {
    Path path = options.path();
    long began = System.nanoTime();
    Lora4j lora = options.where.open(console);
    try {
      DType type = options.type(console, lora.engine());
      M model = loading.load(lora, path, options.loading(type));
      OpenText.tell(console, path, began, lora, type);
      base.apply(model).notes().forEach(console::note);
      return new Opened<>(lora, model);
    } catch (RuntimeException | Error e) {
      lora.close();
      throw e;
    }
  }
}
