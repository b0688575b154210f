package dev.lora4j.diffusion.base.original;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.format.Placement;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys of published files: where each weight lies in them, and that no key is left over. */
@Tag("shared-data")
class PublishedFilesTest {
  @ParameterizedTest
  @CsvSource({"sd1,te_", "sd2,te_", "sdxl,te0_ te1_"})
  void publishedWeightsLieWhereListedWithoutKeysLeft(String kind, String encoders)
      throws IOException {
    JsonObject published = read("keys/stable_diffusion_" + kind + ".json");
    Map<String, String> models = new HashMap<>(Map.of("unet_", "unet:", "vae_", "vae:"));
    String[] names = encoders.split(" ", -1);
    for (int i = 0; i < names.length; i++) {
      models.put(names[i], "te" + i + ":");
    }
    Map<String, String> listed = new TreeMap<>();
    published
        .getAsJsonObject("ldm_diffusers_keymap")
        .asMap()
        .forEach((ldm, to) -> put(listed, models, to.getAsString(), ldm));
    published
        .getAsJsonObject("diffusers_ldm_operator_map")
        .asMap()
        .forEach((to, how) -> put(listed, models, to, slice(how)));

    FullSizes sizes = FullSizes.of(kind);
    Map<String, Shape> shapes = new HashMap<>();
    Set<String> used = new HashSet<>();
    List<String> wrong = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    listed.values().forEach(v -> keys.add(v.replaceFirst(" .*", "")));
    sizes
        .places(shapes)
        .forEach(
            (weight, candidates) -> {
              Placement place =
                  candidates.stream()
                      .filter(c -> keys.contains(c.tensor()))
                      .findFirst()
                      .orElse(candidates.get(0));
              used.add(place.tensor());
              String found = text(place);
              // The lists leave projections out.
              boolean projection = weight.endsWith(":text_projection.weight");
              if (!projection && !found.equals(listed.get(weight))) {
                wrong.add(weight + ": " + found + ", listed " + listed.get(weight));
              }
            });
    assertEquals(List.of(), wrong);
    List<String> over =
        keys.stream()
            .filter(k -> !used.contains(k))
            .filter(k -> IgnoredKey.of(k).isEmpty() && !last(kind, k))
            .sorted()
            .toList();
    assertEquals(List.of(), over);
    assertTrue(used.size() > 900, () -> used.size() + " keys");
  }

  /** OpenCLIP-H has 24 layers, of which 23 are used. */
  private static boolean last(String kind, String key) {
    return kind.equals("sd2") && key.startsWith("cond_stage_model.model.transformer.resblocks.23.");
  }

  private static void put(
      Map<String, String> listed, Map<String, String> models, String canonical, String place) {
    String list = canonical.substring(0, canonical.indexOf('_') + 1);
    if (models.containsKey(list)) {
      listed.put(models.get(list) + canonical.substring(list.length()), place);
    }
  }

  private static String slice(JsonElement how) {
    var parts = how.getAsJsonObject().getAsJsonArray("slice");
    return parts.get(0).getAsString() + " " + parts.get(1).getAsString().replaceFirst(":.*", "");
  }

  private static String text(Placement place) {
    return place.rows().map(r -> place.tensor() + " " + r.from()).orElse(place.tensor());
  }

  private static JsonObject read(String name) throws IOException {
    Path file = Path.of(System.getProperty("lora4j.shared-data"), name);
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }
}
