package dev.lora4j.emoji;

import dev.lora4j.testkit.TinyAtlas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A recipe that is done in seconds, with an atlas of eight pictures in two styles. */
final class TinyRecipe {
  private TinyRecipe() {}

  /** Writes recipe and atlas; the recipe's file. */
  static Path write(Path folder) throws IOException {
    TinyAtlas.write(folder.resolve("atlas"));
    Path file = folder.resolve("tiny.toml");
    Files.writeString(file, text());
    return file;
  }

  private static String text() {
    return """
        kind = "base"
        data = "atlas"
        work = "work"
        seed = 3
        precision = "f32"
        checkpoint_minutes = 0
        [vae]
        styles = ["full", "hollow"]
        channels = [8, 8, 8, 8]
        latent_channels = 4
        groups = 4
        steps = 3
        batch = 2
        held_out = 2
        [text_encoder]
        vocabulary = 530
        tokens = 12
        width = 8
        feed_forward = 16
        layers = 1
        heads = 2
        [denoiser]
        styles = ["full", "hollow"]
        channels = [8, 16]
        heads = [2, 2]
        groups = 4
        steps = 3
        batch = 2
        held_out = 2
        [score]
        concepts = 0
        """;
  }
}
