package dev.lora4j.text.encode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.model.ClassifierHead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LoRA with a new head, as PEFT trains classifiers ({@code golden/encoder_models.py}). */
class EncoderAdapterTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));

  @TempDir Path temporary;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Path folder(String name) {
    return GoldenEncoder.RESOURCES.resolve("adapters").resolve(name + "-lora");
  }

  private static double[] logits(String name) {
    return GoldenEncoder.numbers(folder(name).resolve("expected.safetensors"), "logits");
  }

  private static List<EncoderText> with(MixPlan mix, List<EncoderText> texts) {
    return texts.stream().map(t -> t.with(mix)).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "bert, UNMERGED",
    "bert, MERGED",
    "roberta, UNMERGED",
    "roberta, MERGED",
    "distilbert, UNMERGED",
    "distilbert, MERGED",
    "electra, UNMERGED",
    "electra, MERGED",
    "modernbert, UNMERGED",
    "modernbert, MERGED",
    "albert, UNMERGED",
    "albert, MERGED",
    "deberta, UNMERGED",
    "deberta, MERGED"
  })
  void logitsAreThoseOfPeft(String name, Route route) {
    try (Scope scope = ENGINE.scope("adapter")) {
      GoldenEncoder model = new GoldenEncoder(scope, name);
      LoadedAdapter read = AdapterFiles.read(folder(name), model.base().family());
      assertEquals(0, read.account().ignored().size(), read.account().summary());
      MixPlan mix = MixPlan.of(read.adapter(), 1).route(route);
      close(
          GoldenEncoder.error(
              model.encoding().of(EncoderOutput.LABELS, with(mix, model.texts())), logits(name)));
    }
  }

  /** What the head of the base is does not matter where the adapter brings one. */
  @Test
  void adapterBringsTheHeadOfItsBase() {
    try (Scope scope = ENGINE.scope("adapter")) {
      GoldenEncoder model = new GoldenEncoder(scope, "roberta", new ClassifierHead(3, 5));
      LoadedAdapter read = AdapterFiles.read(folder("roberta"), model.base().family());
      MixPlan mix = MixPlan.of(read.adapter(), 1);
      close(
          GoldenEncoder.error(
              model.encoding().of(EncoderOutput.LABELS, with(mix, model.texts())),
              logits("roberta")));
    }
  }

  /** Texts with and without adapters, inside and beside the weights. */
  @ParameterizedTest
  @ValueSource(
      strings = {"bert", "roberta", "distilbert", "electra", "modernbert", "albert", "deberta"})
  void textsOfABatchHaveTheirOwnAdapters(String name) {
    try (Scope scope = ENGINE.scope("adapter")) {
      GoldenEncoder model = new GoldenEncoder(scope, name);
      LoadedAdapter read = AdapterFiles.read(folder(name), model.base().family());
      List<MixPlan> plans =
          List.of(
              MixPlan.NONE,
              MixPlan.of(read.adapter(), 1),
              MixPlan.of(read.adapter(), 0.5).route(Route.MERGED));
      List<EncoderText> mixed = new ArrayList<>();
      for (int row = 0; row < 3; row++) {
        mixed.add(model.texts().get(row).with(plans.get(row)));
      }
      List<float[]> together = model.encoding().of(EncoderOutput.LABELS, mixed);
      for (int row = 0; row < 3; row++) {
        float[] alone = model.encoding().of(EncoderOutput.LABELS, List.of(mixed.get(row))).get(0);
        for (int i = 0; i < alone.length; i++) {
          assertEquals(alone[i], together.get(row)[i], 1e-5 * Math.max(1, Math.abs(alone[i])));
        }
      }
    }
  }

  /** A model without a head calls its layers otherwise than one with a head. */
  @Test
  void classifierAdapterFindsTheLayersOfPlainModels() throws IOException {
    try (Scope scope = ENGINE.scope("adapter")) {
      Family plain = new GoldenEncoder(scope, "bert-plain").base().family();
      LoadedAdapter read = AdapterFiles.read(folder("bert"), plain);
      assertEquals(22, read.account().used().size());
      assertEquals(2, read.replacements().size());
      assertTrue(
          read.adapter().sites().containsKey("lm.encoder.layer.0.attention.self.query"),
          read.adapter().sites().keySet().toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bert", "roberta", "distilbert", "electra", "modernbert", "albert", "deberta"})
  void writtenAdapterReadsBack(String name) {
    try (Scope scope = ENGINE.scope("written")) {
      Family family = new GoldenEncoder(scope, name).base().family();
      assertEquals(
          AdapterFiles.read(folder(name), family).adapter().identity(),
          AdapterFiles.read(written(scope, name), family).adapter().identity());
    }
  }

  /** Needs {@code -Dlora4j.python=} with the packages of {@code src/test/golden}. */
  @ParameterizedTest
  @ValueSource(
      strings = {"bert", "roberta", "distilbert", "electra", "modernbert", "albert", "deberta"})
  @Tag("python")
  void peftLoadsTheWrittenAdapter(String name) throws IOException, InterruptedException {
    try (Scope scope = ENGINE.scope("written")) {
      Process python =
          new ProcessBuilder(
                  System.getProperty("lora4j.python", "python3"),
                  "src/test/golden/encoder_models.py",
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
    Family family = new GoldenEncoder(scope, name).base().family();
    LoadedAdapter read = AdapterFiles.read(folder(name), family);
    AdapterWriter peft = AdapterWriters.named("peft");
    Path path = temporary.resolve("written");
    return AdapterOutput.write(read.adapter(), family, peft, WriteOptions.EXACT, path).path();
  }

  private static void close(double error) {
    assertTrue(error <= 1e-5, "off by " + error + " of its scale");
  }
}
