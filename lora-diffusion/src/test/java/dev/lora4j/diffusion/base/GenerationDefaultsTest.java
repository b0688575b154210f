package dev.lora4j.diffusion.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sampler and guidance scale that bases state, in folders as diffusers writes them. */
class GenerationDefaultsTest {
  @TempDir private Path folder;

  private static GenerationDefaults of(Path base) {
    return BaseOutline.of(base, LoadOptions.in(DType.F32)).defaults();
  }

  private Path copy() throws IOException {
    Path copy = folder.resolve("base");
    try (Stream<Path> files = Files.walk(TinySd.FOLDER)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(TinySd.FOLDER.relativize(file).toString()));
      }
    }
    return copy;
  }

  @Test
  void guidanceIsThatOfThePipeline() {
    assertEquals(7.5, of(TinySd.FOLDER).guidance());
    assertEquals(5, of(TinyXl.FOLDER).guidance());
  }

  @Test
  void samplerIsThatOfTheScheduler() {
    assertEquals("ddim", of(TinySd.FOLDER).sampler().name());
    assertEquals("euler", of(TinyXl.FOLDER).sampler().name());
    assertEquals(List.of(), of(TinySd.FOLDER).notes());
  }

  @Test
  void folderStatesItsGuidance() throws IOException {
    Path base = copy();
    Files.writeString(base.resolve("generation_config.json"), "{\"guidance_scale\": 3.0}");
    assertEquals(3, of(base).guidance());
    assertEquals(List.of(), of(base).notes());
  }

  @Test
  void statedDefaultsLeaveTheConfigurationAsItIs() throws IOException {
    Path base = copy();
    String before = DiffusersConfigs.of(base).identity();
    Files.writeString(base.resolve("generation_config.json"), "{\"guidance_scale\": 3.0}");
    assertEquals(before, DiffusersConfigs.of(base).identity());
  }

  @Test
  void tokensOfATextAreWithinBounds() throws IOException {
    Path base = copy();
    Files.writeString(base.resolve("generation_config.json"), "{\"max_sequence_length\": 12}");
    assertEquals(List.of(), of(base).notes());
    Files.writeString(base.resolve("generation_config.json"), "{\"max_sequence_length\": -1}");
    ModelException e = assertThrows(ModelException.class, () -> of(base));
    assertTrue(e.getMessage().contains("max_sequence_length"), e.getMessage());
  }

  @Test
  void unknownFieldIsNoted() throws IOException {
    Path base = copy();
    Files.writeString(base.resolve("generation_config.json"), "{\"steps\": 4}");
    assertTrue(of(base).notes().get(0).contains("steps"), of(base).toString());
  }

  @Test
  void guidanceOutOfRangeIsRefused() throws IOException {
    Path base = copy();
    Files.writeString(base.resolve("generation_config.json"), "{\"guidance_scale\": -1}");
    assertThrows(ModelException.class, () -> of(base));
  }

  @Test
  void missingSchedulerIsNoted() throws IOException {
    Path base = copy();
    Path file = base.resolve("scheduler/scheduler_config.json");
    Files.writeString(file, Files.readString(file).replace("DDIMScheduler", "PNDMScheduler"));
    assertEquals("dpmpp-2m", of(base).sampler().name());
    assertTrue(of(base).notes().get(0).contains("PNDMScheduler"), of(base).toString());
  }
}
