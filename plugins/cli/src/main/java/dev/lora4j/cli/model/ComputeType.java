package dev.lora4j.cli.model;

import dev.lora4j.cli.console.Console;
import dev.lora4j.core.tensor.AutoDType;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import java.util.Locale;
import java.util.Optional;

/** Choice of the compute type: the requested one, or the faster one. */
public final class ComputeType {
  /** BF16 that takes longer by less than this is not worth a word. */
  private static final double SLOWER = 1.15;

  private ComputeType() {}

  /**
   * The compute type, with a note if it is BF16 and slow here.
   *
   * @param asked empty for the faster one
   */
  public static DType of(Console console, Engine engine, Optional<DType> asked) {
    DType type = asked.orElseGet(() -> AutoDType.remembered(engine).type());
    if (type == DType.BF16 && !engine.device().cuda()) {
      double slowdown = AutoDType.slowdown(engine);
      if (slowdown > SLOWER) {
        console.note(
            String.format(
                Locale.ROOT,
                "BF16 takes %.1f times as long as F32 on this processor; --compute f32 is faster.",
                slowdown));
      }
    }
    return type;
  }
}
