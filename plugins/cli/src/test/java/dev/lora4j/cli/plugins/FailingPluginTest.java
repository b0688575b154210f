package dev.lora4j.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.spi.BuiltJar;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars that fail when all are asked whose something is stop nobody who has nothing of theirs. */
class FailingPluginTest {
  private static final Path ADAPTER = Run.TINY_SD.resolve("lora-kohya.safetensors");

  private static final String FAMILY =
      """
      package example;
      import dev.lora4j.core.model.ConfigFile;
      import dev.lora4j.spi.Extension;
      @Extension(point = %1$s.class, name = "fails", help = "Fails")
      public record %2$s() implements %1$s {
        @Override public boolean recognises(ConfigFile config) {
          throw new UnsupportedOperationException("%2$s fails");
        }
        @Override public %3$s network(ConfigFile config) {
          throw new UnsupportedOperationException();
        }
      }
      """;

  private static final String METHOD =
      """
      package example;
      import dev.lora4j.core.adapter.*;
      import dev.lora4j.core.nn.Site;
      import dev.lora4j.spi.Extension;
      import java.util.*;
      @Extension(point = AdapterMethod.class, name = "fails", help = "Fails")
      public record Method() implements AdapterMethod {
        @Override public Set<Site.Kind> kinds() { return EnumSet.allOf(Site.Kind.class); }
        @Override public Set<String> roles() { return Set.of("other"); }
        @Override public boolean recognises(SiteTensors tensors) {
          return tensors.tensor("other").shape().rank() > 1;
        }
        @Override public Factors read(SiteTensors tensors) {
          throw new UnsupportedOperationException();
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void failingPluginIsReportedOnceAndOthersWork() throws Exception {
    Map<String, String> sources = new LinkedHashMap<>();
    String denoisers = "dev.lora4j.diffusion.denoiser.";
    sources.put(
        "Denoiser",
        FAMILY.formatted(denoisers + "DenoiserFamily", "Denoiser", denoisers + "DenoiserNetwork"));
    String texts = "dev.lora4j.core.model.text.";
    sources.put(
        "Text",
        FAMILY.formatted(texts + "TextEncoderFamily", "Text", texts + "TextEncoderNetwork"));
    sources.put("Method", METHOD);
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    for (Map.Entry<String, String> each : sources.entrySet()) {
      new BuiltJar()
          .source("example." + each.getKey(), each.getValue())
          .at(plugins.resolve(each.getKey() + ".jar"));
    }
    Path alone = folder.resolve("alone.png");
    Path beside = folder.resolve("beside.png");
    generate(alone);
    Run run = generate(beside, "--plugins=" + plugins);
    assertEquals(-1, Files.mismatch(alone, beside));
    for (String name : sources.keySet()) {
      String told = "example." + name + " failed when it was asked: ";
      assertEquals(2, (run.err() + " ").split(told, -1).length, run.err());
    }
    Run named = Run.of("inspect", ADAPTER, Run.BASE, "--plugins=" + plugins, "--json");
    assertEquals(0, named.code(), named.err());
  }

  private Run generate(Path picture, String... more) {
    Object[] all = new Object[6 + more.length];
    all[0] = "generate";
    all[1] = "ink";
    all[2] = Run.BASE;
    all[3] = "--lora=" + ADAPTER;
    all[4] = "--seed=1";
    all[5] = "-o=" + picture;
    System.arraycopy(more, 0, all, 6, more.length);
    Run run = Run.of(all);
    assertEquals(0, run.code(), run.err());
    assertTrue(Files.exists(picture));
    return run;
  }
}
