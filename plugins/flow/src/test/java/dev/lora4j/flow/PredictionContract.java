package dev.lora4j.flow;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Contract of transformers: they predict what diffusers' do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class PredictionContract {
  private final GoldenPipeline golden;
  private final Function<ConfigFile, DenoiserNetwork> reader;
  private final Map<String, Path> transformers;

  /**
   * For a family.
   *
   * @param reader makes the network of its configuration
   * @param transformers folders with a configuration and weights, by the name of the prediction
   */
  protected PredictionContract(
      GoldenPipeline golden,
      Function<ConfigFile, DenoiserNetwork> reader,
      Map<String, Path> transformers) {
    this.golden = golden;
    this.reader = reader;
    this.transformers = Map.copyOf(transformers);
  }

  /** Names of the predictions. */
  protected Stream<String> runs() {
    return transformers.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("runs")
  void predictionsAreThoseOfDiffusers(String run) {
    Path folder = transformers.getOrDefault(run, Path.of(""));
    DenoiserNetwork network = reader.apply(ConfigFile.read(folder.resolve("config.json")));
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
          HostTensor.of(compiled.run(scope, store, golden.inputs(scope, run)).get(0));
      golden.assertClose(run + ".out", found.doubles());
    }
  }
}
