package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.spi.Extensions;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract of a base whose weights are read block by block: its pictures are the same bits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class StreamingContract {
  private static final Pattern NEEDED = Pattern.compile("Give them (\\d+)kB or more\\.");
  private static final long KILOBYTE = 1_000;
  private static final int NETWORKS = 5;

  @TempDir private Path folder = Path.of("");

  private final Lora4j lora = Lora4j.open();
  private final GoldenPipeline golden;
  private final String second;

  @SuppressWarnings("NullAway.Init")
  private TinyPipeline pipeline;

  @SuppressWarnings("NullAway.Init")
  private StableDiffusion whole;

  /** In the least memory of the plain base, which adapters only add to. */
  @SuppressWarnings("NullAway.Init")
  private Least<List<float[]>> least;

  /**
   * For a pipeline.
   *
   * @param second name of an adapter beside that of diffusers
   */
  protected StreamingContract(GoldenPipeline golden, String second) {
    this.golden = golden;
    this.second = second;
  }

  /** The pipeline, with all weights in the type that is computed in. */
  protected TinyPipeline pipeline(Path empty) {
    return golden.pipeline();
  }

  @BeforeAll
  void open(@TempDir Path empty) {
    pipeline = pipeline(empty);
    whole = StableDiffusion.open(lora, pipeline.source());
    least = streamed(plain(), sd -> golden.prompt());
  }

  @AfterAll
  void close() {
    whole.close();
    lora.close();
  }

  /**
   * Result in the least memory.
   *
   * @param memory bytes
   */
  private record Least<T>(T result, long memory) {}

  private static List<float[]> latents(StableDiffusion sd, Prompt prompt) {
    return sd.paths(List.of(prompt)).get(0).latents();
  }

  private static long needed(TensorException refusal) {
    Matcher told = NEEDED.matcher(String.valueOf(refusal.getMessage()));
    assertTrue(told.find(), refusal.getMessage());
    return Long.parseLong(told.group(1)) * KILOBYTE;
  }

  /** Gives each network the least memory that it asks for. */
  private Least<List<float[]>> streamed(
      LoadOptions options, Function<StableDiffusion, Prompt> prompt) {
    return streamed(options, prompt, 1);
  }

  private Least<List<float[]>> streamed(
      LoadOptions options, Function<StableDiffusion, Prompt> prompt, long begin) {
    return within(options, sd -> latents(sd, prompt.apply(sd)), begin);
  }

  private <T> Least<T> within(
      LoadOptions options, Function<StableDiffusion, T> making, long begin) {
    long memory = begin;
    for (int tries = 0; tries < NETWORKS; tries++) {
      LoadOptions within = options.withinMemory(memory);
      try (StableDiffusion sd = StableDiffusion.open(lora, pipeline.source(), within)) {
        return new Least<>(making.apply(sd), memory);
      } catch (TensorException e) {
        assertTrue(needed(e) > memory, e.getMessage());
        memory = needed(e);
      }
    }
    throw new AssertionError("There are no more networks than " + NETWORKS + ".");
  }

  private static void assertSame(List<float[]> expected, Least<List<float[]>> found) {
    assertEquals(expected.size(), found.result().size());
    for (int step = 0; step < expected.size(); step++) {
      assertArrayEquals(expected.get(step), found.result().get(step), "step " + step);
    }
  }

  private void assertStreamed(Least<List<float[]>> found) {
    long all = whole.base().denoiserWeights().bytes();
    assertTrue(found.memory() < all, found.memory() + " of " + all);
  }

  private static LoadOptions plain() {
    return LoadOptions.in(DType.F32);
  }

  private MixPlan mix(StableDiffusion sd, boolean both) {
    MixPlan one = MixPlan.of(sd.adapter(golden.adapter("diffusers")), 0.6);
    return both ? one.with(sd.adapter(golden.adapter(second)), 0.5) : one;
  }

  @Test
  void picturesAreTheSame() {
    assertSame(latents(whole, golden.prompt()), least);
    assertStreamed(least);
  }

  @Test
  void everyMemoryGivesTheSamePicture() {
    List<float[]> expected = latents(whole, golden.prompt());
    for (long memory : new long[] {least.memory() * 3 / 2, 1L << 40}) {
      LoadOptions within = plain().withinMemory(memory);
      try (StableDiffusion sd = StableDiffusion.open(lora, pipeline.source(), within)) {
        assertSame(expected, new Least<>(latents(sd, golden.prompt()), memory));
        assertSame(expected, new Least<>(latents(sd, golden.prompt()), memory));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void adaptersStayUnmerged(boolean both) {
    Least<List<float[]>> found =
        streamed(plain(), sd -> golden.prompt().mix(mix(sd, both)), least.memory());
    Prompt unmerged = golden.prompt().mix(mix(whole, both).route(Route.UNMERGED));
    assertSame(latents(whole, unmerged), found);
    assertStreamed(found);
  }

  @Test
  void mergedWeightsTakeMemory() {
    Function<StableDiffusion, Prompt> merged =
        sd -> golden.prompt().mix(mix(sd, true).route(Route.MERGED));
    Least<List<float[]>> found = streamed(plain(), merged, least.memory());
    assertSame(latents(whole, merged.apply(whole)), found);
    assertTrue(found.memory() > whole.base().denoiserWeights().bytes() / 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nf4", "int8"})
  void basesInFewBitsAreReadFromTheCache(String how) {
    LoadOptions rounded =
        LoadOptions.in(
            BasePrecision.in(DType.F32)
                .quantised(Extensions.installed().make(Quantisation.class, how)));
    try (StableDiffusion sd = StableDiffusion.open(lora, pipeline.source(), rounded)) {
      Least<List<float[]>> found = streamed(rounded, s -> golden.prompt().mix(mix(s, true)));
      Prompt unmerged = golden.prompt().mix(mix(sd, true).route(Route.UNMERGED));
      assertSame(latents(sd, unmerged), found);
    }
  }

  @Test
  void aFileThatIsCutBetweenTwoBlocksIsAnError() throws IOException {
    Path copy = pipeline.copy(folder.resolve("cut"));
    Path weights = copy.resolve("transformer/diffusion_pytorch_model.safetensors");
    LoadOptions within = plain().withinMemory(least.memory());
    try (StableDiffusion sd = StableDiffusion.open(lora, copy, within)) {
      latents(sd, golden.prompt());
      try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() - 1);
      }
      String said =
          String.valueOf(
              assertThrows(TensorException.class, () -> latents(sd, golden.prompt())).getMessage());
      assertTrue(said.contains("was changed while it was in use"), said);
    }
  }

  private static StyleTrainer trainer(StableDiffusion sd, boolean checkpointing) {
    byte[] pixels = new byte[16 * 16 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * i);
    }
    return StyleTrainer.on(sd)
        .settings(StyleSettings.DEFAULT.withCheckpointing(checkpointing))
        .rank(2)
        .steps(3)
        .images(List.of(new Picture("fox", "a fox", 16, 16, pixels)));
  }

  private Path trained(StableDiffusion sd, String name) {
    Path file = folder.resolve(name);
    trainer(sd, true).run().save(file);
    return file;
  }

  @Test
  void trainedAdaptersAreTheSame() throws IOException {
    Path expected = trained(whole, "whole.safetensors");
    Least<Path> found = within(plain(), sd -> trained(sd, "streamed.safetensors"), least.memory());
    assertEquals(-1, Files.mismatch(expected, found.result()));
    assertTrue(found.memory() < whole.base().denoiserWeights().bytes(), found.toString());
  }

  @Test
  void trainingWithoutCheckpointingIsRefused() {
    LoadOptions within = plain().withinMemory(1L << 40);
    try (StableDiffusion sd = StableDiffusion.open(lora, pipeline.source(), within)) {
      StyleTrainer trainer = trainer(sd, false);
      String said =
          String.valueOf(assertThrows(IllegalArgumentException.class, trainer::run).getMessage());
      assertTrue(said.endsWith("set checkpointing = true."), said);
    }
  }
}
