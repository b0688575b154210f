package dev.lora4j.text.network;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.ArrayList;
import java.util.List;

/**
 * Frequencies of rotary embeddings. Numbers are formed in F32, as transformers forms them.
 *
 * @param how parameters of the scaling
 * @param base of the frequencies
 * @param width elements of a head that are turned
 * @param longest the longest sequence of the configuration
 * @param before length of the sequences of the first training
 */
record RopeFrequencies(ConfigFile how, double base, int width, int longest, int before) {
  /** Greatest factor, above any that was published. */
  private static final double MOST_FACTOR = 1e12;

  /** {@code base ^ (-2 i / width)}. */
  List<Float> plain() {
    return powers().stream().map(p -> 1f / p).toList();
  }

  private List<Float> powers() {
    List<Float> all = new ArrayList<>();
    for (int i = 0; i < width; i += 2) {
      float exponent = (float) i / width;
      all.add((float) Math.pow(base, exponent));
    }
    return all;
  }

  private Rope rope(List<Float> frequencies, double scale) {
    return new Rope(frequencies, scale, longest);
  }

  Rope unscaled() {
    return rope(plain(), 1);
  }

  /** All waves slowed down alike. */
  Rope linear() {
    float factor = (float) factor(1);
    return rope(plain().stream().map(f -> f / factor).toList(), 1);
  }

  /**
   * The first pairs as fast as where all are turned; those behind them are not turned (Gemma 4).
   *
   * @param share of the pairs that are turned
   */
  Rope proportional(double share) {
    float factor = (float) factor(1);
    int turned = (int) Math.floor(share * width / 2);
    List<Float> all = new ArrayList<>(plain());
    all.replaceAll(f -> f / factor);
    all.subList(turned, all.size()).replaceAll(f -> 0f);
    return rope(all, 1);
  }

  private double factor(double otherwise) {
    double factor = how.real("factor", otherwise);
    if (factor > 0 && factor <= MOST_FACTOR) {
      return factor;
    }
    throw new ModelException(
        how.file() + ": the 'factor' of positions is " + factor + "; it should be above 0.");
  }

  /**
   * Slows long waves down, leaves short ones, and takes a mean of both between them (Llama 3.1).
   */
  Rope llama3() {
    double factor = factor(8);
    double low = how.real("low_freq_factor", 1);
    double high = how.real("high_freq_factor", 4);
    List<Float> all = new ArrayList<>();
    for (float f : plain()) {
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
    return rope(all, 1);
  }

  /** Interpolation by frequency, and sharper attention (Peng et al. 2023, "YaRN"). */
  Rope yarn() {
    List<Float> plain = plain();
    double factor = factor((double) longest / before);
    double low = turns(how.real("beta_fast", 32));
    double high = turns(how.real("beta_slow", 1));
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
    return rope(all, how.real("attention_factor", sharpness(factor)));
  }

  private double sharpness(double factor) {
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
  private double turns(double times) {
    return width * Math.log(before / (times * 2 * Math.PI)) / (2 * Math.log(base));
  }

  /**
   * A factor for each wave (Ding et al. 2024, "LongRoPE"). There are two lists of them: {@code
   * short_factor} for sequences that are no longer than those of the first training, and {@code
   * long_factor}. transformers takes the second for all of a sequence's tokens as soon as it is
   * longer, for which those in a cache would be computed again. Here the {@linkplain RopeContext
   * context} chooses for all sequences, and without one they go no further than the first.
   */
  Rope longrope() {
    int context = context();
    String name = context > before ? "long_factor" : "short_factor";
    List<Float> powers = powers();
    List<Double> factors = how.reals(name);
    how.requireCount(name, factors.size(), powers.size());
    List<Float> all = new ArrayList<>();
    for (int i = 0; i < powers.size(); i++) {
      double each = factors.get(i);
      if (!(each > 0 && each <= MOST_FACTOR)) {
        throw new ModelException(
            "%s: '%s' has %s; its numbers should be above 0.".formatted(how.file(), name, each));
      }
      all.add(1f / ((float) each * powers.get(i)));
    }
    double factor = factor((double) longest / before);
    double sharp = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(before));
    return new Rope(all, how.between("attention_factor", 0, MOST_FACTOR, sharp), context);
  }

  private int context() {
    int context = how.integer(RopeContext.KEY, Math.min(longest, before));
    if (context > longest) {
      throw new ModelException(
          "%s: a context of %d tokens was asked for, but the model reads at most %d."
              .formatted(how.file(), context, longest));
    }
    return context;
  }
}
