package dev.lora4j.bench.flow;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Contender;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Case of a prediction with weights in few bits, computed in BF16.
 *
 * @param bits {@code nf4}, {@code fp8}, {@code q8_0} or {@code q4_k}
 * @param tolerance how far the two may be apart, whose roundings may differ
 */
record PackedPrediction(FluxFolder sizes, int pixels, String bits, double tolerance)
    implements Case {
  @Override
  public String name() {
    return "flux-blocks-" + pixels + "-" + bits;
  }

  /** The setting, whose files are written if need be. */
  FluxSetting setting(Path folder) {
    FluxSetting plain =
        FluxSetting.plain(
            sizes.write(folder, DType.BF16), DType.BF16, pixels / FlowStep.SCALE, FlowStep.WORDS);
    if (!bits.startsWith("q")) {
      return plain.in(bits);
    }
    Path gguf = folder.resolve("flux-" + sizes.width() + "-" + bits + ".gguf");
    PackedFlux.Type type = PackedFlux.Type.valueOf(bits.toUpperCase(Locale.ROOT));
    return plain.packed(PackedFlux.write(gguf, sizes, type));
  }

  @Override
  public List<Result> measure(Bench bench) {
    if (!bench.hasPython()) {
      return List.of();
    }
    FluxSetting setting = setting(bench.folder());
    Optional<Contender> peer =
        bench.python(
            FlowStep.class, "flux_step.py", "--inputs", setting.text(), "--mode", "prediction");
    try (Race race = bench.race(bench.java(OurFewBits.class, setting.text()))) {
      return race.against(peer, Target.atMost(1)).run(DType.BF16, tolerance, Optional.empty());
    }
  }
}
