package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.vera.VeraMethod;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors that a file has once for all layers, in PEFT's VeRA, RandLoRA and VB-LoRA. */
class SharedTensorsTest {
  private static final GoldenLayers LAYERS = new GoldenLayers("peft", "");
  private static final Family FAMILY = LAYERS.family();
  private static final Path VERA = LAYERS.folder().resolve("vera");
  private static final String A = "base_model.vera_A";
  private static final String B = "base_model.vera_B";
  private static final String LAYER = "base_model.model.blocks.0.q.";
  private static final String CONFIG = "adapter_config.json";
  private static final String TENSORS = "adapter_model.safetensors";

  @TempDir Path folder;

  private Path changed(
      UnaryOperator<Map<String, HostTensor>> tensors, UnaryOperator<String> configuration)
      throws IOException {
    return changed(VERA, tensors, configuration);
  }

  private Path changed(
      Path from,
      UnaryOperator<Map<String, HostTensor>> tensors,
      UnaryOperator<String> configuration)
      throws IOException {
    Map<String, HostTensor> all =
        tensors.apply(new TreeMap<>(GoldenLayers.tensors(from.resolve(TENSORS))));
    SafetensorsWriter writer = new SafetensorsWriter();
    all.forEach((key, t) -> writer.add(key, t.dtype(), t.shape(), t.bytes()));
    writer.write(folder.resolve(TENSORS));
    Files.writeString(
        folder.resolve(CONFIG), configuration.apply(Files.readString(from.resolve(CONFIG))));
    return folder;
  }

  private Path with(String key, HostTensor tensor) throws IOException {
    return with("vera", key, tensor);
  }

  private Path with(String name, String key, HostTensor tensor) throws IOException {
    return changed(
        LAYERS.folder().resolve(name),
        all -> {
          matrices(all, name, true);
          all.put(key, tensor);
          return all;
        },
        c -> c);
  }

  private static Map<String, HostTensor> without(Map<String, HostTensor> all, String... keys) {
    all.keySet().removeAll(List.of(keys));
    return all;
  }

  /** Without matrices that layers share, or without the copies of them at each layer. */
  private static Map<String, HostTensor> matrices(
      Map<String, HostTensor> all, String role, boolean shared) {
    all.keySet()
        .removeIf(
            k ->
                (k.endsWith(role + "_A") || k.endsWith(role + "_B"))
                    && !(shared && k.startsWith("base_model." + role)));
    return all;
  }

  private static String refused(Path file, Family base, ReadOptions options) {
    AdapterException e =
        assertThrows(AdapterException.class, () -> AdapterFiles.read(file, base, options));
    return String.valueOf(e.getMessage());
  }

  private static String refused(Path file) {
    return refused(file, FAMILY, ReadOptions.STRICT);
  }

  private static HostTensor ones(long... sizes) {
    float[] values = new float[Math.toIntExact(Shape.of(sizes).elements())];
    Arrays.fill(values, 1);
    return HostTensor.of(Shape.of(sizes), values);
  }

  @Test
  void layersOfOneSizeShareMemory() {
    Adapter adapter = AdapterFiles.read(VERA, FAMILY).adapter();
    Factors first = adapter.at("blocks.0.ff").get(0);
    Factors second = adapter.at("blocks.1.ff").get(0);
    assertSame(first.tensor(VeraMethod.A), second.tensor(VeraMethod.A));
    assertSame(first.tensor(VeraMethod.B), second.tensor(VeraMethod.B));
    Factors smaller = adapter.at("blocks.0.q").get(0);
    assertEquals(Shape.of(8, 3), smaller.tensor(VeraMethod.B).shape());
    assertSame(smaller.tensor(VeraMethod.B), adapter.at("blocks.1.q").get(0).tensor(VeraMethod.B));
  }

