package dev.lora4j.core.format;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Components of a pipeline that adapters are for, as diffusers calls their folders: the first part
 * of the names of sites. Families of plug-ins may have others.
 */
public final class Components {
  /** The component of language models, which have one alone. */
  public static final String LANGUAGE_MODEL = "lm";

  private static final List<String> DENOISERS = List.of("unet", "transformer");
  private static final String TEXT_ENCODER = "text_encoder";
  private static final List<String> TEXT_ENCODERS =
      List.of(TEXT_ENCODER, "text_encoder_2", "text_encoder_3");

  private final List<String> denoisers;
  private final List<String> textEncoders;
  private final List<String> all;

  /**
   * Those of diffusers, and these.
   *
   * @param more components of all families' sites
   */
  Components(List<String> more) {
    denoisers = with(DENOISERS, more.stream().filter(c -> !textEncoder(c)));
    textEncoders = with(TEXT_ENCODERS, more.stream().filter(Components::textEncoder));
    all = with(denoisers, textEncoders.stream());
  }

  private static List<String> with(List<String> known, Stream<String> more) {
    return Stream.concat(known.stream(), more).distinct().toList();
  }

  /** The component of a site, for example {@code unet}; the whole name if it has one part. */
  public static String of(String site) {
    int dot = site.indexOf('.');
    return dot < 0 ? site : site.substring(0, dot);
  }

  /** Denoisers and then text encoders. */
  public static List<String> all() {
    return Families.components().all;
  }

  /** Denoisers: {@code unet}, {@code transformer}, and those of plug-ins' families. */
  public static List<String> denoisers() {
    return Families.components().denoisers;
  }

  /**
   * The denoiser of a base, which a plug-in's denoiser may call as it likes; empty where the base
   * has none or two components of unknown names.
   */
  public static Optional<String> denoiser(SiteCatalogue base) {
    Set<String> components = new LinkedHashSet<>();
    base.all().forEach(site -> components.add(of(site.name())));
    components.removeIf(c -> textEncoder(c) || c.equals(LANGUAGE_MODEL));
    return denoisers().stream()
        .filter(components::contains)
        .findFirst()
        .or(() -> components.stream().filter(c -> components.size() == 1).findFirst());
  }

  /** Text encoders: {@code text_encoder}, {@code text_encoder_2} and so on. */
  public static List<String> textEncoders() {
    return Families.components().textEncoders;
  }

  /** Returns true if a component, or the component of a site, is a text encoder. */
  public static boolean textEncoder(String name) {
    return name.startsWith(TEXT_ENCODER);
  }
}
