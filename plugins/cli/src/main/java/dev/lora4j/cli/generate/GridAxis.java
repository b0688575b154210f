package dev.lora4j.cli.generate;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.Samplers;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * One direction of a grid: what changes along it, and to which values. Written {@code
 * steps=10,20,40}, {@code seed=1-4}, {@code guidance=1..7:2} or {@code lora:ink=0,0.5,1}; of {@code
 * prompt=fox,cat} the first value is the text in the prompts that the others replace.
 *
 * @param name of what changes
 * @param values as they are written over the pictures
 */
record GridAxis(String name, List<String> values) {
  static final String NAMES =
      "seed, steps, guidance, true-cfg, sampler, schedule, clip-skip, prompt, " + AdapterAxis.NAMES;

  static final String PROMPT = "prompt";

  private static final Pattern FORM = Pattern.compile("([a-z-]+(?::[^=]+)?)=(.+)", Pattern.DOTALL);
  private static final Pattern WHOLE = Pattern.compile("(\\d+)-(\\d+)");
  private static final Pattern STEPS =
      Pattern.compile("(-?[0-9.]+)\\.\\.(-?[0-9.]+):([0-9.]*[1-9][0-9.]*)");
  private static final int MOST = 100;

  /** A direction in which nothing changes. */
  static final GridAxis NONE = new GridAxis("", List.of(""));

  GridAxis {
    values = List.copyOf(values);
  }

  /** Label of value {@code i}, over or beside its pictures. */
  String label(int i) {
    if (name.isEmpty()) {
      return "";
    }
    // Of what an adapter is called, its own name and the block are enough.
    String what = name.substring(name.indexOf(':') + 1).replace(':', ' ');
    return name.equals(PROMPT) ? values.get(i) : what + " " + values.get(i);
  }

  /**
   * A request with value {@code i}.
   *
   * @param sites of the base
   * @throws IllegalArgumentException if it cannot have it
   */
  Prompt apply(Prompt prompt, int i, SiteCatalogue sites) {
    String value = values.get(i);
    Optional<AdapterAxis> ofAdapter = AdapterAxis.of(name);
    if (ofAdapter.isPresent()) {
      return prompt.mix(ofAdapter.get().apply(prompt.mix(), number(value), sites));
    }
    return switch (name) {
      case "" -> prompt;
      case "seed" -> prompt.seed(whole(value));
      case "steps" -> prompt.steps(Math.toIntExact(whole(value)));
      case "guidance" -> prompt.guidance(number(value));
      case "true-cfg" -> prompt.trueCfg(number(value));
      case "sampler" -> prompt.sampler(Samplers.named(value).name());
      case "schedule" -> prompt.schedule(SigmaSchedule.named(value));
      case "clip-skip" -> prompt.clipSkip(Math.toIntExact(whole(value)));
      case PROMPT -> replaced(prompt, value);
      default ->
          throw new IllegalArgumentException(
              "A grid cannot change '" + name + "'; it can change " + NAMES + ".");
    };
  }

  /**
   * Finds what a value cannot be without knowing base and adapters.
   *
   * @throws IllegalArgumentException naming it
   */
  void require(Prompt prompt) {
    if (AdapterAxis.of(name).isPresent()) {
      values.forEach(this::number);
    } else if (name.equals(PROMPT)) {
      if (values.get(0).isEmpty()) {
        throw new IllegalArgumentException(
            "The first value of prompt= is the text that the others replace, and cannot be empty.");
      }
    } else {
      for (int i = 0; i < values.size(); i++) {
        apply(prompt, i, new SiteCatalogue(List.of()));
      }
    }
  }

  private Prompt replaced(Prompt prompt, String value) {
    String searched = values.get(0);
    if (!prompt.text().contains(searched) && !prompt.negative().contains(searched)) {
      throw new IllegalArgumentException(
          "Neither the prompt '"
              + prompt.text()
              + "' nor the negative one contains '"
              + searched
              + "', which the first value of prompt= has to be.");
    }
    return prompt
        .text(prompt.text().replace(searched, value))
        .negative(prompt.negative().replace(searched, value));
  }

  private long whole(String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + " should be a whole number, found '" + value + "'", e);
    }
  }

  private double number(String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " should be a number, found '" + value + "'", e);
    }
  }

  /** Reads the form above. */
  static final class Reader implements ITypeConverter<GridAxis> {
    @Override
    public GridAxis convert(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new TypeConversionException(
            "expected NAME=VALUE,VALUE,... where NAME is one of "
                + NAMES
                + "; found '"
                + text
                + "'");
      }
      List<String> values = new ArrayList<>();
      for (String part : form.group(2).split(",", -1)) {
        int before = values.size();
        try {
          expand(part.strip(), values::add);
        } catch (NumberFormatException e) {
          throw new TypeConversionException("'" + part + "' of '" + text + "' has no such numbers");
        }
        if (values.size() == before) {
          throw new TypeConversionException(
              "'" + part + "' of '" + text + "' goes from more to less; ranges count up");
        }
        if (values.size() > MOST) {
          throw new TypeConversionException("'" + text + "' has more than " + MOST + " values");
        }
      }
      return new GridAxis(form.group(1), values);
    }

    private static void expand(String part, Consumer<String> values) {
      Matcher whole = WHOLE.matcher(part);
      Matcher steps = STEPS.matcher(part);
      if (whole.matches()) {
        long to = Long.parseLong(whole.group(2));
        long from = Long.parseLong(whole.group(1));
        for (long i = 0; i <= to - from && i <= MOST; i++) {
          values.accept(Long.toString(from + i));
        }
      } else if (steps.matches()) {
        double from = Double.parseDouble(steps.group(1));
        double to = Double.parseDouble(steps.group(2));
        double by = Double.parseDouble(steps.group(3));
        for (int i = 0; from + i * by <= to + 1e-9 && i <= MOST; i++) {
          String value = String.format(Locale.ROOT, "%.6f", from + i * by);
          values.accept(value.replaceFirst("\\.?0+$", ""));
        }
      } else {
        values.accept(part);
      }
    }
  }
}
