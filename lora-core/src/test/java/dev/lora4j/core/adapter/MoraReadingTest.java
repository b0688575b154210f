package dev.lora4j.core.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.mora.MoraMethod;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MoRA in the layout of its paper's code, where it looks like a LoRA. */
class MoraReadingTest {
  private static final Site LAYER = Site.linear("layer", Shape.of(8, 12), false);
  private static final Family FAMILY = Family.of("one layer", new SiteCatalogue(List.of(LAYER)));
  private static final String CONFIG = "adapter_config.json";

  @TempDir private Path folder;

  private static HostTensor square(int size) {
    float[] values = new float[size * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = i - 7.5f;
    }
    return HostTensor.of(Shape.of(size, size), values);
  }

  private static Adapter adapter() {
    Map<String, String> settings = Map.of(MoraMethod.TYPE, "6", MoraMethod.RANK, "1");
    Factors factors = Factors.of(MoraMethod.NAME, Map.of(MoraMethod.MATRIX, square(4)), settings);
    return new Adapter("mora", Map.of("layer", List.of(factors)), Map.of());
  }

  private Path written(String layout) {
    Path file = folder.resolve(layout.equals("peft") ? "peft" : layout + ".safetensors");
    AdapterOutput.write(adapter(), FAMILY, AdapterWriters.named(layout), WriteOptions.EXACT, file);
    return file;
  }

  private Path changed(UnaryOperator<String> configuration) throws IOException {
    Path file = written("peft");
    Path config = file.resolve(CONFIG);
    Files.writeString(config, configuration.apply(Files.readString(config)));
    return file;
  }

  @Test
  void whatIsWrittenIsReadBack() {
    assertEquals(
        adapter().identity(), AdapterFiles.read(written("peft"), FAMILY).adapter().identity());
  }

  /** PEFT 0.9, which the paper's code follows, refuses fields that it does not know. */
  @Test
  void fieldsOfLaterVersionsAreLeftOut() throws IOException {
    String config = Files.readString(written("peft").resolve(CONFIG));
    assertFalse(config.contains("exclude_modules"), config);
    assertTrue(config.contains("\"use_mora\": true"), config);
  }

  /** A program that knows no MoRA would take the two squares for a LoRA. */
  @Test
  void layoutsThatCannotSayWhatItIsRefuseIt() {
    AdapterException refused = assertThrows(AdapterException.class, () -> written("kohya"));
    assertTrue(refused.getMessage().contains("Write PEFT's layout"), refused.getMessage());
  }

  @Test
  void unknownTypesAreNamed() throws IOException {
    refused(c -> c.replace("\"mora_type\": 6", "\"mora_type\": 5"), "the types 1, 2, 3, 4 and 6");
  }

  @Test
  void matricesThatDoNotFitTheLayerAreNamed() throws IOException {
    Family small =
        Family.of("small", new SiteCatalogue(List.of(Site.linear("layer", Shape.of(8, 1), false))));
    AdapterException refused =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(written("peft"), small));
    assertTrue(refused.getMessage().contains("MoRA's type 6"), refused.getMessage());
  }

  @Test
  void factorsThatDifferAreNamed() throws IOException {
    Path file = written("peft");
    Path weights = file.resolve("adapter_model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);
    AdapterException refused =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(file, FAMILY));
    assertTrue(
        refused.getMessage().contains("layer.lora_B.weight")
            && refused.getMessage().contains("the same matrix"),
        refused.getMessage());
  }

  /** Without the setting the same file is a LoRA of another size. */
  @Test
  void theSettingDecides() throws IOException {
    refused(c -> c.replace("\"use_mora\": true", "\"use_mora\": false"), "layer.lora_A.weight");
  }

  /** Without the base nothing says how large the layer is. */
  @Test
  void sizesAreNotTakenFromTheMatrix() {
    AdapterException refused =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(written("peft")));
    assertTrue(refused.getMessage().contains("Name the base"), refused.getMessage());
  }

  private void refused(UnaryOperator<String> configuration, String told) throws IOException {
    Path file = changed(configuration);
    AdapterException refused =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(file, FAMILY));
    assertTrue(refused.getMessage().contains(told), refused.getMessage());
  }
}
