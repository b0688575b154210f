package dev.lora4j.core.format.sparse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.pruning.MagnitudePruning;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.kohya.KohyaWriter;
import dev.lora4j.core.format.peft.PeftWriter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.format.writing.WriteRequest;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** lora4j's layout: the same adapter as in any other, smaller; damaged files are refused. */
class SparseFileTest {
  private static final int WIDTH = 200;
  private static final int RANK = 16;
  private static final List<Site> SITES =
      List.of(
          Site.linear("net.first.to_q", Shape.of(WIDTH, WIDTH), false),
          Site.linear("net.second.to_q", Shape.of(WIDTH, WIDTH), false));
  private static final Family FAMILY = Family.of("the base", new SiteCatalogue(SITES));

  @TempDir Path folder;

  private static Adapter adapter(double density) {
    Random random = new Random(3);
    Map<String, List<Factors>> sites = new TreeMap<>();
    for (Site site : SITES) {
      sites.put(
          site.name(),
          List.of(
              LoraMath.factors(
                  random(random, Shape.of(RANK, WIDTH)),
                  random(random, Shape.of(WIDTH, RANK)),
                  8)));
    }
    return new MagnitudePruning(density).of(new Adapter("a", sites, Map.of()));
  }

  private static HostTensor random(Random random, Shape shape) {
    double[] values = random.doubles(shape.elements(), -1, 1).toArray();
    return HostTensor.of(DType.F16, shape, values);
  }

  private Path written(Adapter adapter, AdapterWriter layout, String name) {
    Path file = folder.resolve(name);
    AdapterOutput.write(adapter, FAMILY, layout, WriteOptions.EXACT, file);
    return file;
  }

  @Test
  void eachLayoutReadsBackAsTheSameAdapter() throws IOException {
    for (double density : new double[] {1, 0.5, 0.1, 0.02}) {
      Adapter adapter = adapter(density);
      Path sparse = written(adapter, new SparseWriter(), density + ".safetensors");
      Path dense = written(adapter, new KohyaWriter(), density + "-dense.safetensors");
      Adapter read = AdapterFiles.read(sparse, FAMILY).adapter();
      assertEquals(adapter.identity(), read.identity());
      assertFalse(read.metadata().containsKey("lora4j_sparse"), read.metadata().toString());
      for (AdapterWriter other : List.of(new KohyaWriter(), new PeftWriter())) {
        Path back =
            written(
                read, other, density + "-" + other.name() + (other.folder() ? "" : ".safetensors"));
        assertEquals(adapter.identity(), AdapterFiles.read(back, FAMILY).adapter().identity());
      }
      long elements = 4L * RANK * WIDTH;
      long saved = Files.size(dense) - Files.size(sparse);
      // Two bytes for each number that is there and one for its place; the header is as large
      // again.
      double expected = Math.max(0, 2 * elements - 3 * density * elements);
      assertTrue(saved >= expected - 2000, saved + " of " + expected);
    }
  }

  /** A file of which something is changed before it is written again. */
  private Path changed(Consumer<SortedMap<String, HostTensor>> tensors, String shapes) {
    Path file = written(adapter(0.1), new SparseWriter(), "whole.safetensors");
    SortedMap<String, HostTensor> all = new TreeMap<>();
    Map<String, String> metadata;
    try (Safetensors opened = Safetensors.open(file)) {
      metadata = new TreeMap<>(opened.metadata());
      opened
          .tensors()
          .forEach(
              (name, info) ->
                  all.put(name, HostTensor.owning(info.dtype(), info.shape(), opened.bytes(name))));
    }
    tensors.accept(all);
    if (shapes.isEmpty()) {
      metadata.remove("lora4j_sparse");
    } else if (!shapes.equals("same")) {
      metadata.put("lora4j_sparse", shapes);
    }
    SafetensorsWriter writer = new SafetensorsWriter().metadata(metadata);
    all.forEach((name, t) -> writer.add(name, t.dtype(), t.shape(), t.bytes()));
    Path other = folder.resolve("changed.safetensors");
    writer.write(other);
    return other;
  }

