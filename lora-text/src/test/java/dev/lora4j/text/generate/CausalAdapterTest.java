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
import org.junit.jupiter.params.provider.EnumSource;

/** Adapters of GPT-2 against PEFT ({@code src/test/golden/peft_causal.py}). */
class CausalAdapterTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path FOLDER = RESOURCES.resolve("adapters/gpt2-lora");

  @TempDir Path temporary;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static TextModel gpt2(Scope scope) {
    return TextModel.load(scope, RESOURCES.resolve("models/gpt2"), DType.F32);
  }

  /** A head that has the table of the embedding does not follow an adapter of the embedding. */
  @ParameterizedTest
  @EnumSource(
      value = Route.class,
      names = {"UNMERGED", "MERGED"})
  void logitsAreThoseOfPeft(Route route) {
    try (Scope scope = ENGINE.scope("adapter");
        TensorStore expected = TensorStore.open(FOLDER.resolve("expected.safetensors"))) {
      TextModel base = gpt2(scope);
      LoadedAdapter read = AdapterFiles.read(FOLDER, base.family());
      assertEquals(0, read.account().ignored().size());
      MixPlan plan = MixPlan.of(read.adapter(), 1).route(route);
      close(tensor(expected, "logits"), logits(scope, base, tensor(expected, "ids"), plan));
    }
  }

  @Test
  void writtenAdapterRecordsTransposedWeights() throws IOException {
    try (Scope scope = ENGINE.scope("written")) {
      Path folder = written(scope);
      Family family = gpt2(scope).family();
      assertEquals(
          AdapterFiles.read(FOLDER, family).adapter().identity(),
          AdapterFiles.read(folder, family).adapter().identity());
      String config = Files.readString(folder.resolve("adapter_config.json"));
      assertTrue(config.contains("\"fan_in_fan_out\": true"), config);
    }
  }

  /** Needs {@code -Dlora4j.python=} with the packages of {@code src/test/golden}. */
  @Test
  @Tag("python")
  void peftLoadsTheWrittenAdapterWithoutWarning() throws IOException, InterruptedException {
    try (Scope scope = ENGINE.scope("written")) {
      Process python =
          new ProcessBuilder(
                  System.getProperty("lora4j.python", "python3"),
                  "src/test/golden/peft_causal.py",
                  "check",
                  written(scope).toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, python.waitFor());
      assertTrue(Double.parseDouble(said.strip()) <= 1e-6, said);
    }
  }

  private Path written(Scope scope) {
    Family family = gpt2(scope).family();
    Adapter adapter = AdapterFiles.read(FOLDER, family).adapter();
    AdapterWriter peft = AdapterWriters.named("peft");
    return AdapterOutput.write(
            adapter, family, peft, WriteOptions.EXACT, temporary.resolve("written"))
        .path();
  }

  /** With weights as [in, out], and a head that no longer has the embedding's table. */
  @Test
  void mergedModelEqualsTheModelWithAdapter() throws IOException {
    try (Scope scope = ENGINE.scope("merged");
        TensorStore expected = TensorStore.open(FOLDER.resolve("expected.safetensors"))) {
      TextModel base = gpt2(scope);
      Adapter adapter = AdapterFiles.read(FOLDER, base.family()).adapter();
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
      TextModelWriter.write(gpt2(scope), Map.of(), DType.F32, written);
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
