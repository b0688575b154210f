package dev.lora4j.bench.flow;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.StagedNetworks;
import java.util.Map;

/** Ours: a prediction of a transformer whose weights are in few bits. */
public final class OurFewBits implements Contender {
  private final Lora4j lora;
  private final Scope scope;
  private final Network network;
  private final HeldInputs held;
  private final Map<String, Tensor> data;

  /** For a process of its own, with the setting of the text. */
  public OurFewBits(String text) {
    FluxSetting setting = FluxSetting.of(text);
    int threads = Integer.getInteger("ai.djl.pytorch.num_threads", 1);
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(threads));
    scope = lora.engine().scope("few-bits");
    DiffusionModel model = DiffusionModel.load(scope, setting.folder(), setting.options());
    network =
        Network.compile(
            scope,
            model.denoiser().component(),
            setting.compute(),
            model.denoiserWeights().forms(),
            StagedNetworks.denoiser(model.denoiser(), setting.compute(), AdapterInputs.NONE));
    held = network.hold(scope, model.denoiserWeights(), Map.of(), Map.of());
    data = FlowInputs.of(scope, model.denoiser(), setting.side(), setting.words());
  }

  private float[] step() {
    try (Scope work = scope.child("step")) {
      return network.run(work, held, data).get(0).floats();
    }
  }

  @Override
  public String name() {
    return "lora4j";
  }

  @Override
  public double[] check() {
    return FlowInputs.shown(step());
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::step);
  }

  @Override
  public void close() {
    scope.close();
    lora.close();
  }
}
