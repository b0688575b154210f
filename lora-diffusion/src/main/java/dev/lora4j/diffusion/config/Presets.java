package dev.lora4j.diffusion.config;

import dev.lora4j.spi.NearestNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The settings that come with the program, each a TOML file whose comments have the reasons. */
public final class Presets {
  private static final String ORIGIN = "preset ";
  private static final List<String> NAMES =
      List.of("style", "character", "quick", "tiny", "few-steps", "slider");

  private Presets() {}

  /** Names of all presets. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The text of a preset.
   *
   * @throws RunProblems if there is none of this name
   */
  public static String text(String name) {
    if (!NAMES.contains(name)) {
      List<String> near = NearestNames.near(name, NAMES, 1);
      throw new RunProblems(
          List.of(
              "There is no preset \""
                  + name
                  + "\"; "
                  + (near.isEmpty() ? "there are " : "did you mean " + near.get(0) + "? There are ")
                  + String.join(", ", NAMES)
                  + "."));
    }
    try (InputStream in = Presets.class.getResourceAsStream("preset-" + name + ".toml")) {
      if (in == null) {
        throw new IllegalStateException("the preset " + name + " is not in the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lays a preset over what is there. */
  public static void read(String name, SettingLayers layers) {
    RunFile.read(text(name), ORIGIN + name, layers);
    layers.onPreset();
  }

  /** True if an origin is a preset. */
  static boolean said(String origin) {
    return origin.startsWith(ORIGIN);
  }
}
