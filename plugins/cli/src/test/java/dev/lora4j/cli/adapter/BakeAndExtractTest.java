package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BakeAndExtractTest {
  private static final Path LORA = Run.TINY_SD.resolve("lora-kohya.safetensors");

  @TempDir private Path folder;

  private static JsonObject done(Run run) {
    assertEquals(0, run.code(), run.err());
    return run.json();
  }

  @Test
  void bakedAdapterIsExtractedAgain() {
    Path baked = folder.resolve("baked");
    JsonObject report = done(Run.of("bake", Run.BASE, LORA + ":0.5", "-o", baked, "--json"));
    int changed = report.getAsJsonArray("changed").size();
    assertTrue(changed > 10, "" + changed);
    assertTrue(report.get("probe").getAsDouble() < 1e-5);
    Path half = folder.resolve("half.safetensors");
    done(Run.of("merge", Run.BASE, LORA + ":0.5", "-o", half, "--json"));
    for (String how : new String[] {"--exact", "--seed=3"}) {
      Path found = folder.resolve("found.safetensors");
      JsonObject extracted =
          done(
              Run.of(
                  "extract",
                  Run.BASE,
                  "--tuned=" + baked,
                  "--rank=4",
                  "--precision=f32",
                  how,
                  "-o",
                  found,
                  "--json"));
      assertTrue(extracted.get("error").getAsDouble() < 1e-4);
      assertEquals(changed, extracted.getAsJsonArray("layers").size());
      JsonObject total =
          done(Run.of("compare", Run.BASE, half, found, "--json")).getAsJsonObject("total");
      double distance = total.get("distance").getAsDouble();
      assertTrue(distance < 1e-4 * total.get("normA").getAsDouble(), how + " " + distance);
    }
    Run made =
        Run.of(
            "generate",
            "a ball",
            "--steps=1",
            "--base=" + baked,
            "--compute=f32",
            "-o",
            folder.resolve("ball.png"));
    assertEquals(0, made.code(), made.err());
  }

  @Test
  void weightZeroIsTheBase() throws IOException {
    Path base = Run.TINY_SD.resolve("unet/diffusion_pytorch_model.safetensors");
    Path unet = folder.resolve("unet.safetensors");
    Run run = Run.of("bake", "--base", base, LORA + ":0", "--allow-partial", "-o", unet);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("the output is the base"), run.out());
    assertEquals(-1, Files.mismatch(base, unet));
  }

  @Test
  void mistakesAreReportedAndLeaveNoFiles() throws IOException {
    Path output = folder.resolve("out");
    assertSaid(1, "name a folder", Run.of("bake", Run.BASE, LORA, "-o", output + ".safetensors"));
    assertSaid(1, "not empty", Run.of("bake", Run.BASE, LORA, "-o", Run.TINY_SD.resolve("vae")));
    assertSaid(1, "finite", Run.of("bake", Run.BASE, LORA + ":1e39", "-o", output));
    assertSaid(1, "is an adapter", Run.of("bake", "--base", LORA, LORA, "-o", output));
    Path file = folder.resolve("x.safetensors");
    String tuned = "--tuned=" + Run.TINY_SD;
    assertSaid(2, "--rank", Run.of("extract", Run.BASE, tuned, "-o", file));
    assertSaid(2, "--exact", Run.of("extract", Run.BASE, tuned, "-o", file, "--sv-fro=0.9"));
    assertSaid(1, "are the same", Run.of("extract", Run.BASE, tuned, "-o", file, "--rank=2"));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }

  private static void assertSaid(int code, String told, Run run) {
    assertEquals(code, run.code(), run.err());
    assertTrue(run.err().contains(told), run.err());
  }
}
