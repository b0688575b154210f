package dev.lora4j.text.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.TextEncoderFamily;
import dev.lora4j.core.model.text.TextEncoderInputs;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extensions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Encoders of prompts against transformers ({@code golden/prompt_encoders.py}). */
class PromptEncoderParityTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path EXPECTED = RESOURCES.resolve("prompt-encoders.safetensors");
  private static final double CLOSE = 1e-5;

  private static TextEncoderNetwork network(String name) {
    Path config = RESOURCES.resolve("models").resolve(name).resolve("config.json");
    ConfigFile read = ConfigFile.read(config);
    List<TextEncoderFamily> knowing =
        Extensions.installed().shared(TextEncoderFamily.class).values().stream()
            .filter(family -> family.recognises(read))
            .toList();
    assertEquals(1, knowing.size(), name);
    return knowing.get(0).network(read);
  }

  private static Network.Staging staging(TextEncoderNetwork network, HiddenLayer view) {
    return (graph, weights) -> {
      Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
      TextEncoderInputs ids = TextEncoderInputs.of(graph.input("ids", DType.I64, any));
      return List.of(
          network.stage(weights.apply(SiteAdapters.NONE), ids, DType.F32, view).hidden());
    };
  }

  private static HostTensor reference(Safetensors file, String name) {
    var info = Optional.ofNullable(file.tensors().get(name)).orElseThrow();
    return HostTensor.of(info.dtype(), info.shape(), file.read(name));
  }

  @ParameterizedTest
  @CsvSource({"t5", "flan-t5", "mt5", "umt5", "qwen2", "qwen3"})
  void hiddenStatesAreThoseOfTransformers(String name) {
    TextEncoderNetwork network = network(name);
    Path weights = RESOURCES.resolve("models").resolve(name).resolve("model.safetensors");
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(1));
        Scope scope = engine.scope("prompts");
        Safetensors expected = Safetensors.open(EXPECTED);
        Safetensors file = Safetensors.open(weights)) {
      WeightStore store =
          WeightStore.load(scope, file, StoredWeight.all(file.tensors()), DType.F32);
      HostTensor ids = reference(expected, name + "/ids");
      Map<String, HiddenLayer> views =
          Map.of("last", HiddenLayer.LAST, "skip1", new HiddenLayer(1, false));
      views.forEach(
          (output, view) -> {
            Network compiled =
                Network.compile(scope, "text_encoder", DType.F32, staging(network, view));
            HostTensor found =
                HostTensor.of(compiled.run(scope, store, Map.of("ids", ids.on(scope))).get(0));
            requireClose(reference(expected, name + "/" + output), found, name + " " + output);
          });
    }
  }

  /** Padding sees the text alone. */
  @ParameterizedTest
  @CsvSource({"qwen2", "qwen3"})
  void nothingSeesPaddingWhereTextsEnd(String name) {
    TextEncoderNetwork network = network(name);
    assertTrue(network.masksPadding());
    Path weights = RESOURCES.resolve("models").resolve(name).resolve("model.safetensors");
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(1));
        Scope scope = engine.scope("prompts");
        Safetensors expected = Safetensors.open(EXPECTED);
        Safetensors file = Safetensors.open(weights)) {
      WeightStore store =
          WeightStore.load(scope, file, StoredWeight.all(file.tensors()), DType.F32);
      Network compiled =
          Network.compile(
              scope,
              "text_encoder",
              DType.F32,
              (graph, at) -> {
                Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
                TextEncoderInputs texts =
                    new TextEncoderInputs(
                        graph.input("ids", DType.I64, any),
                        Optional.of(graph.input("end", DType.I64, Shape.of(Shape.UNKNOWN))),
                        Optional.empty());
                return List.of(
                    network
                        .stage(at.apply(SiteAdapters.NONE), texts, DType.F32, HiddenLayer.LAST)
                        .hidden());
              });
      Tensor ids = reference(expected, name + "/ids").on(scope);
      Tensor ends = Tensor.ofLongs(scope, Shape.of(2), new long[] {15, 8});
      HostTensor found =
          HostTensor.of(compiled.run(scope, store, Map.of("ids", ids, "end", ends)).get(0));
      requireClose(reference(expected, name + "/masked"), found, name);
    }
  }

  private static void requireClose(HostTensor expected, HostTensor found, String label) {
    assertEquals(expected.shape(), found.shape(), label);
    double[] reference = expected.doubles();
    double[] mine = found.doubles();
    double scale = Arrays.stream(reference).map(Math::abs).max().orElse(0);
    double worst = 0;
    for (int i = 0; i < mine.length; i++) {
      worst = Math.max(worst, Math.abs(mine[i] - reference[i]));
    }
    assertTrue(worst <= CLOSE * scale, label + " differs by " + worst / scale);
  }

  /** The level {@code model} may be missing, as a model without a head is saved without it. */
  @Test
  void decodersAreReadWithAndWithoutTheirLevel() {
    List<Parameter> parameters =
        Network.parameters(DType.F32, staging(network("qwen2"), HiddenLayer.LAST));
    Set<String> bare = Set.of("norm.weight", "layers.0.self_attn.q_proj.bias");
    for (String name : bare) {
      assertTrue(
          parameters.stream().anyMatch(p -> network("qwen2").names(p.name()).contains(name)), name);
    }
  }

  @Test
  void viewsWithoutALayerAreRefused() {
    HiddenLayer none = new HiddenLayer(3, false);
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Network.parameters(DType.F32, staging(network("t5"), none)));
    assertTrue(e.getMessage().contains("of 3 layers"), e.getMessage());
  }
}
