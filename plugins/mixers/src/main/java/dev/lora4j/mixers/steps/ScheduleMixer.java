package dev.lora4j.mixers.steps;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.AdapterDeltas;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Share of each adapter's weight at each step. The first steps decide the composition, the last
 * ones the style: who is of the one kind is {@code early}, who of the other {@code late}.
 */
@Extension(
    point = Mixer.class,
    name = "schedule",
    help = "How much of each adapter counts at which step.")
public record ScheduleMixer(
    @Setting(
            help =
                "Of each adapter: NAME=early or late (one half of the steps), linear or cosine (from"
                    + " nothing to all), 0.2-0.8 (a share of the steps), 0@0,1@0.3,0.5@1 (shares of"
                    + " the weight at shares of the steps; :cosine rounds the turns) or 0,0.5,1;"
                    + " without names one for all, or one for each.")
        List<String> courses)
    implements WeightMixer {
  private static final Map<String, String> NAMED =
      Map.of(
          "early", "1:0-0.5", "late", "1:0.5-1", "linear", "0@0,1@1", "cosine", "0@0,1@1:cosine");

  /** Copies the list, and refuses what is no course. */
  public ScheduleMixer {
    courses = List.copyOf(courses);
    courses.forEach(c -> course(c.substring(c.lastIndexOf('=') + 1)));
  }

  @Override
  public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
    List<Optional<String>> said = PerAdapterList.of("courses", courses, asked);
    List<MixPlan.Part> parts = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) {
      MixPlan.Part part = asked.parts().get(i);
      if (said.get(i).isPresent() && !part.weight().constant()) {
        throw new IllegalArgumentException(
            "schedule cannot give a course to "
                + part.adapter().name()
                + ", whose weight has one already: "
                + part.weight().text());
      }
      parts.add(said.get(i).map(text -> along(part, course(text))).orElse(part));
    }
    return asked.parts(parts);
  }

  /** The text encoders run once, and have the whole weight. */
  private static MixPlan.Part along(MixPlan.Part part, Weight course) {
    double most = part.weight().value() * course.value();
    Weight weight = most == 0 ? Weight.of(0) : course.valued(most);
    return part.text(part.textWeight()).weight(weight);
  }

  private static Weight course(String text) {
    String window = text.matches("[0-9.]+-[0-9.]+") ? "1:" + text : text;
    try {
      return Weight.parse(NAMED.getOrDefault(text, window));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "courses takes early, late, linear, cosine, FROM-TO, or what a weight may be; found '"
              + text
              + "': "
              + e.getMessage(),
          e);
    }
  }
}
