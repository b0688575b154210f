package dev.lora4j.emoji;

import dev.lora4j.core.model.BundleIndex;
import dev.lora4j.core.tensor.Engine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes what comes with emoji-sd: style sets, an adapter, judges; see docs/emoji-sd.md. The base in
 * {@code WORK} is made by the command {@code train} with {@code base.toml}.
 *
 * <pre>
 * MakeEmojiSd sets     DATA WORK
 * MakeEmojiSd pictures DATA FOLDER
 * MakeEmojiSd adapters DATA WORK
 * MakeEmojiSd judge    DATA WORK
 * MakeEmojiSd bundle   WORK RESOURCES
 * </pre>
 */
public final class MakeEmojiSd {
  private static final List<String> PARTS = List.of("base", "ink", "pixel", "adapters", "judge");

  private MakeEmojiSd() {}

  /** Runs one stage. */
  public static void main(String[] arguments) throws IOException {
    PrintStream log = System.out;
    Path first = Path.of(arguments[1]);
    Path second = Path.of(arguments[2]);
    switch (arguments[0]) {
      case "sets" -> StyleStage.sets(first, second);
      case "pictures" -> StyleStage.pictures(first, second);
      case "adapters" -> StyleStage.adapters(first, second, log);
      case "judge" -> {
        try (Engine engine = Engine.open()) {
          JudgeStage.run(engine, first, second, log);
        }
      }
      case "bundle" -> BundleIndex.write(first, PARTS, second);
      default ->
          throw new IllegalArgumentException(
              "expected sets, pictures, adapters, judge or bundle, found " + arguments[0]);
    }
  }
}