  @Test
  void accountNamesTheLayersOfEach() {
    LoadedAdapter read = AdapterFiles.read(VERA, FAMILY);
    assertEquals(Map.of(), read.account().ignored());
    assertEquals(
        "blocks.0.ff, blocks.0.q, blocks.1.ff, blocks.1.q", read.account().converted().get(A));
    assertEquals(10, read.account().total());
  }

  /** PEFT's own draws are in the file that has them. */
  @ParameterizedTest
  @CsvSource({"vera, vera", "randlora-sparse, randlora", "randlora-very-sparse, randlora"})
  void matricesThatAreNotInTheFileAreDrawnToTheBit(String name, String role) throws IOException {
    Path saved = LAYERS.folder().resolve(name);
    Path drawn =
        changed(
            saved,
            all -> matrices(all, role, false),
            c -> c.replace("\"save_projection\": true", "\"save_projection\": false"));
    assertEquals(
        AdapterFiles.read(saved, FAMILY).adapter().identity(),
        AdapterFiles.read(drawn, FAMILY).adapter().identity());
  }

  /** As PEFT would draw larger ones if the base had the other layers. */
  @Test
  void matricesAreNotDrawnForSomeLayersAlone() throws IOException {
    Path drawn =
        changed(
            all -> without(all, A, B),
            c -> c.replace("\"save_projection\": true", "\"save_projection\": false"));
    Family smaller = Family.of("less", new SiteCatalogue(List.of(site("blocks.0.q", 8, 8))));
    String text = refused(drawn, smaller, ReadOptions.PARTIAL);
    assertTrue(text.contains("sizes of all layers") && text.contains("blocks.0.ff"), text);
  }

  private static Site site(String name, long out, long in) {
    return Site.linear(name, Shape.of(out, in), true);
  }

  @Test
  void identityIsThatOfWhatLayersUse() throws IOException {
    HostTensor a = GoldenLayers.tensors(VERA.resolve(TENSORS)).get(A);
    float[] wider = new float[3 * 9];
    for (int r = 0; r < 3; r++) {
      float[] row = new float[8];
      a.floats(8 * r, 8, row);
      System.arraycopy(row, 0, wider, 9 * r, 8);
      wider[9 * r + 8] = 5;
    }
    Path larger = with(A, HostTensor.of(Shape.of(3, 9), wider));
    assertEquals(
        AdapterFiles.read(VERA, FAMILY).adapter().identity(),
        AdapterFiles.read(larger, FAMILY).adapter().identity());
  }

  @Test
  void whatIsMissingIsNamedOnce() throws IOException {
    String text = refused(changed(all -> without(all, B), c -> c));
    assertTrue(text.contains(B + " is missing") && text.contains("Save the adapter again"), text);
    assertEquals(text.indexOf("is missing"), text.lastIndexOf("is missing"), text);
  }

  @ParameterizedTest
  @CsvSource({
    "base_model.vera_A, 3, 7, 'at least [3, 8]'",
    "base_model.vera_A, 4, 8, '[at least 12, 4]'",
    "base_model.vera_B, 11, 3, 'at least [12, 3]'",
    "base_model.vera_B, 12, 2, '[at least 12, 3]'"
  })
  void whatIsTooSmallForALayerIsRefused(String key, long rows, long columns, String wanted)
      throws IOException {
    String text = refused(with(key, ones(rows, columns)));
    assertTrue(text.contains("base_model.vera_"), text);
    assertTrue(text.contains(wanted) && text.contains("blocks."), text);
  }

  @ParameterizedTest
  @CsvSource({"base_model.vera_A", "base_model.vera_B"})
  void whatIsNoMatrixIsRefused(String key) throws IOException {
    assertTrue(refused(with(key, ones(24))).contains(key));
    assertTrue(refused(with(key, ones(3, 1, 8))).contains("base_model.vera_"));
    assertTrue(refused(with(key, ones())).contains(key));
    assertTrue(refused(with(key, ones(0, 8))).contains(key));
  }

