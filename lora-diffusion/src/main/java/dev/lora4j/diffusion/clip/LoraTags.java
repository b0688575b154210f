package dev.lora4j.diffusion.clip;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Adapters that a prompt names itself, as the common user interfaces read it: {@code
 * <lora:ink:0.7>} for all networks, {@code <lora:ink:0.3:0.7>} for the text encoders and the
 * denoiser, and {@code te=0.3} or {@code unet=0.7} in any order for one of them. Without a weight
 * it is 1.
 *
 * @param text the prompt without the tags
 * @param tags the adapters in the order in which they stand
 */
public record LoraTags(String text, List<Tag> tags) {
  private static final Pattern TAG = Pattern.compile("<lora:([^:>]+)((?::[^:>]*)*)>");
  private static final Pattern NAMED = Pattern.compile("\\s*(\\w+)\\s*=(.*)");
  private static final String OPEN = "<lora:";
  private static final int SHOWN = 40;
  private static final String FORM = "<lora:NAME:WEIGHT> or <lora:NAME:TEXT-WEIGHT:WEIGHT>";

  /**
   * One tag.
   *
   * @param weight at the denoiser
   * @param text at the text encoders, if it is another
   */
  public record Tag(String name, double weight, Optional<Double> text) {}

  /** Copies the list. */
  public LoraTags {
    tags = List.copyOf(tags);
  }

  /**
   * Takes the tags out of a prompt.
   *
   * @throws IllegalArgumentException if a tag has another form, or a weight is no number
   */
  public static LoraTags of(String prompt) {
    List<Tag> tags = new ArrayList<>();
    Matcher found = TAG.matcher(prompt);
    StringBuilder text = new StringBuilder();
    while (found.find()) {
      tags.add(tag(found));
      found.appendReplacement(text, "");
    }
    found.appendTail(text);
    int open = text.indexOf(OPEN);
    if (open >= 0) {
      String rest = text.substring(open, Math.min(text.length(), open + SHOWN));
      throw new IllegalArgumentException(
          "'" + rest + "' should be " + FORM + ", with its name and the > at its end");
    }
    return new LoraTags(tags.isEmpty() ? prompt : text.toString().strip(), tags);
  }

  private static Tag tag(Matcher found) {
    List<Double> places = new ArrayList<>();
    Map<String, Double> named = new HashMap<>();
    String weights = found.group(2);
    for (String part :
        weights.isEmpty() ? List.<String>of() : List.of(weights.substring(1).split(":", -1))) {
      Matcher name = NAMED.matcher(part);
      if (name.matches()) {
        named.put(name.group(1), number(found.group(), name.group(2)));
      } else {
        places.add(number(found.group(), part));
      }
    }
    if (places.size() > 2 || !Set.of("te", "unet").containsAll(named.keySet())) {
      throw new IllegalArgumentException(
          found.group()
              + " should be "
              + FORM
              + ", or name the weights te= and unet=; there are no others");
    }
    double first = places.isEmpty() ? 1 : places.get(0);
    double text = named.getOrDefault("te", first);
    double unet = named.getOrDefault("unet", places.size() > 1 ? places.get(1) : text);
    return new Tag(found.group(1), unet, text == unet ? Optional.empty() : Optional.of(text));
  }

  private static double number(String tag, String weight) {
    try {
      double value = Double.parseDouble(weight.strip());
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new IllegalArgumentException(
        tag + " should be " + FORM + " with numbers, found '" + weight + "'");
  }
}
