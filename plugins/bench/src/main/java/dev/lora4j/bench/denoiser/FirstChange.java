package dev.lora4j.bench.denoiser;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MergedSites;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import java.util.Map;

/** Ours: from an adapter's file to the first step of a loaded base that is another by it. */
public final class FirstChange implements Contender {
  private static final String MODEL = "unet";

  private final Lora4j lora;
  private final Scope scope;
  private final StepSetting setting;
  private final LoadedDenoiser base;
  private final Network network;
  private final MergedParameter patch;
  private final Map<String, Tensor> data;

  /** For a process of its own, with the setting of the text. */
  public FirstChange(String text) {
    lora =
        Lora4j.open(
            EngineOptions.DEFAULT.threads(Integer.getInteger("ai.djl.pytorch.num_threads", 1)));
    setting = StepSetting.of(text);
    scope = lora.engine().scope("first-change");
    base = LoadedDenoiser.of(scope, setting.folder(), setting.compute());
    network =
        Network.compile(
            scope,
            MODEL,
            setting.compute(),
            StagedNetworks.denoiser(base.network(), setting.compute(), AdapterInputs.NONE));
    patch = new MergedParameter(scope);
    data = StepData.of(scope, base.network(), setting);
    step(MixPlan.NONE); // the base is loaded, and has been used
  }

  private float[] step(MixPlan plan) {
    try (Scope work = scope.child("step")) {
      MergedSites sites =
          new MergedSites(
              work,
              patch,
              base.weights(),
              base.sites(),
              MODEL,
              UnmergedAdapters.touched(plan, MODEL),
              plan);
      HeldInputs held = network.hold(work, base.weights(), sites.at(plan.overall(MODEL)), Map.of());
      return network.run(work, held, data).get(0).floats();
    }
  }

  @Override
  public String name() {
    return "lora4j";
  }

  @Override
  public double[] check() {
    return StepData.shown(step(StepAdapters.read(base, setting.adapters())));
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, () -> step(StepAdapters.read(base, setting.adapters())));
  }

  @Override
  public void close() {
    scope.close();
    lora.close();
  }
}
