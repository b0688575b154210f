package dev.lora4j.bench.flow;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.NetworkWeights;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import java.util.Map;

/** Ours: a prediction of a transformer as one program. */
public final class OurFlowStep implements Contender {
  private final Lora4j lora;
  private final Scope scope;
  private final Network network;
  private final HeldInputs held;
  private final Map<String, Tensor> data;

  /** For a process of its own, with the setting of the text. */
  public OurFlowStep(String text) {
    FlowSetting setting = FlowSetting.of(text);
    int threads = Integer.getInteger("ai.djl.pytorch.num_threads", 1);
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(threads));
    scope = lora.engine().scope("flow-step");
    DenoiserNetwork denoiser = FlowModel.network(setting.folder());
    network =
        Network.compile(
            scope,
            denoiser.component(),
            setting.compute(),
            StagedNetworks.denoiser(denoiser, setting.compute(), AdapterInputs.NONE));
    WeightStore weights =
        NetworkWeights.load(
            scope,
            FlowModel.weights(setting.folder()),
            setting.compute(),
            FlowModel.parameters(denoiser, setting.compute()));
    held = network.hold(scope, weights, Map.of(), Map.of());
    data = FlowInputs.of(scope, denoiser, setting.side(), setting.words());
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

  /** Some numbers of the prediction, from all over it. */
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
