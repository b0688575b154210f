package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.CausalNetwork;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters that PEFT saved ({@code src/test/golden/peft_adapters.py}). */
class PeftAdapterTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final Path RESOURCES = Path.of("src/test/resources");

  @TempDir private Path temporary;
  private final Scope scope = ENGINE.scope("peft");
  private final TextModel model =
      TextModel.load(scope, RESOURCES.resolve("models/llama"), DType.F32);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static int[] tokens(Path folder, String name) {
    try (TensorStore store = TensorStore.open(folder.resolve("expected.safetensors"))) {
      TensorInfo info = Optional.ofNullable(store.tensors().get(name)).orElseThrow();
      return Arrays.stream(HostTensor.of(info.dtype(), info.shape(), store.read(name)).doubles())
          .mapToInt(d -> (int) d)
          .toArray();
    }
  }

  private int[] greedy(List<MixPlan> mixes, int which) {
    CausalPrograms programs = new CausalPrograms(scope, model, (CausalNetwork) model.network());
    int[] prompt = tokens(RESOURCES.resolve("models/llama"), "prompt");
    List<GenerationRequest> starts =
        mixes.stream().map(m -> GenerationRequest.greedy(prompt, 40, m)).toList();
    return new TextGenerator(programs).generate(scope, starts).get(which).added();
  }

  private LoadedAdapter read(Path folder) {
    return AdapterFiles.read(folder, model.family(), ReadOptions.STRICT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lora", "rslora", "dora", "patterns"})
  void greedyTextIsThatOfPeft(String name) {
    Path folder = RESOURCES.resolve("adapters").resolve(name);
    Adapter adapter = read(folder).adapter();
    int[] expected = tokens(folder, "greedy");
    assertFalse(Arrays.equals(expected, greedy(List.of(MixPlan.NONE), 0)));
    assertArrayEquals(expected, greedy(List.of(MixPlan.of(adapter, 1)), 0));
    MixPlan inside = MixPlan.of(adapter, 1).route(Route.MERGED);
    assertArrayEquals(expected, greedy(List.of(MixPlan.NONE, inside), 1));
  }

  @Test
  void rowsOfDifferentAdaptersEqualRowsAlone() {
    List<String> names = List.of("lora", "dora", "rslora", "patterns");
    List<MixPlan> mixes =
        names.stream()
            .map(n -> MixPlan.of(read(RESOURCES.resolve("adapters").resolve(n)).adapter(), 1))
            .toList();
    for (int i = 0; i < names.size(); i++) {
      int[] expected = tokens(RESOURCES.resolve("adapters").resolve(names.get(i)), "greedy");
      assertArrayEquals(expected, greedy(mixes, i), names.get(i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lora", "rslora", "dora", "patterns"})
  void writtenAdapterReadsBack(String name) {
    Adapter adapter = read(RESOURCES.resolve("adapters").resolve(name)).adapter();
    Path folder = temporary.resolve(name);
    AdapterOutput.write(
        adapter, model.family(), AdapterWriters.named("peft"), WriteOptions.EXACT, folder);
    assertEquals(adapter.identity(), read(folder).adapter().identity());
  }
}
