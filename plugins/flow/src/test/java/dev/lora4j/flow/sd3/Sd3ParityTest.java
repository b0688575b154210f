package dev.lora4j.flow.sd3;

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
import dev.lora4j.flow.Goldens;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Predictions of the transformers of Stable Diffusion 3, 3.5 Medium and Large, against diffusers.
 */
class Sd3ParityTest {
  private static final Map<String, String> INPUTS =
      Map.of(
          "x", "hidden_states",
          "timesteps", "timestep",
          "context", "encoder_hidden_states",
          "pooled", "pooled_projections");

  private static Path folder(String name) {
    return name.equals("sd35m")
        ? Goldens.PIPELINE.resolve("transformer")
        : Goldens.RESOURCES.resolve("transformers").resolve(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd3", "sd35m", "sd35l"})
  void predictionsAreThoseOfDiffusers(String name) {
    Path folder = folder(name);
    Sd3Transformer network =
        new Sd3Transformer(
            new Sd3ConfigFile(ConfigFile.read(folder.resolve("config.json"))).config());
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
      Map<String, Tensor> data = new HashMap<>();
      INPUTS.forEach(
          (ours, theirs) -> data.put(ours, Goldens.expected(name + "." + theirs).on(scope)));
      HostTensor found = HostTensor.of(compiled.run(scope, store, data).get(0));
      Goldens.assertClose(name + ".out", found.doubles(), 1e-5);
    }
  }
}
