package dev.lora4j.spark;

import dev.lora4j.diffusion.style.StyleTrainer;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.LongAccumulator;

/** Encodes one part of a training's pictures, in a task of Spark. */
final class EncodingTask implements Function<Integer, Integer> {
  private static final long serialVersionUID = 1L;

  private final String training;
  private final ExecutorModel base;
  private final WorkerSource.Style style;
  private final int parts;
  private final LongAccumulator encoded;

  EncodingTask(
      String training,
      ExecutorModel base,
      WorkerSource.Style style,
      int parts,
      LongAccumulator encoded) {
    this.training = training;
    this.base = base;
    this.style = style;
    this.parts = parts;
    this.encoded = encoded;
  }

  @Override
  public Integer call(Integer part) {
    try {
      StyleTrainer trainer = OpenTrainer.of(training, base, style);
      int pictures = trainer.encode(part, parts);
      encoded.add(pictures);
      return pictures;
    } catch (RuntimeException e) {
      throw new TaskFailure(
          "Pictures were not encoded on " + ExecutorBases.host() + ": " + e.getMessage(), e);
    }
  }
}
