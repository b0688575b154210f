package dev.lora4j.bench.flow;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Case of a step of training a LoRA, beside diffusers with peft. */
record FlowTraining(FluxFolder sizes, int pixels, DType compute) implements Case {
  /** Losses and norms of the first steps, as a share of the greatest. */
  private static final double F32_TOLERANCE = 1e-3;

  private static final double BF16_TOLERANCE = 0.1;

  @Override
  public String name() {
    return "flux-blocks-training-" + pixels + "-" + compute.name().toLowerCase(Locale.ROOT);
  }

  /** The setting, whose model is written if need be. */
  FluxSetting setting(Path folder) {
    Path inputs = folder.resolve("flux-training-" + sizes.width() + "-" + compute + ".safetensors");
    return FluxSetting.plain(
            sizes.write(folder, compute), compute, pixels / FlowStep.SCALE, FlowStep.WORDS)
        .with(inputs);
  }

  @Override
  public List<Result> measure(Bench bench) {
    if (!bench.hasPython()) {
      return List.of();
    }
    FluxSetting setting = setting(bench.folder());
    double tolerance = compute == DType.F32 ? F32_TOLERANCE : BF16_TOLERANCE;
    // Ours writes what the peer reads.
    try (Race race = bench.race(bench.java(OurFlowTraining.class, setting.text()))) {
      return race.against(
              bench.python(
                  FlowStep.class, "flux_step.py", "--inputs", setting.text(), "--mode", "training"),
              Target.atMost(1))
          .run(compute, tolerance, Optional.empty());
    }
  }
}
