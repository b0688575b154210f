package dev.lora4j.text.network;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a model's rotary embedding: the base of the frequencies, and their scaling for sequences
 * that are longer than those of its first training. Numbers are formed in F32, as transformers
 * forms them.
 */
public final class RopeScaling {
  /** Greatest base of frequencies, above any that was published. */
  private static final double MOST_BASE = 1e12;

  private RopeScaling() {}

  /**
   * The rotary embedding of a configuration.
   *
   * @param width of a head
   * @param longest the longest sequence
   * @throws ModelException if it is of a kind that is not known
   */
  public static Rope read(ConfigFile config, int width, int longest) {
    Optional<ConfigFile> scaling =
        config.section("rope_parameters").or(() -> config.section("rope_scaling"));
    double base = config.real("rope_theta", 10000);
    return scaling
        .map(how -> of(how, base, width, longest))
        .orElseGet(() -> plain(config, base, width));
  }

  /**
   * The rotary embedding whose frequencies are as they are.
   *
   * @param config for messages
   * @param base of the frequencies
   * @param width of a head
   * @throws ModelException if no frequencies have such a base
   */
  public static Rope plain(ConfigFile config, double base, int width) {
    if (!(base > 0) || base > MOST_BASE) {
      throw new ModelException(
          config.file() + ": 'rope_theta' is " + base + "; it should be above 0.");
    }
    return new Rope(frequencies(base, width), 1);
  }

  /**
   * The rotary embedding of some parameters.
   *
   * @param how the parameters
   * @param otherwise base of the frequencies, if they name none
   * @param width of a head
   * @param longest the longest sequence
   * @throws ModelException if it is of a kind that is not known
   */
  public static Rope of(ConfigFile how, double otherwise, int width, int longest) {
    double base = how.real("rope_theta", otherwise);
    Rope unscaled = plain(how, base, width);
    List<Float> plain = unscaled.frequencies();
    how.require("partial_rotary_factor", "1.0");
    String kind = how.text("rope_type", how.text("type", "default"));
    return switch (kind) {
      // It begins to differ past the longest sequence, which is not gone past.
      case "default", "dynamic" -> unscaled;
      case "linear" -> new Rope(divided(plain, (float) factor(how, 1)), 1);
      case "llama3" -> new Rope(llama3(plain, how), 1);
      case "yarn" -> yarn(plain, how, base, width, longest);
      default ->
          throw new ModelException(
              how.file()
                  + ": positions are scaled by '"
                  + kind
                  + "', which is not known; known are default, linear, dynamic, llama3 and yarn.");
    };
  }

  private static double factor(ConfigFile how, double otherwise) {
    double factor = how.real("factor", otherwise);
    if (factor > 0 && factor <= MOST_BASE) {
      return factor;
    }
    throw new ModelException(
        how.file() + ": the 'factor' of positions is " + factor + "; it should be above 0.");
  }

  /** {@code base ^ (-2 i / width)}. */
  private static List<Float> frequencies(double base, int width) {
    List<Float> all = new ArrayList<>();
    for (int i = 0; i < width; i += 2) {
      float exponent = (float) i / width;
      all.add(1f / (float) Math.pow(base, exponent));
    }
    return all;
  }

  private static List<Float> divided(List<Float> plain, float factor) {
    return plain.stream().map(f -> f / factor).toList();
  }

  /**
   * Slows long waves down, leaves short ones, and takes a mean of both between them (Llama 3.1).
   */
  private static List<Float> llama3(List<Float> plain, ConfigFile how) {
    double factor = factor(how, 8);
    double low = how.real("low_freq_factor", 1);
    double high = how.real("high_freq_factor", 4);
    double before = how.real("original_max_position_embeddings", 8192);
    List<Float> all = new ArrayList<>();
    for (float f : plain) {
      float wave = (float) (2 * Math.PI / f);
      if (wave > before / low) {
        all.add((float) (f / factor));
      } else if (wave < before / high) {
        all.add(f);
      } else {
        float smooth = (float) ((before / wave - low) / (high - low));
        all.add((1 - smooth) * (float) (f / factor) + smooth * f);
      }
    }
    return all;
  }

  /** Interpolation by frequency, and sharper attention (Peng et al. 2023, "YaRN"). */
  private static Rope yarn(List<Float> plain, ConfigFile how, double base, int width, int longest) {
    double before = how.real("original_max_position_embeddings", longest);
    double factor = factor(how, longest / before);
    double fast = how.real("beta_fast", 32);
    double slow = how.real("beta_slow", 1);
    double low = turns(fast, base, width, before);
    double high = turns(slow, base, width, before);
    if (how.flag("truncate", true)) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, width - 1);
    high = low == high ? high + 0.001 : high;
    List<Float> all = new ArrayList<>();
    for (int i = 0; i < plain.size(); i++) {
      float ramp = (float) Math.min(1, Math.max(0, (i - low) / (high - low)));
      float kept = 1 - ramp;
      all.add(plain.get(i) / (float) factor * (1 - kept) + plain.get(i) * kept);
    }
    return new Rope(all, how.real("attention_factor", sharpness(how, factor)));
  }

  private static double sharpness(ConfigFile how, double factor) {
    double all = how.real("mscale_all_dim", 0);
    double one = how.real("mscale", 0);
    return one != 0 && all != 0
        ? sharpness(factor, one) / sharpness(factor, all)
        : sharpness(factor, 1);
  }

  private static double sharpness(double factor, double scale) {
    return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
  }

  /** The pair that turns so many times over the length of the model's first training. */
  private static double turns(double times, double base, int width, double before) {
    return width * Math.log(before / (times * 2 * Math.PI)) / (2 * Math.log(base));
  }
}
