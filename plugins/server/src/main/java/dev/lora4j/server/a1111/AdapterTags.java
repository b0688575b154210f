package dev.lora4j.server.a1111;

import dev.lora4j.server.http.HttpProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The adapters that a prompt names by tags {@code <lora:name:te:unet>} or {@code <lyco:...>}, as
 * A1111 and its extension LoRA Block Weight read them.
 *
 * @param text the prompt without the tags
 * @param tags in their order
 */
record AdapterTags(String text, List<AdapterTag> tags) {
  private static final Pattern TAG = Pattern.compile("<(?:lora|lyco):([^:>]+)((?::[^:>]*)*)>");
  private static final Pattern OPEN = Pattern.compile("<(?:lora|lyco):");
  private static final Pattern NAMED = Pattern.compile("\\s*(\\w+)\\s*=(.*)");
  private static final Set<String> NAMES =
      Set.of("te", "unet", "lbw", "w", "start", "stop", "step");
  private static final String FORM =
      "<lora:NAME:TEXT-WEIGHT:WEIGHT> with te=, unet=, lbw=, start=, stop= or step=FROM-TO";

  /** Copies the list. */
  AdapterTags {
    tags = List.copyOf(tags);
  }

  /**
   * Takes the tags out of a prompt.
   *
   * @throws HttpProblem 422 if a tag has another form or asks for what cannot be done
   */
  static AdapterTags of(String prompt) {
    List<AdapterTag> tags = new ArrayList<>();
    Matcher found = TAG.matcher(prompt);
    StringBuilder text = new StringBuilder();
    while (found.find()) {
      tags.add(tag(found));
      found.appendReplacement(text, "");
    }
    found.appendTail(text);
    if (OPEN.matcher(text).find()) {
      throw A1111Problem.unusable(
          "A tag in the prompt is not complete; it should be " + FORM + " and end with >.");
    }
    return new AdapterTags(tags.isEmpty() ? prompt : text.toString().strip(), tags);
  }

  private static AdapterTag tag(Matcher found) {
    List<String> places = new ArrayList<>();
    Map<String, String> named = new HashMap<>();
    String items = found.group(2);
    for (String item : items.isEmpty() ? new String[0] : items.substring(1).split(":", -1)) {
      Matcher name = NAMED.matcher(item);
      if (name.matches()) {
        named.put(name.group(1), name.group(2).strip());
      } else {
        places.add(item.strip());
      }
    }
    String whole = found.group();
    require(whole, places, named);
    double first = places.isEmpty() ? 1 : number(whole, places.get(0));
    double text = named.containsKey("te") ? number(whole, named.get("te")) : first;
    String blocks = named.getOrDefault("lbw", named.getOrDefault("w", ""));
    double unet = text;
    if (places.size() > 1) {
      // Early versions of the extension had its blocks in this place.
      boolean preset =
          BlockWeightPreset.names().contains(places.get(1)) || places.get(1).contains(",");
      unet = preset ? text : number(whole, places.get(1));
      blocks = preset && blocks.isEmpty() ? places.get(1) : blocks;
    }
    unet = named.containsKey("unet") ? number(whole, named.get("unet")) : unet;
    OptionalDouble start = step(whole, named.getOrDefault("start", ""));
    OptionalDouble stop = step(whole, named.getOrDefault("stop", ""));
    String window = named.getOrDefault("step", "");
    if (!window.isEmpty()) {
      String[] ends = window.split("-", -1);
      if (ends.length != 2) {
        throw wrong(whole, "step= needs the form FROM-TO");
      }
      start = step(whole, ends[0]);
      stop = step(whole, ends[1]);
    }
    return new AdapterTag(found.group(1).strip(), text, unet, blocks, start, stop);
  }

  private static void require(String tag, List<String> places, Map<String, String> named) {
    if (places.size() > 2 || named.containsKey("dyn")) {
      throw wrong(tag, "dyn, a lower rank of a LyCORIS, is not supported; leave it out");
    }
    for (String name : named.keySet()) {
      if (!NAMES.contains(name)) {
        throw wrong(tag, name + "= is not supported");
      }
    }
  }

  private static OptionalDouble step(String tag, String text) {
    if (text.isEmpty()) {
      return OptionalDouble.empty();
    }
    double value = number(tag, text);
    if (value < 0) {
      throw wrong(tag, "a step is 0 or more");
    }
    return OptionalDouble.of(value);
  }

  private static double number(String tag, String text) {
    try {
      double value = Double.parseDouble(text);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw wrong(tag, "'" + text + "' is no number");
  }

  private static HttpProblem wrong(String tag, String why) {
    return A1111Problem.unusable("In " + tag + ", " + why + ". The form is " + FORM + ".");
  }
}
