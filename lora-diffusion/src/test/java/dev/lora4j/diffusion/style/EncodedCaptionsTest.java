package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.train.objective.LatentSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodedCaptionsTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  @TempDir Path folder;

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static TrainingSample sample(String caption, boolean storable) {
    LatentSample latents =
        new LatentSample(Shape.of(1, 1, 1), new float[1], false, Optional.empty());
    return new TrainingSample(
        Path.of("a.png"), latents, caption, storable, TrainingSample.Sizes.own(8, 8));
  }

  private long files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void randomCaptionsGrowNeitherMemoryNorDisk() throws IOException {
    ContentCache cache = new ContentCache(folder, DType.F32);
    int each = Float.BYTES * SD.encodeCaptions(java.util.List.of("a"), 0).get(0).context().length;
    EncodedCaptions captions = new EncodedCaptions(SD, cache, 0, 1, 3L * each);
    for (int i = 0; i < 10; i++) {
      captions.of(sample("a fox, tag " + i, false));
      assertTrue(captions.held() <= 3, captions.held() + " captions are held");
    }
    assertEquals(0, files());
    captions.of(sample("a fox", true));
    captions.of(sample("a fox", true));
    assertEquals(1, files());
  }

  @Test
  void cachedAndUncachedCaptionsAreEqual() {
    ContentCache cache = new ContentCache(folder, DType.F16);
    float[] made = new EncodedCaptions(SD, cache, 0).of(sample("an owl", false)).context();
    float[] first = new EncodedCaptions(SD, cache, 0).of(sample("an owl", true)).context();
    float[] read = new EncodedCaptions(SD, cache, 0).of(sample("an owl", true)).context();
    assertArrayEquals(made, first);
    assertArrayEquals(first, read);
  }
}
