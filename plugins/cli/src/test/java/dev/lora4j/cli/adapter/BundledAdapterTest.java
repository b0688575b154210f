package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.cli.model.BundledModel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters for the bundled base, which is of no family, without naming it. */
class BundledAdapterTest {
  private static final Path GLOSSY = BundledModel.adapter();

  @TempDir private Path folder;

  private static JsonObject done(Run run) {
    assertEquals(0, run.code(), run.err());
    return run.json();
  }

  @Test
  void inspectKnowsTheBase() {
    Run run = Run.of("inspect", GLOSSY);
    assertTrue(run.out().contains("adapter for the bundled base emoji-sd"), run.out());
    assertTrue(run.out().contains("OUT03"), run.out());
  }

  /** The usage hint of a header is shown without --all. */
  @Test
  void inspectSaysHowAnAdapterIsUsed() {
    Run run = Run.of("inspect", "fast");
    assertTrue(
        run.out().contains("How to use (modelspec.usage_hint): sampler lcm, 4 steps, guidance 1"),
        run.out());
  }

  /** A file of the user's with that name comes first. */
  @Test
  void bundledAdaptersAreKnownByTheirNames() {
    assertEquals(
        done(Run.of("inspect", GLOSSY, "--json")).get("identity"),
        done(Run.of("inspect", "glossy", "--json")).get("identity"));
    Path output = folder.resolve("m.safetensors");
    done(Run.of("merge", "glossy:0.5", "fast", "-o", output, "--json"));
    Run none = Run.of("inspect", "gloss");
    assertEquals(1, none.code());
    assertTrue(none.err().contains("There is no file"), none.err());
  }

  @Test
  void mergedHalvesAreTheWhole() {
    Path output = folder.resolve("m.safetensors");
    done(Run.of("merge", GLOSSY + ":0.25", GLOSSY + ":0.75", "-o", output, "--json"));
    JsonObject total = done(Run.of("compare", GLOSSY, output, "--json")).getAsJsonObject("total");
    assertTrue(total.get("normA").getAsDouble() > 1);
    assertTrue(total.get("distance").getAsDouble() < 1e-3 * total.get("normA").getAsDouble());
  }

  @Test
  void conversionRoundTripKeepsTheIdentity() {
    Path diffusers = folder.resolve("d.safetensors");
    Path back = folder.resolve("k.safetensors");
    done(Run.of("convert", GLOSSY, diffusers, "--to", "diffusers", "--json"));
    done(Run.of("convert", diffusers, back, "--to", "kohya", "--json"));
    assertEquals(
        done(Run.of("inspect", GLOSSY, "--json")).get("identity"),
        done(Run.of("inspect", back, "--json")).get("identity"));
  }

  @Test
  void resizedAdapterIsSmaller() {
    Path output = folder.resolve("r.safetensors");
    JsonObject report = done(Run.of("resize", GLOSSY, output, "--rank=4", "--json"));
    assertEquals(4, report.get("rank").getAsInt());
  }
}
