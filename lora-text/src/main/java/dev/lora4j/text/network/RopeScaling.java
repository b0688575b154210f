package dev.lora4j.text.network;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Reads a model's rotary embedding: the base of the frequencies, and their scaling for sequences
 * that are longer than those of its first training.
 *
 * @param config of the model
 * @param width of a head
 * @param longest the longest sequence
 * @param base of the frequencies, if the configuration names none
 * @param before length of the sequences of the first training, if the configuration names none; 0
 *     if parameters can name it, and else the longest is it
 * @param part share of each head that is turned, if parameters name none; whole heads alone can be
 *     read if it is absent
 */
public record RopeScaling(
    ConfigFile config, int width, int longest, double base, int before, OptionalDouble part) {
  /** Greatest base of frequencies, above any that was published. */
  private static final double MOST_BASE = 1e12;

  /** All kinds of scaling; {@code su} is the first name of {@code longrope}. */
  private static final List<String> KINDS =
      List.of("default", "linear", "dynamic", "llama3", "yarn", "longrope", "su", "proportional");

  /** Names of scaling whose factors the {@link RopeContext} chooses. */
  private static final List<String> LONGROPE = List.of("longrope", "su");

  private static final String PART = "partial_rotary_factor";
  private static final String BASE = "rope_theta";
  private static final String BEFORE = "original_max_position_embeddings";

  /** Of models that turn whole heads, with the base that most have. */
  public static RopeScaling of(ConfigFile config, int width, int longest) {
    return new RopeScaling(config, width, longest, 10_000, 0, OptionalDouble.empty());
  }

  /** A copy with another base where the configuration names none. */
  public RopeScaling withBase(double other) {
    return new RopeScaling(config, width, longest, other, before, part);
  }

  /** A copy for models whose first training had sequences of this length unless they say so. */
  public RopeScaling withBefore(int length) {
    return new RopeScaling(config, width, longest, base, length, part);
  }

  /** A copy for models that can turn a part of each head, this much if parameters name none. */
  public RopeScaling partly(double share) {
    return new RopeScaling(config, width, longest, base, before, OptionalDouble.of(share));
  }

  /**
   * The rotary embedding of all layers.
   *
   * @throws ModelException if it is of a kind that is not known
   */
  public Rope read() {
    return read(KINDS);
  }

  /**
   * The rotary embedding of all layers.
   *
   * @param kinds that models of this kind have
   * @throws ModelException if it is of another kind
   */
  public Rope read(List<String> kinds) {
    return given("rope_scaling")
        .or(() -> given("rope_parameters"))
        .map(how -> of(how, config.real(BASE, base), kinds))
        .orElseGet(() -> plain(config.real(BASE, base)));
  }

  /** Parameters; an empty section says nothing. */
  private Optional<ConfigFile> given(String key) {
    return config.section(key).filter(s -> !s.keys().isEmpty());
  }

  /**
   * The rotary embedding whose frequencies are as they are.
   *
   * @param base of the frequencies
   * @throws ModelException if no frequencies have such a base
   */
  Rope plain(double base) {
    return frequencies(config, base, 1).unscaled();
  }

  /**
   * The rotary embedding of some parameters.
   *
   * @param how the parameters
   * @param otherwise base of the frequencies, if they name none
   * @throws ModelException if it is of a kind that is not known
   */
  Rope of(ConfigFile how, double otherwise) {
    return of(how, otherwise, KINDS);
  }

  private Rope of(ConfigFile how, double otherwise, List<String> kinds) {
    double base = how.real(BASE, otherwise);
    String kind = kind(how);
    if (!kinds.contains(kind)) {
      throw new ModelException(
          "%s: positions are scaled by '%s', which is not known; known are %s."
              .formatted(how.file(), kind, String.join(", ", kinds)));
    }
    if (kind.equals("proportional")) {
      return frequencies(how, base, longest, width).proportional(share(how));
    }
    RopeFrequencies all = frequencies(how, base, before(how));
    return switch (kind) {
      case "linear" -> all.linear();
      case "llama3" -> all.llama3();
      case "yarn" -> all.yarn();
      case "longrope", "su" -> all.longrope();
      // Dynamic scaling begins to differ past the longest sequence, which is not gone past.
      default -> all.unscaled();
    };
  }

  private static String kind(ConfigFile how) {
    return how.text("rope_type", how.text("type", "default"));
  }

  /** True if parameters scale positions by two lists of factors. */
  static boolean longrope(ConfigFile how) {
    return LONGROPE.contains(kind(how));
  }

  /** The length beside the parameters counts for more, as in transformers. */
  private int before(ConfigFile how) {
    boolean beside = config.has(BEFORE) || before > 0;
    return beside
        ? config.within(BEFORE, 2, Integer.MAX_VALUE, before)
        : how.within(BEFORE, 2, Integer.MAX_VALUE, longest);
  }

  private RopeFrequencies frequencies(ConfigFile how, double base, int length) {
    return frequencies(how, base, length, turned(how));
  }

  private RopeFrequencies frequencies(ConfigFile how, double base, int length, int turned) {
    if (!(base > 0) || base > MOST_BASE) {
      throw new ModelException(
          how.file() + ": '" + BASE + "' is " + base + "; it should be above 0.");
    }
    return new RopeFrequencies(how, base, turned, longest, length);
  }

  /** Elements of a head that are turned. */
  private int turned(ConfigFile how) {
    double share = share(how);
    if (part.isEmpty() && share != 1) {
      throw new ModelException(
          "%s: '%s' is %s, but models of this kind turn whole heads; only 1 can be read."
              .formatted(how.file(), PART, share));
    }
    int elements = (int) (width * share);
    if (elements < 1 || elements + elements % 2 > width) {
      throw new ModelException(
          "%s: '%s' is %s, which is less than a pair of the %d elements of a head."
              .formatted(how.file(), PART, share, width));
    }
    return elements;
  }

  private double share(ConfigFile how) {
    double share = how.real(PART, part.orElseGet(() -> config.real(PART, 1)));
    if (share > 0 && share <= 1) {
      return share;
    }
    throw new ModelException(
        "%s: '%s' is %s; it should be above 0 and no more than 1."
            .formatted(how.file(), PART, share));
  }
}
