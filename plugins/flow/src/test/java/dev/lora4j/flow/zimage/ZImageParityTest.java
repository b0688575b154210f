package dev.lora4j.flow.zimage;

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
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Predictions of the transformer, against diffusers: of texts of several lengths and a picture that
 * is filled up, and of ones whose tokens need no filling.
 */
class ZImageParityTest {
  @ParameterizedTest
  @ValueSource(strings = {"uneven", "even"})
  void predictionsAreThoseOfDiffusers(String name) {
    Path folder = TinyPipeline.ZIMAGE.source().resolve("transformer");
    ZImageTransformer network =
        new ZImageTransformer(
            new ZImageConfigFile(ConfigFile.read(folder.resolve("config.json"))).config());
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
      HostTensor found = HostTensor.of(compiled.run(scope, store, inputs(scope, name)).get(0));
      ZImageGoldens.assertClose(name + ".out", found.doubles());
    }
  }

  /** Inputs of a run of diffusers. */
  static Map<String, Tensor> inputs(Scope scope, String name) {
    return Map.of(
        "x", ZImageGoldens.expected(name + ".latents").on(scope),
        "timesteps", ZImageGoldens.expected(name + ".timestep").on(scope),
        "context", ZImageGoldens.expected(name + ".context").on(scope));
  }
}
