package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Formats;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.LayerNames;
import dev.lora4j.core.nn.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of the keys that published files have. */
@Tag("shared-data")
class PublishedKeysTest {
  private static JsonElement list(String name) throws IOException {
    Path file = Path.of(System.getProperty("lora4j.shared-data", ""), "keys", name);
    assertTrue(Files.exists(file), "run with -Pshared-data");
    return JsonParser.parseString(Files.readString(file));
  }

  /** Keys that no dialect finds a layer for. */
  private static Set<String> lost(Set<String> keys, String dialect, String... families) {
    Set<String> lost = new TreeSet<>(keys);
    for (String family : families) {
      KeyContext context = new KeyContext(new LayerNames(Families.named(family)), keys, Map.of());
      lost.removeIf(key -> found(key, context, dialect));
    }
    return lost;
  }

  private static boolean found(String key, KeyContext context, String dialect) {
    for (AdapterFormat format : Formats.all()) {
      Optional<KeyAddress> address = format.resolve(key, context);
      if (address.isPresent() && address.get() instanceof KeyAddress.KnownLayer) {
        return dialect.isEmpty() || format.name().equals(dialect);
      }
    }
    return false;
  }

  @ParameterizedTest
  @CsvSource({
    "flux_dora_onetrainer_format, kohya|onetrainer",
    "flux_lokr_bfl_format, comfyui",
    "flux_lora_aitoolkit_format, comfyui",
    "flux_lora_diffusers_base_model_format, peft",
    "flux_lora_diffusers_format, diffusers",
    "flux_lora_diffusers_no_proj_mlp_format, diffusers",
    "flux_lora_kohya_format, kohya",
    "flux_lora_kohya_with_te1_format, kohya",
    "flux_lora_xlabs_format, xlabs"
  })
  void everyFluxKeyFindsALayer(String name, String dialects) throws IOException {
    JsonObject all = list("invokeai_lora_keys.json").getAsJsonObject();
    Set<String> keys = all.getAsJsonObject(name + ":state_dict_keys").keySet();
    assertTrue(keys.size() > 5, name);
    Set<String> lost = new TreeSet<>(keys);
    for (String dialect : List.of(dialects.split("\\|"))) {
      lost.retainAll(lost(keys, dialect, "flux"));
    }
    assertEquals(Set.of(), lost);
  }

  /** Down factors have a column for each input of their layer, up factors a row for each output. */
  @ParameterizedTest
  @CsvSource({
    "flux_lora_aitoolkit_format, 456",
    "flux_lora_diffusers_base_model_format, 762",
    "flux_lora_diffusers_format, 988",
    "flux_lora_diffusers_no_proj_mlp_format, 684",
    "flux_lora_kohya_format, 608",
    "flux_lora_kohya_with_te1_format, 752",
    "flux_lora_xlabs_format, 24"
  })
  void everyFluxShapeFitsItsLayer(String name, int factors) throws IOException {
    JsonObject shapes =
        list("invokeai_lora_keys.json")
            .getAsJsonObject()
            .getAsJsonObject(name + ":state_dict_keys");
    LayerNames names = new LayerNames(Families.named("flux"));
    KeyContext context = new KeyContext(names, shapes.keySet(), Map.of());
    int seen = 0;
    for (String key : shapes.keySet()) {
      JsonArray shape = shapes.getAsJsonArray(key);
      if (shape.size() == 2) {
        KeyAddress.KnownLayer known = known(key, context);
        boolean up = known.role().equals(LoraMethod.UP);
        Site layer = known.layer().whole();
        long size = up ? layer.out() : layer.in();
        assertEquals(size, shape.get(up ? 0 : 1).getAsLong(), key);
        seen++;
      }
    }
    assertEquals(factors, seen);
  }

  private static KeyAddress.KnownLayer known(String key, KeyContext context) {
    return Formats.all().stream()
        .flatMap(format -> format.resolve(key, context).stream())
        .filter(KeyAddress.KnownLayer.class::isInstance)
        .map(KeyAddress.KnownLayer.class::cast)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyStableDiffusionKeyFindsALayer() throws IOException {
    Set<String> keys = new TreeSet<>();
    for (JsonElement key : list("lora-inspector-keys.json").getAsJsonArray()) {
      keys.add(key.getAsString());
    }
    assertEquals(Set.of(), lost(keys, "", "sd15", "sd21", "sdxl"));
  }
}
