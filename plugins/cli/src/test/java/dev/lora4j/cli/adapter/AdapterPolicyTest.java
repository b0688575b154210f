package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.spi.BuiltJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an installed policy refuses is used by no command. */
class AdapterPolicyTest {
  private static final Path ADAPTER = Run.TINY_SD.resolve("lora-kohya.safetensors");

  private static final String POLICY =
      """
      package example;
      import dev.lora4j.core.format.reading.AdapterPolicy;
      import dev.lora4j.spi.Extension;
      import java.util.Optional;
      @Extension(point = AdapterPolicy.class, name = "%s", help = "Asks for a licence")
      public record %s() implements AdapterPolicy {
        @Override public Optional<String> refusal(Use adapter) { %s }
      }
      """;

  private static final String LICENSED =
      """
      return adapter.metadata().containsKey("modelspec.license")
          ? Optional.empty() : Optional.of("its header names no licence.");
      """;

  @TempDir private Path folder;

  private String plugins(String... bodies) throws IOException {
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    for (int i = 0; i < bodies.length; i++) {
      String name = "Policy" + i;
      String source = POLICY.formatted("policy-" + i, name, bodies[i]);
      new BuiltJar().source("example." + name, source).at(plugins.resolve(name + ".jar"));
    }
    return "--plugins=" + plugins;
  }

  @Test
  void everythingIsPermittedWithoutPolicies() {
    assertEquals(0, Run.of("inspect", ADAPTER, Run.BASE).code());
  }

  @Test
  void refusedAdapterMakesNoPictureAndNoFile() throws IOException {
    String plugins = plugins(LICENSED);
    Path made = folder.resolve("made.safetensors");
    Path picture = folder.resolve("made.png");
    for (Run run :
        new Run[] {
          Run.of("merge", ADAPTER, Run.BASE, "-o", made, plugins),
          Run.of("convert", ADAPTER, made, Run.BASE, "--to=diffusers", plugins),
          Run.of("generate", "ink", Run.BASE, "--lora=" + ADAPTER, "-o", picture, plugins)
        }) {
      assertEquals(1, run.code(), run.err());
      assertTrue(run.err().contains("The policy policy-0 does not permit"), run.err());
      assertTrue(run.err().contains("its header names no licence."), run.err());
    }
    assertFalse(Files.exists(made));
    assertFalse(Files.exists(picture));
  }

  @Test
  void everyPolicyHasToAgree() throws IOException {
    String refuses = "return Optional.of(\"it is \" + adapter.file().getFileName());";
    Run run =
        Run.of(
            "merge",
            ADAPTER,
            Run.BASE,
            "-o",
            folder.resolve("made.safetensors"),
            plugins("return Optional.empty();", refuses));
    assertEquals(1, run.code(), run.err());
    assertTrue(run.err().contains("The policy policy-1 does not permit"), run.err());
    assertTrue(run.err().contains("it is lora-kohya.safetensors"), run.err());
  }

  @Test
  void policyKnowsTheUserOfTheCommand() throws IOException {
    String body =
        """
        return adapter.user().equals(System.getProperty("user.name"))
            ? Optional.of("it is not for " + adapter.user() + ".") : Optional.empty();
        """;
    Path made = folder.resolve("made.safetensors");
    Run run = Run.of("merge", ADAPTER, Run.BASE, "-o", made, plugins(body));
    assertEquals(1, run.code(), run.err());
    String user = System.getProperty("user.name");
    assertTrue(run.err().contains("it is not for " + user + "."), run.err());
  }

  @Test
  void throwingPolicyPermitsNothing() throws IOException {
    Run run =
        Run.of(
            "merge",
            ADAPTER,
            Run.BASE,
            "-o",
            folder.resolve("made.safetensors"),
            plugins("throw new IllegalStateException(\"no list\");"));
    assertEquals(1, run.code(), run.err());
    assertTrue(run.err().contains("policy-0") && run.err().contains("no list"), run.err());
  }

  @Test
  void policyOfAQuarantinedJarPermitsNothing() throws IOException {
    String dialect =
        """
        package example;
        import dev.lora4j.core.format.*;
        import dev.lora4j.spi.Extension;
        import java.util.Optional;
        @Extension(point = AdapterFormat.class, name = "fragile", help = "Fails")
        public record Fragile() implements AdapterFormat {
          @Override public Optional<KeyAddress> resolve(String key, KeyContext context) {
            throw new IllegalStateException("did not expect " + key);
          }
        }
        """;
    Path jar = Files.createDirectories(folder.resolve("plugins")).resolve("both.jar");
    new BuiltJar()
        .source("example.Fragile", dialect)
        .source("example.Policy", POLICY.formatted("policy", "Policy", "return Optional.empty();"))
        .at(jar);
    Path made = folder.resolve("made.safetensors");
    Run run = Run.of("merge", ADAPTER, Run.BASE, "-o", made, "--plugins=" + jar.getParent());
    assertEquals(1, run.code(), run.err());
    assertTrue(run.err().contains("it can no longer be asked, as " + jar), run.err());
    assertTrue(run.err().contains("did not expect "), run.err());
    assertFalse(Files.exists(made));
  }

  @Test
  void permittedAdapterIsUsed() throws IOException {
    Path made = folder.resolve("made.safetensors");
    String all = plugins("return Optional.empty();");
    Run run = Run.of("merge", ADAPTER, Run.BASE, "-o", made, all);
    assertEquals(0, run.code(), run.err());
    assertTrue(Files.exists(made));
  }
}
