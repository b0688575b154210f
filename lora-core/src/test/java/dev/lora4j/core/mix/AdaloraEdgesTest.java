package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.adalora.AdaloraMethod;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AdaLoRA at its edges: an alpha that is none, and layers of which no direction is left. */
class AdaloraEdgesTest {
  private static final Engine ENGINE = Engine.open();
  private static final Mixing MIXING = new Mixing(ENGINE.scope("edges"));
  private static final GoldenLayers LAYERS = new GoldenLayers("peft", "unet.");
  private static final Family FAMILY = LAYERS.family();
  private static final String PRUNED = "adalora-pruned";
  private static final int INITIAL = 4;

  @TempDir Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private LoadedAdapter withAlpha(Number alpha) throws IOException {
    Path copy = Files.createDirectories(folder.resolve("alpha" + alpha));
    LAYERS.changed(PRUNED, copy, c -> c.addProperty("lora_alpha", alpha), t -> {});
    return AdapterFiles.read(copy, FAMILY);
  }

  private LoadedAdapter written(LoadedAdapter read, String layout) {
    Path file = folder.resolve(layout.equals("peft") ? "written" : layout + ".safetensors");
    AdapterOutput.write(
        read.adapter(), FAMILY, AdapterWriters.named(layout), WriteOptions.EXACT, file);
    return AdapterFiles.read(file, FAMILY);
  }

  private static double scale(Factors factors) {
    return Methods.additive(factors.method()).scale(factors.structure());
  }

  /** As PEFT has it: then the numerator is the number of directions that are left of a layer. */
  @ParameterizedTest
  @ValueSource(ints = {0, -3})
  void alphaThatIsNoneCountsTheDirectionsLeft(int alpha) throws IOException {
    LoadedAdapter read = withAlpha(alpha);
    assertEquals(4, read.adapter().sites().size());
    read.adapter()
        .sites()
        .forEach(
            (site, all) -> {
              long left = all.get(0).tensor(AdaloraMethod.SIZES).shape().size(0);
              assertEquals(left / (INITIAL + 1e-5), scale(all.get(0)), site);
            });
    LoadedAdapter again = written(read, "peft");
    assertEquals(read.adapter().identity(), again.adapter().identity());
    JsonObject config =
        JsonParser.parseString(Files.readString(folder.resolve("written/adapter_config.json")))
            .getAsJsonObject();
    assertEquals(alpha, config.get("lora_alpha").getAsInt());
    LoadedAdapter lora = written(read, "kohya");
    lora.adapter()
        .sites()
        .values()
        .forEach(all -> assertEquals(LoraMethod.NAME, all.get(0).method()));
    Map<String, HostTensor> merged = LAYERS.merged(MIXING, read);
    assertTrue(LAYERS.error(MIXING, lora, merged) <= 1e-6);
    assertTrue(LAYERS.error(MIXING, withAlpha(6), merged) > 1e-2, "the scale has an effect");
  }

  @Test
  void alphaThatIsNotFiniteIsRefused() throws IOException {
    for (double alpha : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      AdapterException e = assertThrows(AdapterException.class, () -> withAlpha(alpha));
      assertTrue(String.valueOf(e.getMessage()).contains("lora_alpha"), e.getMessage());
    }
  }

  /** No direction is left of any layer: the pattern of each, and its tensors, are empty. */
  @Test
  void fileWithoutAnyDirectionIsRefused() throws IOException {
    LAYERS.changed(
        PRUNED,
        folder,
        c -> {
          JsonObject patterns = c.getAsJsonObject(AdaloraMethod.LEFT);
          for (String layer : List.copyOf(patterns.keySet())) {
            JsonArray none = new JsonArray();
            for (int i = 0; i < INITIAL; i++) {
              none.add(false);
            }
            patterns.add(layer, none);
          }
        },
        tensors -> tensors.replaceAll((key, t) -> empty(key, t)));
    AdapterException e =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(folder, FAMILY));
    assertTrue(
        String.valueOf(e.getMessage()).contains("no effect in its method: 15"), e.getMessage());
  }

  private static HostTensor empty(String key, HostTensor tensor) {
    if (!key.contains(".lora_")) {
      return tensor;
    }
    int dimension = key.endsWith("lora_B") ? 1 : 0;
    return HostTensor.of(tensor.shape().with(dimension, 0), new float[0]);
  }

  /** A direction of size 0 that is left has no effect, but a place. */
  @Test
  void directionsOfSizeZeroAreKept() throws IOException {
    LoadedAdapter read = withAlpha(6);
    String layer = "unet.blocks.0.q";
    LAYERS.changed(
        PRUNED,
        folder,
        c -> {},
        t ->
            t.replaceAll(
                (key, tensor) ->
                    key.contains("blocks.0.q.lora_E")
                        ? HostTensor.of(tensor.shape(), new float[2])
                        : tensor));
    LoadedAdapter zero = AdapterFiles.read(folder, FAMILY);
    assertEquals(read.adapter().sites().keySet(), zero.adapter().sites().keySet());
    LoadedAdapter again = written(zero, "peft");
    assertEquals(zero.adapter().identity(), again.adapter().identity());
    Factors lora = written(zero, "kohya").adapter().at(layer).get(0);
    for (double value : lora.tensor(LoraMethod.DOWN).doubles()) {
      assertEquals(0, Math.abs(value));
    }
  }
}