  @Test
  void vectorsOfOtherSizesAreRefused() throws IOException {
    assertTrue(refused(with(LAYER + "vera_lambda_b", ones(7))).contains("vera_lambda_b"));
    assertTrue(refused(with(LAYER + "vera_lambda_d", ones(4))).contains("vera_lambda_d"));
  }

  @Test
  void valuesThatAreNotFiniteAreRefused() throws IOException {
    HostTensor b = ones(12, 3);
    float[] values = new float[36];
    b.floats(values, 0);
    values[1] = Float.NaN;
    String text = refused(with(B, HostTensor.of(b.shape(), values)));
    assertTrue(text.contains(B) && text.contains("not finite"), text);
  }

  @Test
  void seedsAreWholeNumbers() throws IOException {
    Path drawn =
        changed(
            all -> without(all, A, B),
            c ->
                c.replace("\"save_projection\": true", "\"save_projection\": false")
                    .replace("\"projection_prng_key\": 7", "\"projection_prng_key\": 7.5"));
    String text = refused(drawn);
    assertTrue(text.contains("projection_prng_key 7.5") && text.contains("whole number"), text);
  }

  @Test
  void matricesWithoutLayersAreNoAdapter() throws IOException {
    Path alone =
        changed(
            all -> {
              all.keySet().retainAll(List.of(A, B));
              return all;
            },
            c -> c);
    assertTrue(refused(alone).contains("lacks the other half"));
    assertEquals(
        Reason.HALF_A_PAIR,
        AdapterFiles.examine(alone, FAMILY, ReadOptions.STRICT).account().ignored().get(A));
  }

