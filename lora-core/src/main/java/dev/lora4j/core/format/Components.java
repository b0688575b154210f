package dev.lora4j.core.format;

import java.util.List;
import java.util.stream.Stream;

/**
 * Components of a pipeline that adapters are for, as diffusers calls their folders: the first part
 * of the names of sites. Families of plug-ins may have others.
 */
public final class Components {
  private static final List<String> DENOISERS = List.of("unet", "transformer");
  private static final String TEXT_ENCODER = "text_encoder";
  private static final List<String> TEXT_ENCODERS =
      List.of(TEXT_ENCODER, "text_encoder_2", "text_encoder_3");

  private Components() {}

  /** The component of a site, for example {@code unet}; the whole name if it has one part. */
  public static String of(String site) {
    int dot = site.indexOf('.');
    return dot < 0 ? site : site.substring(0, dot);
  }

  /** Denoisers and then text encoders. */
  public static List<String> all() {
    return Stream.concat(denoisers().stream(), textEncoders().stream()).toList();
  }

  /** Denoisers: {@code unet}, {@code transformer}, and those of plug-ins' families. */
  public static List<String> denoisers() {
    return with(DENOISERS, false);
  }

  /** Text encoders: {@code text_encoder}, {@code text_encoder_2} and so on. */
  public static List<String> textEncoders() {
    return with(TEXT_ENCODERS, true);
  }

  private static List<String> with(List<String> known, boolean text) {
    Stream<String> more = Families.components().stream().filter(c -> textEncoder(c) == text);
    return Stream.concat(known.stream(), more).distinct().toList();
  }

  /** Returns true if a component, or the component of a site, is a text encoder. */
  public static boolean textEncoder(String name) {
    return name.startsWith(TEXT_ENCODER);
  }
}
