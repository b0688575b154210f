package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.kohya.KohyaWriter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three layers of two rows that are one of six rows, and one whose halves change places. */
class FusedLayersTest {
  private static final String Q = "transformer.to_q";
  private static final String K = "transformer.to_k";
  private static final String V = "transformer.to_v";
  private static final String NORM = "transformer.norm_out";
  private static final String QKV = "diffusion_model.qkv";
  private static final String FLAT = "lora_unet_qkv";
  private static final Family FAMILY =
      new Family(
          "flux",
          "a small FLUX",
          new SiteCatalogue(
              List.of(
                  Site.linear(Q, Shape.of(2, 3), true),
                  Site.linear(K, Shape.of(2, 3), true),
                  Site.linear(V, Shape.of(2, 3), true),
                  Site.linear(NORM, Shape.of(4, 3), true))),
          List.of(
              NativeName.part(QKV, Q, 0, 2),
              NativeName.part(QKV, K, 2, 2),
              NativeName.part(QKV, V, 4, 2),
              NativeName.swapped("diffusion_model.final", NORM)));

  @TempDir Path folder;

  private static HostTensor tensor(double first, long... sizes) {
    Shape shape = Shape.of(sizes);
    double[] values = new double[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = first + i;
    }
    return HostTensor.of(DType.F32, shape, values);
  }

  private static Factors lora(double first, long rank, double alpha) {
    return lora(first, rank, alpha, 2);
  }

  private static Factors lora(double first, long rank, double alpha, long rows) {
    return Factors.of(
        "lora",
        Map.of(
            "lora_down.weight", tensor(first, rank, 3),
            "lora_up.weight", tensor(first + 50, rows, rank)),
        Map.of("alpha", Double.toString(alpha)));
  }

  private Path write(Map<String, Factors> sites, WriteOptions options) {
    Path file = folder.resolve("a.safetensors");
    AdapterOutput.write(adapter(sites), FAMILY, new KohyaWriter(), options, file);
    return file;
  }

  private static Adapter adapter(Map<String, Factors> sites) {
    Map<String, List<Factors>> lists = new TreeMap<>();
    sites.forEach((site, factors) -> lists.put(site, List.of(factors)));
    return new Adapter("a", lists, Map.of());
  }

  private static double[] values(Path file, String key) {
    try (Safetensors opened = Safetensors.open(file)) {
      return HostTensor.of(DType.F32, Shape.of(opened.bytes(key).length / 4L), opened.read(key))
          .doubles();
    }
  }

  @Test
  void fusedUpFactorsAreBlockDiagonal() {
    Map<String, Factors> sites =
        Map.of(Q, lora(1, 1, 0.5), K, lora(10, 1, 0.5), V, lora(20, 1, 0.5));
    Path file = write(sites, WriteOptions.EXACT);
    assertArrayEquals(new double[] {1.5}, values(file, FLAT + ".alpha"));
    assertArrayEquals(
        new double[] {1, 2, 3, 10, 11, 12, 20, 21, 22}, values(file, FLAT + ".lora_down.weight"));
    assertArrayEquals(
        new double[] {51, 0, 0, 52, 0, 0, 0, 60, 0, 0, 61, 0, 0, 0, 70, 0, 0, 71},
        values(file, FLAT + ".lora_up.weight"));
    assertEquals(adapter(sites).identity(), AdapterFiles.read(file, FAMILY).adapter().identity());
  }

  @Test
  void sharedDownFactorIsWrittenOnce() {
    HostTensor down = tensor(1, 2, 3);
    Map<String, Factors> sites = new TreeMap<>();
    for (String site : List.of(Q, K, V)) {
      HostTensor up = tensor(site.hashCode() % 7 + 1.0, 2, 2);
      sites.put(
          site,
          Factors.of(
              "lora",
              Map.of("lora_down.weight", down, "lora_up.weight", up),
              Map.of("alpha", "1.0")));
    }
    Path file = write(sites, WriteOptions.EXACT);
    assertArrayEquals(down.doubles(), values(file, FLAT + ".lora_down.weight"));
    assertArrayEquals(new double[] {1}, values(file, FLAT + ".alpha"));
    assertEquals(adapter(sites).identity(), AdapterFiles.read(file, FAMILY).adapter().identity());
  }

  @Test
  void halvesAreSwappedWhenWrittenAndRead() {
    Map<String, Factors> sites = Map.of(NORM, lora(1, 1, 1, 4));
    Path file = write(sites, WriteOptions.EXACT);
    assertArrayEquals(
        new double[] {53, 54, 51, 52}, values(file, "lora_unet_final.lora_up.weight"));
    assertEquals(adapter(sites).identity(), AdapterFiles.read(file, FAMILY).adapter().identity());
  }

  @Test
  void missingFactorsAreWrittenAsZeroAndReported() {
    Path file = folder.resolve("a.safetensors");
    Adapter adapter = adapter(Map.of(Q, lora(1, 2, 1), V, lora(9, 2, 1)));
    AdapterOutput.Written written =
        AdapterOutput.write(adapter, FAMILY, new KohyaWriter(), WriteOptions.EXACT, file);
    assertTrue(written.changes().contains(K + " is written with factors of 0."));
    LoadedAdapter read = AdapterFiles.read(file, FAMILY);
    assertEquals(adapter.at(Q), read.adapter().at(Q));
    assertEquals(adapter.at(V), read.adapter().at(V));
    for (double value : read.adapter().at(K).get(0).tensor("lora_up.weight").doubles()) {
      assertEquals(0, value);
    }
  }

  @Test
  void differingScalesAreRefusedUnlessFolded() {
    Map<String, Factors> sites = Map.of(Q, lora(1, 2, 1), K, lora(2, 2, 2), V, lora(3, 2, 1));
    AdapterException e =
        assertThrows(AdapterException.class, () -> write(sites, WriteOptions.EXACT));
    assertTrue(e.getMessage().contains("scales"), e.getMessage());
    Path file = write(sites, WriteOptions.EXACT.folded());
    Factors read = AdapterFiles.read(file, FAMILY).adapter().at(Q).get(0);
    assertEquals("2.0", read.settings().get("alpha"));
    assertEquals(51.0 / 2, read.tensor("lora_up.weight").doubles()[0]);
  }

  @Test
  void fullDifferencesAreStackedByRows() {
    Factors one = Factors.of("diff", Map.of("diff", tensor(1, 2, 3)), Map.of());
    Map<String, Factors> sites = Map.of(Q, one, K, one, V, one);
    Path file = write(sites, WriteOptions.EXACT);
    assertEquals(18, values(file, FLAT + ".diff").length);
    assertEquals(adapter(sites).identity(), AdapterFiles.read(file, FAMILY).adapter().identity());
  }

  @Test
  void otherMethodsAreRefusedByName() {
    Factors loha =
        Factors.of(
            "loha",
            Map.of(
                "hada_w1_a", tensor(1, 2, 1),
                "hada_w1_b", tensor(1, 1, 3),
                "hada_w2_a", tensor(1, 2, 1),
                "hada_w2_b", tensor(1, 1, 3)),
            Map.of("alpha", "1.0"));
    AdapterException e =
        assertThrows(AdapterException.class, () -> write(Map.of(Q, loha), WriteOptions.EXACT));
    assertTrue(e.getMessage().contains(Q) && e.getMessage().contains("loha"), e.getMessage());
  }
}
