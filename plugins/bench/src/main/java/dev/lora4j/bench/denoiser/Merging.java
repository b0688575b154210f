package dev.lora4j.bench.denoiser;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MergedSites;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.Map;

/** Ours: merging adapters that are already in memory. */
final class Merging implements Contender {
  private static final String MODEL = "unet";

  private final Scope scope;
  private final LoadedDenoiser base;
  private final MixPlan plan;
  private final MergedParameter patch;

  Merging(Engine engine, StepSetting setting) {
    scope = engine.scope("patching");
    base = LoadedDenoiser.of(scope, setting.folder(), setting.compute());
    plan = StepAdapters.read(base, setting.adapters());
    patch = new MergedParameter(scope);
  }

  @Override
  public String name() {
    return "lora4j";
  }

  /** Bytes of the new weights. */
  @Override
  public double[] check() {
    try (Scope work = scope.child("check")) {
      double bytes = 0;
      for (Tensor tensor : patched(work).values()) {
        bytes += tensor.dtype().bytes(tensor.shape().elements());
      }
      return new double[] {bytes};
    }
  }

  private Map<String, Tensor> patched(Scope work) {
    return new MergedSites(
            work,
            patch,
            base.weights(),
            base.sites(),
            MODEL,
            UnmergedAdapters.touched(plan, MODEL),
            plan)
        .at(plan.overall(MODEL));
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(
        units,
        () -> {
          try (Scope work = scope.child("unit")) {
            patched(work);
          }
        });
  }

  @Override
  public void close() {
    scope.close();
  }
}
