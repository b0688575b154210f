package dev.lora4j.emoji;

import dev.lora4j.core.tensor.Engine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * Makes emoji-sd from atlases of pictograms; see docs/emoji-sd.md. Each stage can be stopped at any
 * moment and goes on where it was.
 *
 * <pre>
 * MakeEmojiSd vae      DATA WORK MINUTES
 * MakeEmojiSd denoiser DATA WORK MINUTES
 * MakeEmojiSd styles   DATA WORK
 * MakeEmojiSd bundle   WORK RESOURCES
 * </pre>
 */
public final class MakeEmojiSd {
  private MakeEmojiSd() {}

  /** Runs one stage. */
  public static void main(String[] arguments) throws IOException {
    PrintStream log = System.out;
    Path first = Path.of(arguments[1]);
    Path second = Path.of(arguments[2]);
    switch (arguments[0]) {
      case "vae" -> {
        try (Engine engine = Engine.open()) {
          VaeStage.run(engine, first, second, Double.parseDouble(arguments[3]), log);
        }
      }
      case "denoiser" -> {
        try (Engine engine = Engine.open()) {
          DenoiserStage.run(engine, first, second, Double.parseDouble(arguments[3]), log);
        }
      }
      case "styles" -> StyleStage.run(first, second, log);
      case "bundle" -> BundleIndex.write(first, second);
      default ->
          throw new IllegalArgumentException(
              "expected vae, denoiser, styles or bundle, found " + arguments[0]);
    }
  }
}
