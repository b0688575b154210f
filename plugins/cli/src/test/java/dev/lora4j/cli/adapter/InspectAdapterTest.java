package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What inspect says of adapters. */
class InspectAdapterTest {
  private static final String QUERY =
      "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";
  private static final String WORDS = "lora_te_text_model_encoder_layers_0_mlp_fc1";
  private static final int ENTRIES = 30;

  @TempDir Path folder;

  private Path adapter = Path.of("");

  /** A LoRA for two models, with more metadata than anybody reads. */
  @BeforeEach
  void write() {
    adapter = folder.resolve("a.safetensors");
    Map<String, String> metadata = new LinkedHashMap<>();
    for (int i = 0; i < ENTRIES; i++) {
      metadata.put("entry " + i, "x".repeat(1000));
    }
    metadata.put("ss_steps", "77");
    metadata.put("ss_network_dim", "1");
    metadata.put("ss_output_name", "fox");
    metadata.put("modelspec.trigger_phrase", "a fox");
    SafetensorsWriter writer = new SafetensorsWriter().metadata(metadata);
    lora(writer, QUERY, 320, 320);
    lora(writer, WORDS, 768, 3072);
    writer.write(adapter);
  }

  private static void lora(SafetensorsWriter writer, String layer, int in, int out) {
    add(writer, layer + ".lora_down.weight", 1, in);
    add(writer, layer + ".lora_up.weight", out, 1);
  }

  private static void add(SafetensorsWriter writer, String key, int... shape) {
    float[] values = new float[shape[0] * shape[1]];
    Arrays.fill(values, 0.5f);
    HostTensor tensor = HostTensor.of(Shape.of(shape[0], shape[1]), values);
    writer.add(key, tensor.dtype(), tensor.shape(), tensor.bytes());
  }

  private static List<String> metadata(Run run) {
    List<String> lines = run.out().lines().toList();
    int title = lines.indexOf("Metadata:");
    assertTrue(title > 0, run.out());
    return lines.subList(title + 1, lines.size()).stream()
        .takeWhile(line -> line.startsWith("  "))
        .toList();
  }

  /** Raw state of PEFT, which no name of a tensor gives away, and whose values are all lost. */
  @Test
  void nonFiniteValuesAreCountedInAllLayers() {
    Path lost = folder.resolve("lost.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String layer : List.of("model.layers.0.q_proj", "model.layers.1.q_proj")) {
      for (String key : List.of(".lora_A.default.weight", ".lora_B.default.weight")) {
        HostTensor tensor =
            HostTensor.of(Shape.of(2, 2), Float.NaN, Float.NaN, Float.POSITIVE_INFINITY, Float.NaN);
        writer.add(layer + key, tensor.dtype(), tensor.shape(), tensor.bytes());
      }
    }
    writer.write(lost);
    Run run = Run.of("inspect", lost);
    assertEquals(1, run.code(), run.out() + run.err());
    assertTrue(run.out().contains("16 values in 2 layers"), run.out());
    assertTrue(run.out().contains("Cannot be used: "), run.out());
    assertTrue(run.out().contains("all 2 layers are not finite"), run.out());
    JsonObject told = Run.of("inspect", lost, "--json").json();
    assertEquals(16, told.getAsJsonObject("not_finite").get("values").getAsInt());
    assertEquals(2, told.getAsJsonObject("not_finite").getAsJsonArray("layers").size());
    assertFalse(told.get("usable").getAsBoolean());
    Run convert =
        Run.of("convert", lost, folder.resolve("x.safetensors"), "--to=kohya", "--allow-partial");
    assertEquals(1, convert.code(), convert.out());
    assertTrue(convert.err().contains("are not finite"), convert.err());
  }

