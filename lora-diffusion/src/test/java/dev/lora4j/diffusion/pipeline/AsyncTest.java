package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.Prompt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class AsyncTest {
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final Prompt FOX = Prompt.of("a fox").steps(3);

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static int[] pixels(GeneratedImage image) {
    int width = image.image().getWidth();
    return image.image().getRGB(0, 0, width, image.image().getHeight(), null, 0, width);
  }

  @Test
  void futureGivesTheSamePicture() throws Exception {
    int[] waited = pixels(SD.generate(FOX));
    CompletableFuture<GeneratedImage> one = SD.generateAsync(FOX);
    CompletableFuture<GeneratedImage> two = SD.generateAsync(FOX.seed(1));
    assertArrayEquals(waited, pixels(one.get()));
    assertTrue(two.thenApply(AsyncTest::pixels).get().length > 0);
  }

  @Test
  void cancellingStopsBetweenTwoSteps() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    AtomicInteger last = new AtomicInteger();
    CompletableFuture<GeneratedImage> future =
        SD.generateAsync(
            FOX.steps(1000),
            (step, steps) -> {
              last.set(step);
              begun.countDown();
              while (step == 1 && cancelled.getCount() > 0) {
                Thread.onSpinWait();
              }
            });
    assertTrue(begun.await(1, TimeUnit.MINUTES));
    assertTrue(future.cancel(true));
    cancelled.countDown();
    assertThrows(CancellationException.class, future::get);
    int[] again = pixels(SD.generate(FOX)); // the base is as it was
    assertArrayEquals(again, pixels(SD.generateAsync(FOX).get()));
    assertEquals(1, last.get());
  }

  @Test
  void failureIsTheCause() {
    CompletableFuture<GeneratedImage> future = SD.generateAsync(FOX.size(7, 7));
    ExecutionException thrown = assertThrows(ExecutionException.class, future::get);
    assertInstanceOf(IllegalArgumentException.class, thrown.getCause());
  }
}
