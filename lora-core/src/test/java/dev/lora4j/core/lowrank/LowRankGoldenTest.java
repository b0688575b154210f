package dev.lora4j.core.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.lowrank.RankRule.Kind;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Numbers of sd-scripts' rules and of PEFT, written by {@code lowrank.py}. */
class LowRankGoldenTest {
  private static final Path FILES = Path.of("src/test/resources/dev/lora4j/core/lowrank");
  private static final double TOLERANCE = 1e-5;

  private static final List<Site> LAYERS =
      List.of(
          Site.linear("unet.wide", Shape.of(24, 40), false),
          Site.linear("unet.tall", Shape.of(50, 12), false),
          Site.linear("unet.square", Shape.of(16, 16), false),
          Site.convolution("unet.point", Shape.of(20, 12, 1, 1), 1, 0),
          Site.convolution("unet.conv", Shape.of(14, 6, 3, 3), 1, 1));
  private static final List<Site> PEFT =
      List.of(
          Site.linear("unet.lin", Shape.of(20, 12), true),
          Site.convolution("unet.conv", Shape.of(14, 6, 3, 3), 1, 0));

  private static Engine engine;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static Adapter read(String name, List<Site> sites) {
    Family base = Family.of("the base", new SiteCatalogue(sites));
    return AdapterFiles.read(FILES.resolve(name + ".safetensors"), base).adapter();
  }

  private static LowRankAlgebra algebra(List<Site> sites) {
    Map<String, Site> byName = new HashMap<>();
    sites.forEach(s -> byName.put(s.name(), s));
    return new LowRankAlgebra(engine.scope("golden"), byName);
  }

  private static double[] golden(Safetensors file, String name) {
    var info = file.tensors().get(name);
    return HostTensor.of(info.dtype(), info.shape(), file.read(name)).doubles();
  }

  private static void compare(String name, List<Site> sites, Adapter found) {
    try (Safetensors file = Safetensors.open(FILES.resolve(name + ".safetensors"))) {
      for (Site site : sites) {
        double[] flat = golden(file, site.name().replaceFirst("^unet\\.", ""));
        int rest = (int) site.rest();
        double[][] expected = new double[(int) site.out()][];
        for (int o = 0; o < expected.length; o++) {
          expected[o] = java.util.Arrays.copyOfRange(flat, o * rest, (o + 1) * rest);
        }
        double apart = new Dense(expected).apart(Dense.at(site, found));
        assertTrue(apart < TOLERANCE, name + ", " + site.name() + ": " + apart);
      }
    }
  }

  private static void resize(String rule, RankRule how) {
    Adapter a = read("a", LAYERS);
    TruncatedAdapter cut = algebra(LAYERS).truncate("cut", List.of(new Term(a, 1)), how, DType.F32);
    compare("resized-" + rule, LAYERS, cut.adapter());
    try (Safetensors file = Safetensors.open(FILES.resolve("resized-" + rule + ".safetensors"))) {
      for (Site site : LAYERS) {
        String rank = site.name().replaceFirst("^unet\\.", "") + ".rank";
        assertEquals(golden(file, rank)[0], cut.sites().get(site.name()).rank(), rule + " " + rank);
      }
    }
  }

  @Test
  void resizingIsThatOfSdScripts() {
    resize("fixed", RankRule.fixed(3));
    resize("ratio", RankRule.dynamic(Kind.SV_RATIO, 4).atMost(6).asSdScripts());
    resize("fro", RankRule.dynamic(Kind.SV_FRO, 0.9).atMost(6).asSdScripts());
    resize("cumulative", RankRule.dynamic(Kind.SV_CUMULATIVE, 0.8).atMost(6).asSdScripts());
  }

  @Test
  void mergingIsThatOfDenseMatrices() {
    List<Term> terms = List.of(new Term(read("a", LAYERS), 0.7), new Term(read("b", LAYERS), -0.3));
    compare("merged", LAYERS, algebra(LAYERS).sum("sum", terms, DType.F32));
    TruncatedAdapter cut = algebra(LAYERS).truncate("cut", terms, RankRule.fixed(5), DType.F32);
    compare("merged-5", LAYERS, cut.adapter());
  }

  @Test
  void mergingIsThatOfPeft() {
    List<Term> terms =
        List.of(new Term(read("peft-a", PEFT), 0.7), new Term(read("peft-b", PEFT), -0.3));
    TruncatedAdapter cut = algebra(PEFT).truncate("cut", terms, RankRule.fixed(5), DType.F32);
    compare("peft-svd", PEFT, cut.adapter());
  }
}
