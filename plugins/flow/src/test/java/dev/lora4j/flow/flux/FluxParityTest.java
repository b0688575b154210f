package dev.lora4j.flow.flux;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.flow.TinyPipeline;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Predictions of the transformers of FLUX.1 [dev] and [schnell], against diffusers. */
class FluxParityTest {
  @ParameterizedTest
  @ValueSource(strings = {"dev", "schnell"})
  void predictionsAreThoseOfDiffusers(String name) {
    boolean guided = name.equals("dev");
    Path folder = guided ? TinyPipeline.FLUX.source().resolve("transformer") : FluxGoldens.SCHNELL;
    FluxTransformer network =
        new FluxTransformer(
            new FluxConfigFile(ConfigFile.read(folder.resolve("config.json"))).config());
    Path weights = folder.resolve("diffusion_pytorch_model.safetensors");
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(1));
        Scope scope = engine.scope("parity");
        Safetensors file = Safetensors.open(weights)) {
      WeightStore store =
          WeightStore.load(scope, file, StoredWeight.all(file.tensors()), DType.F32);
      Network compiled =
          Network.compile(
              scope,
              network.component(),
              DType.F32,
              StagedNetworks.denoiser(network, DType.F32, AdapterInputs.NONE));
      HostTensor found =
          HostTensor.of(compiled.run(scope, store, inputs(scope, name, guided)).get(0));
      FluxGoldens.assertClose(name + ".out", found.doubles());
    }
  }

  /** Inputs of a run of diffusers. */
  static Map<String, Tensor> inputs(Scope scope, String name, boolean guided) {
    Map<String, Tensor> data = new HashMap<>();
    data.put("x", FluxGoldens.expected(name + ".latents").on(scope));
    data.put("timesteps", FluxGoldens.expected(name + ".timestep").on(scope));
    data.put("context", FluxGoldens.expected(name + ".encoder_hidden_states").on(scope));
    data.put("pooled", FluxGoldens.expected(name + ".pooled_projections").on(scope));
    if (guided) {
      data.put(StagedNetworks.GUIDANCE, FluxGoldens.expected(name + ".guidance").on(scope));
    }
    return data;
  }
}
