package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Contract of a pipeline: what does not fit it is refused by name. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class RefusalContract {
  /** Where a transformer's configuration is. */
  protected static final String DENOISER = "transformer/config.json";

  /** Where a scheduler's is. */
  protected static final String SCHEDULER = "scheduler/scheduler_config.json";

  private static final LoadOptions PLAIN = LoadOptions.in(DType.F32);

  @TempDir private Path folder = Path.of("");

  private final Lora4j lora = Lora4j.open();
  private final TinyPipeline pipeline;
  private final boolean clipSkips;

  /**
   * For a pipeline.
   *
   * @param clipSkips whether a prompt may leave out last layers of a text encoder
   */
  protected RefusalContract(TinyPipeline pipeline, boolean clipSkips) {
    this.pipeline = pipeline;
    this.clipSkips = clipSkips;
  }

  @AfterAll
  void close() {
    lora.close();
  }

  /** An empty folder. */
  protected final Path folder() {
    return folder;
  }

  /** Loads a base. */
  protected final StableDiffusion open(Path base) {
    return StableDiffusion.open(lora, base);
  }

  /** Requires what a message says. */
  protected static void assertNames(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  /** The message of a refusal. */
  protected static String refusal(Class<? extends RuntimeException> type, Executable what) {
    return String.valueOf(assertThrows(type, what).getMessage());
  }

  /** The message, which is the same before and when the base is loaded. */
  protected final String refusal(Path base) {
    return refusal(base, PLAIN);
  }

  /** The same, of a base whose denoiser has weights that cannot be read. */
  protected final String refusal(Path base, LoadOptions options) {
    Path weights = base.resolve("transformer/diffusion_pytorch_model.safetensors");
    try {
      Files.write(weights, new byte[] {1, 2, 3});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String outline = refusal(ModelException.class, () -> BaseOutline.of(base, options));
    assertEquals(
        outline,
        refusal(ModelException.class, () -> StableDiffusion.open(lora, base, options).close()));
    return outline;
  }

  /** The message about a copy with another configuration. */
  protected final String refusal(String file, UnaryOperator<String> change) {
    pipeline.copy(folder);
    TinyPipeline.edit(folder.resolve(file), change);
    return refusal(folder);
  }

  /**
   * Requires the refusal of a transformer.
   *
   * @param was a part of its configuration in one line; semicolons stand for commas
   * @param is what is there instead
   */
  protected final void assertMismatch(String was, String is, String... parts) {
    String message =
        refusal(
            DENOISER,
            json ->
                json.replaceAll("\\s+", " ")
                    .replaceAll("\\[ ", "[")
                    .replaceAll(" \\]", "]")
                    .replace(was.replace(';', ','), is.replace(';', ',')));
    for (String part : parts) {
      assertNames(message, part.replace(';', ','));
    }
  }

  /** Requires that the base refuses a prompt. */
  protected final void assertRefused(Prompt prompt, String reason) {
    try (StableDiffusion sd = open(pipeline.source())) {
      assertNames(refusal(IllegalArgumentException.class, () -> sd.generate(prompt)), reason);
    }
  }

  /** Requires that a prompt is refused, before a base is loaded and by one. */
  protected final void assertUnfit(Prompt prompt, String reason) {
    BaseOutline outline = BaseOutline.of(pipeline.source(), PLAIN);
    assertNames(refusal(IllegalArgumentException.class, () -> prompt.requireFits(outline)), reason);
    assertRefused(prompt, reason);
  }

  @Test
  void whatAPromptCannotAskFor() {
    Prompt fox = Prompt.of("a fox").size(24, 16).steps(1);
    assertUnfit(fox.size(24, 18), "multiples of 4 pixels");
    if (!clipSkips) {
      assertUnfit(fox.clipSkip(1), "takes no clip skip");
    }
  }

  @Test
  void trueCfgScaleOfABaseThatIsToldNone() {
    BaseOutline outline = BaseOutline.of(untold(), PLAIN);
    Prompt fox = Prompt.of("a fox").size(24, 16).trueCfg(4);
    assertNames(
        refusal(IllegalArgumentException.class, () -> fox.requireFits(outline)),
        "is not told the guidance scale",
        "give 4.0 as the guidance scale (--guidance)");
  }

  private String refusal(StableDiffusion sd, StyleSettings settings) {
    return refusal(
        IllegalArgumentException.class,
        () -> StyleTrainer.on(sd).settings(settings).steps(1).images(pictures()).run());
  }

  /** A folder with a picture. */
  private Path pictures() {
    Path pictures = folder.resolve("pictures");
    BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    try {
      Files.createDirectories(pictures);
      ImageIO.write(picture, "png", pictures.resolve("fox.png").toFile());
      Files.writeString(pictures.resolve("fox.txt"), "a fox");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pictures;
  }

  /** A base that is told no guidance scale. */
  protected Path untold() {
    return pipeline.source();
  }

  @Test
  void whatATrainingCannotAskFor() {
    StyleSettings plain = StyleSettings.DEFAULT.with(ObjectiveSettings.PLAIN);
    try (StableDiffusion sd = open(untold())) {
      assertNames(refusal(sd, plain.withGuidance(3)), "loss.guidance_scale 3", "no guidance scale");
      assertNames(refusal(sd, plain.withCaptionChunks(2)), "caption_chunks");
      if (!clipSkips) {
        assertNames(refusal(sd, plain.withClipSkip(1)), "takes no clip skip");
      }
    }
  }
}
