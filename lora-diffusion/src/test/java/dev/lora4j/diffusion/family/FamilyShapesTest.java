package dev.lora4j.diffusion.family;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.nn.Site;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names and shapes against the networks that diffusers and transformers build. */
class FamilyShapesTest {
  static Stream<String> families() {
    return Families.all().stream().map(Family::name);
  }

  @ParameterizedTest
  @MethodSource("families")
  void sitesHaveTheWeightsOfDiffusersAndTransformers(String name) throws IOException {
    Map<String, String> expected = golden(name);
    // A table of sines is stored with the model; it is no layer.
    expected.remove("transformer.pos_embed.pos_embed");
    assertEquals(expected, weights(Families.named(name)));
  }

  private static Map<String, String> golden(String name) throws IOException {
    try (InputStream file = FamilyShapesTest.class.getResourceAsStream(name + ".tsv.gz");
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .map(line -> line.split("\t", 2))
          .collect(Collectors.toMap(f -> f[0], f -> f[1], (a, b) -> a, TreeMap::new));
    }
  }

  private static Map<String, String> weights(Family family) {
    Map<String, String> weights = new TreeMap<>();
    for (Site site : family.sites().all()) {
      weights.put(site.name() + ".weight", sizes(site.weight().sizes()));
      if (site.bias()) {
        weights.put(site.name() + ".bias", Long.toString(site.out()));
      }
    }
    return weights;
  }

  private static String sizes(long[] sizes) {
    return LongStream.of(sizes).mapToObj(Long::toString).collect(Collectors.joining(","));
  }
}
