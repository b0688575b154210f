package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.diffusion.TinyAdapters;
import dev.lora4j.diffusion.TinyAdapters.Case;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.request.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole pipelines with adapters of every kind of file, against the tools that know that kind. */
class AdapterPicturesTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final TinyAdapters TINY = new TinyAdapters();
  private static final Map<String, StableDiffusion> BASES =
      Map.of(
          "sd", StableDiffusion.open(LORA, TinySd.FOLDER),
          "xl", StableDiffusion.open(LORA, TinyXl.FOLDER));
  private static final double CLOSE = 2e-5;

  @AfterAll
  static void close() {
    BASES.values().forEach(StableDiffusion::close);
    LORA.close();
    TINY.close();
  }

  static List<Case> cases() {
    return TINY.cases();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd", "xl"})
  void baseAloneMatchesDiffusers(String base) {
    assertClose(base + ".plain", base, MixPlan.NONE);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void mergedAdaptersMakeTheReferencePictures(Case made) {
    assertClose(made.name(), made.base(), made.plan(BASES.get(made.base())).route(Route.MERGED));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void unmergedAdaptersMakeTheReferencePictures(Case made) {
    assertClose(made.name(), made.base(), made.plan(BASES.get(made.base())).route(Route.UNMERGED));
  }

  /** Adapters are known by what is in them: neither a name nor a path stands for one. */
  @Test
  void replacedFileOfOneNameIsAnotherAdapter(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("ink.safetensors");
    List<float[]> made = new ArrayList<>();
    Set<String> identities = new HashSet<>();
    for (String name : List.of("sd-kohya", "sd-loha", "sd-kohya")) {
      Path other = TinyAdapters.FOLDER.resolve(name + ".safetensors");
      Files.copy(other, file, StandardCopyOption.REPLACE_EXISTING);
      Adapter adapter = BASES.get("sd").adapter(file);
      assertEquals("ink", adapter.name());
      identities.add(adapter.identity());
      Prompt prompt = TINY.prompt("sd").mix(MixPlan.of(adapter, 0.7));
      made.add(MadeLatents.of(BASES.get("sd"), prompt, TINY.floats("sd.start")));
    }
    assertEquals(2, identities.size());
    assertFalse(Arrays.equals(made.get(0), made.get(1)));
    assertArrayEquals(made.get(0), made.get(2));
  }

  private static void assertClose(String name, String base, MixPlan mix) {
    Prompt prompt = TINY.prompt(base).mix(mix);
    float[] found = MadeLatents.of(BASES.get(base), prompt, TINY.floats(base + ".start"));
    double error = MadeLatents.error(TINY.floats(name), found);
    assertTrue(error <= CLOSE, () -> name + ": " + error + " of the scale");
  }
}
