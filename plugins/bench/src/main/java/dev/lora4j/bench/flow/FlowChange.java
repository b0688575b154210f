package dev.lora4j.bench.flow;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Contender;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Case from an adapter's file to the first prediction that it changes.
 *
 * @param route whether our adapter is merged
 */
record FlowChange(FluxFolder sizes, int pixels, DType compute, Route route) implements Case {
  private static final double F32_TOLERANCE = 1e-3;
  private static final double BF16_TOLERANCE = 0.15;

  @Override
  public String name() {
    return "flux-blocks-first-change-"
        + pixels
        + "-"
        + compute.name().toLowerCase(Locale.ROOT)
        + "-"
        + route.name().toLowerCase(Locale.ROOT);
  }

  /** The setting, whose model and adapter are written if need be. */
  FluxSetting setting(Engine engine, Path folder) {
    FluxSetting plain =
        FluxSetting.plain(
            sizes.write(folder, compute), compute, pixels / FlowStep.SCALE, FlowStep.WORDS);
    Path file = folder.resolve("flux-" + sizes.width() + "-adapter.safetensors");
    return plain.with(OurFlowChange.adapter(engine, plain, file));
  }

  /** Setting of both contenders as text: that of the model, and the route. */
  String text(FluxSetting setting) {
    return setting.text() + FluxSetting.SEPARATOR + route.name();
  }

  @Override
  public List<Result> measure(Bench bench) {
    if (!bench.hasPython()) {
      return List.of();
    }
    String setting = text(setting(bench.engine(), bench.folder()));
    Optional<Contender> peer =
        bench.python(FlowStep.class, "flux_step.py", "--inputs", setting, "--mode", "change");
    try (Race race = bench.race(bench.java(OurFlowChange.class, setting))) {
      return race.against(peer, Target.atMost(0.5))
          .run(compute, compute == DType.F32 ? F32_TOLERANCE : BF16_TOLERANCE, Optional.empty());
    }
  }
}
