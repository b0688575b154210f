package dev.lora4j.core.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.hydra.HydraMethod;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HydraLoRA in the layout of its paper's code, whole and damaged. */
class HydraReadingTest {
  private static final Site LAYER = Site.linear("layer", Shape.of(8, 12), false);
  private static final Family FAMILY = Family.of("one layer", new SiteCatalogue(List.of(LAYER)));
  private static final String TENSORS = "adapter_model.safetensors";
  private static final String CONFIG = "adapter_config.json";
  private static final String KEY = "base_model.model.layer.";

  private static final Map<String, String> NAMES = Map.of(HydraMethod.DOWN, "lora_A.weight");

  @TempDir private Path folder;

  private static HostTensor values(long... sizes) {
    Shape shape = Shape.of(sizes);
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = i - 7.5f;
    }
    return HostTensor.of(shape, values);
  }

  private static Factors factors(int heads) {
    Map<String, HostTensor> tensors = new TreeMap<>();
    tensors.put(HydraMethod.DOWN, values(2, 12));
    for (int i = 0; i < heads; i++) {
      tensors.put(HydraMethod.head(i), values(8, 2));
    }
    tensors.put(HydraMethod.ROUTER, values(heads, 12));
    return Factors.of(HydraMethod.NAME, tensors, Map.of(AdapterMethod.ALPHA, "6.0"));
  }

  private static Adapter adapter(int heads) {
    return new Adapter("hydra", Map.of("layer", List.of(factors(heads))), Map.of());
  }

  private Path written(String layout) {
    Path file = folder.resolve(layout.equals("peft") ? "peft" : layout + ".safetensors");
    AdapterOutput.write(adapter(3), FAMILY, AdapterWriters.named(layout), WriteOptions.EXACT, file);
    return file;
  }

  /** The folder with other tensors. */
  private Path changed(Consumer<Map<String, HostTensor>> change) throws IOException {
    Path file = folder.resolve("peft");
    if (!Files.exists(file)) {
      written("peft");
    }
    Map<String, HostTensor> tensors = new TreeMap<>();
    factors(3).tensors().forEach((role, t) -> tensors.put(KEY + NAMES.getOrDefault(role, role), t));
    change.accept(tensors);
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach((name, t) -> writer.add(name, t.dtype(), t.shape(), t.bytes()));
    writer.write(file.resolve(TENSORS));
    return file;
  }

  private static void refused(Path file, String... told) {
    AdapterException refused =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(file, FAMILY));
    for (String part : told) {
      assertTrue(String.valueOf(refused.getMessage()).contains(part), refused.getMessage());
    }
  }

  @Test
  void whatIsWrittenIsReadBackWithItsBaseAndWithout() {
    Path file = written("peft");
    assertEquals(adapter(3).identity(), AdapterFiles.read(file, FAMILY).adapter().identity());
    assertEquals(adapter(3).identity(), AdapterFiles.read(file).adapter().identity());
  }

  @Test
  void namesAndFieldsAreThoseOfThePapersCode() throws IOException {
    Path file = written("peft");
    try (Safetensors tensors = Safetensors.open(file.resolve(TENSORS))) {
      assertEquals(
          Set.of(
              KEY + "lora_A.weight",
              KEY + "lora_B0.weight",
              KEY + "lora_B1.weight",
              KEY + "lora_B2.weight",
              KEY + "lora_route.weight"),
          tensors.tensors().keySet());
    }
    JsonObject fields =
        JsonParser.parseString(Files.readString(file.resolve(CONFIG))).getAsJsonObject();
    assertEquals("LORA", fields.get("peft_type").getAsString());
    assertEquals(3, fields.get("lora_nums").getAsInt());
    assertEquals(2, fields.get("r").getAsInt());
    assertEquals(6, fields.get("lora_alpha").getAsInt());
  }

  /** A program that knows no routers would take it for something else. */
  @ParameterizedTest
  @ValueSource(strings = {"kohya", "diffusers"})
  void layoutsWithoutRoutersRefuseIt(String layout) {
    AdapterException refused = assertThrows(AdapterException.class, () -> written(layout));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("Write PEFT's layout"), refused.getMessage());
  }

  @Test
  void anotherNumberOfHeadsThanTheConfigurationSaysIsRefused() throws IOException {
    Path file = written("peft");
    Path config = file.resolve(CONFIG);
    Files.writeString(
        config, Files.readString(config).replace("\"lora_nums\": 3", "\"lora_nums\": 4"));
    refused(file, "lora_nums 4", "layer has 3 heads");
  }

  @Test
  void configurationsWithoutTheNumberAreRead() throws IOException {
    Path file = written("peft");
    Path config = file.resolve(CONFIG);
    String all = Files.readString(config);
    Files.writeString(config, all.replace("\"lora_nums\": 3,", "\"blc_weight\": 0.1,"));
    assertEquals(adapter(3).identity(), AdapterFiles.read(file, FAMILY).adapter().identity());
  }

  @Test
  void missingHeadsAreRefused() throws IOException {
    refused(changed(t -> t.remove(KEY + "lora_B2.weight")), "lora_nums 3", "2 heads");
    refused(changed(t -> t.remove(KEY + "lora_B1.weight")), "lora_nums 3", "1 heads");
    refused(changed(t -> t.remove(KEY + "lora_B0.weight")), "lacks its lora_B0.weight");
  }

  @Test
  void missingRoutersAndFactorsAreRefused() throws IOException {
    refused(changed(t -> t.remove(KEY + "lora_route.weight")), "lacks its lora_route.weight");
    refused(changed(t -> t.remove(KEY + "lora_A.weight")), "lacks its lora_down.weight");
  }

  @Test
  void routersOfOtherSizesAreRefused() throws IOException {
    refused(
        changed(t -> t.put(KEY + "lora_route.weight", values(2, 12))),
        "lora_route.weight",
        "[3, 12]");
    refused(
        changed(t -> t.put(KEY + "lora_route.weight", values(12, 3))),
        "lora_route.weight",
        "[3, 12]");
    refused(changed(t -> t.put(KEY + "lora_B1.weight", values(8, 3))), "lora_B1.weight");
  }

  @Test
  void biasesOfHeadsAreNotTakenForThoseOfALora() throws IOException {
    refused(changed(t -> t.put(KEY + "lora_B0.bias", values(8))), "lora_B0.bias");
  }

  /** Where a base has several layers for one of the file, each has its rows of all heads. */
  @Test
  void rowsOfHeadsAreDivided() {
    AdapterMethod method = Methods.named(HydraMethod.NAME);
    RowSlice share =
        new RowSlice(
            List.of(new RowSlice.Range(2, 3)),
            List.of(new RowSlice.Range(0, 2), new RowSlice.Range(2, 3), new RowSlice.Range(5, 3)));
    Factors part = method.rows(LAYER, factors(2), share);
    for (int i = 0; i < 2; i++) {
      assertEquals(share.of(values(8, 2)), part.tensor(HydraMethod.head(i)));
    }
    assertEquals(values(2, 12), part.tensor(HydraMethod.DOWN));
    assertEquals(values(2, 12), Objects.requireNonNull(part.tensor(HydraMethod.ROUTER)));
  }
}
