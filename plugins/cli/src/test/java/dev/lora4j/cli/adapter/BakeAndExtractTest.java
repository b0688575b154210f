package dev.lora4j.cli.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.quantised.Int8;
import dev.lora4j.core.quantised.RowForm;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BakeAndExtractTest {
  private static final String UNET = "unet/diffusion_pytorch_model.safetensors";
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

  /** A copy of the base whose linear layers are in 8 bits, as bitsandbytes has them. */
  private Path quantised() throws IOException {
    Path base = folder.resolve("quantised");
    try (Stream<Path> all = Files.walk(Run.TINY_SD)) {
      for (Path from : all.filter(Files::isRegularFile).toList()) {
        Path to = base.resolve(Run.TINY_SD.relativize(from).toString());
        Files.createDirectories(to.getParent());
        Files.copy(from, to);
      }
    }
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors unet = Safetensors.open(Run.TINY_SD.resolve(UNET))) {
      for (TensorInfo info : unet.tensors().values()) {
        HostTensor tensor = HostTensor.owning(info.dtype(), info.shape(), unet.bytes(info.name()));
        if (info.shape().rank() == 2) {
          float[] values = new float[(int) info.shape().elements()];
          tensor.floats(values, 0);
          QuantisedWeight rows = new Int8().quantised(values, info.shape());
          HostTensor scales = rows.part(RowForm.SCALES);
          String name = info.name().replaceFirst("\\.weight$", ".SCB");
          writer.add(name, scales.dtype(), scales.shape(), scales.bytes());
          tensor = rows.part(RowForm.CODES);
        }
        writer.add(info.name(), tensor.dtype(), tensor.shape(), tensor.bytes());
      }
      writer.write(base.resolve(UNET));
    }
    return base;
  }

  @Test
  void quantisedBasesAreBakedInTheirTypeOrInNumbers() throws IOException {
    Path base = quantised();
    Path baked = folder.resolve("baked");
    Run run = Run.of("bake", "--base=" + base, LORA, "-o", baked, "--per-layer");
    assertEquals(0, run.code(), run.err());
    assertTrue(
        Pattern.compile("attn1.to_q weight: int8, changed by \\S+, rounded by \\S+, which is")
            .matcher(run.out())
            .find(),
        run.out());
    Path numbers = folder.resolve("numbers");
    JsonObject report =
        done(Run.of("bake", "--base=" + base, LORA, "--to=f16", "-o", numbers, "--json"));
    assertTrue(report.get("roundingLoss").getAsDouble() < 0.1, report.toString());
    assertTrue(report.get("tensorsConverted").getAsInt() > 10);
    try (Safetensors unet = Safetensors.open(numbers.resolve(UNET))) {
      assertTrue(unet.tensors().values().stream().allMatch(t -> t.dtype() == DType.F16));
    }
    for (Path folder : List.of(baked, numbers)) {
      Path picture = folder.resolve("ball.png");
      Run made = Run.of("generate", "a ball", "--steps=1", "--base=" + folder, "-o", picture);
      assertEquals(0, made.code(), made.err());
    }
    Path found = folder.resolve("found.safetensors");
    JsonObject extracted =
        done(
            Run.of(
                "extract",
                "--base=" + base,
                "--tuned=" + numbers,
                "--rank=4",
                "--exact",
                "-o",
                found,
                "--json"));
    assertTrue(extracted.get("error").getAsDouble() < 0.1, extracted.toString());
  }

  @Test
  void weightZeroIsTheBase() throws IOException {
    Path base = Run.TINY_SD.resolve(UNET);
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
