package dev.lora4j.core.bake;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.lowrank.Extraction;
import dev.lora4j.core.lowrank.RankRule;
import dev.lora4j.core.lowrank.RankRules;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Adapters in bases whose weights are in few bits. */
class QuantisedBakeTest {
  private static final String WEIGHT = SmallModel.LINEAR + ".weight";
  private static Engine engine;
  private static Scope scope;

  @TempDir private Path folder;
  private SmallModel model;
  private Path whole;
  private Adapter adapter;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("bake");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @BeforeEach
  void write() {
    model = new SmallModel(11, scope, DType.F32);
    whole = model.write(folder.resolve("whole.safetensors"));
    adapter = model.lora("a", 3);
  }

  private Path quantised(QuantisedFile kind) {
    Path file = folder.resolve("quantised.safetensors");
    kind.write(whole, WEIGHT, file);
    return file;
  }

  private static double[] numbers(Path file, String site) {
    try (BaseCheckpoint base = BaseCheckpoint.open(file)) {
      return base.read(base.weight(site).orElseThrow()).doubles();
    }
  }

  private static Map<String, HostTensor> stored(Path file) {
    try (Safetensors opened = Safetensors.open(file)) {
      Map<String, HostTensor> all = new TreeMap<>();
      opened
          .tensors()
          .values()
          .forEach(
              i ->
                  all.put(
                      i.name(), HostTensor.owning(i.dtype(), i.shape(), opened.bytes(i.name()))));
      return all;
    }
  }

  /** The sum that should be there, of what the base's codes stand for. */
  private double[] expected(Path base, double weight) {
    double[] sum = numbers(base, SmallModel.LINEAR);
    double[] change = model.change(WEIGHT, adapter);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * change[i];
    }
    return sum;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  private static double norm(double[] a) {
    return distance(a, new double[a.length]);
  }

  private static BakeReport bake(Path base, MixPlan plan, Path output, DType... to) {
    try (BaseCheckpoint opened = BaseCheckpoint.open(base)) {
      Bake bake = new Bake(scope, opened, plan);
      Arrays.stream(to).forEach(bake::to);
      return bake.into(output);
    }
  }

