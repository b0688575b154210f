package dev.lora4j.text.encode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.model.ClassifierHead;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Decoders with a head for classes against transformers ({@code golden/decoder_classifiers.py}).
 */
class DecoderClassifierTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));

  @TempDir Path temporary;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Path adapter(String name) {
    return GoldenEncoder.RESOURCES.resolve("adapters").resolve(name + "-lora");
  }

  /** Texts of several lengths, some of which end in the token that pads. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2-classes",
        "llama-classes",
        "mistral-classes",
        "qwen2-classes",
        "qwen3-classes",
        "gemma3-classes",
        "smollm3-classes",
        "olmo2-classes",
        "olmo3-classes",
        "phi3-classes",
        "starcoder2-classes",
        "gpt-neox-classes",
        "opt-classes"
      })
  void logitsAreThoseOfTransformers(String name) {
    try (Scope scope = ENGINE.scope("classes")) {
      GoldenEncoder model = new GoldenEncoder(scope, name);
      List<float[]> logits = model.encoding().of(EncoderOutput.LABELS, model.texts());
      close(GoldenEncoder.error(logits, model.reference("logits")));
      EncoderNetwork network = (EncoderNetwork) model.base().network();
      List<String> labels =
          name.startsWith("mistral")
              ? List.of("LABEL_0", "LABEL_1")
              : List.of("good", "bad", "neither");
      assertEquals(labels, network.labels());
      assertEquals("SEQ_CLS", model.base().use().task().orElseThrow());
      assertEquals(List.of(), model.base().notes());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2-classes, UNMERGED",
    "gpt2-classes, MERGED",
    "llama-classes, UNMERGED",
    "llama-classes, MERGED"
  })
  void logitsWithAnAdapterAreThoseOfPeft(String name, Route route) {
    try (Scope scope = ENGINE.scope("adapter")) {
      GoldenEncoder model = new GoldenEncoder(scope, name);
      LoadedAdapter read = AdapterFiles.read(adapter(name), model.base().family());
      assertEquals(0, read.account().ignored().size(), read.account().summary());
      assertEquals(List.of(), read.warnings());
      MixPlan mix = MixPlan.of(read.adapter(), 1).route(route);
      List<EncoderText> texts = model.texts().stream().map(t -> t.with(mix)).toList();
      close(
          GoldenEncoder.error(
              model.encoding().of(EncoderOutput.LABELS, texts),
              GoldenEncoder.numbers(adapter(name).resolve("expected.safetensors"), "logits")));
    }
  }

  /** As a base that was published to go on from texts is taught classes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2",
        "llama",
        "qwen2",
        "granite",
        "olmo2",
        "phi4-mini",
        "gpt-neox",
        "opt-projected"
      })
  void languageModelGetsANewClassHead(String name) {
    try (Scope scope = ENGINE.scope("head")) {
      Path folder = GoldenEncoder.RESOURCES.resolve("models").resolve(name);
      TextModel model = TextModel.load(scope, folder, DType.F32, new ClassifierHead(5, 1));
      assertEquals(List.of("score.weight"), model.started());
      assertEquals(5, ((EncoderNetwork) model.network()).labels().size());
    }
  }

  @Test
  void headOfAnotherProblemTypeIsRefused() throws IOException {
    Path from = GoldenEncoder.RESOURCES.resolve("models/llama-classes");
    String config = Files.readString(from.resolve("config.json"));
    Files.writeString(
        temporary.resolve("config.json"),
        config.replaceFirst("\\{", "{\"problem_type\": \"multi_label_classification\","));
    Files.copy(from.resolve("model.safetensors"), temporary.resolve("model.safetensors"));
    try (Scope scope = ENGINE.scope("problem")) {
      ModelException e =
          assertThrows(ModelException.class, () -> TextModel.load(scope, temporary, DType.F32));
      assertTrue(String.valueOf(e.getMessage()).contains("problem_type"), e.getMessage());
    }
  }

  private Path written(Scope scope, String name) {
    var family = new GoldenEncoder(scope, name).base().family();
    var read = AdapterFiles.read(adapter(name), family);
    return AdapterOutput.write(
            read.adapter(),
            family,
            AdapterWriters.named("peft"),
            WriteOptions.EXACT,
            temporary.resolve("written"))
        .path();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-classes", "llama-classes"})
  void writtenAdapterReadsBack(String name) throws IOException {
    try (Scope scope = ENGINE.scope("written")) {
      var family = new GoldenEncoder(scope, name).base().family();
      Path written = written(scope, name);
      assertEquals(
          AdapterFiles.read(adapter(name), family).adapter().identity(),
          AdapterFiles.read(written, family).adapter().identity());
      String config = Files.readString(written.resolve("adapter_config.json"));
      assertTrue(config.replaceAll("\\s", "").contains("\"modules_to_save\":[\"score\"]"), config);
    }
  }

  /** Needs {@code -Dlora4j.python=} with the packages of {@code src/test/golden}. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2-classes", "llama-classes"})
  @Tag("python")
  void peftLoadsTheWrittenAdapter(String name) throws IOException, InterruptedException {
    try (Scope scope = ENGINE.scope("written")) {
      Process python =
          new ProcessBuilder(
                  System.getProperty("lora4j.python", "python3"),
                  "src/test/golden/decoder_classifiers.py",
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

  private static void close(double error) {
    assertTrue(error <= 1e-5, "off by " + error + " of its scale");
  }
}
