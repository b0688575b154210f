package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.adalora.AdaloraMethod;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.adapter.pruning.MagnitudePruning;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** AdaLoRA in PEFT's own layout, as PEFT saved it: read, written, and written as a LoRA. */
class AdaloraLayoutTest {
  private static final Engine ENGINE = Engine.open();
  private static final Mixing MIXING = new Mixing(ENGINE.scope("adalora"));
  private static final String MODEL = "unet.";
  private static final GoldenLayers LAYERS = new GoldenLayers("peft", MODEL);
  private static final Family FAMILY = LAYERS.family();
  private static final String CONFIG = GoldenLayers.CONFIG;
  private static final String TENSORS = GoldenLayers.TENSORS;
  private static final String PREFIX = "base_model.model.";
  private static final String PRUNED = "adalora-pruned";
  private static final String LAYER = "blocks.0.q";
  private static final String EMPTY = "blocks.0.ff";

  @TempDir Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Path golden(String name) {
    return LAYERS.folder().resolve(name);
  }

  private static JsonObject config(Path adapter) throws IOException {
    return JsonParser.parseString(Files.readString(adapter.resolve(CONFIG))).getAsJsonObject();
  }

  private Path written(LoadedAdapter read, String layout) {
    Path file = folder.resolve(layout.equals("peft") ? "written" : layout + ".safetensors");
    AdapterOutput.write(
        read.adapter(), FAMILY, AdapterWriters.named(layout), WriteOptions.EXACT, file);
    return file;
  }

  /** A changed copy of the pruned adapter. */
  private Path changed(Consumer<JsonObject> fields, Consumer<Map<String, HostTensor>> tensors)
      throws IOException {
    return LAYERS.changed(PRUNED, folder, fields, tensors);
  }

