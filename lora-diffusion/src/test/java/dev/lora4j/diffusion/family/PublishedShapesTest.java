package dev.lora4j.diffusion.family;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.nn.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shapes of the denoisers that were published. */
@Tag("shared-data")
class PublishedShapesTest {
  @ParameterizedTest
  @CsvSource({"sd15, 686", "sdxl, 1680"})
  void denoisersHaveThePublishedShapes(String family, int tensors) throws IOException {
    Map<String, List<Long>> published = new TreeMap<>();
    Path file =
        Path.of(
            System.getProperty("lora4j.shared-data"), "keys", family + "_diffusers_shapes.json");
    JsonParser.parseString(Files.readString(file))
        .getAsJsonObject()
        .asMap()
        .forEach((name, sizes) -> published.put("unet." + name, numbers(sizes)));
    Map<String, List<Long>> listed = new TreeMap<>();
    for (Site site : Families.named(family).sites().all()) {
      if (site.name().startsWith("unet.")) {
        listed.put(site.name() + ".weight", LongStream.of(site.weight().sizes()).boxed().toList());
        if (site.bias()) {
          listed.put(site.name() + ".bias", List.of(site.out()));
        }
      }
    }
    assertEquals(tensors, published.size());
    assertEquals(published, listed);
  }

  private static List<Long> numbers(JsonElement sizes) {
    List<Long> numbers = new ArrayList<>();
    sizes.getAsJsonArray().forEach(n -> numbers.add(n.getAsLong()));
    return numbers;
  }
}
