package dev.lora4j.studio.blend;

import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.StepWindow;
import dev.lora4j.core.mix.Weight;

/**
 * A prompt with tags of adapters, {@code <lora:ink:0.7>}, as other programs take it.
 *
 * @param text empty if tags cannot say the blend
 * @param why they cannot; empty if they can
 */
record TagText(String text, String why) {
  static TagText of(ResolvedBlend resolved) {
    Blend blend = resolved.blend();
    StringBuilder text = new StringBuilder(blend.text());
    for (int i = 0; i < blend.rows().size(); i++) {
      BlendRow row = blend.rows().get(i);
      String name = resolved.files().get(i).key().baseName();
      String why = why(row, name);
      if (!why.isEmpty()) {
        return new TagText("", why);
      }
      double weight = row.weight().value();
      String weights =
          row.text()
              .filter(own -> own != weight)
              .map(own -> number(own) + ":" + number(weight))
              .orElse(number(weight));
      text.append(text.isEmpty() ? "" : " ").append("<lora:" + name + ":" + weights + ">");
    }
    if (!blend.mixer().isEmpty()) {
      return new TagText("", "Tags add adapters up, and have no word for the mixer.");
    }
    return blend.route() == Route.AUTO
        ? new TagText(text.toString(), "")
        : new TagText("", "Tags have no word for the route of adapters.");
  }

  private static String why(BlendRow row, String name) {
    boolean constant = row.weight() instanceof StepWindow && row.weight().constant();
    if (!constant) {
      return "A tag has one weight for all steps, and that of " + name + " changes.";
    }
    if (!row.blocks().isEmpty()) {
      return "A tag has no word for the blocks of " + name + ".";
    }
    if (!row.region().isEmpty()) {
      return "A tag has no word for the region of " + name + ".";
    }
    return name.matches(".*[:<>].*") ? "The name " + name + " cannot stand in a tag." : "";
  }

  private static String number(double value) {
    return Weight.of(value).text();
  }
}
