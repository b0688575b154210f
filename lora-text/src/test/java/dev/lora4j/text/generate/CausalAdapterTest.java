package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelWriter;
import dev.lora4j.text.network.TokenInputs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters of models of all families against PEFT ({@code src/test/golden/peft_causal.py}). */
class CausalAdapterTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final Path RESOURCES = Path.of("src/test/resources");

  @TempDir Path temporary;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static TextModel model(Scope scope, String name) {
    return TextModel.load(scope, RESOURCES.resolve("models").resolve(name), DType.F32);
  }

  private static Path adapter(String name) {
    return RESOURCES.resolve("adapters").resolve(name + "-lora");
  }

  private static TensorStore expected(String name) {
    return TensorStore.open(adapter(name).resolve("expected.safetensors"));
  }

  /** A head that has the table of the embedding does not follow an adapter of the embedding. */
  @ParameterizedTest
  @CsvSource({
    "gpt2,UNMERGED",
    "gpt2,MERGED",
    "gemma3,UNMERGED",
    "gemma3,MERGED",
    "smollm3,UNMERGED",
    "smollm3,MERGED",
    "granite,UNMERGED",
    "granite,MERGED",
    "olmo3,UNMERGED",
    "olmo3,MERGED",
    "starcoder2,UNMERGED",
    "starcoder2,MERGED",
    "gpt-neox,UNMERGED",
    "gpt-neox,MERGED",
    "gpt-neox-serial,UNMERGED",
    "opt,UNMERGED",
    "opt,MERGED",
    "opt-projected,UNMERGED",
    "phi4-mini,UNMERGED",
    "phi4-mini,MERGED"
  })
  void logitsAreThoseOfPeft(String name, Route route) {
    try (Scope scope = ENGINE.scope("adapter");
        TensorStore expected = expected(name)) {
      TextModel base = model(scope, name);
      LoadedAdapter read = AdapterFiles.read(adapter(name), base.family());
      assertEquals(0, read.account().ignored().size());
      MixPlan plan = MixPlan.of(read.adapter(), 1).route(route);
      close(tensor(expected, "logits"), logits(scope, base, tensor(expected, "ids"), plan));
    }
  }

  @Test
  void writtenAdapterRecordsTransposedWeights() throws IOException {
    try (Scope scope = ENGINE.scope("written")) {
      Path folder = written(scope, "gpt2");
      Family family = model(scope, "gpt2").family();
      assertEquals(
          AdapterFiles.read(adapter("gpt2"), family).adapter().identity(),
          AdapterFiles.read(folder, family).adapter().identity());
      String config = Files.readString(folder.resolve("adapter_config.json"));
      assertTrue(config.contains("\"fan_in_fan_out\": true"), config);
    }
  }

  /** Needs {@code -Dlora4j.python=} with the packages of {@code src/test/golden}. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "gemma3", "smollm3", "phi4-mini", "gpt-neox-serial", "opt"})
  @Tag("python")
  void peftLoadsTheWrittenAdapterWithoutWarning(String name)
      throws IOException, InterruptedException {
    try (Scope scope = ENGINE.scope("written")) {
      Process python =
          new ProcessBuilder(
                  System.getProperty("lora4j.python", "python3"),
                  "src/test/golden/peft_causal.py",
                  "check",
                  name,
                  written(scope, name).toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, python.waitFor());
      assertTrue(Double.parseDouble(said.strip()) <= 1e-6, said);
    }
  }

  private Path written(Scope scope, String name) {
    Family family = model(scope, name).family();
    Adapter adapter = AdapterFiles.read(adapter(name), family).adapter();
    AdapterWriter peft = AdapterWriters.named("peft");
    return AdapterOutput.write(
            adapter, family, peft, WriteOptions.EXACT, temporary.resolve("written"))
        .path();
  }

  /** With weights as [in, out], and a head that no longer has the embedding's table. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "gemma3", "smollm3", "phi4-mini", "gpt-neox-serial", "opt"})
  void mergedModelEqualsTheModelWithAdapter(String name) throws IOException {
    try (Scope scope = ENGINE.scope("merged");
        TensorStore expected = expected(name)) {
      TextModel base = model(scope, name);
      Adapter adapter = AdapterFiles.read(adapter(name), base.family()).adapter();
      MixPlan plan = MixPlan.of(adapter, 1).route(Route.MERGED);
      Path merged = temporary.resolve("merged");
      Map<String, Tensor> changed =
          new BatchMix(List.of(plan), base.sites(), TextModel.MODEL)
              .mergedSites(scope, new MergedParameter(scope), base.weights(), 0)
              .at(plan.at(0, 1));
      TextModelWriter.write(base, changed, DType.F32, merged);
      assertTrue(
          Files.readString(merged.resolve("config.json"))
              .contains("\"tie_word_embeddings\": false"));
      TextModel read = TextModel.load(scope, merged, DType.F32);
      HostTensor ids = tensor(expected, "ids");
      close(tensor(expected, "logits"), logits(scope, read, ids, MixPlan.NONE));
    }
  }

  @Test
  void modelWrittenUnchangedHasTheSameTensors() throws IOException {
    try (Scope scope = ENGINE.scope("same")) {
      Path written = temporary.resolve("same");
      TextModelWriter.write(model(scope, "gpt2"), Map.of(), DType.F32, written);
      try (TensorStore before =
              TensorStore.open(RESOURCES.resolve("models/gpt2/model.safetensors"));
          TensorStore after = TensorStore.open(written.resolve("model.safetensors"))) {
        assertEquals(before.tensors().keySet(), after.tensors().keySet());
        for (String name : before.tensors().keySet()) {
          assertEquals(tensor(before, name), tensor(after, name), name);
        }
      }
    }
  }

  private static HostTensor tensor(TensorStore store, String name) {
    TensorInfo info = Optional.ofNullable(store.tensors().get(name)).orElseThrow();
    return HostTensor.of(info.dtype(), info.shape(), store.read(name));
  }

  private static void close(HostTensor expected, double[] found) {
    double[] logits = expected.doubles();
    double scale = Arrays.stream(logits).map(Math::abs).max().orElse(0);
    double worst =
        IntStream.range(0, found.length)
            .mapToDouble(i -> Math.abs(found[i] - logits[i]))
            .max()
            .orElse(1);
    assertTrue(worst <= 1e-5 * scale, "off by " + worst + " of " + scale);
  }

  private static double[] logits(Scope scope, TextModel base, HostTensor ids, MixPlan plan) {
    long[] positions = IntStream.range(0, 24).mapToLong(i -> i % 12).toArray();
    Map<String, Tensor> inputs =
        Map.of(
            TokenInputs.IDS,
            ids.on(scope),
            TokenInputs.POSITIONS,
            Tensor.ofLongs(scope, ids.shape(), positions));
    return AdaptedLogits.of(scope, base, plan, 2, inputs).doubles();
  }
}
