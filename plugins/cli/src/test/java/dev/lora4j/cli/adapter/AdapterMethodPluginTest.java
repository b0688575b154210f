package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.spi.BuiltJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar brings a method: it is trained, saved, read again and acts, as those that are here. */
class AdapterMethodPluginTest {
  private static final String METHOD =
      """
      package example;
      import dev.lora4j.core.adapter.*;
      import dev.lora4j.core.nn.Site;
      import dev.lora4j.spi.*;
      import dev.lora4j.core.tensor.*;
      import java.util.*;
      @Extension(point = AdapterMethod.class, name = "cross", help = "A number by row and column")
      public final class Cross implements AdditiveMethod {
        static final String ROWS = "cross_rows";
        static final String COLUMNS = "cross_columns";
        public Cross() {}
        @Override public Set<Site.Kind> kinds() {
          return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
        }
        @Override public Set<String> roles() { return Set.of(ROWS, COLUMNS); }
        @Override public boolean recognises(SiteTensors all) {
          return all.has(ROWS) || all.has(COLUMNS);
        }
        @Override public Factors read(SiteTensors all) {
          Site site = all.site();
          return Factors.of("cross", Map.of(
              ROWS, all.tensor(ROWS, Shape.of(site.out())),
              COLUMNS, all.tensor(COLUMNS, Shape.of(site.rest()))), Map.of());
        }
        @Override public double scale(FactorStructure factors) { return 1; }
        @Override public Expr delta(Site site, StagedFactors factors) {
          return sum(site, factors.get(ROWS), factors.get(COLUMNS));
        }
        static Expr sum(Site site, Expr rows, Expr columns) {
          return rows.reshape(site.out(), 1).add(columns).reshape(site.weight().sizes());
        }
      }
      """;

  private static final String TRAINING =
      """
      package example;
      import dev.lora4j.core.adapter.*;
      import dev.lora4j.core.adapter.training.*;
      import dev.lora4j.core.nn.Site;
      import dev.lora4j.spi.*;
      import dev.lora4j.core.tensor.*;
      import dev.lora4j.core.tensor.host.HostTensor;
      import java.util.*;
      @Extension(point = TrainableMethod.class, name = "cross", help = "Trains rows and columns")
      public record CrossTraining() implements DenseTraining {
        @Override public Set<Site.Kind> kinds() { return new Cross().kinds(); }
        @Override public Set<DropoutKind> dropouts() { return Set.of(DropoutKind.MODULE); }
        @Override public List<TrainedTensor> tensors(Site site, SiteRecipe recipe) {
          return List.of(
              TrainedTensor.of("rows", Shape.of(site.out()), TensorInit.ZEROS),
              TrainedTensor.of("columns", Shape.of(site.rest()), TensorInit.ZEROS));
        }
        @Override public double scale(Site site, SiteRecipe recipe) { return 1; }
        @Override public Expr whole(Site site, TrainedFactors factors) {
          return Cross.sum(site, factors.get("rows"), factors.get("columns"));
        }
        @Override public List<Factors> factors(
            Site site, SiteRecipe recipe, Map<String, HostTensor> values) {
          return List.of(Factors.of("cross", Map.of(
              Cross.ROWS, values.get("rows"), Cross.COLUMNS, values.get("columns")), Map.of()));
        }
      }
      """;

  @TempDir private Path folder;

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
  }

  private String plugins() throws IOException {
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    new BuiltJar()
        .source("example.Cross", METHOD)
        .source("example.CrossTraining", TRAINING)
        .at(plugins.resolve("cross.jar"));
    return "--plugins=" + plugins;
  }

  private Run train(Path into, String... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "train",
                "--images=" + folder.resolve("pictures"),
                "-o",
                into,
                Run.BASE,
                "--compute=f32",
                "--batch=2",
                "--set=previews.prompts=[]",
                "--set=adapter.method=cross",
                "--set=optimizer.rate=0.05",
                "--steps=4"));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  private Run picture(String name, String... more) {
    List<Object> words =
        new ArrayList<>(
            List.of("generate", "a fox", "--steps=2", "-o", folder.resolve(name), Run.BASE));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  @Test
  void pluginMethodTrainsSavesReadsAndActs() throws IOException {
    Path file = folder.resolve("crossed.safetensors");
    String jar = plugins();
    Run run = train(file, jar);
    assertEquals(0, run.code(), run.err());
    Run told = Run.of("inspect", file, Run.BASE, jar);
    assertEquals(0, told.code(), told.err());
    assertTrue(told.out().contains("cross"), told.out());
    assertEquals(0, picture("plain.png").code());
    Run made = picture("crossed.png", "--lora=" + file, jar);
    assertEquals(0, made.code(), made.err());
    assertNotEquals(-1, Files.mismatch(folder.resolve("plain.png"), folder.resolve("crossed.png")));
    // Without the jar nobody knows what the tensors are.
    Run refused = picture("refused.png", "--lora=" + file);
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains("cross_"), refused.err());
  }

  @Test
  void missingPluginMethodStopsTheRun() {
    Path file = folder.resolve("crossed.safetensors");
    Run run = train(file);
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains("There is no TrainableMethod 'cross'"), run.err());
    assertFalse(Files.exists(file));
  }
}