  private void refused(Consumer<SortedMap<String, HostTensor>> tensors, String shapes, String why) {
    Path file = changed(tensors, shapes);
    AdapterException e =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(file, FAMILY));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains("changed.safetensors"), e.getMessage());
  }

  private static final String DOWN =
      new KohyaWriter()
              .lay(new WriteRequest(adapter(1), FAMILY, false))
              .files()
              .get(0)
              .tensors()
              .keySet()
              .stream()
              .filter(key -> key.endsWith("lora_down.weight"))
              .findFirst()
              .orElseThrow();

  private static final String GAPS = DOWN + ".sparse_gaps";
  private static final String MASK = DOWN + ".sparse_mask";
  private static final String VALUES = DOWN + ".sparse_values";

  private static HostTensor bytes(byte... bytes) {
    return HostTensor.owning(DType.U8, Shape.of(bytes.length), bytes);
  }

  private static byte[] copy(HostTensor tensor) {
    byte[] bytes = new byte[tensor.bytes().remaining()];
    tensor.bytes().get(bytes);
    return bytes;
  }

  @Test
  void valuesAndPlacesThatDoNotGoTogetherAreRefused() {
    assertEquals(
        adapter(0.1).identity(),
        AdapterFiles.read(changed(all -> {}, "same"), FAMILY).adapter().identity());
    refused(
        all -> {
          byte[] gaps = copy(all.get(GAPS));
          gaps[5] = (byte) 254;
          gaps[6] = (byte) 254;
          for (int i = 7; i < 40; i++) {
            gaps[i] = (byte) 200;
          }
          all.put(GAPS, bytes(gaps));
        },
        "same",
        "a value is at place ");
    refused(
        all -> all.put(GAPS, bytes(Arrays.copyOf(copy(all.get(GAPS)), 200))),
        "same",
        "gaps cover ");
    refused(
        all -> {
          all.remove(GAPS);
          byte[] mask = new byte[RANK * WIDTH / 8];
          mask[9] = 3;
          all.put(MASK, bytes(mask));
        },
        "same",
        "320 values are stored, and mask has 2 places");
    refused(
        all -> {
          HostTensor values = all.get(VALUES);
          all.put(VALUES, HostTensor.of(DType.F16, Shape.of(300), new float[300]));
          assertEquals(320, values.shape().elements());
        },
        "same",
        "300 values are stored, and gaps has 320 places");
  }

  @Test
  void headersThatContradictTheTensorsAreRefused() {
    String same = "same";
    refused(all -> {}, "", "no entry lora4j_sparse");
    refused(all -> {}, "[1, 2]", "no entry lora4j_sparse");
    refused(all -> {}, "{}", "has no such tensor");
    refused(all -> all.remove(VALUES), same, "has no " + VALUES);
    refused(all -> all.remove(GAPS), same, "has no places of the values of " + DOWN);
    refused(all -> all.put(MASK, bytes(new byte[400])), same, "twice, as gaps and as a mask");
    refused(
        all -> all.put(DOWN, HostTensor.of(DType.F16, Shape.of(1), new float[1])),
        same,
        "twice, whole and without its zeros");
    refused(
        all -> all.put(VALUES, HostTensor.owning(DType.U8, Shape.of(320), new byte[320])),
        same,
        "a list of F64, F32, F16 or BF16 and one of U8 are expected");
    refused(
        all -> all.put(GAPS, all.get(GAPS).reshape(Shape.of(1, all.get(GAPS).shape().elements()))),
        same,
        "a list of F64, F32, F16 or BF16 and one of U8 are expected");
    String shape = "{\"" + DOWN + "\": \"%s\"}";
    for (String text :
        List.of("0x200", "-1", "16x", "16 x 200", "99999999x99999999", "9999999999")) {
      refused(all -> {}, shape.formatted(text), "sizes from 1 on");
    }
    // A few bytes do not become a large tensor.
    refused(all -> {}, shape.formatted("16000x16000"), "which take 1003921 to 256000000");
    refused(all -> {}, shape.formatted("16x19"), "320 values are stored for 304 elements");
  }

  /** The layer's own check of shapes sees the whole tensor. */
  @Test
  void shapesOfOtherLayersAreRefused() {
    Path file = written(adapter(0.1), new SparseWriter(), "a.safetensors");
    List<Site> other = List.of(Site.linear("net.first.to_q", Shape.of(WIDTH, 100), false));
    Family base = Family.of("another base", new SiteCatalogue(other));
    AdapterException e = assertThrows(AdapterException.class, () -> AdapterFiles.read(file, base));
    assertTrue(String.valueOf(e.getMessage()).contains("[16, 200]"), e.getMessage());
  }
}