  @Test
  void aBaseIsAskedForWhereTheFileTellsNoSizes() {
    AdapterException e = assertThrows(AdapterException.class, () -> AdapterFiles.read(VERA));
    String text = String.valueOf(e.getMessage());
    assertTrue(text.contains("Name the base"), text);
    assertEquals(
        Reason.NO_SITE, AdapterFiles.examine(VERA, ReadOptions.STRICT).account().ignored().get(A));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vera", "randlora", "randlora-sparse"})
  void peftsFileIsWrittenAsItWas(String name) {
    Path saved = LAYERS.folder().resolve(name);
    Path written = folder.resolve("written");
    AdapterOutput.write(
        AdapterFiles.read(saved, FAMILY).adapter(),
        FAMILY,
        AdapterWriters.named("peft"),
        WriteOptions.EXACT,
        written);
    assertEquals(
        matrices(
            new TreeMap<>(GoldenLayers.tensors(saved.resolve(TENSORS))),
            name.replaceAll("-.*", ""),
            true),
        GoldenLayers.tensors(written.resolve(TENSORS)));
  }

  @Test
  void layersOfSeveralAdaptersAreNotWrittenAsOne() throws IOException {
    Adapter one = AdapterFiles.read(VERA, FAMILY).adapter();
    Adapter other = AdapterFiles.read(with(A, ones(3, 8)), FAMILY).adapter();
    Map<String, List<Factors>> both = new TreeMap<>(one.sites());
    both.put("blocks.1.q", other.at("blocks.1.q"));
    AdapterException e =
        assertThrows(
            AdapterException.class,
            () ->
                AdapterOutput.write(
                    new Adapter("both", both, Map.of()),
                    FAMILY,
                    AdapterWriters.named("peft"),
                    WriteOptions.EXACT,
                    folder.resolve("both")));
    String text = String.valueOf(e.getMessage());
    assertTrue(text.contains("one vera_A for all layers") && text.contains("resize"), text);
  }

  @ParameterizedTest
  @CsvSource({
    "base_model.randlora_A, 3, 1, 7",
    "base_model.randlora_A, 4, 1, 8",
    "base_model.randlora_B, 11, 3, 3",
    "base_model.randlora_B, 12, 2, 3",
    "base_model.randlora_B, 12, 3, 4",
    "base_model.model.blocks.0.q.randlora_lambda, 3, 2, 0",
    "base_model.model.blocks.0.q.randlora_lambda, 2, 3, 0",
    "base_model.model.blocks.0.q.randlora_gamma, 3, 9, 0"
  })
  void wrongSizesOfRandloraAreRefused(String key, long x, long y, long z) throws IOException {
    HostTensor wrong = z == 0 ? ones(x, y) : ones(x, y, z);
    assertTrue(refused(with("randlora", key, wrong)).contains("randlora_"), key);
  }

  @Test
  void vectorsThatAreNotInTheBankAreRefused() throws IOException {
    String key = LAYER + "vblora_logits_A_topk_indices";
    Path saved = LAYERS.folder().resolve("vblora-few");
    HostTensor places = GoldenLayers.tensors(saved.resolve(TENSORS)).get(key);
    byte[] bytes = new byte[places.bytes().remaining()];
    places.bytes().get(bytes);
    for (int index : new int[] {300, -1}) {
      bytes[0] = (byte) index;
      bytes[1] = (byte) (index >> 8);
      HostTensor wrong = HostTensor.of(places.dtype(), places.shape(), ByteBuffer.wrap(bytes));
      String text = refused(with("vblora-few", key, wrong));
      assertTrue(text.contains(key) && text.contains("not " + index), text);
    }
  }

  @Test
  void weightsOfVectorsAreSharesOfOne() throws IOException {
    String key = LAYER + "vblora_logits_B_topk_weights";
    float[] twos = new float[4 * 3];
    Arrays.fill(twos, 2);
    String text = refused(with("vblora-few", key, HostTensor.of(Shape.of(4, 3, 1), twos)));
    assertTrue(text.contains(key) && text.contains("at most 1"), text);
  }

  @Test
  void banksThatAreMissingOrDoNotFitAreRefused() throws IOException {
    String bank = "base_model.vblora_vector_bank";
    Path saved = LAYERS.folder().resolve("vblora");
    assertTrue(refused(changed(saved, all -> without(all, bank), c -> c)).contains(bank + " is"));
    assertTrue(refused(with("vblora", bank, ones(4, 3))).contains("divides"));
    assertTrue(refused(with("vblora", bank, ones(5, 4))).contains("vblora_logits_A"));
    assertTrue(refused(with("vblora", bank, ones(4, 2))).contains("vblora_logits_A"));
    for (String topk : List.of("0", "5", "2.5")) {
      String text =
          refused(changed(saved, all -> all, c -> c.replace("\"topk\": 3", "\"topk\": " + topk)));
      assertTrue(text.contains("topk " + topk), text);
    }
    Files.delete(folder.resolve(CONFIG));
    assertTrue(refused(folder.resolve(TENSORS)).contains("adapter_config.json"));
  }

  @Test
  void copiesOfMatricesAtLayersAreCopies() throws IOException {
    Path saved = LAYERS.folder().resolve("randlora");
    Adapter adapter = AdapterFiles.read(saved, FAMILY).adapter();
    assertSame(
        adapter.at("blocks.0.ff").get(0).tensor("randlora_B"),
        adapter.at("blocks.1.ff").get(0).tensor("randlora_B"));
    Path other =
        changed(
            saved,
            all -> {
              all.put(LAYER + "randlora_B", ones(12, 3, 3));
              return all;
            },
            c -> c);
    String text = refused(other);
    assertTrue(text.contains(LAYER + "randlora_B") && text.contains("a copy"), text);
  }

  @Test
  void matricesDrawnInPrecisionsOfOtherMachinesAreRefused() throws IOException {
    Path drawn =
        changed(
            LAYERS.folder().resolve("randlora"),
            all -> matrices(all, "randlora", false),
            c -> c.replace("\"save_projection\": true", "\"save_projection\": false"));
    String text = refused(drawn);
    assertTrue(text.contains("randlora_A") && text.contains("save_projection"), text);
  }
}
