package dev.lora4j.core.format.peft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.BuiltJar;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.Plugin;
import dev.lora4j.spi.PluginFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar brings a method and its PEFT type, of which this library knows nothing. */
class PeftKindPluginTest {
  private static final String METHOD =
      """
      package example;
      import dev.lora4j.core.adapter.*;
      import dev.lora4j.core.nn.Site;
      import dev.lora4j.core.tensor.*;
      import dev.lora4j.spi.*;
      import java.util.*;
      @Extension(point = AdapterMethod.class, name = "rows", help = "A number by row")
      public final class Rows implements AdditiveMethod {
        public Rows() {}
        @Override public Set<Site.Kind> kinds() { return Set.of(Site.Kind.LINEAR); }
        @Override public Set<String> roles() { return Set.of("rows_b"); }
        @Override public boolean recognises(SiteTensors all) { return all.has("rows_b"); }
        @Override public Factors read(SiteTensors all) {
          return Factors.of("rows", Map.of(
              "rows_b", all.tensor("rows_b", Shape.of(all.site().out()))), Map.of());
        }
        @Override public double scale(FactorStructure factors) { return 1; }
        @Override public Expr delta(Site site, StagedFactors factors) {
          return factors.get("rows_b").reshape(site.out(), 1).expand(site.weight().sizes());
        }
      }
      """;

  private static final String KIND =
      """
      package example;
      import dev.lora4j.core.adapter.Factors;
      import dev.lora4j.core.format.SiteCatalogue;
      import dev.lora4j.core.format.peft.*;
      import dev.lora4j.spi.Extension;
      import java.util.*;
      @Extension(point = PeftKind.class, name = "rows", help = "Rows in PEFT's layout")
      public record RowsKind() implements PeftKind {
        @Override public boolean takes(Factors factors) { return factors.method().equals("rows"); }
        @Override public Map<String, Object> fields(List<PeftSite> sites, SiteCatalogue base) {
          return Map.of(
              "init_weights", true, "r", 1, "target_modules", TargetModules.of(sites, base));
        }
      }
      """;

  private static final Site SITE = Site.linear("unet.proj", Shape.of(2, 3), false);
  private static final Family FAMILY = Family.of("a base", new SiteCatalogue(List.of(SITE)));

  @TempDir Path folder;

  private static Adapter adapter() {
    Map<String, HostTensor> tensors = Map.of("rows_b", HostTensor.of(Shape.of(2), 1f, 2f));
    return new Adapter(
        "a", Map.of(SITE.name(), List.of(Factors.of("rows", tensors, Map.of()))), Map.of());
  }

  private List<Plugin> plugins(Map<String, String> sources) throws IOException {
    BuiltJar jar = new BuiltJar();
    sources.forEach(jar::source);
    jar.at(Files.createDirectories(folder.resolve("plugins")).resolve("rows.jar"));
    return PluginFolder.scan(folder.resolve("plugins"));
  }

  @Test
  void pluginMethodIsWrittenForPeft() throws IOException {
    List<Plugin> plugins = plugins(Map.of("example.Rows", METHOD, "example.RowsKind", KIND));
    Path out = folder.resolve("peft");
    Extensions.installed().add(plugins);
    try {
      AdapterOutput.write(adapter(), FAMILY, new PeftWriter(), WriteOptions.EXACT, out);
    } finally {
      Extensions.installed().remove(plugins);
    }
    JsonObject config =
        JsonParser.parseString(Files.readString(out.resolve("adapter_config.json")))
            .getAsJsonObject();
    assertEquals("ROWS", config.get("peft_type").getAsString());
    assertEquals(1, config.get("r").getAsInt());
    assertEquals("[\"proj\"]", config.get("target_modules").toString());
    try (Safetensors file = Safetensors.open(out.resolve("adapter_model.safetensors"))) {
      assertEquals(List.of("base_model.model.proj.rows_b"), List.copyOf(file.tensors().keySet()));
    }
  }

  @Test
  void methodWithoutPeftTypeIsRefused() throws IOException {
    List<Plugin> plugins = plugins(Map.of("example.Rows", METHOD));
    Extensions.installed().add(plugins);
    try {
      PeftWriter writer = new PeftWriter();
      Path out = folder.resolve("peft");
      String refused =
          String.valueOf(
              assertThrows(
                      AdapterException.class,
                      () -> AdapterOutput.write(adapter(), FAMILY, writer, WriteOptions.EXACT, out))
                  .getMessage());
      assertTrue(refused.contains("has no form for it"), refused);
    } finally {
      Extensions.installed().remove(plugins);
    }
  }
}
