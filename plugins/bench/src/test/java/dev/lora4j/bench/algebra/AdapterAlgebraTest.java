package dev.lora4j.bench.algebra;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterAlgebraTest {
  @TempDir private Path folder;

  @Test
  void theLayersAreThoseOfKohyasTrainer() {
    assertEquals(986, SdxlAdapter.sites().size());
    List<Site> shapes = SdxlAdapter.oneOfEachShape();
    assertEquals(shapes.size(), shapes.stream().map(Site::weight).distinct().count());
  }

  @Test
  void smallPairHasTheLayersOfEarlyTrainers() {
    List<Site> sites = AdapterMixing.smallSites(Families.named("sd15"));
    assertEquals(192, sites.size());
    assertEquals(6, sites.stream().filter(s -> s.weight().equals(Shape.of(10240, 1280))).count());
  }

  @Test
  void truncationAtFullRankKeepsTheProducts() {
    List<Site> sites = SdxlAdapter.sites().subList(0, 3);
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(1))) {
      Path file = SdxlAdapter.write(engine, folder.resolve("a.safetensors"), sites, 5, 1);
      LoadedAdapter loaded = AdapterFiles.read(file);
      assertEquals("sdxl", loaded.family().name());
      assertEquals(3, loaded.adapter().sites().size());
      double[] whole = Products.of(file);
      Path output = folder.resolve("b.safetensors");
      try (Computation same = new Computation(engine, List.of(file), 5, output);
          Computation cut = new Computation(engine, List.of(file), 2, output);
          Computation twice = new Computation(engine, List.of(file, file), 5, output);
          QrFloor floor = new QrFloor(engine, sites, 5)) {
        assertArrayEquals(whole, same.check(), 1e-5);
        assertArrayEquals(whole, twice.check(), 1e-5);
        assertTrue(Math.abs(cut.check()[0] - whole[0]) > 1e-4);
        assertEquals(2, floor.run(2).length);
      }
    }
  }
}
