package dev.lora4j.core.format.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where weights lie in the original layout, against what diffusers' own converters do. */
class OriginalLayoutTest {
  /** What a converter made of a weight: its site, and what in the original it was made of. */
  private record Converted(String site, String layer, long from, long rows, String note) {
    static Converted of(String line) {
      String[] f = line.split("\t", -1);
      return new Converted(f[0], f[1], Long.parseLong(f[2]), Long.parseLong(f[3]), f[4]);
    }

    /** OpenCLIP has weights that are no layer's; what the original calls a layer has a weight. */
    String tensor() {
      if (layer.matches(".*(weight|positional_embedding|text_projection)")) {
        return layer;
      }
      return layer + (layer.matches(".*(query|key)_norm") ? ".scale" : ".weight");
    }
  }

  static Stream<String> families() {
    return Families.all().stream().map(Family::name);
  }

  @ParameterizedTest
  @MethodSource("families")
  void weightsLieWhereDiffusersConvertersFindThem(String name) throws IOException {
    Family family = Families.named(name);
    List<Converted> conversions = read(name);
    Map<String, Long> rows = new LinkedHashMap<>();
    conversions.forEach(c -> rows.merge(c.tensor(), c.from() + c.rows(), Math::max));
    Map<String, TensorInfo> header = new LinkedHashMap<>();
    Map<String, Placement> expected = new TreeMap<>();
    for (Converted c : conversions) {
      long all = rows.get(c.tensor());
      Shape weight = family.sites().find(c.site()).map(Site::weight).orElseThrow();
      boolean transposed = c.note().equals("transposed");
      boolean part = c.rows() < all;
      Shape stored = part ? weight.with(0, all) : weight;
      put(header, c.tensor(), transposed ? Shape.of(stored.size(1), stored.size(0)) : stored);
      Optional<Placement.Rows> those =
          part ? Optional.of(new Placement.Rows(c.from(), c.rows(), all)) : Optional.empty();
      boolean swapped = c.note().equals("swapped");
      expected.put(c.site(), new Placement("", c.tensor(), those, transposed, swapped));
    }

    OriginalLayout layout = OriginalLayout.of(header, "").orElseThrow();
    assertEquals(name, layout.family().name());
    Map<String, Placement> found = new TreeMap<>();
    layout.layers().forEach(layer -> found.put(layer.site().name(), layer.weight()));
    assertEquals(expected, found);
    assertEquals(denoiser(family), denoiser(found.keySet().stream()));
  }

  /** No layer of the denoiser is missing from the conversion. */
  private static long denoiser(Family family) {
    return denoiser(family.sites().all().stream().map(Site::name));
  }

  private static long denoiser(Stream<String> sites) {
    return sites.filter(s -> !s.startsWith("text_encoder")).count();
  }

  private static void put(Map<String, TensorInfo> header, String name, Shape shape) {
    header.put(name, new TensorInfo(name, DType.BF16, shape, 0, 2 * shape.elements()));
  }

  private static List<Converted> read(String name) throws IOException {
    String file = "/dev/lora4j/diffusion/family/" + name + "-natives.tsv.gz";
    try (InputStream packed = OriginalLayoutTest.class.getResourceAsStream(file);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.UTF_8))) {
      return lines.lines().map(Converted::of).toList();
    }
  }
}
