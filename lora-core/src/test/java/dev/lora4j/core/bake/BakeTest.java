package dev.lora4j.core.bake;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.lowrank.Difference;
import dev.lora4j.core.lowrank.Extraction;
import dev.lora4j.core.lowrank.RankRule;
import dev.lora4j.core.lowrank.RankRules;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.SiteMix;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BakeTest {
  private static Engine engine;
  private static Scope scope;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("bake");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static BakeReport bake(Path base, MixPlan plan, Path output) {
    try (BaseCheckpoint opened = BaseCheckpoint.open(base)) {
      return new Bake(scope, opened, plan).into(output);
    }
  }

  private static Map<String, HostTensor> tensors(Path file) {
    try (Safetensors opened = Safetensors.open(file)) {
      Map<String, HostTensor> all = new java.util.TreeMap<>();
      opened
          .tensors()
          .values()
          .forEach(
              i -> all.put(i.name(), HostTensor.of(i.dtype(), i.shape(), opened.read(i.name()))));
      return all;
    }
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      Set<String> names = new TreeSet<>();
      files
          .filter(Files::isRegularFile)
          .forEach(f -> names.add(folder.relativize(f).toString().replace('\\', '/')));
      return names;
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F16", "BF16"})
  void bakedSumIsRoundedOnceRestUntouched(DType stored) throws IOException {
    SmallModel base = new SmallModel(1, scope, stored);
    Path file = base.write(folder.resolve("base.safetensors"));
    Adapter a = base.lora("a", 3);
    Adapter b = base.lora("b", 2);
    Path output = folder.resolve("baked.safetensors");
    BakeReport report = bake(file, MixPlan.of(a, 0.75).with(b, -0.5), output);
    Map<String, HostTensor> before = tensors(file);
    Map<String, HostTensor> after = tensors(output);
    double rounding = 0;
    double change = 0;
    Set<String> touched = new TreeSet<>();
    for (String name : before.keySet()) {
      double[] exact = base.exact(name, Map.of(a, 0.75, b, -0.5));
      double[] found = after.get(name).doubles();
      double[] was = before.get(name).doubles();
      if (exact.length == 0) {
        assertEquals(before.get(name), after.get(name), name);
        continue;
      }
      touched.add(name);
      for (int i = 0; i < exact.length; i++) {
        // Half of the last place, and what summing in F32 adds.
        double half = Math.abs(exact[i]) * Math.scalb(1.0, -SmallModel.digits(stored));
        assertEquals(exact[i], found[i], half + 1e-5, name);
        rounding += Math.pow(found[i] - exact[i], 2);
        change += Math.pow(exact[i] - was[i], 2);
      }
    }
    assertEquals(touched.size(), report.changed().size());
    assertEquals(before.size() - touched.size(), report.copied());
    assertEquals(Math.sqrt(rounding / change), report.loss(), 0.01 * report.loss() + 1e-6);
    assertTrue(report.worst().orElseThrow().loss() >= report.loss());
    byte[] header = Files.readAllBytes(file);
    byte[] baked = Files.readAllBytes(output);
    assertEquals(header.length, baked.length);
    int length =
        8 + java.nio.ByteBuffer.wrap(header).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt();
    assertArrayEquals(
        java.util.Arrays.copyOf(header, length), java.util.Arrays.copyOf(baked, length));
    assertEquals(Set.of("base.safetensors", "baked.safetensors"), names(folder));
  }

  @Test
  void weightZeroIsTheBaseByteForByte() throws IOException {
    SmallModel base = new SmallModel(2, scope, DType.F16);
    Path file = base.write(folder.resolve("base.safetensors"));
    Path output = folder.resolve("baked.safetensors");
    BakeReport report = bake(file, MixPlan.of(base.lora("a", 3), 0), output);
    assertEquals(-1, Files.mismatch(file, output));
    assertEquals(List.of(), report.changed());
  }

  @Test
  void bakedAdapterIsExtractedAgain() {
    SmallModel base = new SmallModel(3, scope, DType.F32);
    Path file = base.write(folder.resolve("base.safetensors"));
    Path output = folder.resolve("baked.safetensors");
    Adapter a = base.lora("a", 3);
    bake(file, MixPlan.of(a, 1), output);
    try (BaseCheckpoint before = BaseCheckpoint.open(file);
        BaseCheckpoint after = BaseCheckpoint.open(output)) {
      List<Difference> all = CheckpointDifferences.of(before, after, site -> true, true);
      RankRules rules = RankRules.same(RankRule.fixed(3));
      Adapter found =
          new Extraction(scope, rules, DType.F32)
              .minChange(1e-6)
              .of("x", all)
              .truncated()
              .adapter();
      assertEquals(a.sites().keySet(), found.sites().keySet());
      for (String name : tensors(file).keySet()) {
        double[] expected = base.change(name, a);
        double[] change = base.change(name, found);
        assertArrayEquals(expected, change, 2e-6, name);
      }
    }
  }

  @Test
  void weightDependentMethodsActInTurn() {
    SmallModel base = new SmallModel(4, scope, DType.F32);
    Path file = base.write(folder.resolve("base.safetensors"));
    Path output = folder.resolve("baked.safetensors");
    Adapter doubling = base.scaling("doubling", 1);
    Adapter a = base.lora("a", 2);
    bake(file, MixPlan.of(a, 1).with(doubling, 0.5), output);
    Path sum = folder.resolve("sum.safetensors");
    bake(file, MixPlan.of(a, 1), sum);
    double[] scaled = tensors(output).get(SmallModel.LINEAR + ".weight").doubles();
    double[] plain = tensors(sum).get(SmallModel.LINEAR + ".weight").doubles();
    for (int i = 0; i < plain.length; i++) {
      assertEquals(1.5 * plain[i], scaled[i], 1e-5);
    }
  }

  @Test
  void shardsStayShardsAndFoldersFolders() throws IOException {
    SmallModel base = new SmallModel(5, scope, DType.BF16);
    Path model = base.folder(folder.resolve("model"));
    Adapter a = base.lora("unet.", "a", 3);
    Path output = folder.resolve("out/baked");
    BakeReport report = bake(model, MixPlan.of(a, 1), output);
    Set<String> expected = names(model);
    expected.remove("unet/diffusion_pytorch_model.fp16.safetensors");
    assertEquals(expected, names(output));
    assertEquals(
        List.of(model.resolve("unet/diffusion_pytorch_model.fp16.safetensors")), report.leftOut());
    for (String name : expected) {
      boolean same = Files.mismatch(model.resolve(name), output.resolve(name)) == -1;
      assertEquals(!name.endsWith("00002-of-00002.safetensors"), same, name);
    }
    BakeException thrown =
        assertThrows(BakeException.class, () -> bake(model, MixPlan.of(a, 1), output));
    assertTrue(String.valueOf(thrown.getMessage()).contains("not empty"), thrown.getMessage());
  }

  @Test
  void failedBakeLeavesNoFiles() throws IOException {
    SmallModel base = new SmallModel(6, scope, DType.F16);
    Path file = base.write(folder.resolve("base.safetensors"));
    Path output = folder.resolve("baked.safetensors");
    MixPlan great = MixPlan.of(base.lora("a", 3), 1e6);
    assertRefused("finite", file, great, output);
    assertRefused("is the base itself", file, MixPlan.of(base.lora("a", 3), 1), file);
    assertRefused("is a folder", file, MixPlan.of(base.lora("a", 3), 1), folder);
    assertRefused("layers.9.lost", file, MixPlan.of(base.lora("layers.9.", "a", 1), 1), output);
    assertEquals(Set.of("base.safetensors"), names(folder));
    try (Stream<Path> all = Files.list(folder)) {
      assertEquals(1, all.count());
    }
  }

  private static void assertRefused(String told, Path base, MixPlan plan, Path output) {
    BakeException thrown = assertThrows(BakeException.class, () -> bake(base, plan, output));
    assertTrue(String.valueOf(thrown.getMessage()).contains(told), thrown.getMessage());
    assertFalse(Files.isRegularFile(output) && !output.equals(base));
  }

  @Test
  void aWeightThatCameOutWrongIsRefused() {
    SmallModel base = new SmallModel(7, scope, DType.BF16);
    Site site = Site.linear(SmallModel.LINEAR, Shape.of(8, 6), true);
    SiteMix mix = SiteMix.of(new MergedParameter(scope), site, MixPlan.of(base.lora("a", 3), 1));
    try (Scope work = scope.child("probe")) {
      Tensor before = base.tensor(SmallModel.LINEAR + ".weight").on(work);
      BakeRounding.Rounded right =
          new BakeRounding(work)
              .of(work, before, mix.sum(work, LayerParameter.WEIGHT, before), DType.BF16);
      BakeVerification probes = new BakeVerification(work);
      double error =
          probes.check(work, mix, LayerParameter.WEIGHT, before, right.value(), right.rounding());
      assertTrue(error > 0 && error < 0.02, "" + error);
      HostTensor unchanged = HostTensor.of(before);
      BakeException thrown =
          assertThrows(
              BakeException.class,
              () ->
                  probes.check(
                      work, mix, LayerParameter.WEIGHT, before, unchanged, right.rounding()));
      assertTrue(String.valueOf(thrown.getMessage()).contains(SmallModel.LINEAR));
    }
  }
}
