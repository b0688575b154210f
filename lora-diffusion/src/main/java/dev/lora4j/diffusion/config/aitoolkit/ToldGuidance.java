package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** Guidance of a base of FLUX.1's structure: told to it or not, as its configuration says. */
final class ToldGuidance {
  private static final Pattern UNGUIDED = Pattern.compile("\"guidance_embeds\"\\s*:\\s*false");

  private ToldGuidance() {}

  /** True unless the configuration, or without one the name, says otherwise. */
  static boolean at(String base) {
    Path file = Path.of(base).resolve("transformer").resolve("config.json");
    if (!Files.isRegularFile(file)) {
      return !base.toLowerCase(Locale.ROOT).contains("schnell");
    }
    try {
      return !UNGUIDED.matcher(RegularFile.text(file, RegularFile.TEXT)).find();
    } catch (IOException e) {
      // The base is read again, and refused then.
      return true;
    }
  }
}
