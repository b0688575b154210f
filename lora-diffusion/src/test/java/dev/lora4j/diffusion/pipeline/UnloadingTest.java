package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.base.FormulaModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is unloaded does not stay resident. Measured in a process of its own, with a model of 200 MB
 * in F32 and an adapter of 10 MB, and a Java heap that is resident from the start.
 */
@Tag("slow")
class UnloadingTest {
  private static final int ROUNDS = 9;

  /** Rounds in which Java compiles, and the native library makes what it keeps. */
  private static final int WARM_UP = 4;

  private static final int RANK = 48;

  @TempDir private static Path folder;

  @BeforeAll
  static void makeModel() throws IOException {
    try (Stream<Path> files = Files.walk(TinySd.FOLDER)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(TinySd.FOLDER.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Path config = folder.resolve("unet/config.json");
    String wide = Files.readString(config).replaceAll("16,\\s*32", "256, 512");
    Files.writeString(config, wide);
    FormulaModel.writeUnet(folder);
    makeAdapter();
  }

  private static void makeAdapter() {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Site site : FormulaModel.sites(folder)) {
      if (site.kind() == Site.Kind.LINEAR && site.name().startsWith("unet.")) {
        String key = site.name().replaceFirst("unet.", "lora_unet_").replace('.', '_');
        add(writer, key + ".lora_down.weight", Shape.of(RANK, site.rest()));
        add(writer, key + ".lora_up.weight", Shape.of(site.out(), RANK));
      }
    }
    writer.write(folder.resolve("wide.safetensors"));
  }

  private static void add(SafetensorsWriter writer, String key, Shape shape) {
    int count = (int) shape.elements();
    ByteBuffer numbers = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(key.hashCode());
    for (int i = 0; i < count; i++) {
      numbers.putFloat((float) random.nextGaussian() / 20);
    }
    writer.add(key, DType.F32, shape, numbers.flip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"F32", "BF16"})
  void memoryIsBackWithinTwoPercent(String compute) throws Exception {
    Map<String, List<Long>> resident = measured(compute);
    assertBack("adapters", resident);
    assertBack("model", resident);
    long least = resident.get("least").get(0);
    assertTrue(least(resident.get("adapters")) <= 1.02 * least, "nothing is kept: " + resident);
    long loaded = resident.get("loaded").get(ROUNDS - 1);
    long unloaded = resident.get("model").get(ROUNDS);
    assertTrue(loaded > 1.1 * unloaded, "loading shows: " + resident);
  }

  private static void assertBack(String what, Map<String, List<Long>> resident) {
    List<Long> all = resident.get(what);
    long before = all.subList(0, WARM_UP).stream().max(Long::compare).orElseThrow();
    assertTrue(least(all) <= 1.02 * before, what + " in kB: " + all);
  }

  /**
   * Of the last three rounds, as other things make it more for a moment and nothing less. Far from
   * the first rounds, so that what is kept of each round has become more than two percent.
   */
  private static long least(List<Long> all) {
    return all.subList(all.size() - 3, all.size()).stream().min(Long::compare).orElseThrow();
  }

  private static Map<String, List<Long>> measured(String compute) throws Exception {
    Process child =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.offline=true",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                UnloadingProgram.class.getName(),
                folder.toString(),
                compute,
                folder.resolve("wide.safetensors").toString(),
                Integer.toString(ROUNDS))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String told = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), told);
    Map<String, List<Long>> resident = new HashMap<>();
    for (String line : told.strip().split("\n", -1)) {
      String[] words = line.split(" ", -1);
      resident.computeIfAbsent(words[0], w -> new ArrayList<>()).add(Long.parseLong(words[1]));
    }
    return resident;
  }
}