  private static BakedParameter weight(BakeReport report) {
    return report.changed().stream()
        .filter(p -> (p.site() + "." + p.target().parameter()).equals(WEIGHT))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(QuantisedFile.class)
  void sumsAreRoundedToTheFormOfTheBase(QuantisedFile kind) {
    Path base = quantised(kind);
    Path output = folder.resolve("baked.safetensors");
    BakeReport report = bake(base, MixPlan.of(adapter, 0.75), output);
    double[] sum = expected(base, 0.75);
    double[] found = numbers(output, SmallModel.LINEAR);
    BakedParameter one = weight(report);
    assertEquals(kind.type(), one.stored());
    assertEquals(distance(found, sum), one.rounding(), 1e-5 * norm(sum));
    assertEquals(norm(model.change(WEIGHT, adapter)) * 0.75, one.change(), 1e-5 * one.change());
    double most = kind == QuantisedFile.INT8 ? 0.02 : kind.type().startsWith("F8") ? 0.1 : 0.2;
    assertTrue(one.rounding() < most * norm(sum), one.toString());
    // The same names, types and shapes, and all that nothing changes as it was.
    Map<String, HostTensor> before = stored(base);
    Map<String, HostTensor> after = stored(output);
    assertEquals(before.keySet(), after.keySet());
    List<String> changed = new ArrayList<>();
    before.forEach(
        (name, tensor) -> {
          HostTensor other = after.get(name);
          assertEquals(tensor.dtype() + " " + tensor.shape(), other.dtype() + " " + other.shape());
          if (!tensor.equals(other)) {
            changed.add(name);
          }
        });
    assertTrue(changed.contains(WEIGHT), changed.toString());
    assertTrue(
        changed.stream()
            .noneMatch(n -> n.contains("map") || n.contains("state") || n.contains("input")),
        changed.toString());
    assertEquals(report.copied() + changed.size(), before.size(), changed.toString());
  }

  @ParameterizedTest
  @EnumSource(QuantisedFile.class)
  void numbersThatDoNotChangeKeepTheirCodes(QuantisedFile kind) {
    Path base = quantised(kind);
    Path output = folder.resolve("baked.safetensors");
    // An adapter that adds next to nothing: codes are made anew, and are those of before.
    bake(base, MixPlan.of(adapter, 1e-9), output);
    double[] before = numbers(base, SmallModel.LINEAR);
    double[] after = numbers(output, SmallModel.LINEAR);
    assertArrayEquals(before, after, 1e-6 * norm(before));
  }

  @ParameterizedTest
  @CsvSource({"NF4_DOUBLE,F16", "FP4,BF16", "INT8,F32", "FP8_ROWS,F16", "FP8_WIDE,BF16"})
  void anotherTypeTakesThePlaceOfCodes(QuantisedFile kind, DType to) {
    Path base = quantised(kind);
    Path output = folder.resolve("baked.safetensors");
    BakeReport report = bake(base, MixPlan.of(adapter, 1), output, to);
    double[] sum = expected(base, 1);
    Map<String, HostTensor> written = stored(output);
    assertEquals(stored(whole).keySet(), written.keySet());
    // What is no parameter keeps its digits: schedules of noise are read in them.
    assertEquals(stored(whole).get("alphas_cumprod"), written.remove("alphas_cumprod"));
    written.values().forEach(t -> assertEquals(to, t.dtype()));
    double[] found = written.get(WEIGHT).doubles();
    for (int i = 0; i < sum.length; i++) {
      double half = Math.abs(sum[i]) * Math.scalb(1.0, -SmallModel.digits(to));
      assertEquals(sum[i], found[i], half + 1e-5);
    }
    assertEquals(to.toString(), weight(report).stored());
    // The linear layer, the convolution and the norm change, each with its bias.
    assertEquals(
        1 + written.size(), report.changed().size() + report.converted() + report.copied());
    assertTrue(report.loss() < 0.01, "" + report.loss());
    try (Safetensors opened = Safetensors.open(output)) {
      assertEquals(Map.of("a", "1", "format", "pt"), opened.metadata());
    }
  }

  @Test
  void foldersSpeakOfWhatIsInThem() throws IOException {
    Path from = model.folder(folder.resolve("model"));
    Path unet = from.resolve("unet");
    Path shard = unet.resolve("diffusion_pytorch_model-00001-of-00002.safetensors");
    Path other = folder.resolve("shard.safetensors");
    Files.move(shard, other);
    QuantisedFile.NF4_DOUBLE.write(other, WEIGHT, shard);
    Files.delete(unet.resolve("diffusion_pytorch_model.fp16.safetensors"));
    Path index = unet.resolve("diffusion_pytorch_model.safetensors.index.json");
    StringBuilder places = new StringBuilder();
    for (int i = 1; i <= 2; i++) {
      String name = "diffusion_pytorch_model-0000" + i + "-of-00002.safetensors";
      stored(unet.resolve(name))
          .keySet()
          .forEach(t -> places.append(places.isEmpty() ? "" : ",").append(pair(t, name)));
    }
    Files.writeString(index, "{\"metadata\":{\"total_size\":1},\"weight_map\":{" + places + "}}");
    Files.writeString(
        unet.resolve("config.json"),
        "{\"torch_dtype\":\"float32\",\"quantization_config\":{\"load_in_4bit\":true}}");
    Path output = folder.resolve("out");
    bake(from, MixPlan.of(model.lora("unet.", "a", 3), 1), output, DType.F16);
    String config = Files.readString(output.resolve("unet/config.json"));
    assertTrue(config.contains("float16") && !config.contains("quantization"), config);
    String written =
        Files.readString(output.resolve("unet/diffusion_pytorch_model.safetensors.index.json"));
    assertTrue(!written.contains("absmax") && written.contains(WEIGHT), written);
    long numbers =
        stored(whole).entrySet().stream()
            .filter(e -> !e.getKey().equals("alphas_cumprod"))
            .mapToLong(e -> e.getValue().shape().elements())
            .sum();
    assertTrue(written.contains("\"total_size\": " + 2 * numbers), written);
    double[] expected = numbers(from, "unet." + SmallModel.LINEAR);
    assertArrayEquals(expected, numbers(output, "unet." + SmallModel.LINEAR), 5e-3);
  }

  private static String pair(String tensor, String file) {
    return '"' + tensor + "\":\"" + file + '"';
  }

  @Test
  void adaptersAreExtractedFromQuantisedBases() {
    Path base = quantised(QuantisedFile.INT8);
    Path output = folder.resolve("baked.safetensors");
    bake(base, MixPlan.of(adapter, 1), output, DType.F32);
    try (BaseCheckpoint before = BaseCheckpoint.open(base);
        BaseCheckpoint after = BaseCheckpoint.open(output)) {
      RankRules rules = RankRules.same(RankRule.fixed(3));
      Adapter found =
          new Extraction(scope, rules, DType.F32)
              .minChange(1e-6)
              .of("x", CheckpointDifferences.of(before, after, site -> true, false))
              .truncated()
              .adapter();
      assertArrayEquals(model.change(WEIGHT, adapter), model.change(WEIGHT, found), 2e-6);
    }
  }

  @Test
  void numbersThatATypeCannotHoldAreRefused() throws IOException {
    Path base = quantised(QuantisedFile.NF4);
    Path output = folder.resolve("baked.safetensors");
    BakeException changed =
        assertThrows(
            BakeException.class, () -> bake(base, MixPlan.of(adapter, 1e6), output, DType.F16));
    assertTrue(changed.getMessage().contains("not finite in F16"), changed.getMessage());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(2, left.count());
    }
  }
}
