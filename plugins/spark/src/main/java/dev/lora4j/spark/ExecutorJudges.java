package dev.lora4j.spark;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.diffusion.judge.JudgeCriteria;
import dev.lora4j.diffusion.judge.Judges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** The judges of one Java machine: those that were asked last, for all tasks that run in it. */
final class ExecutorJudges {
  /** Judges with an engine of their own. */
  private record Open(String id, Lora4j lora, Judges judges, JudgeCriteria criteria) {}

  private static Optional<Open> open = Optional.empty();

  private ExecutorJudges() {}

  /**
   * Asks judges, which are read from their files by whoever asks first; one task asks at a time.
   *
   * @param question to the judges, by the criteria of the style
   */
  static synchronized <T> T ask(
      JudgeMessage message, BiFunction<Judges, JudgeCriteria, T> question) {
    if (open.filter(o -> o.id().equals(message.id())).isEmpty()) {
      close();
      Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(TaskThreads.count()));
      try {
        open =
            Optional.of(
                new Open(message.id(), lora, read(lora, message), message.style().criteria()));
      } catch (RuntimeException | Error e) {
        lora.close();
        throw e;
      }
    }
    Open asked = open.orElseThrow();
    return question.apply(asked.judges(), asked.criteria());
  }

  private static Judges read(Lora4j lora, JudgeMessage message) {
    List<Path> made = new ArrayList<>();
    try {
      Path folder = Files.createTempDirectory("lora4j-spark");
      made.add(folder);
      try {
        Path styles = Files.write(folder.resolve("style.safetensors"), message.styles());
        made.add(0, styles);
        Path concepts = Files.write(folder.resolve("concept.safetensors"), message.concepts());
        made.add(0, concepts);
        return Judges.load(lora.engine(), styles, concepts);
      } finally {
        for (Path path : made) {
          Files.deleteIfExists(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The judges cannot be kept for reading on " + ExecutorBases.host() + ".", e);
    }
  }

  /** Closes them; nothing may use them any more. */
  static synchronized void close() {
    open.ifPresent(
        o -> {
          o.judges().close();
          o.lora().close();
        });
    open = Optional.empty();
  }
}