  private static String refused(Path adapter) {
    AdapterException e =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(adapter, FAMILY));
    return String.valueOf(e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"adalora", "adalora-conv", PRUNED, "adalora-no-alpha"})
  void whatPeftSavedIsWrittenWithTheSameTensors(String name) throws IOException {
    LoadedAdapter read = AdapterFiles.read(golden(name), FAMILY);
    Path out = written(read, "peft");
    Map<String, HostTensor> before = GoldenLayers.tensors(golden(name).resolve(TENSORS));
    // A layer without directions is left out.
    before.values().removeIf(t -> t.shape().elements() == 0);
    assertEquals(before, GoldenLayers.tensors(out.resolve(TENSORS)));
    JsonObject wanted = config(golden(name));
    JsonObject found = config(out);
    for (String field : Set.of("peft_type", "init_r", "lora_alpha", "fan_in_fan_out", "bias")) {
      assertEquals(wanted.get(field), found.get(field), field);
    }
    assertEquals(read.adapter().identity(), AdapterFiles.read(out, FAMILY).adapter().identity());
  }

  /** PEFT demands a value for each of the first directions, and steps. */
  @Test
  void configurationSaysWhatPeftDemands() throws IOException {
    JsonObject found = config(written(AdapterFiles.read(golden(PRUNED), FAMILY), "peft"));
    JsonObject patterns = found.getAsJsonObject("rank_pattern");
    assertEquals(
        Set.of("blocks.0.q.lora_E", "blocks.1.q.lora_E", "blocks.1.ff.lora_E", "conv.lora_E"),
        patterns.keySet());
    for (String layer : patterns.keySet()) {
      JsonArray mine = patterns.getAsJsonArray(layer);
      JsonArray peft = config(golden(PRUNED)).getAsJsonObject("rank_pattern").getAsJsonArray(layer);
      assertEquals(peft.size(), mine.size(), layer);
      assertEquals(trues(peft), trues(mine), layer);
    }
    assertTrue(found.get("total_step").getAsInt() > 0);
    assertFalse(
        config(written("adalora", "second")).has("rank_pattern"),
        "nothing was taken away of any layer");
  }

  private Path written(String name, String as) {
    Path out = folder.resolve(as);
    AdapterOutput.write(
        AdapterFiles.read(golden(name), FAMILY).adapter(),
        FAMILY,
        AdapterWriters.named("peft"),
        WriteOptions.EXACT,
        out);
    return out;
  }

  private static long trues(JsonArray pattern) {
    return pattern.asList().stream().filter(e -> e.getAsBoolean()).count();
  }

  @Test
  void layersWithoutDirectionsHaveNoFactors() {
    LoadedAdapter read = AdapterFiles.read(golden(PRUNED), FAMILY);
    assertFalse(read.adapter().sites().containsKey(MODEL + EMPTY));
    Map<String, Reason> ignored = read.account().ignored();
    assertEquals(
        Set.of(key(EMPTY, "lora_A"), key(EMPTY, "lora_B"), key(EMPTY, "lora_E")), ignored.keySet());
    assertEquals(Set.of(Reason.NO_EFFECT), Set.copyOf(ignored.values()));
    Factors left = read.adapter().at(MODEL + LAYER).get(0);
    assertEquals(AdaloraMethod.NAME, left.method());
    assertEquals(Shape.of(2, 1), left.tensor(AdaloraMethod.SIZES).shape());
  }

  private static String key(String layer, String part) {
    return PREFIX + layer + "." + part;
  }

  /** In F32, as precise as what PEFT merges. */
  @ParameterizedTest
  @ValueSource(strings = {"adalora", "adalora-conv", PRUNED, "adalora-no-alpha"})
  void otherLayoutsHoldTheLoraThatItIs(String name) throws IOException {
    LoadedAdapter read = AdapterFiles.read(golden(name), FAMILY);
    if (name.equals("adalora-conv")) {
      // A new table is of PEFT alone.
      Path rest = folder.resolve("rest");
      Files.createDirectories(rest);
      Files.copy(golden(name).resolve(CONFIG), rest.resolve(CONFIG));
      SafetensorsWriter writer = new SafetensorsWriter();
      GoldenLayers.tensors(golden(name).resolve(TENSORS))
          .forEach(
              (key, t) -> {
                if (!key.contains("words")) {
                  writer.add(key, t.dtype(), t.shape(), t.bytes());
                }
              });
      writer.write(rest.resolve(TENSORS));
      read = AdapterFiles.read(rest, FAMILY);
    }
    LoadedAdapter lora = AdapterFiles.read(written(read, "kohya"), FAMILY);
    lora.adapter()
        .sites()
        .values()
        .forEach(all -> assertEquals(LoraMethod.NAME, all.get(0).method()));
    assertEquals(read.adapter().sites().keySet(), lora.adapter().sites().keySet());
    double error =
        LAYERS.error(
            MIXING, lora, GoldenLayers.tensors(golden(name).resolve("merged.safetensors")));
    assertTrue(error <= 1e-6, name + ": " + error);
  }

  @Test
  void changeOfFormIsSaid() {
    LoadedAdapter read = AdapterFiles.read(golden(PRUNED), FAMILY);
    AdapterOutput.Written out =
        AdapterOutput.write(
            read.adapter(),
            FAMILY,
            AdapterWriters.named("diffusers"),
            WriteOptions.EXACT,
            folder.resolve("a.safetensors"));
    assertTrue(
        out.changes().toString().contains("4 layers of adalora are written as the LoRA"),
        out.changes().toString());
    assertEquals(
        out.adapter().identity(), AdapterFiles.read(out.path(), FAMILY).adapter().identity());
  }

  /** No alpha of AdaLoRA makes its scale 1. */
  @Test
  void foldedScalesMakeALora() throws IOException {
    LoadedAdapter read = AdapterFiles.read(golden(PRUNED), FAMILY);
    Path out = folder.resolve("folded");
    AdapterOutput.write(
        read.adapter(), FAMILY, AdapterWriters.named("peft"), WriteOptions.EXACT.folded(), out);
    assertEquals("LORA", config(out).get("peft_type").getAsString());
    double error =
        LAYERS.error(
            MIXING,
            AdapterFiles.read(out, FAMILY),
            GoldenLayers.tensors(golden(PRUNED).resolve("merged.safetensors")));
    assertTrue(error <= 1e-6, "" + error);
  }

  @Test
  void itIsPrunedAsALora() {
    LoadedAdapter read = AdapterFiles.read(golden(PRUNED), FAMILY);
    Factors pruned = new MagnitudePruning(0.5).of(read.adapter()).at(MODEL + LAYER).get(0);
    assertEquals(LoraMethod.NAME, pruned.method());
  }

  /** Each is one sentence about one thing. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[true]; 1 values; blocks.0.q.lora_E",
        "[true,true,true,true,true]; 5 values; 4 truth values",
        "2; has 2 in its rank_pattern; 4 truth values",
        "[1,0,1,0]; has 1 in its rank_pattern; 4 truth values",
        "[true,true,true,false]; lora_A is; of 3 rows, which the configuration's rank_pattern says"
      })
  void patternThatDoesNotFitIsRefused(String pattern, String first, String second)
      throws IOException {
    String text =
        refused(
            changed(
                c ->
                    c.getAsJsonObject("rank_pattern")
                        .add("blocks.0.q.lora_E", JsonParser.parseString(pattern)),
                t -> {}));
    assertTrue(text.contains(first) && text.contains(second), text);
  }

  @Test
  void patternThatIsNoObjectIsRefused() throws IOException {
    String text = refused(changed(c -> c.addProperty("rank_pattern", 3), t -> {}));
    assertTrue(text.contains("rank_pattern 3"), text);
  }

  /** As PEFT does, which has random directions then, of other sizes. */
  @Test
  void rowsThatNoPatternExplainsAreRefused() throws IOException {
    String text = refused(changed(c -> c.remove("rank_pattern"), t -> {}));
    assertTrue(text.contains("of 4 rows, which the configuration's init_r says"), text);
  }

  /** PEFT's form of the names in a state dictionary has the adapter's name. */
  @Test
  void adaptersNameInPatternsIsPassedOver() throws IOException {
    Path same =
        changed(
            c -> {
              JsonObject named = new JsonObject();
              c.getAsJsonObject("rank_pattern")
                  .entrySet()
                  .forEach(e -> named.add(e.getKey() + ".default", e.getValue()));
              c.add("rank_pattern", named);
            },
            t -> {});
    assertEquals(
        AdapterFiles.read(golden(PRUNED), FAMILY).adapter().identity(),
        AdapterFiles.read(same, FAMILY).adapter().identity());
  }

  @Test
  void missingSizesAreNamed() throws IOException {
    String text = refused(changed(c -> {}, t -> t.remove(key(LAYER, "lora_E"))));
    assertTrue(text.contains(LAYER) && text.contains("lora_E is missing"), text);
  }

  @Test
  void halfOfAPairIsNamed() throws IOException {
    String text = refused(changed(c -> {}, t -> t.remove(key(LAYER, "lora_B"))));
    assertTrue(text.contains(LAYER), text);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 1", "2, 2", "1, 2"})
  void sizesOfAnotherShapeAreNamed(long rows, long columns) throws IOException {
    HostTensor other = HostTensor.of(Shape.of(rows, columns), new float[(int) (rows * columns)]);
    String text = refused(changed(c -> {}, t -> t.put(key(LAYER, "lora_E"), other)));
    assertTrue(text.contains(key(LAYER, "lora_E")) && text.contains("[2, 1]"), text);
  }

  @Test
  void scaleIsInTheConfigurationAlone() throws IOException {
    Path file = folder.resolve("alone.safetensors");
    Files.copy(golden(PRUNED).resolve(TENSORS), file);
    String text = refused(file);
    assertTrue(text.contains("adapter_config.json alone"), text);
  }

  @Test
  void valuesThatAreNotFiniteAreNamed() throws IOException {
    HostTensor broken = HostTensor.of(Shape.of(2, 1), 1, Float.NaN);
    String text = refused(changed(c -> {}, t -> t.put(key(LAYER, "lora_E"), broken)));
    assertTrue(text.contains(key(LAYER, "lora_E")) && text.contains("not finite"), text);
  }
}
