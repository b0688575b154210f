package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files change a UNet as diffusers' own loaders make them; golden/diffusers writes them. */
class DiffusersLoadersTest {
  private static final Engine ENGINE = Engine.open();
  private static final Mixing MIXING = new Mixing(ENGINE.scope("diffusers"));
  private static final GoldenLayers LAYERS = new GoldenLayers("diffusers", "unet.");

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  @ParameterizedTest
  @CsvSource({
    "kohya, kohya, 7",
    "old, diffusers-old, 3",
    "peft, diffusers, 7",
    "dora, diffusers, 5"
  })
  void aFileIsMergedAsDiffusersDoes(String name, String dialect, int layers) {
    LoadedAdapter read =
        AdapterFiles.read(LAYERS.folder().resolve(name + ".safetensors"), LAYERS.family());
    assertEquals(Set.of(dialect), read.dialects());
    assertTrue(read.account().ignored().isEmpty(), read.account().summary());
    Map<String, HostTensor> merged =
        GoldenLayers.tensors(LAYERS.folder().resolve(name + "-merged.safetensors"));
    assertEquals(layers, merged.size());
    double error = LAYERS.error(MIXING, read, merged);
    assertTrue(error <= 1e-6, name + ": " + error);
  }
}
