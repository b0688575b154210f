package dev.lora4j.core.format.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys of published checkpoints, and which of diffusers' keys each of them becomes. */
@Tag("shared-data")
class PublishedKeysTest {
  /** The keys of the lists that have a place in a denoiser or text encoder. */
  private static final String WANTED = "(unet|te\\d?)_.*";

  @ParameterizedTest
  @CsvSource({
    "sd1, sd15, te_ text_encoder",
    "sd2, sd21, te_ text_encoder",
    "sdxl, sdxl, te0_ text_encoder te1_ text_encoder_2",
    "refiner, sdxl-refiner, te1_ text_encoder_2",
    "ssd, sdxl, te0_ text_encoder te1_ text_encoder_2",
    "vega, sdxl, te0_ text_encoder te1_ text_encoder_2"
  })
  void publishedKeysHaveTheirListedPlaces(String list, String family, String encoders)
      throws IOException {
    JsonObject published = read("stable_diffusion_" + list + ".json");
    String[] names = encoders.split(" ", -1);
    Map<String, String> models = new HashMap<>(Map.of("unet_", "unet"));
    for (int i = 0; i < names.length; i += 2) {
      models.put(names[i], names[i + 1]);
    }
    Map<String, String> expected = new TreeMap<>();
    published
        .getAsJsonObject("ldm_diffusers_keymap")
        .asMap()
        .forEach((ldm, to) -> put(expected, models, to.getAsString(), ldm));
    published
        .getAsJsonObject("diffusers_ldm_operator_map")
        .asMap()
        .forEach((to, how) -> put(expected, models, to, slice(how)));
    Map<String, TensorInfo> header = header(Families.named(family), expected);

    OriginalLayout layout = OriginalLayout.of(header, "").orElseThrow();
    assertEquals(family, layout.family().name());
    Map<String, String> found = new TreeMap<>();
    for (CheckpointLayer layer : layout.layers()) {
      found.put(layer.site().name() + ".weight", text(layer.weight(), header));
      layer.bias().ifPresent(b -> found.put(layer.site().name() + ".bias", text(b, header)));
    }
    if (list.equals("ssd")) {
      // The list has the rows of a narrower encoder there.
      expected.replaceAll((canonical, place) -> place.replaceFirst(" .*", ""));
      found.replaceAll((canonical, place) -> place.replaceFirst(" .*", ""));
    }
    assertEquals(expected, found);
    assertTrue(found.size() > 500, () -> found.size() + " keys");
  }

  private static void put(
      Map<String, String> expected, Map<String, String> models, String canonical, String place) {
    if (canonical.matches(WANTED)) {
      String list = canonical.substring(0, canonical.indexOf('_') + 1);
      String model = Optional.ofNullable(models.get(list)).orElseThrow();
      expected.put(model + "." + canonical.substring(list.length()), place);
    }
  }

  /** For example {@code NAME 1280:2560}; the lists write the last rows as {@code 2560:}. */
  private static String slice(JsonElement how) {
    var parts = how.getAsJsonObject().getAsJsonArray("slice");
    return parts.get(0).getAsString() + " " + parts.get(1).getAsString().replace(", :", "");
  }

  private static String text(Placement placement, Map<String, TensorInfo> header) {
    return placement
        .rows()
        .map(
            r -> {
              long end = r.from() + r.count();
              boolean last = end == header.get(placement.tensor()).shape().size(0);
              return placement.tensor() + " " + r.from() + ":" + (last ? "" : end);
            })
        .orElse(placement.tensor());
  }

  /** The tensors of the list, in the shapes that the family gives them. */
  private static Map<String, TensorInfo> header(Family family, Map<String, String> places) {
    Map<String, TensorInfo> header = new LinkedHashMap<>();
    places.forEach(
        (canonical, place) -> {
          String name = place.replaceFirst(" .*", "");
          Shape shape = shape(family, canonical);
          boolean fused = !name.equals(place);
          Shape stored = fused ? shape.with(0, 3 * shape.size(0)) : shape;
          header.put(name, new TensorInfo(name, DType.F16, stored, 0, 2 * stored.elements()));
        });
    return header;
  }

  private static Shape shape(Family family, String parameter) {
    int dot = parameter.lastIndexOf('.');
    Site site = family.sites().find(parameter.substring(0, dot)).orElseThrow();
    return parameter.endsWith(".bias") ? Shape.of(site.out()) : site.weight();
  }

  private static JsonObject read(String name) throws IOException {
    Path file = Path.of(System.getProperty("lora4j.shared-data"), "keys", name);
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }
}
