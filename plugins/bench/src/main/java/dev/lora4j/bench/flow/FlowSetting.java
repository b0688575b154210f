package dev.lora4j.bench.flow;

import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;

/**
 * Settings of a contender. It travels between processes as text.
 *
 * @param folder of the transformer
 * @param compute the type to compute in
 * @param side height and width of the latents
 * @param words tokens of the text
 */
record FlowSetting(Path folder, DType compute, int side, int words) {
  private static final String SEPARATOR = "|";

  /** Time of the step, of 1000. */
  static final float TIMESTEP = 500;

  /** Guidance scale, of those that are told one. */
  static final double GUIDANCE = 3.5;

  static FlowSetting of(String text) {
    String[] parts = text.split("\\" + SEPARATOR, -1);
    return new FlowSetting(
        Path.of(parts[0]),
        DType.valueOf(parts[1]),
        Integer.parseInt(parts[2]),
        Integer.parseInt(parts[3]));
  }

  String text() {
    return String.join(
        SEPARATOR,
        folder.toString(),
        compute.name(),
        Integer.toString(side),
        Integer.toString(words));
  }
}