  @Test
  void aFolderOfMlxIsReadAndConverted() throws IOException {
    Path mlx = Files.createDirectories(folder.resolve("mlx"));
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, "model.layers.0.self_attn.q_proj.lora_a", 4, 2);
    add(writer, "model.layers.0.self_attn.q_proj.lora_b", 2, 6);
    writer.write(mlx.resolve("adapters.safetensors"));
    Files.writeString(
        mlx.resolve("adapter_config.json"),
        "{\"lora_parameters\": {\"rank\": 2, \"scale\": 20.0}}");
    Run run = Run.of("inspect", mlx);
    assertEquals(0, run.code(), run.out() + run.err());
    assertTrue(run.out().contains("Dialects: mlx"), run.out());
    Path peft = folder.resolve("peft");
    Run converted = Run.of("convert", mlx, peft, "--to=peft");
    assertEquals(0, converted.code(), converted.err());
    String config = Files.readString(peft.resolve("adapter_config.json"));
    assertTrue(config.contains("\"lora_alpha\": 40"), config);
  }

  @Test
  void metadataIsAbbreviatedUnlessAllIsSet() {
    Run run = Run.of("inspect", adapter);
    assertEquals(0, run.code(), run.err());
    List<String> shown = metadata(run);
    assertEquals(13, shown.size(), run.out());
    assertEquals(
        List.of("  name: fox", "  trigger phrase: a fox", "  rank: 1", "  steps: 77"),
        shown.subList(0, 4));
    assertTrue(shown.get(4).endsWith("(1000 characters)") && shown.get(4).length() < 150);
    assertEquals("  and " + (ENTRIES + 4 - 12) + " more; --all lists them.", shown.get(12));
    assertEquals(ENTRIES + 4, metadata(Run.of("inspect", adapter, "--all")).size());
  }

  @Test
  void programsGetTheMetadataWhole() {
    JsonObject found = Run.of("inspect", adapter, "--json").json().getAsJsonObject("metadata");
    assertEquals(ENTRIES + 4, found.size());
    assertEquals("x".repeat(1000), found.get("entry 7").getAsString());
  }

  @Test
  void aFolderForEachModelIsOneAdapter() {
    JsonObject whole = Run.of("inspect", adapter, "--json").json();
    Path peft = folder.resolve("peft");
    assertEquals(0, Run.of("convert", adapter, peft, "--to=peft").code());
    assertTrue(Files.exists(peft.resolve("text_encoder/adapter_config.json")));
    Run run = Run.of("inspect", peft);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().startsWith(peft + ": adapter for "), run.out());
    assertTrue(run.out().contains("2 of 2 are layers of the base"), run.out());
    JsonObject found = Run.of("inspect", peft, "--json").json();
    assertEquals(whole.get("identity"), found.get("identity"));
    assertEquals(whole.get("blocks"), found.get("blocks"));
    assertTrue(found.get("usable").getAsBoolean());
    JsonObject files = found.getAsJsonObject("files");
    assertEquals(List.of("unet", "text_encoder"), List.copyOf(files.keySet()));
    for (String model : files.keySet()) {
      Path file = peft.resolve(model).resolve("adapter_model.safetensors");
      JsonObject one = files.getAsJsonObject(model);
      assertEquals(file.toString(), one.get("file").getAsString());
      assertTrue(run.out().contains(one.get("sha256").getAsString()), run.out());
      assertTrue(run.out().contains(one.get("autov3").getAsString()), run.out());
    }
    assertEquals(4, found.getAsJsonObject("tensors").size());
    assertFalse(found.getAsJsonObject("tensors").keySet().stream().anyMatch(k -> k.isBlank()));
  }

  @Test
  void blockNormsCountEveryMethod() {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String half : List.of("hada_w1", "hada_w2")) {
      add(writer, QUERY + "." + half + "_a", 320, 2);
      add(writer, QUERY + "." + half + "_b", 2, 320);
    }
    lora(writer, WORDS, 768, 3072);
    writer.write(adapter);
    Run run = Run.of("inspect", adapter, "--json");
    JsonObject blocks = run.json().getAsJsonObject("blocks");
    // Each half is 2 * 0.5 * 0.5 everywhere, the product 0.25; the LoRA 0.25.
    assertEquals(0.25 * 320, blocks.get("IN01").getAsDouble(), 1e-6);
    assertEquals(0.25 * Math.sqrt(768 * 3072), blocks.get("BASE").getAsDouble(), 1e-6);
    assertEquals(0, run.json().getAsJsonObject("blocks_without").size());
  }

  @Test
  void methodsWithoutNormAreReported() {
    SafetensorsWriter writer = new SafetensorsWriter();
    lora(writer, QUERY, 320, 320);
    add(writer, QUERY + ".dora_scale", 320, 1);
    lora(writer, WORDS, 768, 3072);
    writer.write(adapter);
    Run run = Run.of("inspect", adapter);
    assertEquals(0, run.code(), run.err());
    assertTrue(
        run.out().contains("left out: 1 of dora, whose change depends on the weights of the base"),
        run.out());
    JsonObject found = Run.of("inspect", adapter, "--json").json();
    assertEquals(List.of("BASE"), List.copyOf(found.getAsJsonObject("blocks").keySet()));
    assertEquals(1, found.getAsJsonObject("blocks_without").get("dora").getAsInt());
  }

  @Test
  void firstAndLastOfManyProblemsAreShown() {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String to : List.of("q", "k", "v", "out_0")) {
      for (int block = 0; block < 2; block++) {
        String layer =
            QUERY.replace("to_q", "to_" + to).replace("attentions_0", "attentions_" + block);
        lora(writer, layer, 640, 640);
      }
    }
    writer.write(adapter);
    Run run = Run.of("inspect", adapter, "--base", "sd15");
    assertEquals(1, run.code());
    List<String> said = run.out().lines().filter(l -> l.startsWith("Cannot be used")).toList();
    assertEquals(5, said.size(), run.out());
    assertTrue(run.out().contains("more; --all lists them."), run.out());
    Run whole = Run.of("inspect", adapter, "--base", "sd15", "--all");
    List<String> all = whole.out().lines().filter(l -> l.startsWith("Cannot be used")).toList();
    assertTrue(all.size() > 7, whole.out());
    assertEquals(all.get(all.size() - 1), said.get(said.size() - 1));
  }
}
