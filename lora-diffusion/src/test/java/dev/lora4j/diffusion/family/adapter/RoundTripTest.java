package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.Adapters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From layout to layout and back: the same adapter. */
class RoundTripTest {
  private static final List<String> LAYOUTS = List.of("kohya", "diffusers", "peft", "kohya");

  @TempDir Path folder;

  private LoadedAdapter written(Adapter adapter, Family family, String layout, int step) {
    AdapterWriter writer = AdapterWriters.named(layout);
    Path path = folder.resolve(step + "-" + layout + (writer.folder() ? "" : ".safetensors"));
    AdapterOutput.write(adapter, family, writer, WriteOptions.EXACT, path);
    return AdapterFiles.read(path, family);
  }

  private void around(Adapter adapter, Family family) {
    Adapter now = adapter;
    for (int step = 0; step < LAYOUTS.size(); step++) {
      LoadedAdapter read = written(now, family, LAYOUTS.get(step), step);
      assertTrue(read.account().ignored().isEmpty(), read.account().summary());
      now = read.adapter();
      assertEquals(adapter.identity(), now.identity(), LAYOUTS.get(step));
    }
    assertEquals(adapter.sites(), now.sites());
  }

  /** One transformer, its neighbours, and one layer of each text encoder. */
  private static boolean some(Site site) {
    String name = site.name();
    return name.startsWith("unet.down_blocks.1.")
        || name.startsWith("transformer.transformer_blocks.0.")
        || name.startsWith("transformer.single_transformer_blocks.0.")
        || name.equals("transformer.proj_out")
        || name.contains("encoder.layers.1.")
        || name.contains("encoder.block.1.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd15", "sd21", "sdxl", "sd3", "sd35m", "flux"})
  void everyFamilyRoundTrips(String name) {
    Family family = Families.named(name);
    around(Adapters.lora(family.sites().all(), DType.F16, 2, 1, RoundTripTest::some), family);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void everyTypeRoundTrips(DType type) {
    Family family = Families.named("sd15");
    around(Adapters.lora(family.sites().all(), type, 2, 0.3f, RoundTripTest::some), family);
  }

  @Test
  void differingRanksAndAlphasRoundTrip() {
    Family family = Families.named("sdxl");
    Random random = new Random(4);
    Map<String, List<Factors>> sites = new HashMap<>();
    for (Site site : family.sites().all()) {
      if (some(site) && site.kind() == Site.Kind.LINEAR) {
        long rank = 1L + random.nextInt(4);
        sites.put(site.name(), List.of(Adapters.lora(random, DType.BF16, site, rank, rank + 0.25)));
      }
    }
    around(new Adapter("ink", sites, Map.of()), family);
  }

  @Test
  void theSameTwiceIsTheSameFile() throws Exception {
    Family family = Families.named("sdxl");
    Adapter adapter = Adapters.lora(family.sites().all(), DType.F16, 1, 1, RoundTripTest::some);
    for (AdapterWriter layout : AdapterWriters.all().values()) {
      if (layout.name().equals("gguf")) {
        continue; // of language models alone
      }
      Path one = folder.resolve("one-" + layout.name());
      Path two = folder.resolve("two-" + layout.name());
      AdapterOutput.write(adapter, family, layout, WriteOptions.EXACT, one);
      AdapterOutput.write(adapter, family, layout, WriteOptions.EXACT, two);
      try (Stream<Path> files = Files.walk(one).filter(Files::isRegularFile)) {
        for (Path file : files.toList()) {
          assertEquals(-1, Files.mismatch(file, two.resolve(one.relativize(file).toString())));
        }
      }
    }
  }
}
